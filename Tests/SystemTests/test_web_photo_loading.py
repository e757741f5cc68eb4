"""Photos on their way to a reader: at once or on a tap, from the network or from the cache."""

import base64
import struct

import pytest
from selenium.webdriver.common.keys import Keys

from api import PASSWORD
from held import may_be_late, release
from pictures import FETCH_PHOTO, SHOWN, draw, send, size_of, stored, two_at_chat


@pytest.fixture
def two(open_browser, people, shared_box):
    return two_at_chat(open_browser, people, shared_box)


PLACES = """
    return [...document.querySelectorAll("#rows .row")].map(
        (row) => row.getBoundingClientRect().top)"""

SIZES = """
    return performance.getEntriesByType("resource").filter(
        ({ name }) => name.includes("/chat/photo/")).map(({ transferSize }) => transferSize)"""


def test_no_message_moves_when_a_photo_comes(two, tmp_path):
    """Its place has its size before its bytes are there."""
    ours, theirs, sari, budi = two
    send(ours, tmp_path, 1000, 1500)
    theirs.see(SHOWN)
    for number in range(3):
        sari.send(budi, f"sesudahnya {number}")
    theirs.see("#rows .text", "sesudahnya 2")
    may_be_late(theirs, "/chat/photo/")
    theirs.reload()
    theirs.see("#rows .photo-remark", "Memuat foto")
    theirs.see("#rows .text", "sesudahnya 2")
    assert theirs.violations() == []
    theirs.screenshot("photo-loading")
    before = theirs.run(PLACES)
    release(theirs)
    theirs.see(SHOWN)
    assert theirs.run(PLACES) == before


def test_a_saver_of_data_sees_thumbnails_first(two, tmp_path):
    ours, theirs, sari, budi = two
    theirs.open_settings("look")
    theirs.find("#dataSaver input[value='on']").click()
    theirs.screenshot("photo-saver-chosen")
    theirs.press(Keys.ESCAPE)
    send(ours, tmp_path, 2000, 1500, details=8000)
    theirs.see("#rows .photo[data-state='small'] img")
    theirs.see("#rows .photo-remark", "Ketuk untuk foto utuh")
    shown = "return document.querySelector('#rows .photo img').naturalWidth"
    theirs.until(lambda: theirs.run(shown) == 320, "the thumbnail")
    message, = sari.history(budi)
    sent = stored(budi, sari, message)
    assert len(sent) > 200_000 and size_of(sent) == (1600, 1200)
    size, = theirs.run(SIZES)
    assert size < 34_000
    assert theirs.violations() == []
    theirs.screenshot("photo-saver")
    before = theirs.run(PLACES)
    theirs.click("#rows .photo-open")
    theirs.see(SHOWN)
    theirs.until(lambda: theirs.run(shown) == 1600, "the whole photo")
    assert theirs.run(PLACES) == before
    theirs.click("#rows .photo-open")
    theirs.see("#viewer-place img")


def test_a_photo_without_a_thumbnail_waits_for_a_tap(two, tmp_path):
    """Other clients send such photos."""
    ours, theirs, sari, budi = two
    picture = draw(ours, 1600, 1200, details=8000)
    theirs.run("localStorage.setItem('whatsapp-kw.dataSaver', '\"on\"')")
    theirs.reload()
    theirs.see("#log-state", "Belum ada pesan")
    sari.send_photo(budi, sari.put_photo(budi, picture), "dari program lain")
    theirs.see("#rows .photo-remark", "Ketuk untuk memuat foto")
    theirs.not_see("#rows .photo img")
    theirs.click("#rows .photo-open")
    theirs.see(SHOWN)


def test_a_thumbnail_is_found_only_where_all_of_it_is(two):
    """No bytes of a sender's break the search."""
    ours, theirs, sari, budi = two
    assert ours.driver.execute_async_script("""
        const done = arguments[0];
        import("/js/rules/thumbnails.js").then(({ thumbnailIn, withThumbnail }) => {
            const joined = (parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
            const head = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2];
            const rest = [0xff, 0xdb, 0, 3, 9, 0xff, 0xda, 0, 2, 5, 5];
            const photo = Uint8Array.from([...head, ...rest]);
            const small = Uint8Array.from([...head, 0xff, 0xda, 7, 7]);
            const whole = joined(withThumbnail(photo, small));
            const wrong = [];
            const expected = "255,216,255,218,7,7";
            if (String(thumbnailIn(whole)) !== expected) wrong.push(String(whole));
            if (thumbnailIn(photo) !== null) wrong.push("none");
            for (let length = 0; length < whole.length; length += 1) {
                const found = thumbnailIn(whole.subarray(0, length));
                if (found && String(found) !== expected) wrong.push(length);
            }
            for (let at = 2; at < whole.length; at += 1) {
                for (let byte = 0; byte < 256; byte += 1) {
                    const changed = whole.slice();
                    changed[at] = byte;
                    const found = thumbnailIn(changed);
                    if (found && found.byteOffset + found.length > changed.length) wrong.push(at);
                }
            }
            done(wrong);
        }, (fault) => done([String(fault)]));""") == []


def test_a_photo_seen_before_needs_no_network(two, tmp_path):
    ours, theirs, sari, budi = two
    send(ours, tmp_path, 640, 480)
    theirs.see(SHOWN)
    theirs.wait_for_worker()
    held = "return caches.keys().then(async (names) => (await Promise.all(names.map(" \
        "async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)))).flat())"
    assert not any("photo/" in url for url in theirs.run(held))
    theirs.reload()
    theirs.see(SHOWN)
    assert theirs.run(SIZES) == [0]  # from the browser's own cache
    theirs.offline(True)
    assert theirs.run(FETCH_PHOTO) == "image/jpeg"
    theirs.offline(False)
    theirs.open_settings("account")
    theirs.click("#logout")
    theirs.see("#login")
    theirs.offline(True)
    theirs.until(lambda: theirs.run(FETCH_PHOTO) == "none", "an empty cache after a log-out")
    theirs.offline(False)


def test_a_deleted_account_leaves_no_photo_in_the_browser(two, tmp_path):
    ours, theirs, sari, budi = two
    send(ours, tmp_path, 640, 480)
    theirs.see(SHOWN)
    assert theirs.run(FETCH_PHOTO) == "image/jpeg"
    theirs.open_settings("account")
    theirs.click("#open-deletion")
    theirs.fill("#confirm-current", PASSWORD)
    theirs.click("#confirm-submit")
    theirs.see("#login")
    theirs.offline(True)
    theirs.until(lambda: theirs.run(FETCH_PHOTO) == "none", "an empty cache")


def test_a_picture_that_unfolds_to_gigabytes_is_not_shown(two):
    """Its sides are read before the browser unfolds it."""
    ours, theirs, sari, budi = two
    pictures = [draw(ours, 640, 480, kind) for kind in ("image/jpeg", "image/png", "image/webp")]
    wide = struct.pack(">II", 20_000, 20_000)
    bomb = pictures[1][:16] + wide + pictures[1][24:]
    assert ours.driver.execute_async_script("""
        const [texts, done] = arguments;
        import("/js/rules/sides.js").then(({ mayUnfold }) => done(texts.map((text) =>
            mayUnfold(Uint8Array.from(atob(text), (each) => each.charCodeAt(0))))));
        """, [base64.b64encode(each).decode() for each in (*pictures, bomb, bomb[:20], b"x")]
    ) == [True, True, True, False, False, False]
    sari.send_photo(budi, sari.put_photo(budi, bomb), "kecil, katanya")
    theirs.see("#rows .photo-remark", "tidak bisa dibuka")
    theirs.not_see("#rows .photo img")
