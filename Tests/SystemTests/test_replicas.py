"""Two ChatCores behind HAProxy over one database, each with a Cipher of the same ring."""

import concurrent.futures
import shutil
import socket
import subprocess
import threading
import time
import uuid

import pytest

from api import PASSWORD, Client, Person
from programs import Box, Program, eventually


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Balancer:
    """HAProxy, which hands requests to both in turns."""

    def __init__(self, folder, ports):
        self.port = free_port()
        servers = "".join(
            f"  server core{number} 127.0.0.1:{port} check inter 200ms\n"
            for number, port in enumerate(ports))
        self.file = folder / "haproxy.cfg"
        self.file.write_text(
            "defaults\n  mode http\n  timeout connect 1s\n  timeout client 60s\n"
            "  timeout server 60s\n  retries 3\n  option redispatch\n  retry-on conn-failure\n"
            f"listen chat\n  bind 127.0.0.1:{self.port}\n  balance roundrobin\n"
            f"  option httpchk GET /healthz\n{servers}")
        self.process = subprocess.Popen(["haproxy", "-db", "-f", self.file])
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Cluster:
    def __init__(self, folder, *options, environment=None):
        self.box = Box(folder, *options, environment=environment)
        self.box.start()
        other_vault = folder / "other-vault"
        shutil.copytree(
            self.box.key_file.parent, other_vault,
            ignore=shutil.ignore_patterns("*.sock", "*.lock"))
        self.other_cipher = Program(
            "Cipher", folder, "--port", "0", "--key-file", other_vault / "keys.json",
            "--secret-file", self.box.secret_file)
        self.other_cipher.log_file = folder / "other-cipher.log"
        self.other_cipher.start().wait_ready()
        self.other = self.box.second_core(
            folder / "other", f"--cipher-url={self.other_cipher.url}")
        self.urls = [self.box.url, self.other.url]
        self.balancer = Balancer(folder, [self.box.core.port, self.other.port])
        self.client().await_health()

    def client(self, token=None, replica=None):
        return PatientClient(
            self.balancer.url if replica is None else self.urls[replica], token)

    def friends(self, *usernames):
        people = [Person.register(self.client(), name) for name in usernames]
        for other in people[1:]:
            people[0].befriend(other)
        return people

    def stop(self):
        self.balancer.stop()
        for program in (self.other, self.other_cipher):
            if program.is_running:
                program.end()
        self.box.stop()


class PatientClient(Client):
    def await_health(self):
        def is_up():
            try:
                return self.http.get(f"{self.url}/readyz", timeout=5).status_code == 200
            except OSError:
                return False
        eventually(is_up, what="HAProxy answering")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.stop()


def at(person, cluster, replica):
    """The same person, by one of the two."""
    return cluster.client(person.token, replica)


def history(client, me, friend, tag=None):
    return client.http.get(
        f"{client.url}/chat/history", params={"myId": me.id, "friendId": friend.id},
        headers={"If-None-Match": tag} if tag else {}, timeout=30)


def send(client, me, friend, text, message_id=None):
    body = {"senderId": me.id, "receiverId": friend.id, "message": text}
    if message_id:
        body["id"] = message_id
    return client.http.post(f"{client.url}/chat/send", json=body, timeout=30)


def rows(client, me, **query):
    return client.http.get(f"{client.url}/friends/{me.id}", params=query, timeout=40)


def test_requests_of_one_person_may_go_to_either(cluster, name):
    ana, budi = cluster.friends(name("ana"), name("budi"))
    client = cluster.client(ana.token)
    for number in range(20):
        answer = send(client, ana, budi, f"pesan {number}")
        assert answer.status_code == 200, answer.text
        texts = [message["content"] for message in history(client, ana, budi).json()]
        assert texts == [f"pesan {each}" for each in range(number + 1)]


def test_a_tag_of_one_is_known_to_the_other(cluster, name):
    ana, budi = cluster.friends(name("ana"), name("budi"))
    send(cluster.client(ana.token), ana, budi, "halo")
    one, other = (at(ana, cluster, replica) for replica in range(2))
    for ask in (lambda client, tag=None: history(client, ana, budi, tag),
                lambda client, tag=None: client.http.get(
                    f"{client.url}/friends/{ana.id}",
                    headers={"If-None-Match": tag} if tag else {}, timeout=30)):
        answers = [ask(client) for client in (one, other)]
        assert answers[0].headers["ETag"] == answers[1].headers["ETag"]
        assert answers[0].json() == answers[1].json()
        assert ask(other, answers[0].headers["ETag"]).status_code == 304
    send(one, ana, budi, "lagi")
    assert history(other, ana, budi, history(one, ana, budi).headers["ETag"]).status_code == 304
    cursor = rows(one, ana).json()[0]["changed"]
    assert rows(other, ana, since=cursor).json() == []
    send(other, ana, budi, "dan lagi")
    assert [row["id"] for row in rows(one, ana, since=cursor).json()] == [budi.id]


def test_one_id_on_both_at_once_is_one_message(cluster, name):
    ana, budi = cluster.friends(name("ana"), name("budi"))
    clients = [at(ana, cluster, replica) for replica in range(2)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for number in range(20):
            message_id = str(uuid.uuid4())
            answers = [
                pool.submit(send, client, ana, budi, f"sekali {number}", message_id)
                for client in clients]
            answers = [answer.result() for answer in answers]
            assert [answer.status_code for answer in answers] == [200, 200], \
                [answer.text for answer in answers]
            assert answers[0].json() == answers[1].json()
    assert len(history(clients[0], ana, budi).json()) == 20


def test_a_friendship_that_both_make_at_once_is_made_once(cluster, name):
    for _ in range(10):
        ana, budi = (Person.register(cluster.client(), name(who)) for who in ("ana", "budi"))
        requests = [(ana, budi, 0), (budi, ana, 1)]

        def add(request):
            me, friend, replica = request
            client = at(me, cluster, replica)
            return client.http.post(
                f"{client.url}/friends/add", timeout=30,
                json={"myId": me.id, "friendUsername": friend.username})
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            statuses = sorted(answer.status_code for answer in pool.map(add, requests))
        assert statuses == [200, 400]
        for me, friend, replica in requests:
            listed = rows(at(me, cluster, 1 - replica), me).json()
            assert [row["id"] for row in listed] == [friend.id]


def test_a_held_poll_hears_of_a_message_by_the_other_within_a_second(cluster, name):
    ana, budi = cluster.friends(name("ana"), name("budi"))
    waiting = at(budi, cluster, 1)
    cursor = rows(waiting, budi).json()[0]["changed"]
    answered = []

    def poll():
        found = rows(waiting, budi, since=cursor, wait=20).json()
        answered.append((time.monotonic(), found))
    thread = threading.Thread(target=poll)
    thread.start()
    time.sleep(1)
    assert not answered
    start = time.monotonic()
    assert send(at(ana, cluster, 0), ana, budi, "halo").status_code == 200
    thread.join(25)
    assert [row["id"] for row in answered[0][1]] == [ana.id]
    assert answered[0][0] - start < 2


def test_a_changed_password_ends_sessions_on_both(cluster, name):
    ana = Person.register(cluster.client(), name("ana"))
    old = at(ana, cluster, 1)
    assert rows(old, ana).status_code == 200
    client = at(ana, cluster, 0)
    changed = client.http.post(
        f"{client.url}/auth/change-password", timeout=30,
        json={"userId": ana.id, "newPassword": PASSWORD + " baru", "currentPassword": PASSWORD})
    assert changed.status_code == 200, changed.text
    assert rows(old, ana).status_code == 401
    assert rows(cluster.client(changed.json()["token"], 1), ana).status_code == 200


def test_one_that_is_killed_is_not_missed(cluster, name):
    ana, budi = cluster.friends(name("ana"), name("budi"))
    client = cluster.client(ana.token)
    ids = [str(uuid.uuid4()) for _ in range(60)]
    for number, message_id in enumerate(ids):
        if number == 20:
            cluster.other.kill()

        def is_sent(number=number, message_id=message_id):
            try:
                answer = send(client, ana, budi, f"pesan {number}", message_id)
            except OSError:
                return False
            return answer.status_code == 200
        eventually(is_sent, within=15, what="a send")
        if number == 40:
            cluster.other.arguments[cluster.other.arguments.index("--port") + 1] = str(
                cluster.other.port)
            cluster.other.start().wait_ready()
    found = history(client, ana, budi).json()
    assert [message["id"] for message in found] == ids
