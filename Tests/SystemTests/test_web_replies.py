"""Answering a message, and taking one back."""

import contextlib

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys


def choose(page, text, word):
    """Opens the menu of the message with that text, and chooses from it. A message that changes
    meanwhile, as when it is read, is drawn anew."""
    def is_open():
        with contextlib.suppress(StaleElementReferenceException):
            bubble = next(each for each in page.all("#rows .bubble") if text in each.text)
            ActionChains(page.driver).move_to_element(bubble).perform()
            bubble.find_element("css selector", ".open-menu").click()
            return True
        return False
    page.until(is_open, "the menu")
    page.see("#message-menu")
    item = next(each for each in page.all("#message-menu [role='menuitem']") if each.text == word)
    item.click()


def two_at_chat(open_browser, box, people):
    sari, budi = people("sari", "budi")
    ours, theirs = open_browser(box), open_browser(box)
    ours.enter_chat(sari, budi)
    theirs.enter_chat(budi, sari)
    return ours, theirs, sari, budi


def test_a_reply_shows_what_it_answers_and_leads_there(open_browser, people, shared_box):
    ours, theirs, sari, budi = two_at_chat(open_browser, shared_box, people)
    theirs.write("Jadi ke pasar besok?")
    ours.see("#rows .text", "Jadi ke pasar besok?")
    choose(ours, "Jadi ke pasar", "Balas")
    ours.see("#reply", "Jadi ke pasar besok?")
    ours.see("#reply-name", budi.username)
    assert ours.focused() == "message"
    assert ours.violations() == []
    ours.screenshot("reply")
    ours.reload()  # the draft keeps what it answers
    ours.see("#reply", "Jadi ke pasar besok?")
    ours.click("#message")
    ours.write("Jadi, jam tujuh")
    ours.not_see("#reply")
    for page, name in ((ours, budi.username), (theirs, "Kamu")):
        page.see("#rows .quote-text", "Jadi ke pasar besok?")
        page.see("#rows .quote-name", name)
    for number in range(80):
        sari.send(budi, f"pengisi {number}")
    theirs.see("#rows .text", "pengisi 79")
    theirs.reload()
    theirs.see("#rows .text", "pengisi 79")
    theirs.run("document.getElementById('log').scrollTop = 0")
    theirs.see("#rows .quote")
    theirs.run("document.querySelector('#rows .quote').click()")
    theirs.see("#rows .is-found .text", "Jadi ke pasar besok?")
    assert theirs.violations() == []


def test_a_reply_can_be_given_up(open_browser, people, shared_box):
    ours, theirs, sari, budi = two_at_chat(open_browser, shared_box, people)
    theirs.write("bertanya")
    ours.see("#rows .text", "bertanya")
    choose(ours, "bertanya", "Balas")
    ours.see("#reply")
    ours.click("#reply-cancel")
    ours.not_see("#reply")
    choose(ours, "bertanya", "Balas")
    ours.see("#reply")
    ours.click("#open-emoji")
    ours.press(Keys.ESCAPE)
    ours.not_see("#emoji")
    ours.see("#reply")
    ours.press(Keys.ESCAPE)
    ours.not_see("#reply")
    assert ours.focused() == "message"
    ours.write("bukan balasan")
    ours.see("#rows .sent .text", "bukan balasan")
    assert ours.all("#rows .quote") == []
    assert "replyTo" not in budi.history(sari)[-1]


def test_a_reply_written_offline_keeps_what_it_answers(open_browser, people, shared_box):
    ours, theirs, sari, budi = two_at_chat(open_browser, shared_box, people)
    theirs.write("bertanya")
    ours.see("#rows .text", "bertanya")
    ours.offline(True)
    ours.see("#connection", "offline")
    choose(ours, "bertanya", "Balas")
    ours.write("dijawab nanti")
    ours.see("#rows .quote-text", "bertanya")
    ours.see("#rows .trouble", "Belum terkirim")
    ours.offline(False)
    theirs.see("#rows .theirs .quote-text", "bertanya")


def test_an_own_message_is_deleted_for_both_after_a_question(open_browser, people, shared_box):
    ours, theirs, sari, budi = two_at_chat(open_browser, shared_box, people)
    theirs.write("milik budi")
    ours.see("#rows .text", "milik budi")
    ours.write("salah kirim")
    theirs.see("#rows .text", "salah kirim")
    choose(theirs, "salah kirim", "Balas")
    theirs.write("maksudnya?")
    ours.see("#rows .quote-text", "salah kirim")
    choose(ours, "milik budi", "Salin")
    assert "Hapus" not in ours.texts("#message-menu [role='menuitem']")
    choose(ours, "salah kirim", "Hapus")
    ours.see("#confirm", "Hapus pesan ini?")
    assert ours.focused() == "confirm-stay"
    ours.press(Keys.ESCAPE)
    assert "salah kirim" in ours.messages()
    choose(ours, "salah kirim", "Hapus")
    ours.click("#confirm-submit")
    for page in (ours, theirs):
        page.see("#rows .text.remark", "Pesan ini dihapus")
        page.see("#rows .quote-text", "Pesan ini dihapus")
        page.until(lambda page=page: "salah kirim" not in page.body_text(), "no trace of it")
    assert ours.violations() == []
    ours.screenshot("deleted")
    ours.reload()
    ours.see("#rows .text.remark", "Pesan ini dihapus")
    assert "Pesan ini dihapus" in ours.messages()


def test_the_list_says_that_the_last_message_was_deleted(open_browser, people, shared_box):
    ours, theirs, sari, budi = two_at_chat(open_browser, shared_box, people)
    ours.write("rahasia")
    theirs.see(".contact .last", "rahasia")
    choose(ours, "rahasia", "Hapus")
    ours.click("#confirm-submit")
    for page in (ours, theirs):
        page.see(".contact .last", "Pesan ini dihapus")


def test_the_list_says_so_of_a_chat_that_was_left(open_browser, people, shared_box):
    sari, budi, tono = people("sari", "budi", "tono")
    sent = budi.send(sari, "rahasia")
    tono.send(sari, "halo")
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.see("#rows .text", "rahasia")
    page.open_chat(tono.username)
    page.see("#rows .text", "halo")
    body = {"myId": budi.id, "friendId": sari.id, "id": sent["id"]}
    assert budi.api.post("/chat/delete", body).status_code == 200
    page.see(".contact .last", "Pesan ini dihapus")


def test_a_reply_is_the_same_in_every_tab(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    budi.send(sari, "bertanya")
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.see("#rows .text", "bertanya")
    first = page.tab
    second = page.new_tab(page.run("return location.pathname + location.hash"))
    page.see("#rows .text", "bertanya")
    page.not_see("#reply")
    page.switch_to(first)
    choose(page, "bertanya", "Balas")
    page.see("#reply", "bertanya")
    page.switch_to(second)
    page.see("#reply", "bertanya")
    page.click("#reply-cancel")
    page.not_see("#reply")
    page.switch_to(first)
    page.not_see("#reply")
