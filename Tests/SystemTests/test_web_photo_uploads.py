"""Uploads that are slow, given up, cut off or refused."""

from selenium.webdriver.common.keys import Keys

from pictures import choose, draw, ready

# Keeps uploads back. `held` goes on with one; `move` tells the page that half of it has gone.
HOLD_UPLOADS = """
    const plain = XMLHttpRequest.prototype.send;
    window.held = [];
    XMLHttpRequest.prototype.send = function (body) {
        window.held.push({ go: () => plain.call(this, body), move: () =>
            this.upload.dispatchEvent(new ProgressEvent("progress", { loaded: body.size / 2 })) });
    };"""


def at_chat(open_browser, box, people):
    sari, budi = people("sari", "budi")
    return open_browser(box).enter_chat(sari, budi), sari, budi


def send_photo(page, folder, caption=""):
    choose(page, folder, draw(page, 800, 600))
    ready(page)
    page.type(caption)
    page.press(Keys.ENTER)


def test_an_upload_shows_its_progress_and_can_be_cancelled(
        open_browser, people, shared_box, tmp_path):
    page, sari, budi = at_chat(open_browser, shared_box, people)
    page.run(HOLD_UPLOADS)
    send_photo(page, tmp_path, "jangan jadi")
    page.see("#rows .pending .photo-sending")
    page.until(lambda: page.run("return window.held.length") == 1, "the upload")
    page.run("window.held[0].move()")
    share = "return document.querySelector('#rows progress').value"
    page.until(lambda: page.run(share) == 0.5, "half of it")
    assert page.violations() == []
    page.screenshot("photo-sending")
    page.write("teks di belakangnya")
    page.see("#rows .pending .text", "teks di belakangnya")
    page.click("#rows .photo-sending button")
    page.not_see("#rows .photo")
    page.see("#rows .sent .text", "teks di belakangnya")
    assert budi.texts(sari) == ["teks di belakangnya"]


def test_a_photo_comes_before_the_text_behind_it(open_browser, people, shared_box, tmp_path):
    page, sari, budi = at_chat(open_browser, shared_box, people)
    page.run(HOLD_UPLOADS)
    send_photo(page, tmp_path, "lihat ini")
    page.write("bagus, kan?")
    page.until(lambda: page.run("return window.held.length") == 1, "the upload")
    assert budi.texts(sari) == []
    page.run("window.held[0].go()")
    page.until(lambda: page.sent() == ["lihat ini", "bagus, kan?"], "both sent")
    assert budi.texts(sari) == ["lihat ini", "bagus, kan?"]
    page.not_see("#rows .photo-sending")


def test_a_photo_written_offline_survives_a_reload_and_goes_out_once(
        open_browser, people, shared_box, tmp_path):
    page, sari, budi = at_chat(open_browser, shared_box, people)
    page.wait_for_worker()
    page.reload()
    page.see("#log-state", "Belum ada pesan")
    page.offline(True)
    page.see("#connection", "offline")
    send_photo(page, tmp_path, "dari bukit")
    page.see("#rows .trouble", "Belum terkirim")
    page.see("#rows .photo[data-state='shown'] img")
    page.reload()
    page.see("#rows .photo[data-state='shown'] img")
    page.screenshot("photo-offline")
    page.offline(False)
    page.see("#rows .sent .photo[data-state='shown'] img")
    assert budi.texts(sari) == ["dari bukit"]
    kept = """
        return new Promise((resolve) => {
            const opening = indexedDB.open("whatsapp-kw");
            opening.onsuccess = () => {
                const place = opening.result.transaction("photos").objectStore("photos");
                place.count().onsuccess = ({ target }) => {
                    opening.result.close();
                    resolve(target.result);
                };
            };
        })"""
    page.until(lambda: page.run(kept) == 0, "nothing kept of what was sent")


def test_an_upload_whose_answer_is_lost_goes_out_once(open_browser, people, shared_box, tmp_path):
    page, sari, budi = at_chat(open_browser, shared_box, people)
    page.run("""
        const plain = window.fetch;
        let lost = 0;
        window.fetch = async (url, options) => {
            const answer = await plain(url, options);
            if (String(url).includes("chat/send") && (lost += 1) <= 1) throw new TypeError("lost");
            return answer;
        };
        const open = XMLHttpRequest.prototype.open;
        let cut = 0;
        XMLHttpRequest.prototype.open = function (...given) {
            if ((cut += 1) <= 1) this.addEventListener("load", (event) => {
                event.stopImmediatePropagation();
                this.dispatchEvent(new ProgressEvent("loadend"));
            });
            return open.apply(this, given);
        };""")
    send_photo(page, tmp_path, "sekali saja")
    page.see("#rows .sent .text", "sekali saja")
    assert budi.texts(sari) == ["sekali saja"]
    assert page.messages() == ["sekali saja"]


def test_a_log_out_asks_about_a_chosen_photo_and_takes_it_away(
        open_browser, people, shared_box, tmp_path):
    page, sari, budi = at_chat(open_browser, shared_box, people)
    choose(page, tmp_path, draw(page, 300, 300))
    ready(page)
    page.open_settings("account")
    page.see("#logout-text", "1 draf belum selesai")
    page.click("#logout")
    page.click("#confirm-submit")
    page.see("#login")
    assert not page.run("return Object.keys(localStorage).some((key) => key.includes('photos'))")
    assert page.all("#chosen-photos img") == []


def test_a_full_share_of_photos_holds_up_no_text(open_browser, new_box, tmp_path):
    box = new_box("--photo-bytes-max=40000").start()  # a quarter is less than any photo counts
    sari, budi = box.friends("sari", "budi")
    page = open_browser(box).enter_chat(sari, budi)
    send_photo(page, tmp_path, "tidak muat")
    page.see("#rows .trouble", "Jatah fotomu sudah habis")
    page.write("teks tetap jalan")
    page.see("#rows .sent .text", "teks tetap jalan")
    assert budi.texts(sari) == ["teks tetap jalan"]
    page.click("#rows .trouble button[data-action='discard']")
    page.not_see("#rows .photo")


def test_a_lost_connection_to_the_browsers_store_loses_no_photo(
        open_browser, people, shared_box, tmp_path):
    """Browsers end those of pages that slept."""
    page, sari, budi = at_chat(open_browser, shared_box, people)
    page.run("""
        const plain = IDBDatabase.prototype.transaction;
        IDBDatabase.prototype.transaction = function (...given) {
            window.connection = this;
            return plain.apply(this, given);
        };""")
    choose(page, tmp_path, draw(page, 300, 300))
    ready(page)
    page.run("window.connection.close()")
    page.write("masih ada")
    page.see("#rows .sent .text", "masih ada")
    assert budi.texts(sari) == ["masih ada"]


def test_a_photo_that_never_gets_through_holds_up_no_text(
        open_browser, people, shared_box, tmp_path):
    page, sari, budi = at_chat(open_browser, shared_box, people)
    page.run("""
        XMLHttpRequest.prototype.send = function () {
            setTimeout(() => this.dispatchEvent(new ProgressEvent("loadend")), 0);
        };""")
    send_photo(page, tmp_path)
    page.see("#rows .trouble", "tidak sampai ke server")
    page.write("teks tetap jalan")
    page.see("#rows .sent .text", "teks tetap jalan")
