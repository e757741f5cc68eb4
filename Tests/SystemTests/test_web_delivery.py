"""The web client with a server that dies, a connection that breaks, a vault that is away."""

import signal

from selenium.webdriver.common.keys import Keys

from programs import eventually
from rings import seal_cipher, unseal


def at_chat(open_browser, box):
    sari, budi = box.friends("sari", "budi")
    page = open_browser(box).enter_chat(sari, budi)
    page.see("#log-state", "Belum ada pesan")
    return page, sari, budi


def test_a_server_killed_mid_send_loses_nothing_and_doubles_nothing(open_browser, box):
    page, sari, budi = at_chat(open_browser, box)
    box.keep_port()
    page.write("sebelum")
    page.see("#rows .sent .text", "sebelum")
    box.core.process.send_signal(signal.SIGSTOP)  # accepts, and answers nothing
    for number in range(5):
        page.write(f"pesan {number}")
    page.see("#rows .pending .text", "pesan 0")
    page.see("#rows .pending .text", "pesan 4")
    page.screenshot("pending")
    box.core.kill()
    page.see("#rows .trouble", "Belum terkirim")
    page.see("#connection", "Menyambung kembali")
    page.screenshot("server-away")
    box.start_core()
    page.retry()
    expected = ["sebelum", *(f"pesan {number}" for number in range(5))]
    page.until(lambda: page.sent() == expected, "all of them sent")
    page.not_see("#connection")
    assert page.messages() == expected
    assert budi.texts(sari) == expected


def test_a_lost_answer_does_not_double_the_message(open_browser, box):
    page, sari, budi = at_chat(open_browser, box)
    page.run("""
        const plain = window.fetch;
        let lost = 0;
        window.fetch = async (url, options) => {
            const answer = await plain(url, options);
            if (options?.method === "POST" && (lost += 1) <= 2) throw new TypeError("lost");
            return answer;
        };""")
    page.write("sekali saja")
    page.write("lalu ini")
    page.until(lambda: page.sent() == ["sekali saja", "lalu ini"], "both sent")
    assert page.messages() == ["sekali saja", "lalu ini"]
    assert budi.texts(sari) == ["sekali saja", "lalu ini"]


def test_a_message_written_offline_survives_a_reload_and_goes_out_once(open_browser, box):
    page, sari, budi = at_chat(open_browser, box)
    page.offline(True)
    page.see("#connection", "offline")
    for number in range(3):
        page.write(f"luring {number}")
    page.see("#rows .trouble", "Belum terkirim")
    page.screenshot("offline")
    address = page.driver.current_url
    assert budi.texts(sari) == []
    page.driver.get("about:blank")
    page.offline(False)
    page.driver.get(address)
    page.until(lambda: page.sent() == [f"luring {n}" for n in range(3)], "all sent")
    assert budi.texts(sari) == [f"luring {n}" for n in range(3)]
    assert page.messages() == [f"luring {n}" for n in range(3)]


def test_a_vault_that_is_away_is_a_banner_over_what_is_there(open_browser, box):
    page, sari, budi = at_chat(open_browser, box)
    budi.send(sari, "terbaca")
    page.see("#rows .text", "terbaca")
    box.cipher.end()
    page.write("menunggu brankas")
    page.see("#vault-banner", "Brankas pesan")
    page.see("#rows .trouble", "Belum terkirim")
    page.see("#rows .text", "terbaca")
    page.screenshot("vault-away")
    box.start_cipher()
    page.until(lambda: page.sent() == ["terbaca", "menunggu brankas"], "it went out by itself")
    page.not_see("#vault-banner")
    assert budi.texts(sari) == ["terbaca", "menunggu brankas"]


def test_a_refused_message_says_why_and_can_be_discarded(open_browser, box):
    page, sari, budi = at_chat(open_browser, box)
    page.run("""
        const plain = window.fetch;
        window.fetch = (url, options) => plain(url, options?.method !== "POST" ? options
            : { ...options, body: JSON.stringify({ ...JSON.parse(options.body), message: " " }) });
        """)
    page.write("tidak akan sampai")
    page.see("#rows .trouble", "Tidak terkirim. Pesan tidak boleh kosong")
    page.click("#rows .trouble button[data-action='discard']")
    page.until(lambda: page.messages() == [], "it is gone")
    assert budi.texts(sari) == []


def test_drafts_and_places_are_kept_and_older_messages_load(open_browser, box):
    sari, budi, tono = box.friends("sari", "budi", "tono")
    texts = [f"pesan nomor {number}" for number in range(180)]
    for text in texts:
        last = budi.send(sari, text)
    sari.read(budi, last["timestamp"])
    page = open_browser(box).enter_chat(sari, budi)
    page.see("#rows .text", texts[-1])
    page.type("belum selesai")
    assert texts[0] not in page.messages()

    def at_beginning():
        page.run("document.getElementById('log').scrollTop = 0")
        return texts[0] in page.messages()
    page.until(at_beginning, "the first message")
    page.see("#log-state", "Awal percakapan")
    assert len(page.all("#rows .row")) <= 180
    place = page.run("return document.getElementById('log').scrollTop")
    newest = budi.send(sari, "yang baru")
    page.see("#to-newest", "1 pesan baru")
    page.screenshot("scrolled-up")
    assert page.run("return document.getElementById('log').scrollTop") == place
    page.open_chat("tono")
    assert page.draft() == ""
    # A chat with unread messages opens at the first of them.
    sari.read(budi, newest["timestamp"])
    page.until(lambda: not page.all(".contact.has-unread"), "no unread message")
    page.open_chat("budi")
    page.see("#rows .text", texts[0])
    assert page.draft() == "belum selesai"
    page.reload()
    page.see("#rows .text", "yang baru")
    assert page.draft() == "belum selesai"


def test_the_composer_counts_near_the_limit_as_the_server_does(open_browser, box):
    page, sari, budi = at_chat(open_browser, box)
    page.paste("\U0001F600" * 4090 + "\u0007\n")
    page.see("#left", "6 karakter tersisa")
    page.paste("\U0001F600" * 4097)
    page.see("#left", "Terlalu panjang 1 karakter")
    page.press(Keys.ENTER)
    assert page.messages() == []
    page.paste("\U0001F600" * 4096)
    page.find("#message").send_keys(Keys.ENTER)
    eventually(lambda: budi.texts(sari) == ["\U0001F600" * 4096], what="the longest message")


def test_a_sealed_box_says_that_it_waits_for_its_owner(open_browser, box):
    page, sari, budi = at_chat(open_browser, box)
    budi.send(sari, "terbaca")
    page.see("#rows .text", "terbaca")
    seal_cipher(box)
    page.write("menunggu pemilik")
    page.see("#connection", "menunggu pemiliknya")
    other = open_browser(box)
    other.enter(budi)
    other.see("#connection", "menunggu pemiliknya")
    unseal(box)
    page.until(lambda: page.sent() == ["terbaca", "menunggu pemilik"], "it went out by itself")
    page.not_see("#connection")
    other.not_see("#connection")
