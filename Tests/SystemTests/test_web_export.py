"""The copy of all data that the settings offer."""

import json

import pytest


def downloads_to(page, folder):
    page.command("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))


def downloaded(page, folder):
    file = folder / "whatsapp-kw.json"
    page.until(file.exists, "the file")
    return json.loads(file.read_text())


@pytest.mark.parametrize("appearance", ["dark", "light"])
def test_the_settings_download_a_copy_of_everything(
        open_browser, people, shared_box, tmp_path, appearance):
    sari, budi = people("sari", "budi")
    sent = [budi.send(sari, "halo")["id"], sari.send(budi, "halo juga")["id"]]
    page = open_browser(shared_box)
    page.prefer(prefers_color_scheme=appearance)
    page.enter(sari)
    downloads_to(page, tmp_path)
    page.open_settings("account")
    page.see("#settings-account", "Salinan datamu")
    page.click("#export")
    page.see("#export-state", "Salinan sudah diunduh")
    assert page.violations() == []
    copy = downloaded(page, tmp_path)
    assert copy["profile"] == {"id": sari.id, "username": sari.username}
    assert [each["id"] for each in copy["messages"]] == sent
    assert [each["content"] for each in copy["messages"]] == ["halo", "halo juga"]


def test_a_copy_that_breaks_off_is_told_and_can_be_stopped(
        open_browser, people, shared_box, tmp_path):
    sari, _ = people("sari", "budi")
    page = open_browser(shared_box).enter(sari)
    downloads_to(page, tmp_path)
    page.run("""
        window.plain = window.fetch;
        window.fetch = (url, options) => {
            if (!String(url).includes("account/export")) return window.plain(url, options);
            const body = new ReadableStream({ start(controller) {
                controller.enqueue(new Uint8Array(3_000_000));
                window.breakOff = () => controller.error(new TypeError("away"));
                options.signal.addEventListener("abort", window.breakOff);
            } });
            return Promise.resolve(new Response(
                body, { headers: { "Content-Type": "application/json" } }));
        };""")
    page.open_settings("account")
    page.click("#export")
    page.see("#export-state", "Mengunduh… 3 MB")
    page.run("window.breakOff()")
    page.see("#export-state", "Server tidak bisa dihubungi")
    page.click("#export")
    page.see("#export", "Batal mengunduh")
    page.click("#export")
    page.see("#export", "Unduh salinan")
    page.not_see("#export-state")
    assert list(tmp_path.glob("*.json")) == []
