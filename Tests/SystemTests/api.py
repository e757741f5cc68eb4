"""A small client of the public API: what a web page would send, and nothing cleverer."""

import uuid

import requests

from certificates import AUTHORITY

PASSWORD = "kata sandi untuk semua"


class Refused(AssertionError):
    """An answer that is not a success, where one was expected."""

    def __init__(self, answer):
        super().__init__(f"{answer.status_code} {answer.text[:300]}")
        self.answer = answer


class Client:
    in_use = []

    def __init__(self, url, token=None):
        self.url = url
        self.http = requests.Session()
        Client.in_use.append(self.http)
        self.http.trust_env = False
        if url.startswith("https:"):
            self.http.verify = str(AUTHORITY)
        if token:
            self.http.headers["Authorization"] = f"Bearer {token}"

    @classmethod
    def close_all(cls):
        """Ends the kept-alive connections, of which a server takes only so many."""
        while cls.in_use:
            cls.in_use.pop().close()

    def get(self, path, headers=None, **query):
        query = {name.rstrip("_"): value for name, value in query.items() if value is not None}
        return self.http.get(self.url + path, params=query, headers=headers, timeout=30)

    def post(self, path, body=None, headers=None, **options):
        return self.http.post(
            self.url + path, json=body, headers=headers, timeout=30, **options)

    def register(self, username, password=PASSWORD):
        return self.post("/auth/register", {"username": username, "password": password})

    def login(self, username, password=PASSWORD):
        """The session's cookie is forgotten, so that only the token speaks."""
        answer = self.post("/auth/login", {"username": username, "password": password})
        self.http.cookies.clear()
        return answer


class Person:
    """Somebody who is logged in."""

    def __init__(self, url, id, username, token):
        self.id = id
        self.username = username
        self.token = token
        self.api = Client(url, token)

    @classmethod
    def register(cls, client, username):
        ok(client.register(username))
        return cls.login(client, username)

    @classmethod
    def login(cls, client, username, password=PASSWORD):
        body = ok(client.login(username, password))
        return cls(client.url, body["id"], body["username"], body["token"])

    def befriend(self, other):
        return ok(self.try_befriend(other.username))

    def try_befriend(self, username):
        return self.api.post(
            "/friends/add", {"myId": self.id, "friendUsername": username})

    def send(self, other, text, id=None, reply=None):
        return ok(self.try_send(other, text, id, reply))

    def try_send(self, other, text, id=None, reply=None):
        body = {"senderId": self.id, "receiverId": other.id, "message": text}
        more = {"id": id, "replyTo": reply}
        return self.api.post(
            "/chat/send", body | {name: more[name] for name in more if more[name] is not None})

    def put_photo(self, other, data, id=None):
        """Uploads a photo, and returns its id."""
        id = id or new_id()
        ok(self.try_put_photo(other, data, id))
        return id

    def try_put_photo(self, other, data, id):
        return self.api.http.put(
            f"{self.api.url}/chat/photo/{id}", data=data, timeout=60,
            params={"myId": self.id, "friendId": other.id})

    def try_get_photo(self, other, id, headers=None):
        return self.api.get(
            f"/chat/photo/{id}", headers=headers, myId=self.id, friendId=other.id)

    def send_photo(self, other, photo, text="", id=None, **shape):
        return ok(self.try_send_photo(other, photo, text, id, **shape))

    def try_send_photo(self, other, photo, text="", id=None, **shape):
        shown = {"id": photo, "width": 1600, "height": 1200} | shape
        body = {"senderId": self.id, "receiverId": other.id, "message": text, "photo": shown}
        return self.api.post("/chat/send", body | ({"id": id} if id else {}))

    def delete(self, other, message):
        return ok(self.try_delete(other, message["id"]))

    def try_delete(self, other, id):
        return self.api.post(
            "/chat/delete", {"myId": self.id, "friendId": other.id, "id": id})

    def read(self, other, time):
        return ok(self.try_read(other, time))

    def try_read(self, other, time):
        return self.api.post(
            "/chat/read", {"myId": self.id, "friendId": other.id, "upTo": time})

    def row(self, other):
        """The row of somebody in this person's list."""
        row, = (row for row in self.friends() if row["id"] == other.id)
        return row

    def history(self, other, **query):
        return ok(self.try_history(other, **query))

    def try_history(self, other, headers=None, **query):
        return self.api.get(
            "/chat/history", headers=headers, myId=self.id, friendId=other.id, **query)

    def texts(self, other, **query):
        return [message["content"] for message in self.history(other, **query)]

    def friends(self, **query):
        return ok(self.try_friends(**query))

    def try_friends(self, headers=None, **query):
        return self.api.get(f"/friends/{self.id}", headers=headers, **query)

    def end(self, how, other):
        """Removes, blocks or unblocks somebody."""
        return ok(self.api.post(f"/friends/{how}", {"myId": self.id, "friendId": other.id}))


def ok(answer):
    """The body of a success."""
    if answer.status_code != 200:
        raise Refused(answer)
    return answer.json()


def refusal(answer):
    """(status, code, sentence) of an error, whose shape is checked."""
    assert answer.status_code >= 400, f"not refused: {answer.status_code} {answer.text[:300]}"
    assert answer.headers["Content-Type"].startswith("application/json")
    body = answer.json()
    assert set(body) == {"error", "code"}, body
    assert isinstance(body["error"], str) and body["error"].strip(), body
    assert body["code"] and body["code"] == body["code"].lower() and " " not in body["code"]
    return answer.status_code, body["code"], body["error"]


def new_id():
    return str(uuid.uuid4())
