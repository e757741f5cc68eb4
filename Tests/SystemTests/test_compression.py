"""The web client's files in gzip: chosen by the browser, never stale, never by themselves."""

import gzip
import subprocess

import pytest
import requests

from programs import CHECKOUT

TEXT = "/* " + "warna " * 400 + "*/\n"


@pytest.fixture
def pages(tmp_path):
    """A small web client, compressed as the script does it."""
    folder = tmp_path / "public"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html>" + "<p>halo</p>" * 200)
    (folder / "page.css").write_text(TEXT)
    (folder / "icon.png").write_bytes(b"\x89PNG" + bytes(2_000))
    compress(folder)
    return folder


def compress(folder):
    subprocess.run([CHECKOUT / "script" / "compress", folder], check=True)


@pytest.fixture
def site(new_box, pages):
    box = new_box(f"--public={pages}")
    box.start()

    def get(path, accept="", **fields):
        fields = {name.replace("_", "-"): value for name, value in fields.items()}
        return requests.get(
            box.url + path, headers={"Accept-Encoding": accept} | fields, timeout=5, stream=True)
    return get


def raw(answer):
    return answer.raw.read(decode_content=False)


def test_a_browser_that_takes_gzip_gets_it(site):
    plain, small = site("/page.css"), site("/page.css", "gzip, deflate, br")
    assert raw(plain).decode() == TEXT
    assert "Content-Encoding" not in plain.headers
    body = raw(small)
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.headers["Content-Type"] == plain.headers["Content-Type"]
    assert int(small.headers["Content-Length"]) == len(body) < len(TEXT) / 4
    assert gzip.decompress(body).decode() == TEXT


@pytest.mark.parametrize(
    "accept", ["gzip", "GZIP", "x-gzip", "br, gzip;q=0.5", "*", "br;q=1, *;q=0.1"])
def test_every_way_to_ask_for_gzip(site, accept):
    assert site("/page.css", accept).headers.get("Content-Encoding") == "gzip"


@pytest.mark.parametrize(
    "accept",
    ["", "identity", "br", "gzip;q=0", "gzip; q=0.000", "*;q=0", "gzip;q=0, *", "gzipped"])
def test_who_does_not_ask_gets_the_file(site, accept):
    answer = site("/page.css", accept)
    assert "Content-Encoding" not in answer.headers
    assert raw(answer).decode() == TEXT


def test_each_representation_has_its_own_tag_and_caches_are_told(site):
    plain, small = site("/page.css"), site("/page.css", "gzip")
    assert plain.headers["ETag"] != small.headers["ETag"]
    for accept, answer in (("", plain), ("gzip", small)):
        assert answer.headers["Vary"] == "Accept-Encoding"
        again = site("/page.css", accept, If_None_Match=answer.headers["ETag"])
        assert again.status_code == 304 and again.headers["Vary"] == "Accept-Encoding"
    crossed = site("/page.css", "gzip", If_None_Match=plain.headers["ETag"])
    assert crossed.status_code == 200


def test_the_first_page_is_compressed_and_a_picture_is_not(site):
    assert site("/", "gzip").headers["Content-Encoding"] == "gzip"
    picture = site("/icon.png", "gzip")
    assert "Content-Encoding" not in picture.headers and "Vary" not in picture.headers


def test_a_compressed_file_is_never_served_by_itself(site):
    assert site("/page.css.gz").status_code == 404


def test_a_file_that_is_there_in_gzip_alone_is_served_so_to_everybody(new_box, pages):
    """As Swagger UI in the images."""
    (pages / "page.css").unlink()
    box = new_box(f"--public={pages}")
    box.start()
    for accept in ("gzip", "identity"):
        answer = requests.get(
            box.url + "/page.css", headers={"Accept-Encoding": accept}, timeout=5)
        assert answer.headers["Content-Encoding"] == "gzip" and "Vary" not in answer.headers
        assert answer.headers["Content-Type"].startswith("text/css")
        assert answer.text == TEXT
    assert requests.get(box.url + "/page.css.gz", timeout=5).status_code == 404


def test_a_file_that_was_changed_after_it_was_compressed_goes_out_as_it_is(new_box, pages):
    (pages / "page.css").write_text(TEXT.replace("warna", "harga"))
    (pages / "index.html.gz").write_bytes(b"\x1f\x8b\x08 half of one")
    box = new_box(f"--public={pages}")
    box.start()
    for path in ("/page.css", "/"):
        answer = requests.get(box.url + path, headers={"Accept-Encoding": "gzip"}, timeout=5)
        assert "Content-Encoding" not in answer.headers
    assert "harga" in requests.get(box.url + "/page.css", timeout=5).text


def test_the_script_follows_the_files(pages):
    assert gzip.decompress((pages / "page.css.gz").read_bytes()).decode() == TEXT
    assert not (pages / "icon.png.gz").exists()
    (pages / "page.css").unlink()
    compress(pages)
    assert not (pages / "page.css.gz").exists() and (pages / "index.html.gz").exists()


def test_the_web_client_is_a_third_of_its_size(shared_box):
    """Everything that the page loads before anybody has logged in."""
    names = [
        file.relative_to(CHECKOUT / "Sources" / "Frontend")
        for file in (CHECKOUT / "Sources" / "Frontend").rglob("*")
        if file.suffix in {".js", ".css", ".html"} and "api-docs" not in file.parts]
    assert len(names) > 20
    plain = small = 0
    for name in names:
        for accept in ("", "gzip"):
            answer = requests.get(
                f"{shared_box.url}/{name}", headers={"Accept-Encoding": accept}, timeout=5)
            size = int(answer.headers["Content-Length"])
            plain, small = (plain, small + size) if accept else (plain + size, small)
    assert small < plain / 2


def test_nothing_compressed_is_in_the_repository():
    listed = subprocess.run(
        ["git", "ls-files", "*.gz"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert not [name for name in listed.stdout.split() if name.startswith("Sources/")]
