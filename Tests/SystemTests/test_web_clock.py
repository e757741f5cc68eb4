"""The web client on a machine whose clock jumps. The clock decides only the times shown."""

import re

import pytest

from page_clock import WallClock
from programs import CHECKOUT, eventually

FRONTEND = CHECKOUT / "Sources" / "Frontend"
HOUR = 3_600_000


def at_chat(open_browser, box):
    sari, budi = box.friends("sari", "budi")
    page = open_browser(box)
    clock = WallClock(page)
    page.enter_chat(sari, budi)
    page.see("#log-state", "Belum ada pesan")
    return page, clock, sari, budi


@pytest.mark.parametrize("jump", [-HOUR, 24 * HOUR])
def test_a_jump_of_the_clock_delays_no_reconnection(open_browser, box, jump):
    page, clock, sari, budi = at_chat(open_browser, box)
    box.options += (f"--port={box.core.port}",)
    box.core.kill()
    page.see("#connection", "Menyambung kembali")
    page.write("satu")
    page.see("#rows .trouble", "Belum terkirim")
    clock.set(jump)
    page.run("dispatchEvent(new Event('focus'))")
    page.write("dua")
    box.start_core()
    page.not_see("#connection")
    page.until(lambda: page.sent() == ["satu", "dua"], "both sent")
    clock.set(0)
    budi.send(sari, "tiga")
    page.see("#rows .theirs .text", "tiga")
    assert budi.texts(sari) == page.messages() == ["satu", "dua", "tiga"]


@pytest.mark.parametrize("jump", [-HOUR, 24 * HOUR])
def test_messages_go_out_as_they_were_written_whatever_the_clock_says(open_browser, box, jump):
    page, clock, sari, budi = at_chat(open_browser, box)
    box.options += (f"--port={box.core.port}",)
    box.core.kill()
    clock.set(-jump)
    page.write("satu")
    page.write("dua")
    clock.set(jump)
    page.write("tiga")
    page.until(lambda: page.messages() == ["satu", "dua", "tiga"], "the order of writing")
    box.start_core()
    page.reload()
    clock.set(-jump)
    page.until(lambda: len(page.messages()) == 3, "all three")
    page.write("empat")
    page.until(lambda: page.sent() == ["satu", "dua", "tiga", "empat"], "all sent")
    assert budi.texts(sari) == ["satu", "dua", "tiga", "empat"]


def test_a_message_written_after_a_reload_stands_behind_unsent_ones(open_browser, box):
    page, clock, sari, budi = at_chat(open_browser, box)
    page.run("""
        window.fetch = () => Promise.reject(new TypeError("away"));
        """)
    page.write("satu")
    page.see("#rows .trouble", "Belum terkirim")
    clock.set(-HOUR)
    page.before_scripts("""
        const plainFetch = window.fetch;
        window.isAway = true;
        window.fetch = (url, options) => window.isAway && options?.method === "POST"
            ? Promise.reject(new TypeError("away")) : plainFetch(url, options);
        """)
    page.reload()
    page.see("#rows .text", "satu")
    page.write("dua")
    page.until(lambda: page.messages() == ["satu", "dua"], "the order of writing")
    page.run("window.isAway = false")
    page.retry()
    page.until(lambda: page.sent() == ["satu", "dua"], "both sent")
    assert budi.texts(sari) == ["satu", "dua"]


def test_a_vault_that_returns_after_the_clock_was_set_back_is_noticed(open_browser, box):
    page, clock, sari, budi = at_chat(open_browser, box)
    budi.send(sari, "satu")
    page.see("#rows .text", "satu")
    page.run("""
        const plain = window.fetch;
        window.isAway = true;
        window.fetch = (url, options) => window.isAway && String(url).includes("chat/history")
            ? Promise.resolve(new Response(
                '{"error": "Brankas", "code": "vault_unavailable"}',
                { status: 503, headers: { "Retry-After": "2" } }))
            : plain(url, options);
        """)
    budi.send(sari, "dua")
    page.see("#vault-banner", "Brankas")
    clock.set(-HOUR)
    page.run("window.isAway = false")
    page.see("#rows .text", "dua")
    page.not_see("#vault-banner")


def test_a_preview_that_failed_comes_after_the_clock_was_set_back(open_browser, box):
    sari, budi = box.friends("sari", "budi")
    page = open_browser(box)
    clock = WallClock(page)
    page.before_scripts("""
        const plainFetch = window.fetch;
        window.isAway = true;
        window.fetch = async (url, options) => {
            const answer = await plainFetch(url, options);
            if (!window.isAway || !String(url).includes("/friends/")) return answer;
            const rows = await answer.json(); // as while the vault is away
            for (const { lastMessage } of rows) delete lastMessage?.content;
            return new Response(JSON.stringify(rows));
        };""")
    budi.send(sari, "satu")
    page.enter(sari)
    page.see(".contact .last", "Mengirim pesan")
    clock.set(-HOUR)
    page.run("window.isAway = false")

    page.see(".contact .last", "satu")  # nothing else has happened


def test_another_tab_takes_over_from_one_that_fell_silent_whatever_the_clock_says(
        open_browser, box):
    sari, _ = box.friends("sari", "budi")
    page = open_browser(box)
    WallClock(page)
    page.enter(sari)
    page.see(".contact")
    # The jump comes after the last message of the other tab and before the takeover at 12 s.
    page.run("setTimeout(() => window.setClock(arguments[0]), 9_000)", -HOUR)
    page.new_tab("/")
    page.see(".contact")
    page.run("""
        BroadcastChannel.prototype.postMessage = () => {};
        window.fetch = () => Promise.reject(new TypeError("frozen"));
        """)
    asked = lambda: box.core.log.count(f"GET /friends/{sari.id}")  # noqa: E731
    before = eventually(asked, what="a poll")
    eventually(lambda: asked() > before + 1, within=40, what="polls of the other tab")


def test_only_shown_times_read_the_clock():
    read = re.compile(r"\bDate\.now\b|\bnew Date\(\)|\bDate\(\)|\btimeStamp\b")
    for file in FRONTEND.rglob("*.js"):
        # A browser stops its worker at will, and no other clock of a worker outlives that.
        if "api-docs" in file.parts or file.name in ("dates.js", "sw.js"):
            continue
        assert not read.search(file.read_text()), file
    # dates.js names days, an unsent message has a time to show, and so has a limit of the server.
    users = [file.name for file in FRONTEND.rglob("*.js") if "wallClock" in file.read_text()]
    assert sorted(users) == ["dates.js", "outbox.js", "sender.js"]
