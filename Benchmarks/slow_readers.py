"""The cost of readers that take long histories slowly, during and after their reads."""

import argparse
import sys
import time
from pathlib import Path

import peers
from connections import raise_descriptor_limit

from readers import MB, SlowReaders, asking, fill, history_path, resident, settled

MESSAGES = 600
ABOVE_IDLE_MAX_MB = 100
ABOVE_IDLE_AFTER_MAX_MB = 20
AFTER_SECONDS = 10


def kernel_mb():
    """Returns the kernel memory of all sockets of the machine."""
    pages = Path("/proc/net/sockstat").read_text().split("TCP:")[1].split("mem ")[1].split()[0]
    return int(pages) * 4096 / MB


def run(readers, rate, seconds, together, build=None):
    """Half of the readers ask for the whole history, half for its newest 500."""
    with peers.box(build) as box:
        sender, reader = box.friends("budi", "sari")
        fill(sender, reader, MESSAGES)
        idle, kernel = settled(box.core), kernel_mb()
        requests = [
            asking(reader, history_path(reader, sender, **({"limit": 500} if number % 2 else {})))
            for number in range(readers)]
        with SlowReaders(box.url, requests, rate, together) as slow:
            peak = slow.wait(seconds, box.core)
            answered, cut_off, in_kernel = slow.statuses, slow.ended, kernel_mb() - kernel
        time.sleep(AFTER_SECONDS)
        above, after = (peak - idle) / MB, (resident(box.core) - idle) / MB
    statuses = ", ".join(f"{count} x {status}" for status, count in sorted(answered.items()))
    print(f"{readers} readers at {rate} bytes a second: {statuses}; {cut_off} closed\n"
          f"idle {idle / MB:.1f} MB, at most {above:.1f} MB above it, "
          f"{after:.1f} MB above it {AFTER_SECONDS} s after they have gone\n"
          f"in the kernel's buffers {in_kernel:.1f} MB", flush=True)
    if answered.get(200) != readers:
        print("not all readers were answered: it says nothing about so many")
        return False
    return above <= ABOVE_IDLE_MAX_MB and after <= ABOVE_IDLE_AFTER_MAX_MB


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--readers", type=int, default=500)
    arguments.add_argument("--rate", type=int, default=10_000, help="bytes a second of each")
    arguments.add_argument("--seconds", type=float, default=20)
    arguments.add_argument("--together", type=int, default=50, help="how many ask at the same time")
    arguments.add_argument("--build", type=Path, help="the folder of the programs")
    asked = arguments.parse_args()
    raise_descriptor_limit()
    is_met = run(
        asked.readers, asked.rate, asked.seconds, asked.together,
        asked.build and asked.build.resolve())
    print(f"at most {ABOVE_IDLE_MAX_MB} MB, and {ABOVE_IDLE_AFTER_MAX_MB} MB after: "
          f"{'met' if is_met else 'missed'}")
    sys.exit(not is_met)


if __name__ == "__main__":
    main()
