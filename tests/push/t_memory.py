"""What an idle connection costs the daemon in memory of its own.

Private pages are counted after a start and after three further steps, each of which doubles the
number of connections: what the libraries keep for ever falls out, and a table that grows by doubling
has grown once in each. The smaller of the last two counts: a buffer of libpq that grows once, for
good, falls into one of them. Huge pages, which come and go by the kernel's leave, are off for the
daemon.
"""
import ctypes, os, resource, struct

from client import Reader
from stack import TOP, LeftOut, true, until
from t_faults import access_waits
from t_order import cursor_after

START = int(os.environ.get("MOOT_MEMORY_START", "750"))
SANITIZED_START = 50
TRIM_AFTER = 500        # handshakes after which the daemon gives memory back (push/main.c)
PR_SET_THP_DISABLE = 41
WS = ("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")


def no_huge_pages():
    ctypes.CDLL(None).prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)


def gauge(st, name):
    """As it stands in the file of metrics, where the daemon writes it once a second."""
    with open(TOP + "/lib/base/metric.def") as f:
        names = [line[2:].split(",")[0] for line in f if line.startswith("X(")]
    with open(st.dir + "/metrics", "rb") as f:
        return struct.unpack_from("q", f.read(), 16 + 8 * names.index(name))[0]


def people(st, what, n):
    """Tokens of n accounts, each with 20 streams: his own, a server and its 18 channels."""
    a = st.account("mem_%s" % what)
    server, _ = a.server("Memory")
    for i in range(17):
        a.channel(server, "c%d" % i)
    names = ",".join("'mem-%s-%d'" % (what, i) for i in range(n))
    rows = st.sql("WITH a AS (INSERT INTO account (username, display_name) SELECT x, x FROM unnest(ARRAY[%s]) AS x "
                  "RETURNING id), s AS (INSERT INTO session (account_id, seed) SELECT id, 'x' FROM a RETURNING id, account_id), "
                  "m AS (INSERT INTO member (server_id, account_id, permissions) SELECT %d, id, 3 FROM a) "
                  "SELECT account_id, id FROM s" % (names, server))
    tokens = []
    for account, session in rows:
        a.id = int(account)
        tokens.append(a.token(session=int(session)))
    return tokens


def open_all(push, tokens, extra):
    socks = [push.request("GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s\r\n"
                          % (token, extra), read=False) for token in tokens]
    for s in socks:
        true("answer", s.recv(200).startswith((b"HTTP/1.1 200", b"HTTP/1.1 101")))
    return socks


def settled(st, push, n, kind):
    """Private bytes once n connections are open and the daemon gives nothing back any more."""
    until("all live", lambda: push.health()["connections"] == n)
    witnesses, last = [], None
    while True:
        for _ in range(TRIM_AFTER):
            push.health()
        witnesses.append(Reader(push, st.memory_witness, kind))
        until("a second has passed", lambda: gauge(st, "push_connections_" + kind) == n + len(witnesses))
        push.health()       # behind what is done each second
        now = push.rss()
        if last is not None and now >= last * 0.99:
            break
        last = now
    for w in witnesses:
        w.close()
    until("gone", lambda: push.health()["connections"] == n)
    return now


def measure(st, kind, extra, bound):
    sanitized = st.is_sanitized()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    start = SANITIZED_START if sanitized else min(START, (hard - 500) // 8)
    push = st.push_start("memory_" + kind, push_max_connections=8 * start + 100, run_dir=st.dir, prepare=no_huge_pages)
    st.memory_witness = st.account("mem_witness_" + kind)
    tokens = people(st, kind, 8 * start)
    socks, bytes_at = [], []
    for n in (start, 2 * start, 4 * start, 8 * start):
        socks += open_all(push, tokens[len(socks):n], extra)
        bytes_at.append(settled(st, push, n, kind))
    steps = [(bytes_at[i + 1] - bytes_at[i]) / (start << i) for i in range(3)]
    each = min(steps[1:])
    if not sanitized:
        print("# %s: %d private bytes a connection (steps %d, %d, %d), 20 subscriptions each" % (kind, each, *steps))
    for s in socks:
        s.close()
    until("all gone", lambda: push.health()["connections"] == 0)
    if sanitized:
        raise LeftOut("sanitized: memory of its own is not what it would be")
    true("%s: %d bytes above %d" % (kind, each, bound), each <= bound)


def test_memory_of_idle_event_streams(st):
    # about 480 on a quiet machine, and up to 550 when others make the kernel hold pages back; tests/bench has the bar
    measure(st, "sse", "Accept: text/event-stream\r\n", 640)


def test_memory_of_idle_websockets(st):
    measure(st, "ws", WS, 640)


def test_an_answer_that_comes_late_leaves_no_memory_behind(st):
    """What one answer about 256 people takes is half a megabyte, and nobody comes after it whose coming would give it back."""
    push = st.push_start("memory_late", push_heartbeat=1, prepare=no_huge_pages)
    witness = Reader(push, st.account("mem_late_witness"))
    tokens, socks, bytes_at = people(st, "late", 2 * 256), [], []
    for wave in range(2):
        with access_waits(st, "PERFORM 1"):
            socks += [push.request("GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n" % token,
                                   read=False) for token in tokens[wave * 256:(wave + 1) * 256]]
            # the daemon has seen for a second that nobody comes any more
            for _ in range(3):
                cursor_after(witness)
        for s in socks[wave * 256:]:
            true("answer", s.recv(200).startswith(b"HTTP/1.1 200"))
        for _ in range(2):
            cursor_after(witness)
        bytes_at.append(push.rss())
    for s in socks:
        s.close()
    if st.is_sanitized():
        raise LeftOut("sanitized: memory of its own is not what it would be")
    grown = bytes_at[1] - bytes_at[0]
    true("256 connections took %d bytes" % grown, grown < 256 * 640 + 128 * 1024)
