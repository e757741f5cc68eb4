"""The service worker: a start without the network, whole versions, and no API answer kept."""

import functools
import hashlib
import json
import re
import shutil
import subprocess
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from programs import CHECKOUT

FRONTEND = CHECKOUT / "Sources" / "Frontend"
FOLDERS = ("css", "js", "icons", "images")
CACHED = """
    const done = arguments[arguments.length - 1];
    (async () => {
        const all = {};
        for (const name of await caches.keys()) {
            all[name] = (await (await caches.open(name)).keys()).map(({ url }) => url);
        }
        done(all);
    })();"""

# Makes all pages that the worker knows of older than a minute: until then they may be loading.
AGED = """
    const done = arguments[arguments.length - 1];
    (async () => {
        const known = await caches.open("clients /");
        for (const request of await known.keys()) {
            const entry = await (await known.match(request)).json();
            await known.put(request, new Response(JSON.stringify({ ...entry, at: 0 })));
        }
        done();
    })();"""
DAMAGE = """
self.addEventListener("message", ({ source }) => {
    CacheStorage.prototype.open = async () => { throw new Error("damaged"); };
    source.postMessage("it is");
});
"""


def shell_in(text):
    return json.loads(re.fullmatch(r"self\.shell = (.*);\n", text)[1])


def files_of_the_client():
    names = ["index.html", "config.js", "manifest.webmanifest"]
    return {*names, *(
        str(file.relative_to(FRONTEND)) for folder in FOLDERS
        for file in (FRONTEND / folder).rglob("*")
        if file.is_file() and file.suffix != ".gz" and not file.name.startswith("."))}


def loaded(page):
    """The paths of all files that the page has asked for, without the API."""
    return page.run("""
        return performance.getEntriesByType("resource").map(({ name }) => name)
            .filter((name) => /[.](?:js|css|svg|png|webmanifest)$/.test(new URL(name).pathname))
            .map((name) => name.slice(document.baseURI.replace(/#.*/, "").length));""")


def test_the_list_names_every_file_with_its_digest(client, tmp_path):
    shell = shell_in(client.get("/shell.js").text)
    assert set(shell["files"]) == files_of_the_client()
    for path, digest in shell["files"].items():
        assert hashlib.sha256((FRONTEND / path).read_bytes()).hexdigest()[:32] == digest, path
    folder = tmp_path / "elsewhere"
    shutil.copytree(FRONTEND, folder)
    subprocess.run([CHECKOUT / "script" / "shell", folder], check=True)
    assert shell_in((folder / "shell.js").read_text())["files"] == shell["files"]


def test_another_policy_or_file_is_another_version(new_box, tmp_path):
    folder = tmp_path / "public"
    shutil.copytree(FRONTEND, folder)
    versions = []
    for options in ((), ("--csp=default-src 'self'",), ()):
        box = new_box(f"--public={folder}", *options).start()
        versions.append(shell_in(box.client().get("/shell.js").text)["version"])
        (folder / "css" / "page.css").write_text("/* another */")
    assert len(set(versions)) == 3
    for name in ("sw.js", "sw.js.gz"):
        (folder / name).unlink(missing_ok=True)
    box = new_box(f"--public={folder}").start()
    assert box.client().get("/shell.js").status_code == 404


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_the_client_starts_without_the_server(open_browser, box, prefix):
    """It shows what it last knew and says so. No file is asked for in a warm load."""
    sari, budi = box.friends("sari", "budi")
    budi.send(sari, "sampai nanti")
    page = open_browser(box).enter(sari)
    page.open(f"{prefix}/")
    page.see(".contact .last", "sampai nanti")
    page.wait_for_worker()
    assert set(loaded(page)) <= files_of_the_client()
    before = box.core.log.count("GET /js/") + box.core.log.count("GET /api/js/")
    page.reload()
    page.see(".contact .last", "sampai nanti")
    assert box.core.log.count("GET /js/") + box.core.log.count("GET /api/js/") == before
    caches = page.driver.execute_async_script(CACHED)
    kept = [url for name in caches for url in caches[name]
            if name.startswith(f"shell {prefix}/ ")]
    paths = {url.removeprefix(box.url + prefix + "/") or "index.html" for url in kept}
    assert paths == files_of_the_client(), "and no answer of the API"
    box.stop()
    page.reload()
    page.see(".contact .last", "sampai nanti")
    page.see("#connection", "Menyambung kembali")
    page.open_chat(budi.username)
    page.write("ditulis tanpa server")
    page.see("#rows .trouble", "Belum terkirim")
    page.screenshot("start-offline")
    assert page.violations() == []


def test_a_log_out_leaves_nothing_of_the_person(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    budi.send(sari, "rahasia kita")
    page = open_browser(shared_box).enter(sari)
    page.see(".contact .last", "rahasia kita")
    page.until(lambda: "rahasia kita" in page.run(
        "return Object.values(localStorage).join(' ')"), "what is kept")
    page.open_settings("account")
    page.click("#logout")
    page.see("#login")
    left = page.run("return Object.entries(localStorage).join(' ')")
    assert "rahasia" not in left and budi.username not in left
    names = page.driver.execute_async_script(CACHED)
    assert not [name for name in names if name.startswith("push")]


@pytest.fixture
def host(tmp_path):
    """A static host with a copy of the client; `publish` writes its list anew."""
    folder = tmp_path / "host"
    shutil.copytree(FRONTEND, folder)
    handler = functools.partial(QuietHandler, directory=folder)
    server = Host(("127.0.0.1", 0), handler)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield SimpleNamespace(
        url=f"http://127.0.0.1:{server.server_port}", folder=folder, asked=server.asked,
        publish=lambda: subprocess.run([CHECKOUT / "script" / "shell", folder], check=True))
    server.shutdown()
    server.server_close()


class Host(ThreadingHTTPServer):
    request_queue_size = 128


class QuietHandler(SimpleHTTPRequestHandler):
    def send_head(self):
        self.server.asked.append(self.path)
        del self.headers["If-Modified-Since"]  # two versions may be of one second
        return super().send_head()

    def log_message(self, *_):
        pass

    def end_headers(self):
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()


def mark(host, name):
    """Makes another version: the same mark in a module, in a style sheet and in the page."""
    for path, pattern, text in (
            ("js/words/id.js", r'submit: "LOGIN[^"]*"', f'submit: "LOGIN {name}"'),
            ("css/page.css", r"\A(?:/\* mark .*? \*/ :root \{[^}]*\}\n)?",
             f'/* mark */ :root {{ --mark: "{name}"; }}\n'),
            ("index.html", r'name="description" content="[^"]*"',
             f'name="description" content="{name}"')):
        file = host.folder / path
        text_now = re.sub(r"/\* mark \*/[^\n]*\n", "", file.read_text())
        file.write_text(re.sub(pattern, text, text_now, count=1))


def marks(page):
    page.see("#login .primary", "LOGIN")
    return page.run("""
        return [document.querySelector("#login .primary").textContent.replace("LOGIN ", ""),
            getComputedStyle(document.documentElement).getPropertyValue("--mark").replace(/"/g, ""),
            document.querySelector("meta[name=description]").content];""")


def visit_until(page, name):
    def is_there():
        page.open()
        found = set(marks(page))
        assert len(found) == 1, f"a mix: {found}"
        time.sleep(3)  # Chromium puts an update off while one navigates
        return found == {name}
    page.until(is_there, name)


def test_an_update_is_whole_or_not_there(open_browser, host):
    mark(host, "satu")
    host.publish()
    page = open_browser(host, speed=1)
    page.open()
    assert set(marks(page)) == {"satu"}
    page.wait_for_worker()
    mark(host, "dua")
    host.publish()
    visit_until(page, "dua")
    mark(host, "tiga")
    shell, words = host.folder / "shell.js", host.folder / "js" / "words" / "id.js"
    before, whole = shell.read_text(), words.read_text()
    host.publish()
    promised = shell.read_text()
    shell.write_text(before)
    words.write_text(whole + "// not the file of the list\n")
    shell.write_text(promised)
    for _ in range(2):
        page.open()
        assert set(marks(page)) == {"dua"}
        time.sleep(3)
    words.write_text(whole)
    visit_until(page, "tiga")
    page.driver.execute_async_script(AGED)
    page.open()
    page.until(lambda: versions_kept(page) == {shell_in(promised)["version"]}, "the others go")


def versions_kept(page):
    names = page.driver.execute_async_script(CACHED)
    return {name.split()[-1] for name in names if name.startswith("shell ")}


def test_the_client_starts_where_the_cache_is_damaged(open_browser, host):
    host.publish()
    sw = host.folder / "sw.js"
    sw.write_text(sw.read_text() + DAMAGE)
    page = open_browser(host)
    page.open()
    page.wait_for_worker()
    page.open()
    page.see("#login .primary", "LOGIN")
    before = len(host.asked)
    page.open()
    page.see("#login .primary", "LOGIN")
    assert set(host.asked[before:]) <= {"/sw.js", "/shell.js", "/worker/push.js"}
    page.driver.execute_async_script("""
        const done = arguments[0];
        navigator.serviceWorker.addEventListener("message", () => done());
        navigator.serviceWorker.startMessages();
        navigator.serviceWorker.controller.postMessage("damage");""")
    page.open()
    page.see("#login .primary", "LOGIN")
    assert {"/", "/js/main.js", "/css/page.css"} <= set(host.asked[before:])


def test_a_host_without_a_list_serves_the_client_as_ever(open_browser, host):
    page = open_browser(host)
    page.open()
    page.see("#login h1")
    page.until(lambda: {"/sw.js", "/shell.js"} <= set(host.asked), "the browser's attempt")
    page.until(lambda: page.driver.execute_async_script("""
        const done = arguments[0];
        navigator.serviceWorker.getRegistrations().then((all) => done(all.length));""") == 0,
        "no worker")
    assert page.complaints() == []
