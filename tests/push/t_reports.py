"""Faults that users of other systems have reported; each must not be possible here.

The names in parentheses are the issues in the trackers of those systems.
"""
import os, signal, time

from client import Reader
from stack import LeftOut, equal, true, until
from t_order import two_people


def live(readers):
    until("live again", lambda: all(not r.control("state") or r.control("state")[-1] == {"live": True} for r in readers))


def test_a_frozen_redis_freezes_nothing(st):
    """No timeout on a Redis call: a node was frozen for 43 minutes (centrifugo#925)."""
    push = st.push_start(push_heartbeat=1)
    a, b, server, channel = two_people(st, "frozen")
    r = Reader(push, b)
    redis = st.procs["redis"]
    os.kill(redis.pid, signal.SIGSTOP)
    try:
        a.post(channel, "meanwhile", publish=False)
        r.expect_texts(["meanwhile"])
        until("unhealthy, and says so", lambda: push.health().get("bus") is False)
        equal("and to the readers", r.expect_control("state")[0], {"live": False})
        beats = len(r.control("hb"))
        until("heartbeats go on", lambda: len(r.control("hb")) > beats)
        late = Reader(push, b, "ws")
        true("who comes now is served", late.hello())
    finally:
        os.kill(redis.pid, signal.SIGCONT)
    live([r])
    a.post(channel, "after")
    r.expect_texts(["meanwhile", "after"])
    true("never closed", not r.closed)


def test_a_deaf_bus_is_noticed_and_made_anew(st):
    """The subscribing connection lived but heard nothing; health said ok (centrifugo#1189, mercure#758)."""
    push = st.push_start()
    a, b, server, channel = two_people(st, "deaf")
    r = Reader(push, b)
    # subscribers hear nothing any more, but everything else answers
    st.redis("ACL", "SETUSER", "default", "resetchannels")
    try:
        until("unhealthy", lambda: push.health().get("bus") is False)
        a.post(channel, "meanwhile")
        r.expect_texts(["meanwhile"])
    finally:
        st.redis("ACL", "SETUSER", "default", "allchannels")
    until("healthy again", lambda: push.health().get("status") == "ok")
    live([r])
    rescues = push.metric("push_sweep_rescues")
    for i in range(5):
        a.post(channel, "by the bus %d" % i)
        until("it comes", lambda: r.texts()[-1] == "by the bus %d" % i)
    equal("not by the sweep", push.metric("push_sweep_rescues"), rescues)


def test_every_stream_is_subscribed_again_after_each_restart(st):
    """A node was not subscribed again after a mass reconnect (centrifugo#163, redis-oplog#409), deaf after
    a restart of Redis (nchan#442, #371)."""
    push = st.push_start()
    a, b, server, channel = two_people(st, "again")
    channels = [channel] + [a.channel(server, "c%d" % i) for i in range(30)]
    readers = [Reader(push, b), Reader(push, a, "ws")]
    topics = ["s:%d" % s for s in channels + [server, a.id, b.id]]

    def subscribed():
        return all(st.numsub(t) == 1 for t in topics)
    until("at first", subscribed)
    for n in range(4):
        st.redis_kill()
        st.redis_start()
        until("again, all of them (%d)" % n, subscribed)
        live(readers)
        for c in channels[:5]:
            a.post(c, "round %d" % n)
        until("delivered", lambda: all(r.texts().count("round %d" % n) == 5 for r in readers))
    for r in readers:
        true("never closed", not r.closed)


def test_a_reader_that_comes_back_at_once_misses_nothing(st):
    """Quick reconnects were not recovered (socket.io-redis-streams-adapter#26); an update was lost between
    history and live (mercure#178, #200)."""
    push = st.push_start(push_heartbeat=1)
    a, b, server, channel = two_people(st, "quick")
    n, texts, got = 0, [], []
    r = Reader(push, b)
    cursor = r.position()
    for pause_ms in (0, 1, 5, 50) * 3:
        r.close()
        got += [t for t in r.texts() if t not in got]
        cursor = r.position()
        for i in range(3):
            texts.append("t%d" % n)
            a.post(channel, texts[-1])
            n += 1
            if i == 1:
                if pause_ms:
                    time.sleep(pause_ms / 1000)     # the case itself: how long it was away
                r = Reader(push, b, query="?since=" + cursor, wait=False)
        until("all of it", lambda: set(texts) <= set(got) | set(r.texts()))
        equal("in order", [t for t in texts if t in r.texts()], r.texts())


def test_a_wave_of_returning_readers_asks_the_database_little(st):
    """A deployment made everybody reconnect and the database fell over (firezone#11493)."""
    push = st.push_start(push_heartbeat=1)
    people = [st.account("wave_%d" % i) for i in range(12)]
    server, channel = people[0].server("Wave")
    code = people[0].invite(server)
    for p in people[1:]:
        p.join(code)
    readers = [(p, Reader(push, p, wait=False)) for p in people for _ in range(8)]
    for _, r in readers:
        until("hello", r.hello)
    people[0].post(channel, "before")
    for _, r in readers:
        r.expect_texts(["before"])
    beats = [len(r.control("hb")) for _, r in readers]
    until("a heartbeat each", lambda: all(len(r.control("hb")) > k for (_, r), k in zip(readers, beats)))
    cursors = [(p, r.position()) for p, r in readers]
    for _, r in readers:
        r.close()
    until("all gone", lambda: push.health().get("connections") == 0)
    asked = {k: push.metric(k) for k in ("push_gap_fetches", "push_resets")}
    questions = questions_asked(st)
    # all at once, whatever else runs on the machine
    os.kill(push.proc.pid, signal.SIGSTOP)
    back = [Reader(push, p, query="?since=" + c, wait=False) for p, c in cursors]
    os.kill(push.proc.pid, signal.SIGCONT)
    for r in back:
        until("hello", r.hello)
        equal("no reset", r.hello()["reset"], [])
    asked_now = questions_asked(st) - questions
    # heartbeats of the daemon's own (tail sweep) are among them: by the second, not by the reader
    true("%d questions for %d readers" % (asked_now, len(back)), asked_now < len(back) / 2)
    for k, v in asked.items():
        equal(k, push.metric(k), v)
    people[0].post(channel, "after")
    for r in back:
        until("goes on", lambda: r.texts()[-1:] == ["after"])


def questions_asked(st):
    """Calls of the functions that the daemon's role may run but the tail sweep and the epoch (its own clock)."""
    st.sql("SELECT pg_stat_clear_snapshot()")
    rows = st.sql("SELECT coalesce(sum(calls), 0) FROM pg_stat_user_functions WHERE funcname LIKE 'feed\\_%'"
                  " AND funcname NOT IN ('feed_tail', 'feed_epoch')")
    return int(rows[0][0])


def test_a_subscriber_cut_by_redis_loses_nothing(st):
    """Redis cuts a subscriber that does not read, in the middle of a reply (redis#3893, redis-py#1261)."""
    push = st.push_start()
    a, b, server, channel = two_people(st, "cut")
    readers = [Reader(push, b), Reader(push, a, "ws")]
    reconnects = push.metric("push_bus_reconnects")
    st.redis("CONFIG", "SET", "client-output-buffer-limit", "pubsub 65536 0 0")
    os.kill(push.proc.pid, signal.SIGSTOP)
    texts = ["%d %s" % (i, "x" * 3900) for i in range(300)]
    try:
        for text in texts:
            a.post(channel, text)
    finally:
        os.kill(push.proc.pid, signal.SIGCONT)
        st.redis("CONFIG", "SET", "client-output-buffer-limit", "pubsub 0 0 0")
    for r in readers:
        r.expect_texts(texts)
        true("never closed", not r.closed)
        equal("no reset", r.control("reset"), [])
    until("it was cut indeed, and is there again", lambda: push.metric("push_bus_reconnects") > reconnects)


def test_heartbeats_and_deliveries_do_not_grow_the_daemon(st):
    """Memory grew while delivering, and with pings (nchan#623, #181, #675; mercure#388, #1024, #899)."""
    push = st.push_start(push_heartbeat=1)
    a, b, server, channel = two_people(st, "grow")

    def cycle(n):
        readers = [Reader(push, b, ("sse", "ws", "ndjson")[i % 3], wait=False) for i in range(9)]
        for r in readers:
            until("hello", r.hello)
        for i in range(20):
            a.post(channel, "%d %d %s" % (n, i, "x" * 500))
        for r in readers:
            until("delivered", lambda: len(r.texts()) == 20)
        beats = [len(r.control("hb")) for r in readers]
        until("a heartbeat", lambda: all(len(r.control("hb")) > k for r, k in zip(readers, beats)))
        for r in readers:
            r.close()
        until("all gone", lambda: push.health().get("connections") == 0)
        return push.rss()
    for n in range(4):
        cycle(n)        # caches and rings fill
    before = cycle(4)
    after = [cycle(n) for n in range(5, 11)]
    if push.is_sanitized():
        raise LeftOut("sanitized: what was freed is kept for a while")
    # What a ring keeps is bounded, and once it takes another piece of memory whole. A leak of one
    # frame a reader would be 120 KB in each cycle.
    steps = sorted(b - a for a, b in zip([before] + after, after))
    true("grew from %d to %s" % (before, after), sum(steps[:-1]) < 300_000)
