"""Networks of their own for processes of a test, joined by a bridge.

The test must run in a network namespace that is nobody else's: `unshare --net`.
"""

import os
import subprocess

from programs import eventually

NETWORK = "10.77.0"


def command(*words):
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL)


class Switch:
    """A bridge to which nodes are plugged. Pulling a node's plug cuts it off in silence: its link
    stays up, and nothing arrives."""

    def __init__(self):
        command("ip", "link", "set", "lo", "up")
        command("ip", "link", "add", "switch", "type", "bridge")
        command("ip", "address", "add", f"{NETWORK}.1/24", "dev", "switch")
        command("ip", "link", "set", "switch", "up")

    def plug(self, name):
        command("ip", "link", "set", name, "master", "switch")

    def unplug(self, name):
        command("ip", "link", "set", name, "nomaster")


class Namespace:
    """A network namespace with one address, which lives as long as its holder."""

    def __init__(self, number, switch):
        self.address = f"{NETWORK}.{10 + number}"
        self.link = f"node{number}"
        self.holder = subprocess.Popen(
            ["unshare", "--net", "cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        own = os.readlink("/proc/self/ns/net")
        eventually(
            lambda: os.readlink(f"/proc/{self.holder.pid}/ns/net") != own, what="a namespace")
        command(
            "ip", "link", "add", self.link, "type", "veth", "peer", "name", "eth0", "netns",
            self.holder.pid)
        switch.plug(self.link)
        command("ip", "link", "set", self.link, "up")
        for words in ("address add 127.0.0.1/8 dev lo", "link set lo up",
                      f"address add {self.address}/24 dev eth0", "link set eth0 up"):
            command(*self.prefix, "ip", *words.split())

    @property
    def prefix(self):
        return ["nsenter", "--net", f"--target={self.holder.pid}"]

    def stop(self):
        self.holder.stdin.close()
        self.holder.wait()
