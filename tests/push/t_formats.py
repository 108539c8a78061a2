"""Each transport shows the same events."""
import base64, hashlib, json, re, signal, socket, threading, time

from client import GUID, Reader
from stack import Daemon, equal, true, until, until_end
from t_order import cursor_after, fence, poll


def test_a_refusal_names_the_parameter(st):
    push = st.push_start()
    a = st.account("misread")
    for query, name in (("wait=26", "wait"), ("channel_id=abc", "channel_id"), ("types=x,,y", "types"),
                        ("watch=abc", "watch"), ("status=dnd", "status"), ("since=garbage", "since")):
        out = push.request("GET /api/v1/stream?%s HTTP/1.1\r\nHost: moot.test\r\nAccept: application/x-ndjson\r\n"
                           "Authorization: Bearer %s\r\n\r\n" % (query, a.token())).decode()
        true(query + ": " + out, out.startswith("HTTP/1.1 400"))
        equal(query, json.loads(out.split("\r\n\r\n")[1])["detail"], name + " cannot be read")
    out = push.request("GET /api/v1/nothing HTTP/1.1\r\nHost: moot.test\r\n\r\n").decode()
    equal("nothing of it later", json.loads(out.split("\r\n\r\n")[1])["detail"], "Not found")


def test_one_event_in_every_format(st):
    push = st.push_start()
    a = st.account("fmt_a")
    server, channel = a.server("Formats")
    readers = {k: Reader(push, a, k) for k in ("sse", "ws", "ndjson", "text", "chunked")}
    m = a.post(channel, "hello\n\u2603 <b> \x1b[31m")
    for kind in ("sse", "ws", "ndjson", "chunked"):
        r = readers[kind]
        r.expect_texts(["hello\n\u2603 <b> \x1b[31m"])
        equal(kind + " data", r.events[-1]["data"]["id"], m["id"])
        equal(kind + " stream", r.events[-1]["stream"], "channel:%d" % channel)
        hello = r.hello()
        equal("version", hello["v"], 1)
        equal("resets", hello["reset"], [])
    true("cursor", readers["sse"].position())
    until("a line", lambda: readers["text"].lines)
    equal("line", readers["text"].lines, ["#general <%s> hello\u23ce\u2603 <b> \\x1b[31m" % a.name])
    same = [json.dumps(readers[k].events[-1]) for k in ("sse", "ws", "ndjson", "chunked")]
    equal("same in each", len(set(same)), 1)
    true("no buffering by nginx", "X-Accel-Buffering: no" in readers["sse"].head)
    true("but of chunks", "Transfer-Encoding: chunked" in readers["chunked"].head and
         "X-Accel" not in readers["chunked"].head)
    st.call("session_end", a.id, a.session)
    until("the last chunk", lambda: readers["chunked"].closed)
    equal("bye", readers["chunked"].expect_control("bye")[0]["code"], 4401)


def test_filters_narrow_what_is_written(st):
    push = st.push_start()
    a = st.account("filter_a")
    server, one = a.server("Filters")
    two = a.channel(server, "two")
    only = Reader(push, a, query="?channel_id=%d" % two)
    types = Reader(push, a, query="?types=message.updated,member.*")
    everything = Reader(push, a)
    m = a.post(one, "one")
    a.post(two, "two")
    st.call("message_update", a.id, one, int(m["id"]), "one edited", None)
    until("all of it", lambda: everything.types().count("message.updated") == 1)
    only.expect_texts(["two"])
    until("the edit", lambda: types.types() == ["message.updated"])
    equal("nothing else", [e["stream"] for e in only.events], ["channel:%d" % two])


def test_long_poll_answers_and_ends(st):
    push = st.push_start()
    a = st.account("poll_a")
    server, channel = a.server("Poll")

    def poll(query):
        out = push.request("GET /api/v1/stream?%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
                           % (query, a.token()), timeout=30)
        head, body = out.split(b"\r\n\r\n", 1)
        equal("status", head.split(b" ")[1], b"200")
        true("whole", b"Content-Length: %d\r\n" % len(body) in head)
        return json.loads(body)

    first = poll("wait=0")
    equal("nothing yet", first["items"], [])
    for i in range(5):
        a.post(channel, "m%d" % i)
    second = poll("wait=20&since=" + first["cursor"])
    texts = [e["data"]["content"] for e in second["items"]]
    equal("all of them or the first", texts, ["m%d" % i for i in range(len(texts))])
    true("some", texts)
    cursor = second["cursor"]
    while len(texts) < 5:
        more = poll("wait=20&since=" + cursor)
        texts += [e["data"]["content"] for e in more["items"]]
        cursor = more["cursor"]
    equal("each once", texts, ["m%d" % i for i in range(5)])
    began = time.monotonic()
    import threading
    timer = threading.Timer(0.7, lambda: a.post(channel, "later"))
    timer.start()
    third = poll("wait=20&since=" + cursor)
    timer.join()
    equal("waited for it", [e["data"]["content"] for e in third["items"]], ["later"])
    true("waited", 0.5 < time.monotonic() - began)


def waiting_poll(push, account):
    """A long poll that has been let in and waits."""
    there = push.health()["connections"]
    s = push.request("GET /api/v1/stream?wait=25 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
                     % account.token(), read=False, timeout=60)
    until("it waits", lambda: push.health()["connections"] == there + 1)
    return s


def test_a_long_poll_that_is_ended_is_told_why(st):
    push = st.push_start(push_connections_per_user=2)
    a = st.account("pollend_a")
    a.server("Poll")
    polls = [waiting_poll(push, a) for _ in range(2)]
    more = waiting_poll(push, st.account("pollend_b"))
    Reader(push, a)
    out = until_end(polls.pop(0))
    true("the oldest gives way: %s" % out, out.startswith(b"HTTP/1.1 429 ") and b'"too_many_connections"' in out)
    st.call("session_end", a.id, a.session)
    out = until_end(polls.pop())
    true("the session: %s" % out, out.startswith(b"HTTP/1.1 401 ") and b'"session_ended"' in out)
    push.proc.send_signal(signal.SIGTERM)
    out = until_end(more)
    true("the node: %s" % out, out.startswith(b"HTTP/1.1 503 ") and b'"draining"' in out)
    until("it has ended", lambda: push.proc.poll() is not None)


def large_answer(st, a, channel):
    """More than sockets hold, for who asks from before it."""
    st.sql("BEGIN")
    for i in range(200):
        a.post(channel, "%d %s" % (i, "x" * 3900), publish=False)
    st.sql("COMMIT")


def slow_poll(push, account, cursor):
    """A long poll that nobody reads but by and by."""
    s = socket.socket(socket.AF_UNIX)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    s.settimeout(60)
    s.connect(push.path)
    s.sendall(("GET /api/v1/stream?wait=20&since=%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
               % (cursor, account.token())).encode())
    return s


def whole(out):
    head, body = out.split(b"\r\n\r\n", 1)
    return b"Content-Length: %d\r\n" % len(body) in head


def test_the_answer_of_a_long_poll_waits_for_its_reader(st):
    push = st.push_start(push_heartbeat=1)
    a = st.account("pollslow_a")
    server, channel = a.server("Poll")
    witness = Reader(push, st.account("pollslow_w"))
    cursor = poll(push, a, "wait=0")["cursor"]
    large_answer(st, a, channel)
    s = slow_poll(push, a, cursor)
    out = b""
    for _ in range(5):      # seconds
        out += s.recv(4096)
        cursor_after(witness)
    out += until_end(s)
    true("more than the sockets hold: %d" % len(out), len(out) > 200000)
    true("whole", whole(out) and json.loads(out.split(b"\r\n\r\n", 1)[1])["items"])


def test_answers_of_long_polls_that_nobody_reads_are_streams_of_their_account(st):
    push = st.push_start(push_connections_per_user=3)
    a = st.account("pollpile_a")
    server, channel = a.server("Poll")
    cursor = poll(push, a, "wait=0")["cursor"]
    large_answer(st, a, channel)
    polls = []
    for n in range(1, 7):
        polls.append(slow_poll(push, a, cursor))
        polls[-1].recv(1, socket.MSG_PEEK)
        health = push.health()
        equal("poll %d" % n, (health["connections"], health["blocked"]), (min(n, 3), min(n, 3)))
    equal("those that came first gave way, the others are whole", [whole(until_end(s)) for s in polls],
          [False] * 3 + [True] * 3)
    until("and nothing is left", lambda: push.health()["connections"] == 0)


def test_heartbeat_carries_the_cursor(st):
    push = st.push_start(push_heartbeat=1)
    a = st.account("hb_a")
    server, channel = a.server("Heartbeat")
    readers = [Reader(push, a, k) for k in ("sse", "ws", "ndjson")]
    text = Reader(push, a, "text")
    a.post(channel, "x")
    for r in readers:
        before = r.position()
        until(r.kind + " moves on", lambda: r.control("hb") and r.position() != before)
        again = Reader(push, a, "sse", last=r.position())
        equal("resumes at the end", again.hello()["reset"], [])
        a.post(channel, r.kind)
        again.expect_texts([r.kind])
    until("an empty line in text", lambda: "" in text.lines)


def test_unsupported_and_wrong_ops_are_answered(st):
    push = st.push_start()
    a, b = st.account("ops_a"), st.account("ops_b")
    server, channel = a.server("Ops")
    b.join(a.invite(server))
    other, hidden = b.server("Other")
    ra, rb = Reader(push, a, "ws"), Reader(push, b, "sse")
    wrong = [("signal", {"op": "signal"}, "unsupported_op"), ("nonsense", {"op": "nonsense"}, "unknown_op"),
             ("no op", {"x": 1}, "invalid_fields"), ("list", [1], "unreadable"),
             ("typing bad id", {"op": "typing", "channel_id": 7}, "invalid_fields"),
             ("typing hidden", {"op": "typing", "channel_id": str(hidden)}, "not_found")]
    for n, (what, frame, code) in enumerate(wrong):
        ra.say(frame)
        until(what, lambda: len(ra.control("error")) == n + 1)
        equal(what, ra.control("error")[n]["code"], code)
    ra.frame(1, b"not json")
    until("not json", lambda: len(ra.control("error")) == len(wrong) + 1)
    for _ in range(3):
        ra.say({"op": "typing", "channel_id": str(channel)})
    until("typing arrives", lambda: "typing.started" in rb.types())
    ra.say({"op": "nonsense"})
    until("the ops before were taken", lambda: len(ra.control("error")) == len(wrong) + 2)
    fence(a, channel, rb)
    equal("typing is throttled", rb.types().count("typing.started"), 1)
    event = [e for e in rb.events if e["type"] == "typing.started"][0]
    equal("who", event["data"]["user"]["id"], str(a.id))
    true("no position", "rev" not in event)


def test_a_reader_says_when_a_stream_is_broken(st):
    """The other side of all these tests: none of this may pass as silence."""
    path = st.dir + "/broken.sock"
    hello = b'HTTP/1.1 200 OK\r\n\r\n'
    chunked = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
    event = b'data: {"type":"x"}\n\n'
    accept = lambda head: base64.b64encode(hashlib.sha1(re.search(rb"Key: (\S+)", head).group(1) + GUID).digest())
    switch = lambda head: b"HTTP/1.1 101 x\r\nSec-WebSocket-Accept: %s\r\n\r\n" % accept(head)
    answers = [("sse", lambda head: hello + event + b"what: is this\n\n"), ("sse", lambda head: hello + event + b"data: {\n\n"),
               ("sse", lambda head: chunked + b"5\r\ndata:\r\nx\r\n"), ("ndjson", lambda head: hello + b"\xff\n"),
               ("ws", lambda head: b"HTTP/1.1 101 x\r\nSec-WebSocket-Accept: x\r\n\r\n"),
               ("ws", lambda head: switch(head) + b"\xc1\x02{}"), ("ws", lambda head: switch(head) + b"\x81\x82\0\0\0\0{}"),
               ("ws", lambda head: switch(head) + b"\x82\x02{}")]
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen(1)
        for kind, answer in answers:
            def serve():
                peer = listening.accept()[0]
                peer.sendall(answer(peer.recv(4096)))
                peer.close()
            t = threading.Thread(target=serve)
            t.start()
            Reader(Daemon(st, "broken", path, None), kind=kind)
            t.join()
            equal("%s %r" % (kind, answer(b"Key: x")), len(st.broken), 1)
            st.broken.clear()
