"""The tables of a store in PostgreSQL, filled and written without ChatCore."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

STEP = 1_000_000
TALKS = 2_000
CONTENT = 130  # bytes of a sealed message of 60 characters
# The two round trips of a send, as pgbench writes them. `friends` stands for both users' rows.
LOCK_HEAD = "SELECT number, newest, messages FROM store WHERE id = 1 FOR UPDATE;"
LOCK_ROWS = ("SELECT * FROM friends WHERE (user_id, friend_id) IN "
             "((:me, :other), (:other, :me)) ORDER BY user_id{lock};")
WRITE_HEAD = ("UPDATE store SET number = number + 1, newest = newest + 1, "
              "messages = messages + 1 WHERE id = 1;")
SEND = r"""
\set pair :client_id
\set time random(1, 9000000000000000)
\set number 0 - :time
\set talk -1000000 - :client_id
\startpipeline
BEGIN ISOLATION LEVEL READ COMMITTED;
{head}
{rows}
SELECT talk, sent_at FROM message_ids WHERE id = int8send(:time);
\endpipeline
\startpipeline
{write}
INSERT INTO commits (replica, batch, number) VALUES (int8send(:client_id), 1, 1)
  ON CONFLICT (replica) DO UPDATE SET batch = commits.batch + 1;
INSERT INTO messages (talk, sent_at, number, id, sender, receiver, content, form)
  VALUES (:talk, :time, :number, int8send(:time), '\x61', '\x62', :content, 0);
INSERT INTO message_ids VALUES (int8send(:time), :talk, :time);
UPDATE friends SET sent = sent + 1, changed = changed + 1, last_at = :time
  WHERE user_id = :me AND friend_id = :other;
UPDATE friends SET received = received + 1, changed = changed + 1, last_at = :time
  WHERE user_id = :other AND friend_id = :me;
COMMIT;
\endpipeline
"""
WITHOUT_INDEXES = [
    "ALTER TABLE messages DROP CONSTRAINT messages_pkey",
    "DROP INDEX messages_number, messages_deleted",
    "ALTER TABLE message_ids DROP CONSTRAINT message_ids_pkey"]
INDEXES = [
    "ALTER TABLE messages ADD PRIMARY KEY (talk, sent_at)",
    "CREATE INDEX messages_number ON messages (number)",
    "CREATE INDEX messages_deleted ON messages (talk, deleted_at) WHERE deleted_at IS NOT NULL",
    "ALTER TABLE message_ids ADD PRIMARY KEY (id)"]
FRIENDS = """
INSERT INTO friends (user_id, friend_id, read_up_to, friend_read_up_to, talk, talk_changed, sent,
  received, unread, changed)
SELECT int8send(2000000 + CASE WHEN side = 0 THEN n ELSE -n END),
  int8send(2000000 - CASE WHEN side = 0 THEN n ELSE -n END), 0, 0, -1000000 - n, 0, 0, 0, 0, 0
FROM generate_series(1, 64) n, generate_series(0, 1) side ON CONFLICT DO NOTHING;
"""


def pgbench(database, clients, seconds, shares_the_head):
    """Returns the transactions a second. Each client writes in a conversation of its own."""
    database.run(FRIENDS)
    text = SEND.format(
        head=LOCK_HEAD if shares_the_head else "",
        rows=LOCK_ROWS.format(lock="" if shares_the_head else " FOR UPDATE"),
        write=WRITE_HEAD if shares_the_head else "")
    for name, value in {":content": f"'\\x{'76' * CONTENT}'",
                        ":me": "int8send(2000001 + :pair)",
                        ":other": "int8send(1999999 - :pair)"}.items():
        text = text.replace(name, value)
    file = Path(tempfile.mkdtemp()) / "send.sql"
    file.write_text(text)
    done = subprocess.run(
        ["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-T", str(seconds), "-f", file,
         database.url], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return float(re.search(r"tps = ([\d.]+)", done.stdout)[1])


def fill(database, count):
    """Adds messages of people whom nobody asks for, in conversations of equal length. Indexes are
    made after it, which takes a fifth of the time."""
    for statement in WITHOUT_INDEXES:
        database.run(statement)
    for start in range(0, count, STEP):
        numbers = f"generate_series({start + 1}, {min(start + STEP, count)}) n"
        database.run(
            "INSERT INTO messages (talk, sent_at, number, id, sender, receiver, content, form) "
            f"SELECT -1 - n % {TALKS}, n, n - 100000000000, uuid_send(md5(n::text)::uuid), "
            f"'\\x61', '\\x62', decode(repeat(md5(n::text), {CONTENT // 16}), 'hex'), 0 "
            f"FROM {numbers}")
        database.run(
            "INSERT INTO message_ids SELECT uuid_send(md5(n::text)::uuid), "
            f"-1 - n % {TALKS}, n FROM {numbers}")
    for statement in INDEXES:
        database.run(f"SET maintenance_work_mem = '512MB'; {statement}")
    database.run(f"UPDATE store SET messages = messages + {count} WHERE id = 1")
    database.run("VACUUM ANALYZE")
    database.run("CHECKPOINT")
