"""Clients that break rules: WebSocket frames after RFC 6455, requests, sizes, slowness."""
import fcntl, os, random, resource, struct, termios

from client import Reader
from stack import b64, equal, true, until
from t_handover import Locked, no_loss
from t_order import cursor_after, two_people

E = Reader.encode
BIG = b'{"op":"nonsense","x":"' + b"a" * 200 + b'"}'


def text(o=b'{"op":"nonsense"}', **how):
    return E(1, o, **how)


def closing(code=None, reason=b""):
    return E(8, (struct.pack("!H", code) if code is not None else b"") + reason)


# (RFC 6455 section, what, bytes, close code or None: answered by so many errors / pongs)
CASES = [
    ("5.2", "text 125", text(b'{"op":"' + b"x" * 109 + b'"}'), None, 1, 0),
    ("5.2", "text 16 bit length", text(BIG), None, 1, 0),
    ("5.2", "largest message", text(b'{"op":"' + b"y" * 4087 + b'"}'), None, 1, 0),
    ("5.2", "one byte too large", text(b'{"op":"' + b"y" * 4088 + b'"}'), 1009, 0, 0),
    ("5.2", "64 bit length, small", b"\x81\xff" + struct.pack("!Q", 5) + b"\0\0\0\0hello", 1002, 0, 0),
    ("5.2", "16 bit length, small", b"\x81\xfe" + struct.pack("!H", 5) + b"\0\0\0\0hello", 1002, 0, 0),
    ("5.2", "length 2^40", E(1, length=1 << 40), 1009, 0, 0),
    ("5.2", "length 2^63", b"\x81\xff" + struct.pack("!Q", 1 << 63) + b"\0\0\0\0", 1002, 0, 0),
    ("5.2", "length 2^63-1", E(1, length=(1 << 63) - 1), 1009, 0, 0),
    ("5.1", "unmasked", E(1, b'{"op":"x"}', mask=None), 1002, 0, 0),
    ("5.1", "unmasked ping", E(9, b"", mask=None), 1002, 0, 0),
    ("5.2", "rsv1", text(rsv=0x40), 1002, 0, 0),
    ("5.2", "rsv2", text(rsv=0x20), 1002, 0, 0),
    ("5.2", "rsv3", text(rsv=0x10), 1002, 0, 0),
    ("5.2", "rsv on a ping", E(9, b"", rsv=0x40), 1002, 0, 0),
    ("5.2", "rsv on a continuation", text(b'{"op', fin=False) + E(0, b'":"x"}', rsv=0x40), 1002, 0, 0),
] + [("5.2", "opcode %d" % op, E(op, b""), 1002, 0, 0) for op in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)] + [
    ("5.5.2", "ping", E(9, b""), None, 0, 1),
    ("5.5.2", "ping 125", E(9, b"p" * 125), None, 0, 1),
    ("5.5.2", "ping with binary", E(9, bytes(range(100))), None, 0, 1),
    ("5.5", "ping 126", E(9, b"p" * 126), 1002, 0, 0),
    ("5.5", "fragmented ping", E(9, b"x", fin=False), 1002, 0, 0),
    ("5.5.3", "pong nobody asked for", E(10, b"x") + E(9, b"y"), None, 0, 1),
    ("5.5.2", "ten pings", b"".join(E(9, b"%d" % i) for i in range(10)), None, 0, 10),
    ("5.4", "two fragments", text(b'{"op":', fin=False) + E(0, b'"x"}'), None, 1, 0),
    ("5.4", "one byte a fragment", text(b"{", fin=False) + b"".join(E(0, bytes([b]), fin=False)
                                                                 for b in b'"op":"x"') + E(0, b"}"), None, 1, 0),
    ("5.4", "empty fragments", text(b"", fin=False) + E(0, b"", fin=False) + E(0, b'{"op":"x"}'), None, 1, 0),
    ("5.4", "ping between fragments", text(b'{"op":', fin=False) + E(9, b"in") + E(0, b'"x"}'), None, 1, 1),
    ("5.4", "continuation of nothing", E(0, b"x"), 1002, 0, 0),
    ("5.4", "continuation of nothing, open", E(0, b"x", fin=False), 1002, 0, 0),
    ("5.4", "text inside a message", text(b"{", fin=False) + text(b"{}"), 1002, 0, 0),
    ("5.4", "continuation after the end", text() + E(0, b"x"), 1002, 1, 0),
    ("5.4", "fragments too large", b"".join([text(b"z" * 2000, fin=False), E(0, b"z" * 2000, fin=False),
                                             E(0, b"z" * 97)]), 1009, 0, 0),
    ("5.6", "binary", E(2, b"x"), 1003, 0, 0),
    ("8.1", "valid UTF-8", text('{"op":"\u00e9\u20ac\U0001F600"}'.encode()), None, 1, 0),
    ("8.1", "UTF-8 across fragments", text(b'{"op":"\xf0\x9f', fin=False) + E(0, b'\x98\x80"}'), None, 1, 0),
] + [("8.1", "bad UTF-8 " + bad.hex(), text(b'{"op":"' + bad + b'"}'), 1007, 0, 0)
     for bad in (b"\x80", b"\xff", b"\xfe", b"\xc0\xaf", b"\xc1\xbf", b"\xe0\x80\xaf", b"\xe0\x9f\xbf", b"\xf0\x80\x80\xaf",
                 b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xf8\x88\x80\x80\x80",
                 b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xc3\x28", b"\xe2\x28\xa1")] + [
    ("5.5.1", "close", closing(), 1000, 0, 0),
    ("5.5.1", "close of one byte", E(8, b"\x03"), 1002, 0, 0),
    ("5.5.1", "close with a reason", closing(1000, b"bye"), 1000, 0, 0),
    ("5.5.1", "close with bad UTF-8", closing(1000, b"\xff"), 1007, 0, 0),
    ("5.5.1", "close with the longest reason", closing(1001, b"r" * 123), 1001, 0, 0),
    ("5.5", "close too long", E(8, b"\x03\xe8" + b"r" * 124), 1002, 0, 0),
    ("5.5", "fragmented close", E(8, b"", fin=False), 1002, 0, 0),
    ("5.5.1", "nothing after close", closing(1000) + text(), 1000, 0, 0),
] + [("7.4", "close %d" % c, closing(c), c, 0, 0) for c in (1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999)
     ] + [("7.4", "close %d" % c, closing(c), 1000, 0, 0) for c in (4000, 4999)
     ] + [("7.4", "close %d" % c, closing(c), 1002, 0, 0)
          for c in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)]


def check_case(st, push, account, case, pieces):
    section, what, data, code, errors, pongs = case
    r = Reader(push, account, "ws")
    name = "%s %s" % (section, what)
    try:
        for piece in pieces(data):
            r.s.sendall(piece)
    except OSError:
        true(name + ": cut while sending", code is not None)
    if code is not None:
        until(name + " closes", lambda: r.closed or r.close_code)
        equal(name, r.close_code, code)
        true(name + ": never a crash", push.proc.poll() is None)
    else:
        until(lambda: "%s: %d errors, %d pongs, close %s" % (name, len(r.control("error")), len(r.pongs), r.close_code),
              lambda: len(r.control("error")) == errors and len(r.pongs) == pongs)
        r.frame(9, b"still there?")
        until(name + " goes on", lambda: r.pongs and r.pongs[-1] == b"still there?")
    r.close()


def ws_cases(st, pieces):
    push = st.push_start(push_connections_per_user=1000)
    account = st.account("ws_%08x" % random.randrange(1 << 32))
    for case in CASES:
        check_case(st, push, account, case, pieces)
    until("all gone", lambda: push.health()["connections"] == 0)
    print("# %d cases" % len(CASES))


def test_websocket_conformance_whole(st):
    ws_cases(st, lambda data: [data])


def test_websocket_conformance_byte_by_byte(st):
    def single(data):
        for i in range(len(data)):
            yield data[i:i + 1]
    ws_cases(st, single)


def test_websocket_conformance_random_pieces(st):
    seed = random.randrange(1 << 30)
    rng = random.Random(seed)
    print("# seed %d" % seed)

    def some(data):
        while data:
            n = rng.randrange(1, 40)
            yield data[:n]
            data = data[n:]
    ws_cases(st, some)


def test_no_extension_is_negotiated(st):
    push = st.push_start()
    a = st.account("ext_a")
    r = Reader(push, a, "ws", headers="Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
               "Sec-WebSocket-Protocol: chat")
    true("none", "Extensions" not in r.head and "Sec-WebSocket-Protocol" not in r.head)


def test_flooding_client_is_closed(st):
    push = st.push_start()
    a = st.account("flooder")
    for frame in (text(), E(9, b"x")):
        r = Reader(push, a, "ws")
        try:
            for _ in range(400):
                r.s.sendall(frame)
        except OSError:
            pass
        until("closed", lambda: r.close_code or r.closed)
        equal("said first", r.control("error")[-1:], [{"code": "rate_limited"}])
        equal("and its leave", [b["code"] for b in r.control("bye")], [4200])
        true("how long to stay away: %r" % r.control("bye"), r.control("bye")[0]["retry"] >= 30000)
        equal("too fast", r.close_code, 4200)
        r.close()


GET = "GET /api/v1/stream HTTP/1.1\r\nHost: x\r\n"


def unread(s):
    """Bytes sent that the other side has not taken."""
    return struct.unpack("i", fcntl.ioctl(s, termios.TIOCOUTQ, b"\0\0\0\0"))[0]


def test_broken_requests(st):
    push = st.push_start()
    a = st.account("broken_a")
    auth = "Authorization: Bearer %s\r\n" % a.token()
    cases = [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400), (b"GET / HTTP/2.0\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400), (b"GET  / HTTP/1.1\r\n\r\n", 400), (b"get\x00 / HTTP/1.1\r\n\r\n", 400),
        (b"GET http://x/ HTTP/1.1\r\n\r\n", 400), (b"GET /\x80 HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400), (b"GET / HTTP/1.1\r\nA : b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA: b\x00\r\n\r\n", 400), (b"GET / HTTP/1.1\r\nnocolon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 70 + b"\r\n", 400), (b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /" + b"x" * 20000 + b" HTTP/1.1\r\n\r\n", 414), (b"PUT /api/v1/stream HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"HEAD /api/v1/stream HTTP/1.1\r\nHost: x\r\n\r\n", 405),
    ]
    nd = "Accept: application/x-ndjson\r\n"
    for extra, code in [("Content-Length: 5\r\n", 400), ("Transfer-Encoding: chunked\r\n", 400),
                        ("Host: y\r\n", 400), (auth, 400), ("Upgrade: websocket\r\n", 400),
                        ("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 12\r\n"
                         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", 400),
                        ("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                         "Sec-WebSocket-Key: short\r\n", 400)]:
        cases.append(((GET + nd + auth + extra + "\r\n").encode(), code))
    for query in ("channel_id=x", "channel_id=0", "channel_id=1,2,", "types=%00", "types=A", "wait=26", "wait=-1",
                  "wait=x", "since=x", "types=%zz", "&".join("a=%d" % i for i in range(40))):
        cases.append((("GET /api/v1/stream?%s HTTP/1.1\r\nHost: x\r\n%s%s\r\n" % (query, nd, auth)).encode(), 400))
    for data, code in cases:
        out = push.request(data)
        true("%r: %r" % (data[:80], out[:60]), out.startswith(b"HTTP/1.1 %d " % code))
        true("problem", b"application/problem+json" in out)
    for data, code in cases[:3]:
        s = push.request(b"", read=False)
        for byte in data:
            try:
                s.sendall(bytes([byte]))
            except BrokenPipeError:
                break       # refused before its end
            until("the daemon has read it", lambda: unread(s) == 0)
        out = s.recv(100)
        true("byte by byte", out.startswith(b"HTTP/1.1 %d " % code))
        s.close()
    equal("healthy", push.health()["status"], "ok")


def test_slow_handshakes_are_cut_and_the_rest_works(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "slowhs")
    slow = [push.request(GET[:i + 3], read=False, timeout=20) for i in range(20)]
    r = Reader(push, b)
    a.post(channel, "x")
    r.expect_texts(["x"])
    for s in slow:
        true("closed without a word", s.recv(10) == b"")


def test_clients_that_vanish_at_every_byte(st):
    push = st.push_start(push_connections_per_user=1000)
    a, b, server, channel = two_people(st, "vanish")
    head = (GET + "Authorization: Bearer %s\r\n\r\n" % b.token()).encode()
    for i in range(0, len(head), 7):
        push.request(head[:i], read=False).close()
    for i in range(60):
        s = push.request(head, read=False)
        a.post(channel, "v%d" % i)
        s.close()
    until("all gone", lambda: push.health()["connections"] == 0 and push.health()["accounts"] == 0)
    r = Reader(push, b)
    a.post(channel, "end")
    r.expect_texts(["end"])


def test_a_stranger_ends_nobodys_streams(st):
    """A personal token names an account; whether it is one is known only when the database has said so."""
    push = st.push_start(push_connections_per_user=3)
    a, b, server, channel = two_people(st, "stranger")
    r, before = Reader(push, b), push.open_fds()
    made_up = "moot_pat_" + b64(struct.pack("!qq", 1, b.id) + bytes(32))
    with Locked(st):
        fakes = [Reader(push, token=made_up, kind="ndjson", wait=False) for _ in range(12)]
        until("all of them wait", lambda: push.open_fds() == before + len(fakes))
    for x in fakes:
        until("refused", lambda: x.status == 401)
    a.post(channel, "still there")
    no_loss([r], ["still there"])


def test_too_many_connections(st):
    push = st.push_start(push_max_connections=10, push_connections_per_user=1000)
    a = st.account("full_a")
    readers = [Reader(push, a) for _ in range(9)]
    over = [Reader(push, a, k, wait=False) for k in ("sse", "ndjson") * 4]
    for r in over:
        until("answered", lambda: r.hello() or r.control("bye") or r.status == 503)
    refused = [r for r in over if not r.hello()]
    true("one at most comes in: %d of %d do not" % (len(refused), len(over)), len(refused) >= len(over) - 1)
    equal("SSE", {r.control("bye")[0]["code"] for r in refused if r.kind == "sse"}, {4202})
    equal("others", {r.status for r in refused if r.kind == "ndjson"}, {503})
    true("open ones stay", not any(r.closed for r in readers))
    for r in readers:
        r.close()
    until("room again", lambda: Reader(push, a).control("hello"))


def test_out_of_descriptors(st):
    push = st.push_start(push_connections_per_user=1000, push_heartbeat=1)
    a, b, server, channel = two_people(st, "emfile")
    there = Reader(push, b)
    used = len(os.listdir("/proc/%d/fd" % push.proc.pid))
    resource.prlimit(push.proc.pid, resource.RLIMIT_NOFILE, (used + 5, 20000))
    socks = [push.request(GET, read=False) for _ in range(12)]
    r = Reader(push, b, wait=False)
    until("paused", lambda: "accepting paused" in push.log())
    cursor_after(there)     # for a second and more
    cursor_after(there)
    equal("said once", push.log().count("accepting paused"), 1)
    for s in socks:
        s.close()
    until("goes on", r.hello)
    until("said too", lambda: "accepting goes on" in push.log())
    a.post(channel, "x")
    r.expect_texts(["x"])


def test_odd_messages_on_the_bus(st):
    push = st.push_start(push_heartbeat=1)
    a, b, server, channel = two_people(st, "oddbus")
    r = Reader(push, b)
    a.post(channel, "one")
    r.expect_texts(["one"])
    head = int(st.sql("SELECT rev FROM channel WHERE id = %d" % channel)[0][0])
    for payload in (b"", b"x", b"1\n{}", b"2 1 1 0 0 0 0 a\n{}", b"1 1 %d 0 0 9 0 a\n{}" % (head + 1),
                    b"1 1 %d 0 0 0 0 A\n{}" % (head + 1), b"1 1 -1 0 0 0 0 a\n{}", b"1 1 %d 0 0 0 0 a\nnot json" % (head + 1),
                    b"1 1 99999999999999999999 0 0 0 0 a\n{}", b"1 0 5 0 0 0 0 a\n{}", b"\xff\xfe" * 100,
                    b"1 5 %d 0 0 0 0 a\n{}" % (head + 1000000)):
        st.redis("PUBLISH", "s:%d" % channel, payload)
    for topic in ("s:", "s:0", "s:x", "s:99999999999999999999", "x:", "s:%d " % channel):
        st.redis("PUBLISH", topic, b"1 1 1 0 0 0 0 a\n{}")
    a.post(channel, "two")
    r.expect_texts(["one", "two"])
    cursor_after(r)     # a turn of everything that is done once a second
    a.post(channel, "three")
    r.expect_texts(["one", "two", "three"])
    equal("no reset", r.control("reset"), [])
