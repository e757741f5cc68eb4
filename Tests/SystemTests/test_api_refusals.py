"""Every route refuses exactly the requests that its document says it refuses."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor

from photo_refusals import refuse_photos

from api import PASSWORD, new_id, ok, refusal
from test_api_documents import document, refusals

# Any route may answer these: HTTP's own, a fault of the server's, and what only time heals.
ANYWHERE = {405, 408, 411, 413, 414, 415, 417, 431, 500, 501, 503, 505}
NOBODY = "nobody"
ENDINGS = ("/friends/remove", "/friends/block", "/friends/unblock")


class Notes:
    """Sends requests and notes with what each route refused them."""

    def __init__(self, box):
        self.box = box
        self.found = set()

    def note(self, method, route, answer):
        self.found.add((method, route, *refusal(answer)[:2]))

    def post(self, route, body, token=None, headers=None):
        client = self.box.client(token)
        self.note("post", route, client.post(route, body, headers=headers))

    def delete(self, route, body, token=None, headers=None):
        client = self.box.client(token)
        self.note("delete", route, client.http.delete(
            client.url + route, json=body, headers=headers, timeout=30))

    def get(self, route, path=None, token=None, **query):
        client = self.box.client(token)
        self.note("get", route, client.get(path or route, **query))


def documented():
    whole = document("ChatCore")
    return {
        (method, path, status, code)
        for path, item in whole["paths"].items() for method, operation in item.items()
        for status, code in refusals(whole, operation["responses"]) if status not in ANYWHERE}


def refuse_accounts(notes, me, other):
    register, login, change = "/auth/register", "/auth/login", "/auth/change-password"
    credentials = {"username": me.username, "password": PASSWORD}
    for wrong in (
            {"username": "x"}, {"username": me.username.upper()},
            {"username": "lain", "password": "pendek"}):
        notes.post(register, credentials | wrong)
    for route in (register, login):
        notes.post(route, {})
    notes.post(login, credentials | {"password": "salah sekali"})
    new = {"userId": me.id, "newPassword": "sandi yang lain"}
    notes.post(change, new)
    notes.post(change, {}, me.token)
    notes.post(change, new | {"newPassword": "pendek"}, me.token)
    notes.post(change, new | {"currentPassword": "salah sekali"}, me.token)
    for somebody in (NOBODY, other.id):
        notes.post(change, new | {"userId": somebody}, me.token)
    delete = "/auth/delete-account"
    own = {"userId": me.id, "currentPassword": "salah sekali"}
    notes.post(delete, own)
    for wrong in ({}, own, own | {"userId": other.id}):
        notes.post(delete, wrong, me.token)


def refuse_friends_and_messages(notes, me, friend, stranger):
    add, send, history = "/friends/add", "/chat/send", "/chat/history"
    delete = "/chat/delete"
    wish = {"myId": me.id, "friendUsername": friend.username}
    notes.post(add, wish)
    for wrong in (
            {"myId": None}, {"friendUsername": me.username}, {}, {"myId": friend.id},
            {"friendUsername": NOBODY}):
        notes.post(add, wish | wrong, me.token)
    draft = {"senderId": me.id, "receiverId": friend.id, "message": "Halo", "id": new_id()}
    me.send(friend, "Yang pertama", draft["id"])
    notes.post(send, draft)
    for wrong in (
            {"id": "bukan UUID"}, {"message": " "}, {"message": "a" * 5000},
            {"senderId": friend.id}, {"receiverId": NOBODY},
            {"receiverId": stranger.id, "id": None}, {"message": "Yang lain"}):
        notes.post(send, draft | wrong, me.token)
    wish = {"myId": me.id, "friendId": friend.id, "id": friend.send(me, "Jawaban")["id"]}
    notes.post(delete, wish)
    for wrong in ({}, wish, wish | {"myId": friend.id}, wish | {"id": NOBODY}):
        notes.post(delete, wrong, me.token)
    read, wish = "/chat/read", {"myId": me.id, "friendId": friend.id, "upTo": 1}
    notes.post(read, wish)
    for wrong in (
            {"upTo": -1}, {"myId": friend.id}, {"friendId": stranger.id}, {"friendId": NOBODY}):
        notes.post(read, wish | wrong, me.token)
    for route in ("/friends/{userId}", "/friends/{userId}/blocked"):
        notes.get(route, route.format(userId=me.id))
        notes.get(route, route.format(userId=friend.id), me.token)
    rows = "/friends/{userId}"
    for since in ("banyak", 1):
        notes.get(rows, rows.format(userId=me.id), me.token, since=since)
    pair = {"myId": me.id, "friendId": friend.id}
    for route in ENDINGS:
        notes.post(route, pair)
        for wrong in ({}, pair | {"myId": friend.id}, pair | {"friendId": NOBODY}):
            notes.post(route, wrong, me.token)
    refuse_searches_and_exports(notes, me, friend)
    notes.get(history, myId=me.id, friendId=friend.id)
    notes.get(history, token=me.token, myId=me.id)
    notes.get(history, token=me.token, myId=friend.id, friendId=me.id)
    ok(me.api.post("/friends/remove", pair))
    notes.get(history, token=me.token, **pair)


def refuse_searches_and_exports(notes, me, friend):
    search, export = "/chat/search", "/account/export"
    notes.get(search, myId=me.id, q="x")
    notes.get(search, token=me.token, myId=me.id)
    notes.get(search, token=me.token, myId=friend.id, q="x")
    notes.get(search, token=me.token, myId=me.id, q="x", friendId=NOBODY)
    notes.get(export, myId=me.id)
    notes.get(export, token=me.token)
    notes.get(export, token=me.token, myId=friend.id)
    # Two at once: the vault does not answer the first before the second asks.
    for route, query in ((search, {"q": "x"}), (export, {})):
        notes.box.cipher.process.send_signal(signal.SIGSTOP)
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda _, route=route, query=query: notes.box.client(
                me.token).get(route, myId=me.id, **query), range(2)))
        for answer in answers:
            if answer.status_code == 429:
                notes.note("get", route, answer)
        notes.box.cipher.process.send_signal(signal.SIGCONT)
        notes.box.core.wait_ready()


def subscription(endpoint="https://fcm.googleapis.com/x"):
    return {"endpoint": endpoint, "keys": {
        "p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQ"
                  "tUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
        "auth": "8eDyX_uCN0XRhSbY5hs7Hg"}}


def refuse_subscriptions(notes, me, other):
    route = "/push/subscribe"
    wish = {"userId": me.id, "subscription": subscription()}
    end = {"userId": me.id, "endpoint": subscription()["endpoint"]}
    notes.post(route, wish)
    notes.delete(route, end)
    for wrong in ({}, wish | {"userId": other.id}, wish | {"subscription": "x"},
                  wish | {"subscription": subscription("https://127.0.0.1/x")},
                  wish | {"subscription": subscription() | {"keys": {}}}):
        notes.post(route, wrong, me.token)
    for wrong in ({}, end | {"userId": other.id}):
        notes.delete(route, wrong, me.token)
    for number in range(61):
        answer = me.api.post(route, {
            "userId": me.id,
            "subscription": subscription(f"https://fcm.googleapis.com/{number}")})
        assert (answer.status_code == 429) == (number == 60)
    notes.note("post", route, answer)
    # Nothing is written for one that is there already.
    ok(me.api.post(route, {
        "userId": me.id, "subscription": subscription("https://fcm.googleapis.com/59")}))


def refuse_other_origins(notes, me):
    """The cookie alone does not speak for pages of other origins."""
    foreign = {"Cookie": f"kw-session={me.token}", "Origin": "https://elsewhere.example"}
    for route in (
            "/auth/change-password", "/auth/delete-account", "/auth/logout", "/friends/add",
            *ENDINGS, "/chat/send", "/chat/delete", "/chat/read", "/push/subscribe"):
        notes.post(route, {}, headers=foreign)
    notes.delete("/push/subscribe", {}, headers=foreign)


def refuse_what_is_too_much(notes, new_box):
    """A box where little is allowed, and two where not everybody may register."""
    notes.box = box = new_box(
        "--send-rate=1", "--bytes-per-day=1024", "--friend-rate=1", "--auth-attempts=4"
    ).start()
    budi, sari = box.friends("budi", "sari")
    for sender, receiver in ((budi, sari), (sari, budi)):
        for text in ("x", "y" * (1000 if sender is sari else 1), "z"):
            if (answer := sender.try_send(receiver, text)).status_code != 200:
                notes.note("post", "/chat/send", answer)
    for _ in range(2):
        notes.note("post", "/friends/add", budi.try_befriend(NOBODY))
    change = {"userId": budi.id, "newPassword": PASSWORD, "currentPassword": "salah sekali"}
    for _ in range(5):
        notes.note("post", "/auth/change-password",
                   budi.api.post("/auth/change-password", change))
    own = {"userId": budi.id, "currentPassword": "salah sekali"}
    notes.note("post", "/auth/delete-account", budi.api.post("/auth/delete-account", own))
    pair = {"myId": sari.id, "friendId": budi.id}
    for _ in range(1001):
        answer = sari.api.post("/friends/block", pair)
        sari.api.post("/friends/unblock", pair)
    notes.note("post", "/friends/block", answer)
    credentials = {"username": "wati", "password": PASSWORD}
    for mode in ("invite", "closed"):
        notes.box = new_box(f"--registration={mode}").start()
        notes.post("/auth/register", credentials)
        if mode == "invite":
            notes.post("/auth/register", credentials | {"invite": "0000-0000-0000-0000"})


def refuse_marks_beyond_the_rate(notes, new_box):
    """Marks in several conversations that come faster than a few hundred at once."""
    notes.box = box = new_box("--send-rate=100000", "--auth-attempts=0").start()
    budi = box.person("budi")

    def read(number):
        friend = box.person(f"teman{number}")
        friend.befriend(budi)
        times = [friend.send(budi, f"Pesan {count}")["timestamp"] for count in range(45)]
        everybody.wait()
        client = box.client(budi.token)
        return [client.post("/chat/read", {
            "myId": budi.id, "friendId": friend.id, "upTo": time}) for time in times]
    friends = range(12)  # more than may wait
    everybody = threading.Barrier(len(friends), timeout=60)
    with ThreadPoolExecutor(len(friends)) as pool:
        for answers in pool.map(read, friends):
            for answer in answers:
                if answer.status_code != 200:
                    notes.note("post", "/chat/read", answer)


def break_http(notes):
    """A host that no request may name."""
    for path, item in document("ChatCore")["paths"].items():
        for method in item:
            answer = notes.box.client().http.request(
                method, notes.box.url + path.format(userId="x", id="x"), timeout=30,
                headers={"Host": "tidak/sah"})
            notes.note(method, path, answer)


def test_every_route_refuses_just_what_its_document_says(new_box, tmp_path):
    box = new_box().start()
    me, friend = box.friends("budi", "sari")
    stranger = box.person("wati")
    notes = Notes(box)
    refuse_accounts(notes, me, friend)
    refuse_friends_and_messages(notes, me, friend, stranger)
    refuse_subscriptions(notes, me, friend)
    refuse_other_origins(notes, me)
    break_http(notes)
    me.befriend(friend)
    refuse_photos(notes, new_box, me, friend, stranger)
    refuse_what_is_too_much(notes, new_box)
    refuse_marks_beyond_the_rate(notes, new_box)

    # A folder without the document, and a client that tries too often.
    (tmp_path / "empty").mkdir()
    notes.box = new_box(f"--public={tmp_path / 'empty'}", "--auth-attempts=1").start()
    notes.get("/api-docs.json")
    notes.get("/api-docs/")
    for route in ("/auth/register", "/auth/login"):
        for _ in range(3):
            answer = notes.box.client().post(route, {"username": "x", "password": "y"})
        notes.note("post", route, answer)
    assert sorted(notes.found - documented()) == []
    assert sorted(documented() - notes.found) == []
