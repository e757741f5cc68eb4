"""The first minute: register, hand one's own name on, add, write."""

import re

import pytest
import segno
import segno.encoder
from selenium.webdriver.common.keys import Keys

from browser import LAPTOP, PHONE

CODES = """
    const done = arguments[arguments.length - 1];
    import("./js/rules/qr.js").then(({ qrCode }) => done(arguments[0].map(
        (text) => qrCode(text)?.map((row) => row.map(Number).join("")) ?? null)));
"""

# The modules of a QR code in the page, as they are drawn.
DRAWN = """
    const svg = document.querySelector(arguments[0]);
    const size = svg.viewBox.baseVal.width - 8;
    const rows = Array.from({ length: size }, () => Array(size).fill(0));
    for (const [, x, y] of svg.firstChild.getAttribute("d").matchAll(/M(\\d+) (\\d+)h1v1h-1z/g))
        rows[y - 4][x - 4] = 1;
    return rows.map((row) => row.join(""));
"""


def pad_to_bytes(buff, version, length):
    """segno 1.6 puts eight zero bits where none are missing."""
    buff.extend([0] * (-length % 8))


@pytest.fixture
def codes_of(monkeypatch):
    """The codes of a text in bytes at level M, one a mask: readers take any of them."""
    monkeypatch.setattr(segno.encoder, "write_padding_bits", pad_to_bytes)

    def codes(text):
        made = (segno.make(
            text.encode(), error="m", mode="byte", boost_error=False, micro=False, mask=mask)
            for mask in range(8))
        return [["".join(map(str, row)) for row in code.matrix] for code in made]
    return codes


def test_qr_codes_are_those_of_another_encoder(open_browser, shared_box, codes_of):
    page = open_browser(shared_box).open()
    texts = ["a", "https://obrolan.example/#tambah=budi", "é😀"]
    texts += ["x" * length for length in range(10, 2331, 58)]
    found = page.driver.execute_async_script(CODES, [*texts, "x" * 2332])
    assert found.pop() is None, "no code is that large"
    for text, code in zip(texts, found, strict=True):
        assert code in codes_of(text), text


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_two_people_meet_by_a_link_without_a_dead_end(
        open_browser, shared_box, name, size, codes_of):
    sari, budi = open_browser(shared_box, size), open_browser(shared_box, size)
    sari.open("/#register")
    name_of_sari, name_of_budi = name("sari"), name("budi")
    sari.register(name_of_sari)
    sari.see("#contacts-empty", "Belum ada teman")
    sari.see("#first-link .qr")
    link = sari.find("#first-link .link-text").text
    assert link == f"{shared_box.url}/#tambah={name_of_sari}"
    assert sari.run(DRAWN, "#first-link .qr") in codes_of(link)
    assert sari.violations() == []
    sari.screenshot(f"first-minute-{size[0]}")

    budi.driver.get(link)
    budi.see("#login-notice", f"{name_of_sari} ingin mengobrol denganmu")
    budi.click("a[href='#register']")
    budi.see("#register-notice", f"{name_of_sari} ingin mengobrol denganmu")
    budi.fill("#register-username", name_of_budi)
    budi.fill("#register-password", "kata sandi untuk semua")
    budi.press(Keys.ENTER)
    budi.see("#add-friend[open]")
    assert budi.find("#add-friend-username").get_property("value") == name_of_sari
    assert "tambah" not in budi.driver.current_url, "a reload would ask again"
    budi.press(Keys.ENTER)
    budi.see("#chat-name", name_of_sari)
    budi.click("#message")
    budi.write("Halo, ini Budi!")
    sari.open_chat(name_of_budi)
    sari.see("#rows .theirs .text", "Halo, ini Budi!")


def test_a_link_adds_nobody_by_itself_and_opens_the_chat_of_a_friend(
        open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    tono, = people("tono")
    page = open_browser(shared_box).enter(sari)
    page.see(".contact .name", budi.username)
    page.run("location.hash = `#tambah=${arguments[0]}`", tono.username)
    page.see("#add-friend[open]")
    assert page.focused() == "add-friend-submit"
    page.press(Keys.ESCAPE)
    page.not_see("#add-friend")
    assert [row["username"] for row in sari.friends()] == [budi.username]
    page.driver.get(f"{shared_box.url}/#tambah={budi.username}")
    page.see("#add-friend[open]")
    page.press(Keys.ENTER)
    page.see("#chat-name", budi.username)


def test_the_own_link_can_be_copied(open_browser, people, shared_box):
    sari, = people("sari")
    page = open_browser(shared_box).enter(sari)
    page.command("Browser.grantPermissions", permissions=["clipboardReadWrite"])
    page.click("#first-link button")
    page.see("#toast", "Link disalin")
    page.click("#open-settings")
    page.click("#settings-link button")
    page.see("#settings #toast", "Link disalin")
    copied = page.driver.execute_async_script(
        "navigator.clipboard.readText().then(arguments[0])")
    assert re.fullmatch(rf"http://127.0.0.1:\d+/#tambah={re.escape(sari.username)}", copied)
    # Pages over plain http have no such clipboard.
    page.run("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.click("#settings-link button")
    page.see("#settings #toast", "Link disalin")
