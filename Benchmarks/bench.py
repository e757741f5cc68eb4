"""The rows of script/bench. Every figure is the median of three runs, taken in turns with those it
is compared with, so that a slower minute of the machine falls on all."""

import ctypes
import json
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import chart
import peers
import requests
from peers import CHECKOUT, cpu_seconds, resident_mb

from vault import Vault

QUICK = "--quick" in sys.argv
SECONDS = 1 if QUICK else 3
ROUNDS = 3
STORES = [0, 10_000] if QUICK else [0, 10_000, 100_000, 1_000_000]
PASSWORD = "kata sandi untuk semua"
PAIRS = 8
results = {}


def wrk(url, connections=64, headers=None, script=None, seconds=SECONDS):
    """(answers a second, answers, p99 in ms); stops at one that is neither 2xx nor 3xx."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    if script:
        command += ["-s", script]
    said = subprocess.run(
        [*command, url], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said:
        sys.exit(f"{url}\n{said}")
    done = int(re.search(r"(\d+) requests in", said)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), done,
            float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit])


def note(row, name, rates, cpu_us=None, unit="a second", **more):
    figure = {"median": statistics.median(rates), "min": min(rates), "max": max(rates)}
    if cpu_us:
        figure["cpu_us"] = statistics.median(cpu_us)
    results.setdefault(row, {})[name] = figure | more
    cpu = f", {figure['cpu_us']:.1f} µs of CPU each" if cpu_us else ""
    extra = "".join(f", {key} {value}" for key, value in more.items())
    print(f"{row:28} {name:22} {figure['median']:12,.1f} {unit} "
          f"({figure['min']:,.1f} to {figure['max']:,.1f}){cpu}{extra}", flush=True)


def in_turns(row, contenders):
    """`contenders`: name to (pids, what makes one run and returns (rate, count))."""
    rates = {name: [] for name in contenders}
    cpu = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, (pids, run) in contenders.items():
            before = cpu_seconds(pids)
            rate, count = run()[:2]
            rates[name].append(rate)
            cpu[name].append((cpu_seconds(pids) - before) * 1e6 / max(count, 1))
    for name in contenders:
        note(row, name, rates[name], cpu[name])


def small_answers(house):
    answer = house.client().get("/healthz")
    fields = {name: value for name, value in answer.headers.items()
              if name not in ("Date", "Content-Length", "Content-Type", "Connection")}
    servers = {
        "nginx": peers.nginx(answer.text, fields), "Hummingbird": peers.hummingbird(),
        "FlyingFox": peers.flying_fox(), "Node": peers.node(),
    }
    try:
        in_turns("small answer, 64 clients", {
            "ChatCore": ([house.core.process.pid], lambda: wrk(house.url + "/healthz")),
        } | {
            name: (server.pids, lambda server=server: wrk(server.url + "/"))
            for name, server in servers.items()})
    finally:
        for server in servers.values():
            server.stop()


def polls(house, sender, receiver):
    rows = {"friends": f"/friends/{receiver.id}",
            "history": f"/chat/history?myId={receiver.id}&friendId={sender.id}"}
    contenders, bearer = {}, {"Authorization": f"Bearer {receiver.token}"}
    fields = {}
    for name, path in rows.items():
        answer = receiver.api.http.get(house.url + path)
        fields = dict(answer.headers)
        headers = bearer | {"If-None-Match": answer.headers["ETag"]}
        contenders[f"ChatCore, {name}"] = (
            [house.core.process.pid],
            lambda path=path, headers=headers: wrk(house.url + path, headers=headers))
    kept = {name: value for name, value in fields.items()
            if name not in ("Date", "Content-Length", "Content-Type", "Connection",
                            "Transfer-Encoding")}
    server = peers.nginx("", kept)
    contenders["nginx, 200"] = (server.pids, lambda: wrk(server.url + "/", headers=bearer))
    try:
        in_turns("304 poll, 64 clients", contenders)
    finally:
        server.stop()


def histories(house, sender, receiver):
    for count in (10, 100, 1000):
        path = f"/chat/history?myId={receiver.id}&friendId={sender.id}"
        # All 1,000 that there are: a limit goes up to 500.
        path += f"&limit={count}" if count < 500 else ""
        in_turns(f"history of {count}, 16 clients", {
            "ChatCore": (
                [house.core.process.pid, house.cipher.process.pid],
                lambda path=path: wrk(
                    house.url + path, 16, {"Authorization": f"Bearer {receiver.token}"})[:2])})


def rewriting_baseline():
    cipher = Vault(Path(tempfile.mkdtemp())).start()
    server = peers.rewriting(cipher.program.url)
    try:
        script = lua_file("wrk.method = 'POST'\n")
        wrk(server.url + "/", 1, script=script, seconds=1)
        stored = len(requests.get(server.url, timeout=30).json())
        server.stop()
        server = peers.rewriting(cipher.program.url)
        for _ in range(100):
            requests.post(server.url, timeout=30)
        in_turns("history of 100, 16 clients", {
            "rewriting, a call each": (
                server.pids + [cipher.program.process.pid], lambda: wrk(server.url + "/", 16))})
        note("durable sends, 1 client", "rewriting (not durable)", [stored])
    finally:
        server.stop()
        cipher.program.end()


def lua_file(text):
    file = Path(tempfile.mkdtemp()) / "script.lua"
    file.write_text(text)
    return file


def sending(pairs):
    """Each request another message, from the senders in turn."""
    people = ",".join(
        f'{{"{sender.token}","{sender.id}","{receiver.id}"}}' for sender, receiver in pairs)
    return lua_file(f"""
local people, count = {{{people}}}, 0
function request()
  count = count + 1
  local who = people[count % #people + 1]
  return wrk.format("POST", "/chat/send", {{["Content-Type"] = "application/json",
    ["Authorization"] = "Bearer " .. who[1]}},
    '{{"senderId":"' .. who[2] .. '","receiverId":"' .. who[3] ..
    '","message":"pesan ke-' .. count .. ' dari bangku ini, apa kabar?"}}')
end
""")


def mixed(pairs):
    """Nine polls of a changing list, then a message."""
    sender, receiver = pairs[0]
    return lua_file(f"""
local count = 0
local me = {{["Authorization"] = "Bearer {sender.token}", ["Content-Type"] = "application/json"}}
function request()
  count = count + 1
  if count % 10 > 0 then return wrk.format("GET", "/friends/{sender.id}", me) end
  return wrk.format("POST", "/chat/send", me,
    '{{"senderId":"{sender.id}","receiverId":"{receiver.id}","message":"' .. count .. '"}}')
end
""")


def stored(pairs):
    return sum(receiver.friends()[0]["receivedCount"] for _, receiver in pairs)


def sends(nginx_rate):
    house = peers.house()
    people = [house.person(f"orang{number}") for number in range(2 * PAIRS)]
    pairs = list(zip(people[::2], people[1::2], strict=True))
    for sender, receiver in pairs:
        sender.befriend(receiver)
    script = sending(pairs)
    try:
        for size in STORES:
            while (missing := size - stored(pairs)) > 0:
                wrk(house.url, 64, script=script, seconds=max(1, min(30, missing // 25_000)))
            for clients in (1, 16, 64):
                rates = []
                for _ in range(ROUNDS):
                    before = stored(pairs)
                    rate, done, _ = wrk(house.url, clients, script=script)
                    rates.append(rate)
                    # What was on its way when the clients left was stored and not heard of.
                    surplus = stored(pairs) - before - done
                    if not 0 <= surplus <= clients:
                        sys.exit(f"{done} acknowledged, {surplus:+} stored beside them")
                note(f"durable sends, {clients} client{'s' * (clients > 1)}", f"store of {size:,}",
                     rates, of_nginx=f"{statistics.median(rates) / nginx_rate:.3f}")
        in_turns("mixed 90/10, 64 clients", {"ChatCore": (
            [house.core.process.pid, house.cipher.process.pid],
            lambda: wrk(house.url, 64, script=mixed(pairs))[:2])})
        note("resident memory", f"ChatCore, {stored(pairs):,} stored",
             [resident_mb(house.core.process.pid)], unit="MB")
    finally:
        house.stop()


def log_ins(house, person):
    """As many log-ins as the workers can do, and what polls notice of it."""
    script = lua_file(f"""
wrk.method, wrk.headers["Content-Type"] = "POST", "application/json"
wrk.body = '{{"username":"{person.username}","password":"{PASSWORD}"}}'
""")
    poll = {"Authorization": f"Bearer {person.token}"}
    tag = person.try_friends().headers["ETag"]
    url = f"{house.url}/friends/{person.id}"
    beside = []
    poller = threading.Thread(target=lambda: beside.append(
        wrk(url, 1, poll | {"If-None-Match": tag}, seconds=SECONDS * ROUNDS)))
    poller.start()
    rates = [wrk(house.url + "/auth/login", 4, script=script)[0] for _ in range(ROUNDS)]
    poller.join()
    note("log-ins, one worker", "ChatCore", rates, polls_p99_ms=f"{beside[0][2]:.2f}")
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    begin, count = time.perf_counter(), 0
    while time.perf_counter() - begin < SECONDS:
        crypt(b"y", b"$2b$10$abcdefghijklmnopqrstuu")
        count += 1
    note("log-ins, one worker", "bcrypt by itself", [count / (time.perf_counter() - begin)])


def idle():
    begin = time.perf_counter()
    house = peers.house()
    note("both ready", "ChatCore and Cipher", [time.perf_counter() - begin], unit="s")
    time.sleep(1)
    for program in (house.core, house.cipher):
        note("resident memory", f"{program.name}, idle", [resident_mb(program.process.pid)],
             unit="MB")
    return house


def main():
    begin = time.monotonic()
    house = idle()
    try:
        sender, receiver = house.person("budi"), house.person("sari")
        sender.befriend(receiver)
        for number in range(1000):
            sender.send(receiver, f"pesan ke-{number} dari bangku ini, apa kabar?")
        small_answers(house)
        polls(house, sender, receiver)
        histories(house, sender, receiver)
        log_ins(house, receiver)
    finally:
        house.stop()
    rewriting_baseline()
    sends(results["small answer, 64 clients"]["nginx"]["median"])
    (CHECKOUT / ".build" / "bench.json").write_text(json.dumps(
        {"machine": platform.platform(), "when": time.strftime("%Y-%m-%d"), "rows": results},
        indent=2))
    rows = [
        (f"{name} ({row.split(',')[0]})", figure["median"], f"{figure['median']:,.0f} a second")
        for row in ("small answer, 64 clients", "304 poll, 64 clients")
        for name, figure in results[row].items()]
    (CHECKOUT / "docs" / "images" / "performance.svg").write_text(
        chart.svg("Answers a second, 64 connections, one core a server", rows))
    print(f"done in {time.monotonic() - begin:.0f} s: .build/bench.json")


main()
