import re

import pytest

from api import PASSWORD, Client, Person, ok, refusal

BAD_CREDENTIALS = (401, "bad_credentials", "Username atau Password salah!")
TAKEN = (400, "username_taken", "Username sudah dipakai!")
MISSING = (400, "malformed", "Parameter kurang")


def test_registering_answers_the_id_and_the_name(client, name):
    username = name("Dewi.L-")
    body = ok(client.register(username))
    assert set(body) == {"id", "username"}
    assert body["username"] == username and body["id"]


def test_logging_in_answers_who_one_is_and_a_token(shared_box, people):
    anna, budi = people("anna", "budi")
    body = ok(shared_box.client().login(anna.username))
    assert set(body) == {"id", "username", "contacts", "token"}
    assert (body["id"], body["username"]) == (anna.id, anna.username)
    assert body["contacts"] == [budi.id]
    assert body["token"].count(".") == 2


def test_a_name_is_found_regardless_of_case_when_logging_in(client, name):
    username = name("Joko")
    ok(client.register(username))
    assert ok(client.login(username.upper()))["username"] == username


def test_a_name_is_found_without_the_blanks_around_it_when_logging_in(client, name):
    username = name("joko")
    ok(client.register(username))
    for typed in (f"{username} ", f"\t{username.upper()}\u00a0\n"):
        assert ok(client.login(typed))["username"] == username
    for typed in (f"@{username}", f"{username} x", " ", username + " " * 1024):
        assert refusal(client.login(typed)) == BAD_CREDENTIALS


def test_a_name_is_taken_regardless_of_case(client, name):
    username = name("Rina")
    ok(client.register(username))
    for again in (username, username.lower(), username.upper()):
        assert refusal(client.register(again)) == TAKEN


@pytest.mark.parametrize("username", [
    "ab", "a" * 33, "dua kata", "nama!", "élan", "tab\t", "", "a/b", "ab\u0000c", "名前名前",
])
def test_a_name_outside_the_rule_is_refused(client, username):
    assert refusal(client.register(username))[:2] == (400, "invalid_username")


def test_names_of_three_and_of_32_characters_are_fine(client, name):
    for username in (name("x").ljust(3, "y")[:3], name("z").ljust(32, "_")):
        answer = client.register(username)
        assert answer.status_code == 200 or refusal(answer) == TAKEN


@pytest.mark.parametrize("password", [
    "7 huruf", "", "a" * 73, "é" * 37, "password", "12345678", "hening\u0000malam",
])
def test_a_weak_password_is_refused(client, name, password):
    username = name("tono")
    assert refusal(client.register(username, password))[:2] == (400, "weak_password")
    assert client.login(username, password).status_code == 401


def test_the_name_is_no_password(client, name):
    username = name("kartika.sari")
    assert refusal(client.register(username, username))[:2] == (400, "weak_password")


def test_72_bytes_of_password_count_to_the_last_one(client, name):
    username, password = name("panjang"), "é" * 35 + "xy"
    ok(client.register(username, password))
    ok(client.login(username, password))
    assert refusal(client.login(username, password[:-1] + "z")) == BAD_CREDENTIALS


def test_a_password_is_not_cut_at_a_nul(client, name):
    username = name("nol")
    ok(client.register(username))
    assert refusal(client.login(username, PASSWORD + "\u0000")) == BAD_CREDENTIALS
    assert refusal(client.login(username, PASSWORD + "\u0000lagi")) == BAD_CREDENTIALS


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, name):
    username = name("sinta")
    ok(client.register(username))
    assert refusal(client.login(username, "bukan ini sandi")) == BAD_CREDENTIALS
    assert refusal(client.login(name("tidak-ada"))) == BAD_CREDENTIALS


@pytest.mark.parametrize("route", ["/auth/register", "/auth/login"])
@pytest.mark.parametrize("body", [{}, {"username": "budi"}, {"password": PASSWORD}])
def test_a_missing_field_is_said_in_the_known_words(client, route, body):
    assert refusal(client.post(route, body)) == MISSING


@pytest.mark.parametrize("body", [[], "budi", 7, None, {"username": 7, "password": PASSWORD}])
def test_a_body_of_another_shape_is_malformed(client, body):
    answer = client.http.post(
        client.url + "/auth/login", json=body, headers={"Content-Type": "application/json"},
        data="null" if body is None else None)
    assert refusal(answer)[:2] == (400, "malformed")


def test_changing_the_password_ends_every_older_session(shared_box, people):
    anna, budi = people("anna", "budi")
    other_device = Person.login(shared_box.client(), anna.username)
    body = ok(anna.api.post("/auth/change-password", {
        "userId": anna.id, "newPassword": "sandi yang baru", "currentPassword": PASSWORD}))
    assert body["message"] == "Password berhasil diganti"

    for old in (anna, other_device):
        assert refusal(Client(anna.api.url, old.token).get(f"/friends/{anna.id}"))[:2] \
            == (401, "unauthorized")
    fresh = Person(anna.api.url, anna.id, anna.username, body["token"])
    assert fresh.send(budi, "masih di sini")["senderId"] == anna.id
    assert refusal(shared_box.client().login(anna.username)) == BAD_CREDENTIALS
    Person.login(shared_box.client(), anna.username, "sandi yang baru")


def test_changing_the_password_needs_no_current_one_but_checks_one_that_is_given(people):
    anna, = people("anna")
    wrong = {"userId": anna.id, "newPassword": "sandi yang baru", "currentPassword": "salah"}
    status, code, _ = refusal(anna.api.post("/auth/change-password", wrong))
    assert (status, code) == (401, "bad_credentials")
    ok(anna.api.post(
        "/auth/change-password", {"userId": anna.id, "newPassword": "sandi yang baru"}))


def test_a_weak_new_password_changes_nothing(shared_box, people):
    anna, = people("anna")
    answer = anna.api.post("/auth/change-password", {"userId": anna.id, "newPassword": "pendek"})
    assert refusal(answer)[:2] == (400, "weak_password")
    assert anna.friends() == []
    Person.login(shared_box.client(), anna.username)


def test_somebody_elses_password_is_not_mine_to_change(people):
    anna, budi = people("anna", "budi")
    body = {"newPassword": "sandi yang baru", "currentPassword": PASSWORD}
    theirs = anna.api.post("/auth/change-password", body | {"userId": budi.id})
    assert refusal(theirs)[:2] == (403, "forbidden")
    nobodys = anna.api.post("/auth/change-password", body | {"userId": "tidak-ada"})
    assert refusal(nobodys) == (404, "not_found", "User tidak ditemukan")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "ÿÿ", "eyJhbGciOiJub25lIn0.e30."])
def test_a_token_that_is_none_is_unauthorized(shared_box, people, token):
    anna, = people("anna")
    header = {"Authorization": f"Bearer {token}".encode()}
    answer = shared_box.client().get(f"/friends/{anna.id}", headers=header)
    assert refusal(answer)[:2] == (401, "unauthorized")


def test_a_token_with_any_part_changed_is_unauthorized(people):
    anna, = people("anna")
    for place in (0, len(anna.token) // 2, -2):
        letter = "A" if anna.token[place] != "A" else "B"
        forged = anna.token[:place] + letter + anna.token[place:][1:]
        answer = Client(anna.api.url, forged).get(f"/friends/{anna.id}")
        assert refusal(answer)[:2] == (401, "unauthorized")


def test_logging_in_sets_a_cookie_that_scripts_and_other_sites_never_see(client, people):
    anna, = people("anna")
    answer = client.post("/auth/login", {"username": anna.username, "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"path=/", "httponly", "samesite=strict"} <= attributes
    assert "secure" not in attributes and not cookie.startswith("__Host-")


def test_logging_out_clears_the_cookie(client, people):
    anna, = people("anna")
    client.post("/auth/login", {"username": anna.username, "password": PASSWORD})
    assert client.get(f"/friends/{anna.id}").status_code == 200
    answer = client.post("/auth/logout", {}, headers={"Sec-Fetch-Site": "same-origin"})
    assert ok(answer)["message"]
    assert re.search(r"max-age=0|expires=thu, 01 jan 1970", answer.headers["Set-Cookie"], re.I)
    assert refusal(client.get(f"/friends/{anna.id}"))[:2] == (401, "unauthorized")
