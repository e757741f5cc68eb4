"""Texts of a hostile friend, and data that no server should send."""

import json
import random

from selenium.webdriver.common.keys import Keys

import hostile
from browser import LAPTOP, PHONE
from bubbles import walk


def test_a_hostile_friend_breaks_nothing_and_draws_only_in_bubbles(
        open_browser, people, shared_box):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    sari, budi = people("sari", "budi.panjang.sekali")
    stored = hostile.send_all(budi, sari, hostile.texts(1000, seed))
    assert len(stored) > 800
    sari.read(budi, sari.row(budi)["lastMessage"]["timestamp"])
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.see("#rows .row")
    page.type("jangan hilang")
    for size in (LAPTOP, PHONE):
        page.resize(*size)
        texts, outside, inks = walk(page)
        assert outside == {}
        assert [each for each in inks if each["count"] or each["inside"] == 0] == []
        assert sorted(texts) == sorted(stored)
    assert page.draft() == "jangan hilang"
    page.click("#message")
    page.press(Keys.ENTER)
    page.see("#rows .sent .text", "jangan hilang")
    budi.send(sari, "masih di sini")
    page.see("#rows .theirs .text", "masih di sini")
    page.reload()
    page.see("#rows .theirs .text", "masih di sini")


BAD_ROWS = """
    const bad = arguments[0];
    const plain = window.fetch;
    window.fetch = async (url, options) => {
        const answer = await plain(url, options);
        if (!String(url).includes("chat/history") || answer.status !== 200) return answer;
        const list = await answer.json();
        list.forEach((each, index) => { if (bad[index]) Object.assign(each, bad[index]); });
        if (list.length > 1) list.splice(1, 0, null, 7, {}, { id: 5 });
        return new Response(JSON.stringify(list), { headers: answer.headers });
    };
"""


def test_a_row_that_cannot_be_rendered_spoils_no_other(open_browser, people, shared_box):
    sari, budi, tono = people("sari", "budi", "tono")
    bad = [
        {"content": "\ufeff"}, {"content": ""}, {"content": " \n"}, {"content": "\u200d\ufe0f"},
        {"content": None}, {"content": 7}, {"content": {"a": 1}}, {"content": []},
        {"timestamp": None}, {"timestamp": 9e15}, {"timestamp": "kemarin"}, {"senderId": None},
        {"code": "not_authentic"}, {},
    ]
    for number in range(len(bad)):
        budi.send(sari, f"pesan {number}")
    page = open_browser(shared_box).enter_chat(sari, tono)
    page.run(BAD_ROWS, bad)
    page.open_chat(budi.username)
    page.until(lambda: len(page.all("#rows .row")) == len(bad), "every row")
    blank, lost = "Pesan ini kosong.", "Pesan ini tidak bisa ditampilkan."
    assert page.messages() == [
        *[blank] * 4, *[lost] * 4, *(f"pesan {n}" for n in range(8, 12)),
        "Pesan ini rusak dan tidak bisa dibuka.", "pesan 13"]
    page.write("masih bisa menulis")
    page.see("#rows .sent .text", "masih bisa menulis")
    assert page.draft() == ""


def test_a_contact_that_cannot_be_rendered_spoils_no_other(open_browser, people, shared_box):
    sari, *others = people("sari", *(f"teman{n}." for n in range(9)))
    others[0].send(sari, "halo")
    bad = [
        {"username": None}, {"username": 7}, {"username": "\u202e\u200b"}, {"username": ""},
        {"lastMessage": {"timestamp": "x", "senderId": 5}}, {"lastMessage": 7},
        {"receivedCount": None}, {"receivedCount": "banyak"}, {"username": "a" + "\u0301" * 300},
    ]
    page = open_browser(shared_box)
    page.before_scripts(f"""
        const bad = {json.dumps(bad)};
        const plain = window.fetch;
        window.fetch = async (url, options) => {{
            const answer = await plain(url, options);
            if (!String(url).includes("/friends/") || answer.status !== 200) return answer;
            const list = await answer.json();
            list.forEach((each, index) => Object.assign(each, bad[index]));
            list.splice(1, 0, null, {{}}, 7);
            return new Response(JSON.stringify(list), {{ headers: answer.headers }});
        }};""")
    page.enter(sari)
    page.until(lambda: len(page.all("#contact-list li")) == len(bad), "every contact")
    page.not_see("#connection")
    rows = page.all(".contact")
    for row in (rows[-1], rows[0], rows[4]):
        row.click()
        page.see("#composer")
        page.until(lambda row=row: row.get_attribute("aria-current") == "true", "it is open")


def test_a_fault_while_rendering_spoils_only_its_own_place(open_browser, people, shared_box):
    sari, budi, tono = people("sari", "budi", "tono")
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.run("""
        addEventListener("error", (event) => event.preventDefault()); // it is meant
        for (const name of ["matchAll", "replace"]) {
            const plain = String.prototype[name];
            String.prototype[name] = function (...given) {
                if (this.includes("racun")) throw new Error("sengaja");
                return plain.apply(this, given);
            };
        }""")
    for text in ("sebelum", "racun", "sesudah"):
        budi.send(sari, text)
    tono.send(sari, "racun")
    lost = "Pesan ini tidak bisa ditampilkan."
    page.until(lambda: page.messages() == ["sebelum", lost, "sesudah"], "the others")
    page.see(".contact .last", "tidak bisa ditampilkan")
    page.see(".contact .last", "sesudah")
    page.not_see("#connection")
    page.write("masih bisa menulis")
    page.see("#rows .sent .text", "masih bisa menulis")
    page.driver.get_log("browser")


def test_a_listener_that_throws_ends_no_other_and_no_poll(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box).enter(sari)
    heard = page.driver.execute_async_script("""
        const done = arguments[arguments.length - 1];
        const heard = [];
        addEventListener("error", (event) => {
            event.preventDefault(); // it was meant
            heard.push("dilaporkan");
        });
        import("./js/state/store.js").then(({ Store }) => {
            const told = new Store();
            told.subscribe(() => { throw new Error("sengaja"); });
            told.subscribe((detail) => heard.push(detail));
            told.emit("kabar");
            done(heard);
        });""")
    assert heard == ["dilaporkan", "kabar"]


def test_a_text_stays_in_the_composer_until_the_outbox_has_it(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.run("""
        addEventListener("error", (event) => event.preventDefault()); // it is meant
        window.random = crypto.getRandomValues;
        crypto.getRandomValues = () => { throw new Error("sengaja"); };""")
    page.write("jangan hilang")
    assert page.draft() == "jangan hilang"
    page.run("crypto.getRandomValues = window.random")
    page.press(Keys.ENTER)
    page.see("#rows .sent .text", "jangan hilang")
    assert page.draft() == ""
    page.driver.get_log("browser")


def test_a_damaged_store_in_the_browser_leads_to_log_in(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box)
    for value in ('5', '"x"', '{}', '[]', '{"id":"x"}', 'null', '{"id":1,"username":2,"token":3}'):
        page.open()
        page.run("localStorage.setItem('whatsapp-kw.session', arguments[0])", value)
        page.reload()
        page.see("#login h1")
    page.run("""
        for (const [name, value] of Object.entries(arguments[0]))
            localStorage.setItem(`whatsapp-kw.${name}`, value);""", {
        f"seen.{sari.id}": "5", f"draft.{sari.id}.{budi.id}": "7",
        f"outbox.{sari.id}.a": "5", f"outbox.{sari.id}.b": "{}",
        f"outbox.{sari.id}.c": json.dumps({"id": "c", "to": budi.id, "state": "rejected"}),
        f"outbox.{sari.id}.d": json.dumps(
            {"id": "d", "to": budi.id, "state": "rejected", "code": "constructor", "text": "ada"}),
    })
    page.enter_chat(sari, budi)
    page.until(lambda: page.messages() == ["Pesan ini tidak bisa ditampilkan.", "ada"], "both")
    assert "function" not in page.body_text()
    page.click("#rows .trouble button[data-action='discard']")
    page.until(lambda: page.messages() == ["ada"], "one is discarded")
    page.write("utuh")
    page.see("#rows .sent .text", "utuh")
    sent = page.run("""
        return performance.getEntriesByType("resource")
            .filter(({ name }) => name.endsWith("chat/send")).length;""")
    assert sent == 1, "a damaged item was sent"
