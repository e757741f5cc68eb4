"""wrk, and what it is told to ask."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    rate: float  # a second
    count: int = 0
    p99_ms: float | None = None


def wrk(url, seconds, connections=64, headers=None, script=None):
    """Stops the bench at an answer that is neither 2xx nor 3xx."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    if script:
        command += ["-s", script]
    said = subprocess.run(
        [*command, url], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said:
        sys.exit(f"{url}\n{said}")
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    return Run(
        float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),
        int(re.search(r"(\d+) requests in", said)[1]),
        float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit])


def lua_file(text):
    file = Path(tempfile.mkdtemp()) / "script.lua"
    file.write_text(text)
    return file


def posting(body):
    """Each request the same JSON text."""
    return lua_file(
        f"wrk.method = 'POST'\nwrk.body = [==[{body}]==]\n"
        "wrk.headers['Content-Type'] = 'application/json'\n")


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
