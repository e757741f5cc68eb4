"""Rows of what TLS costs: between the programs, and at the front."""

from contextlib import ExitStack

import peers
from answers import poll
from load import sending, wrk
from sends import people, pids

HISTORIES = (100, 1000)
TLS, PLAIN = "over TLS", "plain HTTP"


def tls(figures):
    """Both boxes run at once, and their runs take turns."""
    with ExitStack() as stack:
        boxes = {
            PLAIN: stack.enter_context(peers.box()),
            TLS: stack.enter_context(peers.box(bridge="psk")),
        }
        pairs = {name: people(box) for name, box in boxes.items()}
        figures.in_turns("sends by 64, the bridge", {
            name: (pids(box), sends(figures, box, pairs[name]))
            for name, box in boxes.items()}, of=[PLAIN])
        for name, box in boxes.items():
            # People of their own: the others have as many messages as their box was fast.
            sender, receiver = pairs[name][0] = box.friends("ayu", "citra")
            for number in range(max(HISTORIES)):
                sender.send(receiver, f"pesan ke-{number} dari bangku ini, apa kabar?")
        for count in HISTORIES:
            figures.in_turns(f"history of {count:,}, the bridge", {
                name: (pids(box), history(figures, box, pairs[name][0], count))
                for name, box in boxes.items()}, of=[PLAIN])
        front(figures, boxes[PLAIN], pairs[PLAIN][0][1])


def front(figures, plain, receiver):
    """wrk keeps its connections, so that this is the cost of records, not of handshakes."""
    with peers.box(None, *peers.HTTPS) as secure:
        person = secure.person("orang")
        figures.in_turns("304 poll, the front", {
            PLAIN: polls(figures, plain, receiver), TLS: polls(figures, secure, person),
        }, of=[PLAIN])


def sends(figures, box, pairs):
    script = sending(pairs)
    return lambda: wrk(box.url, figures.seconds, script=script)


def history(figures, box, pair, count):
    sender, receiver = pair
    url = f"{box.url}/chat/history?myId={receiver.id}&friendId={sender.id}"
    url += f"&limit={count}" if count < 500 else ""
    bearer = {"Authorization": f"Bearer {receiver.token}"}
    return lambda: wrk(url, figures.seconds, 16, bearer)


def polls(figures, box, person):
    path = f"/friends/{person.id}"
    fields, _ = poll(person, path)
    return [box.core.process.pid], lambda: wrk(box.url + path, figures.seconds, headers=fields)
