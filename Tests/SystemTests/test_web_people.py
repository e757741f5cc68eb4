"""Parting from people: removing, blocking, unblocking, deleting the account."""

import pytest
from selenium.webdriver.common.keys import Keys

from api import PASSWORD
from browser import LAPTOP, PHONE


def test_a_friend_is_removed_after_a_question_and_may_return(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    budi.send(sari, "masih ada")
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.see("#rows .text", "masih ada")
    page.type("belum selesai")
    page.click("#open-person")
    page.see("#person-name", budi.username)
    page.click("#person-remove")
    page.see("#confirm", f"Hapus {budi.username}?")
    assert page.focused() == "confirm-stay"
    page.press(Keys.ENTER)
    page.not_see("#confirm")
    assert len(sari.friends()) == 1
    page.click("#person-remove")
    page.click("#confirm-submit")
    page.see("#toast", "dihapus dari daftarmu")
    page.not_see("dialog")
    page.see("#welcome")
    page.see("#contacts-empty", "Belum ada teman")
    assert sari.friends() == budi.friends() == []
    page.befriend(budi.username)
    page.see("#rows .text", "masih ada")
    assert page.draft() == "belum selesai"


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_somebody_is_blocked_and_unblocked(open_browser, people, shared_box, size):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box, size).enter_chat(sari, budi)
    page.click("#open-person")
    page.click("#person-block")
    page.see("#confirm", f"Blokir {budi.username}?")
    assert page.violations() == []
    page.click("#confirm-submit")
    page.see("#toast", "diblokir")
    page.see("#contacts-empty", "Belum ada teman")
    assert budi.try_befriend(sari.username).status_code == 404
    page.click("#open-settings")
    page.click("#settings-tab-blocked")
    page.see("#blocked-list .name", budi.username)
    assert page.violations() == []
    page.click("#blocked-list button")
    page.see("#confirm", f"Buka blokir {budi.username}?")
    page.click("#confirm-submit")
    page.see("#blocked-state", "Tidak ada yang kamu blokir")
    page.see("#settings #toast", "dibuka")
    assert budi.try_befriend(sari.username).status_code == 200


def test_a_refusal_stays_in_the_question(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.run("""
        window.plain = window.fetch;
        window.fetch = (url, options) => String(url).includes("friends/remove")
            ? Promise.reject(new TypeError("away")) : window.plain(url, options);""")
    page.click("#open-person")
    page.click("#person-remove")
    page.click("#confirm-submit")
    page.see("#confirm-problem", "Server tidak bisa dihubungi")
    page.run("window.fetch = window.plain")
    page.click("#confirm-submit")
    page.see("#contacts-empty", "Belum ada teman")


def test_an_account_is_deleted_with_its_password_alone(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box).enter(sari)
    page.see(".contact .name", budi.username)
    page.click("#open-settings")
    page.click("#open-deletion")
    page.see("#confirm", "hilang untuk selamanya")
    assert page.violations() == []
    page.click("#confirm-submit")
    page.see("#confirm-current-problem", "Isi password")
    page.fill("#confirm-current", "bukan yang ini")
    page.click("#confirm-submit")
    page.see("#confirm-current-problem", "Password sekarang salah")
    page.fill("#confirm-current", PASSWORD)
    page.click("#confirm-submit")
    page.see("#login-notice", "Akunmu sudah dihapus")
    assert budi.friends() == []
    page.login(sari.username)
    page.see("#login-problem", "Username atau Password salah!")


def test_a_page_without_the_person_stays_without_them_in_two_browsers(
        open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    ours, theirs = open_browser(shared_box), open_browser(shared_box)
    ours.enter_chat(sari, budi)
    theirs.enter_chat(budi, sari)
    theirs.type("jangan hilang")
    ours.click("#open-person")
    ours.click("#person-block")
    ours.click("#confirm-submit")
    theirs.see("#contacts-empty", "Belum ada teman")
    theirs.see("#welcome")
    kept = theirs.run("return Object.values(localStorage).join(' ')")
    assert "jangan hilang" in kept


def test_somebody_who_added_one_stands_on_top_until_one_answers(
        open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    tono, wati, joko = people("tono"), people("wati"), people("joko")
    page = open_browser(shared_box).enter(sari)
    page.see(".contact .name", budi.username)
    for other, in (tono, wati, joko):
        other.befriend(sari)
    budi.send(sari, "terbaru")
    page.see(".contact .last", "terbaru")
    page.see(".contact .heading", f"{joko[0].username} menambahkanmu")
    page.until(lambda: len(page.all(".contact")) == 4, "all of them")
    assert budi.username in page.all(".contact")[-1].text, "newcomers stand above"
    assert page.violations() == []
    page.screenshot("newcomers")

    def choose(person, word):
        row = next(row for row in page.all("#contact-list li") if person.username in row.text)
        next(button for button in row.find_elements("css selector", ".choice")
             if button.text == word).click()
    choose(tono[0], "Hapus")
    page.click("#confirm-submit")
    page.see("#toast", "dihapus")
    choose(wati[0], "Blokir")
    page.click("#confirm-submit")
    page.see("#toast", "diblokir")
    choose(joko[0], "Sapa")
    page.see("#chat-name", joko[0].username)
    page.until(lambda: page.focused() == "message", "the focus")
    page.write("Halo!")
    page.until(lambda: "menambahkanmu" not in page.find("#contact-list").text, "nobody is new")
    assert sorted(row["username"] for row in sari.friends()) == sorted(
        [budi.username, joko[0].username])
