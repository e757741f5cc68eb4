"""The faults of a cluster of three servers. Each ends by itself."""

import os
import signal
import time

from patroni_cluster import await_true, end

# The longest time in which a fault must have had its effect.
EFFECT_SECONDS = 90
CONNECTIONS = 1_000


def another_primary(cluster, than):
    def other():
        primary = cluster.primary
        return primary if primary and primary is not than else None
    return await_true(other, EFFECT_SECONDS, f"another primary than {than.name}")


def ask_for_another(cluster, than, path, body):
    """Has Patroni replace the primary. It may answer before it knows whether that came true."""
    answer = cluster.ask_patroni(path, body)
    assert answer.status_code == 200 or "status unknown" in answer.text, answer.text
    another_primary(cluster, than)


def kill_server(cluster, chance):
    """The primary's server dies. Its Patroni starts it again, or another one takes over."""
    node = cluster.primary
    pid = node.server_pid()
    os.kill(pid, signal.SIGKILL)
    await_true(
        lambda: node.server_pid() not in (None, pid), EFFECT_SECONDS, f"{node.name} again")


def kill_node(cluster, chance):
    """The primary's machine dies: server and Patroni. It comes back later."""
    node = cluster.primary
    pid = node.server_pid()
    end(node.patroni, signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)
    another_primary(cluster, node)
    time.sleep(chance.uniform(0, 3))
    node.start()


def switch_over(cluster, chance):
    """An operator makes the synchronous replica the primary."""
    old = cluster.primary
    synchronous = next(node for node in cluster.nodes if node.asks("/sync"))
    ask_for_another(
        cluster, old, "/switchover", {"leader": old.name, "candidate": synchronous.name})


def cut_off(cluster, chance):
    """The primary loses its network, in the middle of what it does. It returns later."""
    node = cluster.primary
    node.cut_off()
    try:
        another_primary(cluster, node)
        time.sleep(chance.uniform(0, 5))
    finally:
        node.join_again()


def cut_off_replica(cluster, chance):
    """The synchronous replica loses its network. Commits wait until Patroni chooses another."""
    cluster.is_hurt = True
    node = next(node for node in cluster.nodes if node.asks("/sync"))
    node.cut_off()
    time.sleep(chance.uniform(2, 10))
    node.join_again()


def fill_disk(cluster, chance):
    """The primary's disk is full for a while. Its server refuses or dies."""
    node = cluster.primary
    cluster.is_hurt = True
    node.fill_disk()
    time.sleep(chance.uniform(4, 8))
    node.free_disk()


def refuse_connections(cluster, chance):
    """Somebody else takes all places of the server and asks for a thousand. All sessions end
    meanwhile, so that the replicas have to connect anew."""
    node = cluster.primary
    cluster.is_hurt = True
    held, refused = [], 0
    try:
        until = time.monotonic() + chance.uniform(3, 6)
        for number in range(CONNECTIONS):
            # The replicas come back at once, and win some of the places each time.
            if number >= CONNECTIONS // 5 and number % 50 == 0:
                cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                            "WHERE application_name = 'ChatCore'")
            connection = node.connect("chat", "chat")
            refused += connection is None
            if connection:
                held.append(connection)
        time.sleep(max(0, until - time.monotonic()))
        assert refused > 0, "every connection was taken"
    finally:
        for connection in held:
            connection.close()


def promote_replica(cluster, chance):
    """Somebody promotes a replica past Patroni, which ends that. There are two primaries for a
    moment. The replica has diverged, and an operator has it copied again."""
    node = chance.choice(cluster.replicas)
    node.promote_by_hand()
    await_true(lambda: not node.asks("/replica"), EFFECT_SECONDS, f"{node.name} promoted")
    await_true(lambda: node.asks("/replica"), EFFECT_SECONDS, f"{node.name} demoted")
    node.copy_again()


def fail_over(cluster, chance):
    """An operator has a replica promoted, without a word of the primary."""
    old = cluster.primary
    synchronous = next(node for node in cluster.nodes if node.asks("/sync"))
    ask_for_another(cluster, old, "/failover", {"candidate": synchronous.name})


ALL = [kill_server, kill_node, switch_over, cut_off, cut_off_replica, fill_disk,
       refuse_connections, promote_replica, fail_over]
# Those that end soonest, for the short form.
SHORT = [kill_server, switch_over, refuse_connections, promote_replica]
