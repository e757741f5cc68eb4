"""Two people with browsers meet and write to each other."""

from selenium.webdriver.common.keys import Keys

from api import PASSWORD
from browser import PHONE


def two_people(open_browser, box, name):
    """Two browsers whose people have registered and are friends, in each other's conversation."""
    budi, sari = open_browser(box), open_browser(box)
    names = name("budi"), name("sari")
    budi.register(names[0])
    sari.register(names[1])
    budi.befriend(names[1])
    budi.see("#chat-name", names[1])
    sari.open_chat(names[0])
    return budi, sari, *names


def test_two_people_register_befriend_and_write_both_ways(open_browser, shared_box, name):
    budi, sari = open_browser(shared_box), open_browser(shared_box)
    budi.open()
    budi.see("#login h1", "WhatsApp KW")
    budi.see("#login", "Login to start messaging")
    budi.see("#login button", "LOGIN")
    budi.screenshot("login")
    budi.click("a[href='#register']")
    budi.see("#register h1", "Buat Akun Baru")
    budi.see("#register", "Daftar biar bisa chat teman")
    budi.see("#register button", "DAFTAR SEKARANG")
    budi.see("#register", "Sudah punya akun? Login di sini")
    budi.screenshot("register")
    names = name("Budi"), name("Sari")
    budi.register(names[0])
    sari.register(names[1])
    budi.see("#contacts-empty", "Belum ada teman")
    budi.screenshot("dashboard-empty")
    budi.click("#open-add-friend")
    budi.fill("#add-friend-username", "tidak-ada-orang-ini")
    budi.press(Keys.ENTER)
    budi.see("#add-friend-username-problem", "Periksa lagi ejaannya")
    budi.screenshot("add-friend")
    budi.fill("#add-friend-username", names[1])
    budi.press(Keys.ENTER)
    budi.see("#chat-name", names[1])

    sari.open_chat(names[0])  # she did nothing: he appears by himself
    budi.write("Halo Sari!\nApa kabar?")
    sari.see("#rows .theirs .text", "Halo Sari!\nApa kabar?")
    sari.write("Baik! Lihat https://example.org/a?b=1, ya. \U0001F44B")
    budi.see("#rows .theirs .text", "Baik!")
    link = budi.find("#rows .theirs a")
    assert link.get_attribute("href") == "https://example.org/a?b=1"
    assert "noopener" in link.get_attribute("rel")
    budi.see("#rows .own.sent .text", "Halo Sari!")
    budi.see("#rows .day", "Hari ini")
    assert budi.messages() == sari.messages()
    refused, = budi.complaints(network=True)  # the friend who does not exist, and nothing else
    assert "/friends/add" in refused and "404" in refused
    assert sari.complaints(network=True) == []


def test_unread_messages_are_counted_until_they_are_seen(open_browser, people, shared_box):
    sari, budi, tono = people("sari", "budi", "tono")
    page = open_browser(shared_box).enter_chat(sari, tono)
    for number in range(3):
        budi.send(sari, f"pesan {number}")
    page.see(".contact .unread", "3")
    page.until(lambda: page.driver.title == "(3) WhatsApp KW", "the title")
    first = page.all(".contact")[0].text
    assert budi.username in first and "pesan 2" in page.until(
        lambda: "pesan 2" in page.all(".contact")[0].text and page.all(".contact")[0].text,
        "the last message")
    page.open_chat(budi.username)
    page.until(lambda: page.driver.title == "WhatsApp KW", "nothing unread")
    page.not_see(".contact .unread")
    page.reload()
    page.see(".contact .name", budi.username)
    assert page.driver.title == "WhatsApp KW"


def test_names_and_messages_of_others_are_only_text(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    hostile = [
        "<img src=x onerror=\"document.title='hacked'\">",
        "<script>document.title='hacked'</script>",
        "javascript:document.title='hacked'", "[x](javascript:alert(1))", "&lt;b&gt; &amp; </div>",
        "https://ok.example/\"onmouseover=\"x", "\u202egnitset\u202c <b>tebal</b>",
    ]
    for text in hostile:
        budi.send(sari, text)
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.until(lambda: len(page.messages()) == len(hostile), "all messages")
    assert page.messages() == hostile
    assert page.all("#rows img, #rows script, #rows b") == []
    links = [link.get_attribute("href") for link in page.all("#rows a")]
    assert links == ["https://ok.example/"]
    # A name that only an earlier system would have taken.
    page.run("""
        const bad = `<img src=x onerror="document.title='hacked'">`;
        const plain = window.fetch;
        window.fetch = async (url, options) => {
            const answer = await plain(url, options);
            if (!String(url).includes("/friends/") || answer.status !== 200) return answer;
            const list = (await answer.json()).map((each) => ({ ...each, username: bad }));
            return new Response(JSON.stringify(list), { headers: answer.headers });
        };""")
    # The first one answers the poll that is held already, by the page's own fetch.
    for text in ("lagi", "sekali lagi"):
        budi.send(sari, text)
        page.until(lambda text=text: page.messages()[-1] == text, text)
    page.see(".contact .name", "<img src=x")
    assert page.driver.title == "WhatsApp KW"
    assert page.all("#dashboard img") == []


def test_a_password_change_signs_the_other_browser_out(open_browser, people, shared_box):
    sari, _ = people("sari", "budi")
    here, there = (open_browser(shared_box).enter(sari) for _ in range(2))
    here.open_settings("security")
    here.fill("#password-current", "bukan yang ini")
    here.fill("#password-new", "kata sandi yang baru")
    here.click("#password-form .primary")
    here.see("#password-current-problem", "Password sekarang salah")
    here.fill("#password-current", PASSWORD)
    here.click("#password-form .primary")
    here.see("#password-notice", "Password berhasil diganti")
    here.screenshot("settings")
    there.see("#login-notice", "Sesi kamu sudah berakhir")
    there.screenshot("session-ended")
    there.login(sari.username, PASSWORD)
    there.see("#login-problem", "Username atau Password salah!")
    there.login(sari.username, "kata sandi yang baru")
    there.see("#dashboard")
    here.press(Keys.ESCAPE)
    here.see(".contact")


def test_logging_out_logs_out_every_tab_and_one_tab_polls(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box).enter_chat(sari, budi)
    first = page.tab
    second = page.new_tab("/")
    page.see(".contact")
    asked = lambda: shared_box.core.log.count(f"GET /friends/{sari.id}")  # noqa: E731
    before = asked()
    page.until(lambda: asked() >= before + 2, "two polls")
    start = asked()
    page.run("window.begun = performance.now()")
    page.until(lambda: page.run("return performance.now() - window.begun") > 7_000, "7 s")
    assert asked() - start <= 3, "both tabs poll"
    budi.send(sari, "untuk semua tab")
    page.see(".contact .last", "untuk semua tab")
    page.click("#open-settings")
    page.click("#logout")
    page.see("#login-notice", "keluar")
    page.switch_to(first)
    page.see("#login")
    page.switch_to(second)


def test_a_phone_shows_one_screen_at_a_time(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    budi.send(sari, "Halo dari jauh")
    page = open_browser(shared_box, PHONE)
    page.open()
    page.see("#login h1")
    page.screenshot("phone-login")
    page.enter(sari)
    page.see(".contact .last", "Halo dari jauh")
    page.not_see("#conversation")
    page.screenshot("phone-list")
    assert page.violations() == []
    page.open_chat(budi.username)
    page.see("#rows .text", "Halo dari jauh")
    page.not_see("#contacts")
    page.screenshot("phone-conversation")
    assert page.violations() == []
    page.offline(True)
    page.see(".banner", "offline")
    page.screenshot("phone-offline")
    page.offline(False)
    page.not_see(".banner")
    page.click("#back")
    page.see("#contacts")
    page.not_see("#conversation")
    page.open_chat(budi.username)
    page.driver.back()
    page.see("#contacts")
    for width in (320, 768):
        page.resize(width, 640)
        assert page.run("return document.documentElement.scrollWidth") <= width
