"""Photos, from the file to the friend's screen."""

import pytest
from selenium.webdriver.common.keys import Keys

from pictures import (
    FETCH_PHOTO,
    PLACE,
    SHOWN,
    choose,
    draw,
    hand_over,
    ready,
    size_of,
    stored,
    two_at_chat,
    with_place,
)
from test_web_menu import touch


@pytest.fixture
def two(open_browser, people, shared_box):
    return two_at_chat(open_browser, people, shared_box)


def test_a_photo_with_a_caption_reaches_the_friend_without_its_place(two, tmp_path):
    ours, theirs, sari, budi = two
    picture = with_place(draw(ours, 2400, 1200))
    assert PLACE in picture
    choose(ours, tmp_path, picture)
    ready(ours)
    ours.see("#chosen-photos img")
    assert ours.focused() == "message"
    assert ours.find("#message").get_attribute("placeholder") == "Tambahkan keterangan"
    assert ours.violations() == []
    ours.screenshot("photo-chosen")
    ours.write("Pantai tadi sore")
    for page, row in ((ours, ".own.sent"), (theirs, ".theirs")):
        page.see(f"#rows {row} .photo[data-state='shown'] img")
        page.see(f"#rows {row} .text", "Pantai tadi sore")
        assert page.find(SHOWN).get_attribute("alt") == "Pantai tadi sore"
        assert page.violations() == []
        page.see(".contact .last", "Foto: Pantai tadi sore")
    theirs.screenshot("photo")
    message, = sari.history(budi)
    assert message["content"] == "Pantai tadi sore"
    assert (message["photo"]["width"], message["photo"]["height"]) == (1600, 800)
    sent = stored(budi, sari, message)
    assert size_of(sent) == (1600, 800)
    assert b"Exif" not in sent and PLACE not in sent and b"Kamera" not in sent
    ours.not_see("#photos")


def test_a_photo_taken_on_its_side_stands_upright(two, tmp_path):
    ours, theirs, sari, budi = two
    choose(ours, tmp_path, with_place(draw(ours, 1200, 600), orientation=6))
    ready(ours)
    ours.press(Keys.ENTER)
    theirs.see(SHOWN)
    message, = sari.history(budi)
    assert (message["photo"]["width"], message["photo"]["height"]) == (600, 1200)
    assert size_of(stored(budi, sari, message)) == (600, 1200)


def test_photos_are_pasted_dropped_and_taken_back(two, tmp_path):
    ours, theirs, sari, budi = two
    picture = draw(ours, 400, 300)
    assert hand_over(ours, "paste", picture) is False
    ready(ours)
    assert hand_over(ours, "paste", picture, words="tabel") is True  # the text of a copied table
    assert hand_over(ours, "dragover", picture, "#rows") is False
    ours.see("#drop", "Lepaskan foto di sini")
    ours.screenshot("photo-drop")
    assert hand_over(ours, "drop", picture, "#rows") is False
    ours.not_see("#drop")
    ready(ours, 2)
    assert hand_over(ours, "drop", picture, "#contact-list") is False  # else it replaces the page
    choose(ours, tmp_path, draw(ours, 200, 500, "image/png"), b"bukan gambar")
    ours.see("#toast", "tidak bisa dibuka sebagai foto")
    ready(ours, 3)
    ours.screenshot("photo-three-chosen")
    ours.find("#chosen-photos li:nth-child(2) button").click()
    ready(ours, 2)
    ours.press(Keys.ESCAPE)
    ready(ours, 1)
    ours.reload()  # the draft keeps its photo
    ready(ours, 1)
    ours.until(lambda: ours.run(
        "return document.querySelector('#chosen-photos img').naturalWidth > 0"), "the picture")
    ours.click("#send")
    theirs.see(SHOWN)
    assert theirs.find(SHOWN).get_attribute("alt") == f"Foto dari {sari.username}"
    theirs.see(".contact .last", "Foto")
    message, = budi.history(sari)
    assert (message["content"], message["photo"]["width"]) == ("", 400)


def test_a_photo_in_a_reply_and_its_menu(two, tmp_path):
    ours, theirs, sari, budi = two
    choose(ours, tmp_path, draw(ours, 800, 600))
    ready(ours)
    ours.press(Keys.ENTER)
    theirs.see(SHOWN)
    theirs.run("document.querySelector('#rows .bubble').focus()")
    theirs.press(Keys.ENTER)
    theirs.see("#message-menu", "Balas")
    assert [each.text for each in theirs.all("#message-menu [role='menuitem']")] == [
        "Buka foto", "Balas"]
    theirs.press(Keys.ARROW_DOWN, Keys.ENTER)
    theirs.see("#reply-text", "Foto")
    theirs.write("Bagus!")
    ours.see("#rows .quote-text", "Foto")
    assert theirs.run(FETCH_PHOTO) == "image/jpeg"
    sari.delete(budi, sari.history(budi)[0])
    theirs.see("#rows .text", "Pesan ini dihapus")
    theirs.not_see("#rows .photo")
    theirs.until(lambda: theirs.run(FETCH_PHOTO) == "none", "no photo in the browser's cache")


def test_the_viewer_goes_by_keys_and_swipes(two, tmp_path):
    ours, theirs, sari, budi = two
    choose(ours, tmp_path, *(draw(ours, width, 600) for width in (500, 900)))
    ready(ours, 2)
    ours.write("Yang pertama")
    theirs.until(lambda: len(theirs.all(SHOWN)) == 2, "two photos")
    theirs.run("document.querySelectorAll('#rows .bubble')[0].focus()")
    theirs.press(Keys.ENTER, Keys.NULL)
    theirs.see("#message-menu")
    theirs.press(Keys.ENTER)
    theirs.see("#viewer-place img")
    theirs.see("#viewer-caption", "Yang pertama")
    theirs.see("#viewer-count", "1 dari 2")
    assert theirs.violations() == []
    theirs.screenshot("photo-viewer")
    theirs.press(Keys.ARROW_RIGHT)
    theirs.see("#viewer-count", "2 dari 2")
    theirs.not_see("#viewer-caption")
    theirs.press(Keys.ARROW_RIGHT)  # there is no third
    theirs.see("#viewer-count", "2 dari 2")
    swipe(theirs, 150, 0)
    theirs.see("#viewer-count", "1 dari 2")
    swipe(theirs, -150, 10)
    theirs.see("#viewer-count", "2 dari 2")
    saved = theirs.find("#viewer-save")
    assert saved.get_attribute("download").endswith(".jpg")
    theirs.press(Keys.ESCAPE)
    theirs.not_see("#viewer")
    assert theirs.run("return document.activeElement.closest('.row') === "
                      "document.getElementById('rows').lastElementChild")
    theirs.all(SHOWN)[0].click()
    theirs.see("#viewer-count", "1 dari 2")
    swipe(theirs, 0, 200)
    theirs.not_see("#viewer")
    theirs.see("#chat")


def swipe(page, x, y):
    page.run("""
        const [x, y] = arguments;
        const place = document.getElementById("viewer-place");
        const options = { bubbles: true, isPrimary: true, pointerType: "touch", pointerId: 1 };
        place.dispatchEvent(new PointerEvent(
            "pointerdown", { ...options, clientX: 300, clientY: 300 }));
        place.dispatchEvent(new PointerEvent(
            "pointerup", { ...options, clientX: 300 + x, clientY: 300 + y }));
        """, x, y)


def test_a_phone_shows_photos_and_its_camera(open_browser, people, shared_box, tmp_path):
    sari, budi = people("sari", "budi")
    phone = open_browser(shared_box, size=(360, 740))
    phone.command("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=5)
    phone.enter_chat(sari, budi)
    phone.see("#open-camera")
    assert phone.find("#photo-camera").get_attribute("capture") == "environment"
    for place, (width, height) in (("#photo-file", (1600, 700)), ("#photo-camera", (600, 1200))):
        choose(phone, tmp_path, draw(phone, width, height), place=place)
    ready(phone, 2)
    phone.screenshot("photo-phone-chosen")
    phone.type("Dari kamera, dengan keterangan yang cukup panjang untuk beberapa baris")
    phone.not_see("#open-camera")
    phone.click("#send")
    phone.until(lambda: len(phone.all("#rows .own.sent .photo")) == 2, "two photos")
    phone.see("#log")
    phone.screenshot("photo-phone")
    widths = phone.run("""
        const log = document.getElementById("log");
        return [log, ...log.querySelectorAll(".content")].map(
            (node) => [node.scrollWidth, node.clientWidth])""")
    assert all(whole <= shown for whole, shown in widths), widths
    assert phone.violations() == []
    phone.prefer(prefers_color_scheme="dark")
    phone.screenshot("photo-phone-dark")
    assert phone.violations() == []
    box = phone.all("#rows .photo-open")[1].rect
    x, y = int(box["x"] + 20), int(box["y"] + 60)
    touch(phone, "touchStart", x, y)
    phone.see("#message-menu [role='menuitem']", "Buka foto")
    touch(phone, "touchEnd")
    phone.see("#message-menu")  # the finger that opened it opens no photo
    phone.not_see("#viewer")
    phone.find("#message-menu [role='menuitem']").click()
    phone.see("#viewer-place img")
    phone.screenshot("photo-phone-viewer")
