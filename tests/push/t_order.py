"""Positions: order, gaps, resumption."""
import json, os, random, threading

from client import Reader
from stack import equal, true, until


def two_people(st, name):
    a, b = st.account(name + "_a"), st.account(name + "_b")
    server, channel = a.server(name)
    b.join(a.invite(server))
    return a, b, server, channel


def fence(author, channel, *readers):
    """What was said before this has come, or never will: each reader has a message posted behind it."""
    text = "fence " + os.urandom(6).hex()
    author.post(channel, text)
    for r in readers:
        until(lambda: "%s: the fence, has %s" % (r.kind, r.texts()), lambda: text in r.texts())


def poll(push, account, query):
    out = push.request("GET /api/v1/stream?%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
                       % (query, account.token()))
    return json.loads(out.split(b"\r\n\r\n", 1)[1])


def test_events_out_of_order_are_put_in_order(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "order")
    r = Reader(push, b)
    seed = random.randrange(1 << 30)
    rng = random.Random(seed)
    payloads, texts = [], []
    for i in range(60):
        a.post(channel, "m%d" % i, publish=False)
        payloads += st.local.events
        texts.append("m%d" % i)
    for i in range(0, len(payloads), 8):
        part = payloads[i:i + 8]
        rng.shuffle(part)
        for stream, payload in part:
            st.publish(stream, payload)
            if rng.random() < 0.2:
                st.publish(stream, payload)
    r.expect_texts(texts)
    revs = r.revs("channel:%d" % channel)
    equal("in order, each once (seed %d)" % seed, revs, list(range(revs[0], revs[0] + len(revs))))


def test_what_the_database_has_lost_is_passed_over_with_a_reset(st):
    """Its head says more than its events: nobody waits for them for ever."""
    push = st.push_start()
    a, b, server, channel = two_people(st, "lost")
    r = Reader(push, b)
    a.post(channel, "before")
    r.expect_texts(["before"])
    st.sql("UPDATE channel SET rev = rev + 3 WHERE id = %d" % channel)
    again = Reader(push, a)     # so the daemon hears of it
    until("reset", lambda: [x for x in r.control("reset") if x["stream"] == "channel:%d" % channel])
    a.post(channel, "after")
    for x in (r, again):
        until("goes on", lambda: x.texts()[-1:] == ["after"])


def test_a_gap_is_filled_from_the_database(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "gap")
    r = Reader(push, b)
    a.post(channel, "first")
    r.expect_texts(["first"])
    a.post(channel, "lost", publish=False)
    rescues = push.metric("push_sweep_rescues")
    a.post(channel, "third")
    r.expect_texts(["first", "lost", "third"])
    equal("nobody had to sweep", push.metric("push_sweep_rescues"), rescues)


def test_a_lost_tail_is_found(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "tail")
    r = Reader(push, b)
    for i in range(3):
        a.post(channel, "tail%d" % i, publish=False)
        r.expect_texts(["tail%d" % k for k in range(i + 1)])


def test_a_channel_waits_for_its_server(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "dep")
    r = Reader(push, b)
    a.post(channel, "before")
    r.expect_texts(["before"])
    st.call("server_update", a.id, server, "New name", None, None, None, publish=False)
    withheld = st.local.events
    rescues = push.metric("push_sweep_rescues")
    a.post(channel, "after")
    r.expect_texts(["before", "after"])
    types = [t for t in r.types() if t in ("server.updated", "message.created")]
    equal("the server's change comes first", types, ["message.created", "server.updated", "message.created"])
    equal("nobody had to sweep", push.metric("push_sweep_rescues"), rescues)
    for stream, payload in withheld:
        st.publish(stream, payload)
    a.post(channel, "once")
    r.expect_texts(["before", "after", "once"])
    equal("once", r.types().count("server.updated"), 1)


def cursor_after(r):
    """A position that covers everything received: of a heartbeat newer than that."""
    n = len(r.control("hb"))
    until("a heartbeat", lambda: len(r.control("hb")) > n)
    return r.position()


def test_resume_brings_what_was_missed(st):
    push = st.push_start(push_heartbeat=1)
    a, b, server, channel = two_people(st, "resume")
    second = a.channel(server, "second")
    for kind in ("sse", "ws", "ndjson", "chunked"):
        r = Reader(push, b, kind)
        a.post(channel, kind + " one")
        r.expect_texts([kind + " one"])
        cursor = cursor_after(r)
        r.close()
        wanted = []
        for i in range(20):
            a.post(channel if i % 2 else second, "%s missed %d" % (kind, i))
            wanted.append("%s missed %d" % (kind, i))
        again = Reader(push, b, kind, query="?since=" + cursor)
        until("all", lambda: sorted(again.texts()) == sorted(wanted))
        equal("no reset", again.hello()["reset"], [])
        a.post(channel, kind + " live")
        until("live", lambda: again.texts()[-1] == kind + " live")
        equal("each once", len(again.texts()), 21)
        again.close()


def test_resume_on_a_fresh_daemon_reads_the_database(st):
    push = st.push_start(push_heartbeat=1)
    a, b, server, channel = two_people(st, "fresh")
    r = Reader(push, b)
    a.post(channel, "one")
    r.expect_texts(["one"])
    cursor = cursor_after(r)
    push.stop()
    wanted = ["m%d" % i for i in range(300)]
    for text in wanted:
        a.post(channel, text)
    push = st.push_start("push2")
    readers = [Reader(push, b, last=cursor) for _ in range(8)]
    for r in readers:
        r.expect_texts(wanted, channel)
        equal("no reset", r.hello()["reset"], [])
        equal("no later reset", r.control("reset"), [])


def test_repeated_resume_without_traffic_brings_nothing(st):
    push = st.push_start(push_heartbeat=1)
    a, b, server, channel = two_people(st, "repeat")
    r = Reader(push, b)
    a.post(channel, "one")
    r.expect_texts(["one"])
    cursor = cursor_after(r)
    r.close()
    for _ in range(10):
        r = Reader(push, b, last=cursor)
        cursor = r.position()
        equal("nothing", r.events, [])
        r.close()
    last = Reader(push, b, last=cursor)
    a.post(channel, "two")
    last.expect_texts(["two"])


def test_too_far_behind_is_a_reset_of_that_stream_only(st):
    push = st.push_start(push_heartbeat=1)
    a, b, server, channel = two_people(st, "far")
    other = a.channel(server, "other")
    r = Reader(push, b)
    a.post(other, "x")
    r.expect_texts(["x"])
    cursor = cursor_after(r)
    r.close()
    a.post(other, "y")
    for i in range(510):
        a.post(channel, "m%d" % i, publish=False)
    r = Reader(push, b, last=cursor)
    r.expect_texts(["y"], other)
    equal("reset", r.hello()["reset"], ["channel:%d" % channel])
    a.post(channel, "live")
    r.expect_texts(["live"], channel)


def test_old_events_that_are_gone_are_a_reset(st):
    push = st.push_start(push_heartbeat=1)
    a, b, server, channel = two_people(st, "gone")
    r = Reader(push, b)
    a.post(channel, "x")
    r.expect_texts(["x"])
    cursor = cursor_after(r)
    push.stop()
    for i in range(10):
        a.post(channel, "m%d" % i)
    st.sql("DELETE FROM event WHERE stream = %d AND rev <= (SELECT rev - 3 FROM channel WHERE id = %d)"
           % (channel, channel))
    push = st.push_start("push2")
    r = Reader(push, b, last=cursor)
    reset = r.expect_control("reset")
    equal("which", reset[0]["stream"], "channel:%d" % channel)
    a.post(channel, "live")
    r.expect_texts(["live"], channel)


def test_forged_and_foreign_cursors(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "forged")
    stranger = st.account("forged_c")
    hidden_server, hidden = stranger.server("Hidden")
    stranger.post(hidden, "secret")
    r = Reader(push, stranger)
    cursor = r.position()
    epoch = cursor.split(".")[0]
    own = Reader(push, b)
    foreign = Reader(push, b, last=cursor)
    streams = ["channel:%d" % channel, "server:%d" % server, "user:%d" % b.id]
    equal("own streams start anew", sorted(foreign.hello()["reset"]), sorted(streams))
    until("revoked", lambda: len(foreign.control("revoke")) == 3)
    equal("nothing of what they are", sorted(x["stream"] for x in foreign.control("revoke")),
          sorted("channel:%d" % x for x in (hidden, hidden_server, stranger.id)))
    other_epoch = Reader(push, b, last=str(int(epoch) + 1) + own.position()[len(epoch):])
    equal("another epoch", sorted(other_epoch.hello()["reset"]), sorted(streams))
    for bad in ("x", "1.", epoch + ".!!!!", "9" * 40, epoch + "." + "A" * 4000, "-1.AA"):
        broken = Reader(push, b, last=bad)
        equal("unreadable: all anew", sorted(broken.hello()["reset"]), sorted(streams))
        out = push.request("GET /api/v1/stream?since=%s HTTP/1.1\r\nHost: x\r\nAccept: application/x-ndjson\r\n"
                           "Authorization: Bearer %s\r\n\r\n" % (bad, b.token()))
        true("since is refused", out.startswith(b"HTTP/1.1 400"))
    stranger.post(hidden, "more")
    a.post(channel, "mine")
    for r in (foreign, other_epoch, broken):
        r.expect_texts(["mine"])


def test_many_writers_and_readers_that_come_and_go(st):
    push = st.push_start(push_heartbeat=1)
    other = st.push_start("push2", push_heartbeat=1)
    a, b, server, channel = two_people(st, "crowd")
    channels = [channel] + [a.channel(server, "c%d" % i) for i in range(4)]
    stop = threading.Event()
    posted = []

    def write(n):
        for i in range(80):
            c = channels[(i + n) % len(channels)]
            a.post(c, "w%d-%d" % (n, i), publish=(i % 10 != 3))
            posted.append((c, "w%d-%d" % (n, i)))

    got = {}

    def read(n):
        kinds, cursor, mine = ["sse", "ws", "ndjson"], None, {}
        rng = random.Random(n)
        while True:
            last_round = stop.is_set()
            r = Reader([push, other][n % 2], b, kinds[n % 3],
                       query="?since=" + cursor if cursor else start)
            if last_round:
                until(lambda: "reader %d has all: %d of %d" % (n, sum(map(len, mine.values())), len(posted)),
                      lambda: merge(mine, r) >= len(posted), 30)
            else:
                # goes on until it has some more, or there is no more
                more = sum(map(len, mine.values())) + rng.randrange(40)
                until("more", lambda: merge(mine, r) >= more or stop.is_set())
            if r.position():
                cursor = r.position()
            true("no reset", not r.control("reset") and not (cursor and r.hello() and r.hello()["reset"]))
            r.close()
            merge(mine, r)
            if last_round:
                break
        got[n] = mine

    def merge(mine, r):
        with r.lock:
            for e in r.events:
                if e["type"] != "message.created":
                    continue
                seen = mine.setdefault(e["stream"], {})
                if e["rev"] in seen:
                    continue
                if seen and e["rev"] < max(seen):
                    raise AssertionError("%s: %d after %d" % (e["stream"], e["rev"], max(seen)))
                seen[e["rev"]] = e["data"]["content"]
        return sum(map(len, mine.values()))

    start = "?since=" + Reader(push, b).position()
    readers = [threading.Thread(target=read, args=(n,)) for n in range(6)]
    writers = [threading.Thread(target=write, args=(n,)) for n in range(3)]
    for t in readers + writers:
        t.start()
    for t in writers:
        t.join()
    stop.set()
    for t in readers:
        t.join(60)
    equal("every reader came to its end", sorted(got), list(range(6)))
    for n, mine in got.items():
        texts = sorted((int(s.split(":")[1]), t) for s, seen in mine.items() for t in seen.values())
        equal("reader %d has each once" % n, texts, sorted(posted))
