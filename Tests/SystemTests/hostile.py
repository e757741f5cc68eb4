"""Texts that break pages: characters of every category, alone, in crowds and mixed."""

import random
import sys
import unicodedata
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

from api import Person

SAMPLES = 24  # of each general category, besides its first and last
LETTERS = "abxyz019"
BIDI = "\u202a\u202b\u202d\u202e\u202c\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\ufe0f"
MARK = "\u0301"
# Chromium 156 crashed on a phone where a font of colour emoji was to draw the joiner.
CRASHING = "9" * 80 + "y x\u2067\u200b\u200d\ua6720"
ODD = [
    "a" + MARK * 168, MARK, MARK * 168, "\u0e01" + "\u0e49" * 168, "\u0489" * 500,
    "a" + "\u1dfd" * 300 + "\u0316" * 300, "\u20e3" * 40, "\u0e33" * 168,
    "\u202eterbalik", "\u2067" * 200 + "x", "\u202e" * 100 + "x" + "\u202c" * 3,
    "\ufdfd" * 30, "\U00012031" * 30, "\u2e3b" * 60, "\u1361" * 40, "\ua9c5" * 40,
    "\u200dx", "x\u200d", "\U0001F468\u200d", "\u200d\U0001F469", "\U0001F1EE", "\U0001F3FD",
    "\U0001F3F4\U000e0067\U000e0062", "1\ufe0f", "\ufe0f1", "\u20e31",
    "\U0001F44D" * 3, "\U0001F44D\u0301" * 3, "\U0001F468" + "\u200d\U0001F469" * 30,
    "\uff9e" * 168, "\uff9f" * 168, "\u20e4",
    "\u1100" * 168, "\u1161" * 168, "\u0915\u094d" * 80, "\u0d4e" * 168, "\U0001F3FD" * 168,
    "i" * 4096, "\u0301x" * 2000, " \u3000" * 400 + "x" + " " * 700 + "y", "x" + "\t" * 400 + "y",
    "\n" * 3 + "x" + "\n" * 60 + "y", "\u00a0" * 400 + "x", "x" + "\u2007" * 400 + "y",
    "\u05d0\u202eabc\u05d1" * 40, "\u0627" + "\u064b" * 168, "-" * 500, "/" * 500,
    "https://x.example/" + ")" * 4000, "www." * 1000, "https://" * 500, "(" * 4000,
    "http://a " * 400,
    "https://bank.example/\u202egpj.exe", "https://a" + MARK * 168 + ".example/",
    CRASHING,
    "\ufffc\ufffd\ufff9\ufffa\ufffb", "constructor", "__proto__", "null", "{}", "[]", "NaN",
]


def categories():
    """Characters by general category: the first, the last, and a few between; no surrogates."""
    found = defaultdict(list)
    for code in range(sys.maxunicode + 1):
        if not 0xD800 <= code < 0xE000:
            found[unicodedata.category(chr(code))].append(chr(code))
    return found


def texts(count, seed):
    """That many texts, the same for the same seed."""
    chance = random.Random(seed)
    kinds = categories()
    assert len(kinds) == 29, sorted(kinds)
    few = {
        kind: [every[0], every[-1], *chance.sample(every, min(SAMPLES, len(every)))]
        for kind, every in kinds.items()}
    unseen = [BIDI, ZERO_WIDTH, ZERO_WIDTH * 40, "\u200b \u2060\n\ufeff"]
    made = [*ODD, *BIDI, *ZERO_WIDTH, *unseen]
    for first, last, *_ in few.values():
        made += [*crowds(first), *crowds(last)]
    assert len(made) < count / 2
    while len(made) < count:
        one = chance.choice(few[chance.choice(list(few))])
        made += [chance.choice(crowds(one)), soup(chance, few)]
    return made[:count]


def crowds(one):
    """A character alone, beside others, and in numbers."""
    return [one, f"a{one}", one * 168, f"a{one * 40}b", f"x {one} y"]


def soup(chance, few):
    """A few words in which anything may stand."""
    def piece():
        kind = chance.randrange(6)
        if kind == 0:
            return chance.choice(BIDI)
        if kind == 1:
            return chance.choice(ZERO_WIDTH) * chance.choice([1, 1, 9])
        if kind == 2:
            return chance.choice(LETTERS) + MARK * chance.choice([1, 3, 168])
        if kind == 3:
            return " " * chance.choice([1, 1, 40]) + chance.choice(LETTERS) * chance.choice([1, 80])
        return chance.choice(few[chance.choice(list(few))])
    return "".join(piece() for _ in range(chance.randrange(1, 40)))


def send_all(sender, receiver, wanted, at_once=6):
    """Sends texts and returns those stored. The server may refuse a text only as empty."""
    def send(share):
        person = Person(sender.api.url, sender.id, sender.username, sender.token)
        stored = []
        for text in share:
            answer = person.try_send(receiver, text)
            if answer.status_code == 400 and answer.json()["code"] == "empty_message":
                continue
            assert answer.status_code == 200, f"{text[:40]!a}: {answer.status_code} {answer.text}"
            stored.append(answer.json()["content"])
        return stored
    with ThreadPoolExecutor(at_once) as pool:
        shares = pool.map(send, (wanted[first::at_once] for first in range(at_once)))
        return [text for share in shares for text in share]
