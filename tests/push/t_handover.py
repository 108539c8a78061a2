"""A planned restart: the connections go over to a new process, and nobody notices."""
import json, os, struct, threading

from client import Reader
from stack import TOP, Failed, Locked, equal, true, until, until_end
from t_order import two_people
from t_privacy import in_place

KINDS = ("sse", "ws", "ndjson", "chunked")


def no_loss(readers, texts):
    for r in readers:
        r.expect_texts(texts)
        true("not closed", not r.closed)
        equal("no reset", r.control("reset"), [])
        equal("no bye", r.control("bye"), [])


def fill(push, readers, a, channel, texts):
    """They read no more, until their sockets are full."""
    for r in readers:
        r.paused.set()
    for text in texts:
        a.post(channel, text)
    until("all are stuck", lambda: push.health()["blocked"] == len(readers))


def test_readers_notice_nothing(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "over")
    readers = [Reader(push, b, k) for k in KINDS] + [Reader(push, b, "text", wait=False)]
    until("text", lambda: readers[-1].head)
    texts = []
    for i in range(4):
        for n in range(3):
            texts.append("%d.%d" % (i, n))
            a.post(channel, texts[-1])
        push.hand_over()
        equal("all of them", until("health", lambda: push.health().get("connections")), len(readers))
    texts.append("last")
    a.post(channel, "last")
    no_loss(readers[:-1], texts)
    until("text", lambda: len(readers[-1].lines) == len(texts))
    true("the socket is there", os.path.exists(push.path) and os.path.exists(push.path + ".ctl"))
    # and it still is a whole daemon
    again = Reader(push, b)
    a.post(channel, "new")
    again.expect_texts(["new"])


def test_nothing_is_lost_or_doubled_under_load(st):
    push = st.push_start(push_heartbeat=1)
    a, b, server, channel = two_people(st, "overload")
    readers = [Reader(push, b, k) for k in KINDS]
    late = [Reader(push, b, k, rcvbuf=4096) for k in KINDS]
    stop, texts = threading.Event(), []

    def write():
        while not stop.is_set():
            until("they follow", lambda: len(texts) - min(len(r.events) for r in readers + late) < 200 or stop.is_set())
            text = "%d %s" % (len(texts), "x" * (len(texts) % 7 * 400))
            a.post(channel, text)
            texts.append(text)
    t = threading.Thread(target=write)
    t.start()
    try:
        for i in range(6):
            for r in late:
                (r.paused.set if i % 2 == 0 else r.paused.clear)()
            n = len(texts)
            until("more", lambda: len(texts) >= n + 60)
            push.hand_over()
    finally:
        stop.set()
        t.join()
    no_loss(readers + late, texts)
    stream = "channel:%d" % channel
    for r in readers + late:
        revs = r.revs(stream)
        equal("in order", revs, list(range(revs[0], revs[0] + len(revs))))
    equal("by the bus, not by the sweep", push.metric("push_sweep_rescues"), 0)


def test_what_was_written_in_part_goes_on_byte_for_byte(st):
    """One event of more than the sockets hold: the reader has a piece of it when the process changes."""
    push = st.push_start()
    a, b, server, channel = two_people(st, "overpart")
    readers = [Reader(push, b, k, rcvbuf=4096) for k in KINDS]
    texts = ["%04d " % i + "\u00e4" * 1900 for i in range(120)]
    fill(push, readers, a, channel, texts)
    for i in range(3):
        push.hand_over()
        until("still stuck", lambda: push.health()["blocked"] == len(readers))
    for r in readers:
        r.paused.clear()
    no_loss(readers, texts)
    until("caught up", lambda: push.health()["blocked"] == 0)


def test_a_long_poll_is_answered_by_the_new_one(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "overpoll")
    head = ("GET /api/v1/stream?wait=20%s HTTP/1.1\r\nHost: moot.test\r\nAuthorization: Bearer " + b.token()
            + "\r\n\r\n")
    s = push.request(head % "", read=False)
    until("it waits", lambda: push.health()["connections"] == 1)
    push.hand_over()
    push.hand_over()
    a.post(channel, "for the poll")
    out = until_end(s)
    answer = json.loads(out.split(b"\r\n\r\n", 1)[1])
    equal("answered", [e["data"]["content"] for e in answer["items"]], ["for the poll"])


def test_revocation_is_exact_across_it(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "overkick")
    readers = [Reader(push, b, k) for k in KINDS]
    mine = Reader(push, a)
    for n in range(3):
        push.hand_over()
        st.call("member_remove", a.id, server, b.id)
        a.post(channel, "not for him %d" % n)
        for r in readers:
            until("revoked", lambda: len([x for x in r.control("revoke") if x["stream"] == "channel:%d" % channel]) == n + 1)
        # lost just before: the next process knows it too
        push.hand_over()
        a.post(channel, "nor this %d" % n)
        until("mine", lambda: mine.texts()[-1] == "nor this %d" % n)
        for r in readers:
            equal("nothing", [t for t in r.texts() if "not" in t or "nor" in t], [])
        b.join(a.invite(server))
        for r in readers:
            until("let in again", lambda: len([x for x in r.control("reset")
                                               if x["stream"] == "channel:%d" % channel]) == n + 1)
        a.post(channel, "welcome %d" % n)
        for r in readers:
            until("reads again", lambda: r.texts()[-1:] == ["welcome %d" % n])
            true("not closed", not r.closed)


def test_a_revocation_that_waits_behind_a_full_socket(st):
    """He is removed while his sockets are full: after the change of the process he gets what was his, revoke, and
    nothing of what was said later."""
    push = st.push_start()
    a, b, server, channel = two_people(st, "overfull")
    readers = [Reader(push, b, k, rcvbuf=4096) for k in KINDS]
    texts = ["%04d " % i + "x" * 1900 for i in range(120)]
    fill(push, readers, a, channel, texts)
    asked = push.metric("push_access_queries")
    st.call("member_remove", a.id, server, b.id)
    until("read anew", lambda: push.metric("push_access_queries") > asked)
    push.hand_over()
    a.post(channel, "not for him")
    push.hand_over()
    a.post(channel, "nor this")
    for r in readers:
        r.paused.clear()
    for r in readers:
        until("revoked", lambda: [x for x in r.control("revoke") if x["stream"] == "server:%d" % server])
        until("the channel", lambda: [x for x in r.control("revoke") if x["stream"] == "channel:%d" % channel])
        texts_of = r.texts()
        equal("what was his, from the first on", texts_of, texts[:len(texts_of)])
        true("not closed", not r.closed)
    b.join(a.invite(server))
    for r in readers:
        until("let in again", lambda: [x for x in r.control("reset") if x["stream"] == "channel:%d" % channel])
        equal("nothing of between", [t for t in r.texts() if "no" in t], [])


def test_a_barrier_goes_over(st):
    """A channel becomes private, and who still reads it is not known when the process changes."""
    with open(TOP + "/sql/func/80_feed.sql") as f:
        no_sweep = f.read().replace("WHERE e.id > after_id", "WHERE false")
    in_place(st, no_sweep, lambda: a_barrier_goes_over(st))


def a_barrier_goes_over(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "overbar")
    secret = a.channel(server, "closing")
    r, ra = Reader(push, b), Reader(push, a)
    events = []
    for call in (lambda: st.call("channel_update", a.id, secret, None, None, None, None, True, None, None, None, None, publish=False),
                 lambda: a.post(secret, "hidden", publish=False), lambda: a.post(channel, "open", publish=False)):
        call()
        events += st.local.events
    with Locked(st):
        asked = push.metric("push_access_queries")
        for stream, payload in events:
            st.publish(stream, payload)
        until("it asks", lambda: push.metric("push_access_queries") > asked)
        push.hand_over()
        until("the new one asks", lambda: push.metric("push_access_queries") > 0)
        push.hand_over()
        r.expect_texts(["open"], channel)
        equal("nothing of the other", r.texts(), ["open"])
        equal("not even for who may", ra.texts(secret), [])
    until("revoked", lambda: [x for x in r.control("revoke") if x["stream"] == "channel:%d" % secret])
    ra.expect_texts(["hidden"], secret)
    equal("never", r.texts(), ["open"])


def test_handshakes_that_wait_for_the_database(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "overdb")
    with Locked(st):
        asked = push.metric("push_access_queries")
        readers = [Reader(push, b, k, query="?channel_id=%d" % channel, wait=False) for k in KINDS]
        until("it asks", lambda: push.metric("push_access_queries") > asked)
        readers[1].say({"op": "nonsense"})      # before it was answered
        push.hand_over()
        push.hand_over()
        equal("no answer yet", [r.head for r in readers], [""] * len(readers))
    for r in readers:
        until("answered", lambda: r.hello())
    a.post(channel, "x")
    no_loss(readers, ["x"])
    until("what it said first", lambda: readers[1].control("error"))


def test_what_people_are_just_given_goes_over(st):
    """They joined, and what they may read now is asked, for the third of them not even that: they get all from
    their joining on."""
    push = st.push_start()
    a, b, server, channel = two_people(st, "overgain")
    other, general = a.server("Other")
    people = [st.account("overgain_c"), st.account("overgain_d"), b]
    readers, ra, events = [Reader(push, x) for x in people], Reader(push, a), []
    for x in people:
        x.join(a.invite(other), publish=False)
        events.append(list(st.local.events))
    stream = "server:%d" % other
    with Locked(st):
        asked = push.metric("push_access_queries")
        for n, some in enumerate(events):
            for to, payload in some:
                st.publish(to, payload)
            until("it asks twice at once", lambda: push.metric("push_access_queries") >= asked + min(n + 1, 2))
            until("it knows", lambda: len(ra.revs(stream)) > n)     # more when the sweep was first
        push.hand_over()
    for r in readers:
        until("his joining", lambda: r.revs(stream))
        equal("and not from somewhere behind it", [x for x in r.control("reset") if x["stream"] == stream], [])
        until("the channel is new to him", lambda: [x for x in r.control("reset")
                                                   if x["stream"] == "channel:%d" % general])
    a.post(general, "live")
    for r in readers:
        r.expect_texts(["live"], general)


def test_one_that_is_taking_leave(st):
    """A WebSocket whose close frame is not answered yet."""
    push = st.push_start()
    a, b, server, channel = two_people(st, "overbye")
    r, got, close = Reader(push, b, "ws", start=False), b"", b"\x88\x02" + struct.pack("!H", 1003)
    while b'"hello"' not in got:
        got += r.s.recv(65536)
    r.frame(2, b"binary")
    while not got.endswith(close):
        got += r.s.recv(65536)
    push.hand_over()
    try:
        r.frame(8, struct.pack("!H", 1003))
    except BrokenPipeError:
        pass        # its two seconds were over before
    equal("closed, and nothing said twice", r.s.recv(65536), b"")
    until("gone", lambda: push.health()["connections"] == 0)


def test_sessions_and_tokens_end_after_it(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "oversess")
    other = json.loads(st.call("session_create", b.id, "other", ""))
    token, text = b.personal_token("read")
    r = [Reader(push, b), Reader(push, token=b.token(session=int(other["session_id"]))), Reader(push, token=text)]
    push.hand_over()
    st.call("session_end", b.id, int(other["session_id"]))
    equal("its own stream", r[1].expect_control("bye")[0]["code"], 4401)
    st.call("token_delete", b.id, token)
    equal("the token's", r[2].expect_control("bye")[0]["code"], 4401)
    a.post(channel, "x")
    no_loss(r[:1], ["x"])


def test_the_end_of_a_token_goes_over(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "overexp")
    r = Reader(push, token=b.token(life=3))
    push.hand_over()
    equal("expired", r.expect_control("bye", 8)[0]["code"], 4100)


def test_handshakes_in_progress_survive(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "overshake")
    head = ("GET /api/v1/stream HTTP/1.1\r\nHost: moot.test\r\nAccept: application/x-ndjson\r\nAuthorization: Bearer "
            + b.token() + "\r\n\r\n").encode()
    halves = []
    for at in (0, 1, 20, 60, len(head) - 2):
        s = push.request(head[:at], read=False)
        halves.append((s, head[at:]))
    # those that were not even accepted wait in the listening socket
    for _ in range(3):
        push.hand_over()
    for s, rest in halves:
        s.sendall(rest)
        got = s.recv(65536)
        true("answered: %r" % got, got.startswith(b"HTTP/1.1 200 "))
        s.close()


def test_those_who_come_during_it(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "overwait")
    stop, readers, failed = threading.Event(), [], []

    def connect():
        kinds = 0
        while not stop.is_set():
            try:
                r = Reader(push, b, KINDS[kinds % len(KINDS)])
                if not r.hello():
                    failed.append((r.head, r.error))
                r.close()
            except (OSError, Failed) as e:
                failed.append(e)
            kinds += 1
    threads = [threading.Thread(target=connect) for _ in range(4)]
    for t in threads:
        t.start()
    for _ in range(8):
        push.hand_over()
    stop.set()
    for t in threads:
        t.join()
    equal("all came in", failed, [])


def test_clients_that_speak_during_it(st):
    """A WebSocket frame in two pieces, and pings that are unread when the process changes."""
    push = st.push_start()
    a, b, server, channel = two_people(st, "overws")
    r = Reader(push, b, "ws")
    frame = r.encode(1, b'{"op":"nonsense"}')
    for cut in (1, 5, len(frame) - 1):
        r.s.sendall(frame[:cut])
        push.hand_over()
        r.s.sendall(frame[cut:])
    until("answers", lambda: len(r.control("error")) == 3)
    r.frame(9, b"hello")
    push.hand_over()
    until("pong", lambda: r.pongs == [b"hello"])
    message = json.loads(st.call("message_create", a.id, channel, "to be read", None, None, None))
    until("it came", lambda: r.texts() == ["to be read"])
    r.say({"op": "read", "channel_id": str(channel), "seq": message["seq"]})
    push.hand_over()
    until("the mark is kept", lambda: "read.updated" in r.types())


def test_filters_go_over(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "overfilt")
    other = a.channel(server, "other")
    r = Reader(push, b, query="?channel_id=%d&types=message.*,read.updated" % channel)
    push.hand_over()
    a.post(other, "elsewhere")
    st.call("channel_update", a.id, channel, "renamed", None, None, None, None, None, None, None, None)
    a.post(channel, "here")
    r.expect_texts(["here"])
    equal("only that", set(r.types()), {"message.created"})


def test_the_oldest_still_gives_way(st):
    push = st.push_start(push_connections_per_user=3)
    a, b, server, channel = two_people(st, "overold")
    first = Reader(push, b)
    readers = [Reader(push, b) for _ in range(2)]
    push.hand_over()
    readers.append(Reader(push, b))
    equal("the first one", first.expect_control("bye")[0]["code"], 4201)
    push.hand_over()
    readers.append(Reader(push, b))
    readers[0].expect_control("bye")
    equal("not the others", [r.control("bye") for r in readers[1:]], [[], [], []])


def test_presence_goes_over(st):
    quick = dict(presence_leave=2, presence_lease=3)
    push = st.push_start(**quick)
    a, b, server, channel = two_people(st, "overpres")
    ra, rb = Reader(push, a, "ws"), Reader(push, b, "ws")
    ra.say({"op": "watch", "user_ids": [str(b.id)]})

    def told():
        with ra.lock:
            return [e["data"]["status"] for e in ra.events if e["type"] == "presence.updated"]
    until("online", lambda: told() == ["online"])
    node = push.health()["node"]
    push.hand_over()
    equal("the same node", push.health()["node"], node)
    rb.say({"op": "presence", "status": "idle"})
    until("idle", lambda: told() == ["online", "idle"])
    push.hand_over()
    rb.say({"op": "presence", "status": "dnd"})
    until("dnd", lambda: told() == ["online", "idle", "dnd"])
    rb.close()
    push.hand_over()
    until("gone", lambda: told()[-1] == "offline")
    equal("no flapping", told(), ["online", "idle", "dnd", "offline"])
