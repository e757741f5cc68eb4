"""The web client at the server's limits and with a closed registration."""

import re

from api import PASSWORD
from programs import run


def test_messages_beyond_the_rate_wait_say_so_and_go_out_in_order(open_browser, new_box):
    # Sixty at once, then one every two seconds: the server's limit, so the page waits in real time.
    box = new_box("--send-rate=30").start()
    sari, budi = box.friends("sari", "budi")
    page = open_browser(box, speed=1).enter_chat(sari, budi)
    earlier = 0
    while sari.try_send(budi, f"sebelumnya {earlier}").status_code == 200:
        earlier += 1
    assert earlier >= 60
    page.see("#rows .text", f"sebelumnya {earlier - 1}")
    texts = [f"pesan {number}" for number in range(3)]
    for text in texts:
        page.write(text)
    page.see("#limit-banner", "Terlalu banyak pesan sekaligus. Sisanya dikirim sebentar lagi.")
    page.see("#rows .pending .text", texts[-1])
    page.screenshot("too-many-messages")
    assert not page.all("#rows .trouble"), "what only waits is no failure"
    # A focus makes the client poll at once, but not send before the limit ends.
    before = box.core.log.count("POST /chat/send")
    for _ in range(5):
        page.run("dispatchEvent(new Event('online')); dispatchEvent(new Event('focus'))")
    page.until(lambda: page.sent()[-3:] == texts, "all of them sent")
    page.not_see("#limit-banner")
    assert budi.texts(sari, limit=3) == texts
    assert box.core.log.count("POST /chat/send") - before <= 5


def test_a_day_s_share_that_is_used_up_says_until_when(open_browser, new_box):
    box = new_box("--bytes-per-day=10000").start()
    sari, budi = box.friends("sari", "budi")
    page = open_browser(box).enter_chat(sari, budi)
    for number in range(10):
        sari.send(budi, f"pesan {number} " + "x" * 550)
    page.write("y" * 900)
    page.see("#limit-banner", "Jatah pesanmu untuk hari ini sudah habis. Sisanya dikirim sekitar")
    assert re.search(r"pukul \d\d[.:]\d\d\.", page.find("#limit-banner").text)
    page.reload()
    page.see("#rows .pending .text", "y")
    page.see("#limit-banner", "Jatah pesanmu")


def test_the_page_asks_for_an_invitation_once_the_server_does(open_browser, new_box):
    box = new_box("--registration=invite").start()
    page = open_browser(box).open("/#register")
    page.see("#register-username")
    page.not_see("#register-invite")
    page.fill("#register-username", "budi")
    page.fill("#register-password", PASSWORD)
    page.click("#register-form .primary")
    page.see("#register-invite-problem", "memerlukan kode undangan")
    assert page.focused() == "register-invite"
    page.screenshot("invitation")
    assert page.violations() == []
    page.click("#register-form .primary")
    page.see("#register-invite-problem", "Isi kode undangan dulu")
    page.fill("#register-invite", "0000-0000-0000-0000")
    page.click("#register-form .primary")
    page.see("#register-invite-problem", "tidak berlaku")
    code = run("ChatCore", "users", "invite", "--data", box.data).stdout.strip()
    page.fill("#register-invite", f" {code.lower()} ")
    page.click("#register-form .primary")
    page.see("#dashboard")
    assert page.run("return document.getElementById('own-name').textContent") == "budi"


def test_a_closed_registration_says_so(open_browser, new_box):
    box = new_box("--registration=closed").start()
    page = open_browser(box).open("/#register")
    page.fill("#register-username", "budi")
    page.fill("#register-password", PASSWORD)
    page.click("#register-form .primary")
    page.see("#register-problem", "Pendaftaran sedang ditutup")
    page.not_see("#register-invite")


def test_forms_say_when_to_try_again(open_browser, new_box):
    box = new_box("--auth-attempts=3", "--friend-rate=1", "--registrations-per-day=1").start()
    budi = box.person("budi")
    page = open_browser(box).open("/")
    for _ in range(4):
        page.login("budi", "bukan yang ini")
        page.until(lambda: page.find("#login-form .primary").text == "LOGIN", "an answer")
    page.see("#login-problem", "Terlalu banyak percobaan. Coba lagi dalam")
    assert re.search(r"dalam \d+ detik\.", page.find("#login-problem").text)

    box.core.end()
    box.options = ("--friend-rate=1", "--registrations-per-day=1")
    box.start_core()
    box.person("sari")
    page = open_browser(box).open("/#register")
    page.fill("#register-username", "wati")
    page.fill("#register-password", PASSWORD)
    page.click("#register-form .primary")
    page.see("#register-problem", "Terlalu banyak percobaan. Coba lagi dalam 24 jam.")
    page.enter(budi)
    for _ in range(2):
        page.befriend("tidak-ada")
        page.see("#add-friend .problem", "")
        page.press("\ue00c")
    page.befriend("sari")
    page.see("#add-friend-problem", "Terlalu banyak percobaan menambah teman. Coba lagi dalam")


def test_a_fault_inside_the_server_comes_with_a_code_to_quote(open_browser, shared_box):
    page = open_browser(shared_box)
    page.open()
    page.see("#login-username")
    page.run("""
        window.fetch = async () => new Response(
            JSON.stringify({error: "Ada kesalahan di server.", code: "internal"}),
            {status: 500, headers: {"X-Request-ID": "9f2c-51"}});
    """)
    page.fill("#login-username", "budi")
    page.fill("#login-password", PASSWORD)
    page.click("#login-form .primary")
    page.see("#login-problem", "Kode untuk pengelola: 9f2c-51")
