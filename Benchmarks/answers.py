"""Rows of what is read: small answers, polls and histories."""

from contextlib import ExitStack

import peers
import requests
from load import wrk

HISTORIES = (10, 100, 1000)
COMPARED_HISTORY = 100


def everything_read(figures):
    """On one box, with a conversation of 1,000 messages."""
    with peers.box() as box:
        sender, receiver = box.friends("budi", "sari")
        for number in range(max(HISTORIES)):
            sender.send(receiver, f"pesan ke-{number} dari bangku ini, apa kabar?")
        small_answers(figures, box)
        polls(figures, box, sender, receiver)
        histories(figures, box, sender, receiver)


def small_answers(figures, box):
    contenders = {"ChatCore": (
        [box.core.process.pid], lambda: wrk(box.url + "/healthz", figures.seconds))}
    likeness = box.client().get("/healthz")
    with ExitStack() as stack:
        for name, start in {"nginx": lambda: peers.nginx(likeness), **peers.hellos()}.items():
            server = stack.enter_context(start())
            contenders[name] = (
                server.pids, lambda url=server.url: wrk(url + "/", figures.seconds))
        figures.in_turns("small answer, 64 clients", contenders, of=list(contenders)[1:])


def poll(person, path):
    """(the fields of a poll that has seen all there is, the answer to it)."""
    tag = person.api.get(path).headers["ETag"]
    answer = person.api.get(path, {"If-None-Match": tag})
    assert answer.status_code == 304, answer.status_code
    return {"Authorization": f"Bearer {person.token}", "If-None-Match": tag}, answer


def polls(figures, box, sender, receiver):
    paths = {"friends": f"/friends/{receiver.id}",
             "history": f"/chat/history?myId={receiver.id}&friendId={sender.id}"}
    contenders = {}
    for name, path in paths.items():
        fields, answer = poll(receiver, path)
        contenders[f"ChatCore, {name}"] = (
            [box.core.process.pid],
            lambda path=path, fields=fields: wrk(
                box.url + path, figures.seconds, headers=fields))
    with peers.nginx(answer) as server:
        contenders["nginx, 200"] = (
            server.pids, lambda: wrk(server.url + path, figures.seconds, headers=fields))
        figures.in_turns("304 poll, 64 clients", contenders, of=["nginx, 200"])


def histories(figures, box, sender, receiver):
    path = f"/chat/history?myId={receiver.id}&friendId={sender.id}"
    bearer = {"Authorization": f"Bearer {receiver.token}"}

    def of_length(count):
        # All 1,000 that there are: a limit goes up to 500.
        url = box.url + path + (f"&limit={count}" if count < 500 else "")
        return ([box.core.process.pid, box.cipher.process.pid],
                lambda: wrk(url, figures.seconds, 16, bearer))

    for count in HISTORIES:
        row = f"history of {count:,}, 16 clients"
        if count != COMPARED_HISTORY:
            figures.in_turns(row, {"ChatCore": of_length(count)})
            continue
        with peers.Rewriting() as server:
            for _ in range(count):
                requests.post(server.url, timeout=30)
            figures.in_turns(row, {
                "ChatCore": of_length(count),
                "rewriting, a call each": (
                    server.pids, lambda url=server.url: wrk(url + "/", figures.seconds, 16)),
            }, of=["rewriting, a call each"])
