"""The targets of the figures, for those that were measured."""

POLLS, SENDS = "304 poll, 64 clients", "64 senders, {:,} stored"
# (row, who, what of it: a key of the figure or the name of what it is divided by, least, most)
TARGETS = [
    *[(POLLS, f"ChatCore, {kind}", "nginx, 200", 0.9, None) for kind in ("friends", "history")],
    *[("small answer, 64 clients", "ChatCore", peer, 1, None)
      for peer in ("Hummingbird", "FlyingFox")],
    (SENDS.format(0), "ChatCore", "nginx, 200", 0.15, None),
    (SENDS.format(1_000_000), "ChatCore", SENDS.format(0), 0.9, None),
    ("history of 100, 16 clients", "ChatCore", "rewriting, a call each", 100, None),
    ("sends by 64, the bridge", "over TLS", "plain HTTP", 0.9, None),
    *[(f"history of {count}, the bridge", "over TLS", "plain HTTP", 0.85, None)
      for count in ("100", "1,000")],
    *[(f"{row} beside uploads", "beside 8 who upload", "beside nobody", 0.8, None)
      for row in ("304 poll", "sends by 64")],
    ("log-ins, 4 clients", "ChatCore", "bcrypt by itself, one thread", 0.95, None),
    ("p99 of a poll beside log-ins", "ChatCore", "max", None, 10),
    ("wchar a byte of record", "ChatCore, sent by 64", "median", None, 4),
    ("first words, 400 ms away", "first visit", "median", None, 2),
    ("first words, 400 ms away", "second visit", "median", None, 0.5),
    ("idle as in the images, MB", "ChatCore", "median", None, 15),
    ("idle as in the images, MB", "Cipher", "median", None, 10),
]


def show(figures):
    for row, name, what, least, most in TARGETS:
        figure = figures.figure(row, name)
        value = figure and figure["ratios"].get(what, figure.get(what))
        if value is None:
            continue
        is_met = value >= least if least is not None else value <= most
        of = f" of {what}" if what in figure["ratios"] else ""
        limit = f"{least} at least" if least is not None else f"{most} at most"
        print(f"target {'met' if is_met else 'MISSED':6} {row}, {name}: "
              f"{value:,.3g}{of}; {limit}")
