"""What an idle connection costs the daemon; printed, and held against generous bounds."""
import os, resource, socket, time

from client import Reader
from stack import equal, true, until

CONNECTIONS = int(os.environ.get("MOOT_MEMORY_CONNECTIONS", "3000"))
WS = ("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")


def open_all(push, accounts, extra):
    socks = []
    for a in accounts:
        socks.append(push.request("GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s\r\n"
                                  % (a, extra), read=False))
    for s in socks:
        true("answer", s.recv(200).startswith((b"HTTP/1.1 200", b"HTTP/1.1 101")))
    return socks


def measure(st, what, extra, bound):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    n = min(CONNECTIONS, hard // 2 - 200)
    push = st.push_start(push_max_connections=n + 100)
    a = st.account("mem_%s" % what)
    server, first = a.server("Memory")
    for i in range(17):
        a.channel(server, "c%d" % i)
    names = ["mem_%s_%d" % (what, i) for i in range(n)]
    rows = st.sql("WITH a AS (INSERT INTO account (username, display_name) SELECT x, x FROM unnest(ARRAY[%s]) AS x "
                  "RETURNING id), s AS (INSERT INTO session (account_id, seed) SELECT id, 'x' FROM a RETURNING id, account_id), "
                  "m AS (INSERT INTO member (server_id, account_id, permissions) SELECT %d, id, 3 FROM a) "
                  "SELECT account_id, id FROM s" % (",".join("'%s'" % x for x in names), server))
    tokens = []
    for account, session in rows:
        a.id, keep = int(account), a.id
        tokens.append(a.token(session=int(session)))
        a.id = keep
    # what the libraries keep for ever is there after the first ones
    warm = n // 3
    first = open_all(push, tokens[:warm], extra)
    time.sleep(1.5)
    before = push.rss()
    tokens = tokens[warm:]
    n -= warm
    began, cpu = time.monotonic(), push.cpu()
    socks = open_all(push, tokens, extra)
    print("# %s: %.2f s and %.0f us of the daemon's CPU a connection to open them" %
          (what, time.monotonic() - began, (push.cpu() - cpu) / n * 1e6))
    until("all live", lambda: push.health()["connections"] == n + warm)
    time.sleep(1.5)
    each = (push.rss() - before) / n
    print("# %s: %d private bytes a connection, %d connections of %d accounts, 20 subscriptions each"
          % (what, each, n, n))
    for s in first + socks:
        s.close()
    until("all gone", lambda: push.health()["connections"] == 0)
    with open(st.binary, "rb") as f:
        sanitized = b"__asan_init" in f.read()
    if not sanitized:
        true("%s: %d bytes above %d" % (what, each, bound), each <= bound)


def test_memory_of_idle_event_streams(st):
    measure(st, "sse", "Accept: text/event-stream\r\n", 8192)


def test_memory_of_idle_websockets(st):
    measure(st, "ws", WS, 8192)
