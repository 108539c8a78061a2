"""Redis and Postgres go and come back; daemons stop and die; readers stall."""
import contextlib, os, signal, socket, threading

from client import Reader
from stack import equal, true, until
from t_access import ask, bye_code
from t_order import cursor_after, two_people


def test_redis_killed_and_back(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "redis")
    readers = [Reader(push, b, k) for k in ("sse", "ws", "ndjson", "chunked")]
    a.post(channel, "before")
    for r in readers:
        r.expect_texts(["before"])
    st.redis_kill()
    a.post(channel, "while away")
    for r in readers:
        r.expect_texts(["before", "while away"], seconds=5)
        equal("told", r.expect_control("state")[0], {"live": False})
    st.redis_start()
    for r in readers:
        until("live again", lambda: {"live": True} in r.control("state"))
    a.post(channel, "after")
    for r in readers:
        r.expect_texts(["before", "while away", "after"], seconds=3)
        true("never closed", not r.closed)
        equal("no reset", r.control("reset"), [])
    # the bus works again, not only the sweep
    rescues = push.metric("push_sweep_rescues")
    for i in range(5):
        a.post(channel, "quick %d" % i)
        until("quick", lambda: readers[0].texts()[-1] == "quick %d" % i)
    equal("by the bus", push.metric("push_sweep_rescues"), rescues)


def test_redis_that_refuses_to_write_still_carries(st):
    push = st.push_start("refused", presence_leave=1, presence_lease=3)
    a, b, server, channel = two_people(st, "refuse")
    ra, rb = Reader(push, a), Reader(push, b, "ws")
    on = lambda word: st.redis("EVAL", "for _, k in ipairs(redis.call('KEYS', 'p:on:*')) do local v = redis.call('HGET',"
                               " k, ARGV[1]) if v and v:match(ARGV[2]) then return 1 end end return 0", 0, b.id, word) == "1"
    until("online is known", lambda: on("^online "))
    reconnects, sweeps = push.metric("push_bus_reconnects"), push.metric("presence_sweeps")
    equal("set", st.redis("CONFIG", "SET", "maxmemory", "1"), "OK")
    try:
        rb.say({"op": "presence", "status": "idle"})
        until("refused", lambda: "redis refuses" in push.log() or "redis connection" in push.log())
        # longer than a bus may be deaf
        until("looks", lambda: push.metric("presence_sweeps") >= sweeps + 6)
        rescues = push.metric("push_sweep_rescues")
        for i in range(5):
            a.post(channel, "quick %d" % i)
            until("arrives", lambda: rb.texts()[-1:] == ["quick %d" % i])
        equal("by the bus", push.metric("push_sweep_rescues"), rescues)
        equal("never told otherwise", (ra.control("state"), rb.control("state")), ([], []))
        equal("one connection", push.metric("push_bus_reconnects"), reconnects)
        true("nor the other one", "redis connection" not in push.log())
        true("said once a minute", push.log().count("redis refuses") == 1)
    finally:
        st.redis("CONFIG", "SET", "maxmemory", "0")
    until("what was refused is said again", lambda: on("^idle "))


def test_posts_during_redis_restarts_arrive_once(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "redisload")
    r = Reader(push, b)
    stop, texts = threading.Event(), []

    def write():
        # not so far ahead of the reader that he would rightly be told to read anew
        while not stop.is_set():
            until("he follows", lambda: len(texts) - len(r.events) < 200 or stop.is_set())
            text = "m%d" % len(texts)
            a.post(channel, text)
            texts.append(text)

    def posted(more):
        n = len(texts)
        until("%d more" % more, lambda: len(texts) >= n + more)
    t = threading.Thread(target=write)
    t.start()
    for _ in range(2):
        posted(100)
        st.redis_kill()
        posted(100)
        until("told", lambda: r.control("state")[-1:] == [{"live": False}])
        st.redis_start()
        until("live again", lambda: r.control("state")[-1] == {"live": True})
    posted(100)
    stop.set()
    t.join()
    until(lambda: "%d of %d, resets %s" % (len(r.texts()), len(texts), r.control("reset")),
          lambda: len(r.texts()) >= len(texts) or r.control("reset"))
    true("each once, in order", r.texts() == texts)
    equal("no reset", r.control("reset"), [])


def test_many_at_once_are_no_reason_for_a_reset(st):
    """What was missed for a while comes in one answer, more than a ring holds when it is quiet."""
    push = st.push_start()
    a, b, server, channel = two_people(st, "flood")
    readers = [Reader(push, b, k) for k in ("sse", "ws", "ndjson", "chunked")]
    texts = ["m%d" % i for i in range(900)]
    st.sql("BEGIN")
    for text in texts:
        a.post(channel, text, publish=False)
    st.sql("COMMIT")
    for r in readers:
        until("all", lambda: len(r.texts()) >= len(texts) or r.control("reset"))
        equal("no reset", r.control("reset"), [])
        true("each once, in order", r.texts() == texts)


def test_postgres_stopped_and_back(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "pg")
    r, w = Reader(push, b), Reader(push, b, "ws")
    a.post(channel, "before")
    r.expect_texts(["before"])
    st.pg_stop()
    until("noticed", lambda: push.health().get("database") is False)
    equal("SSE", bye_code(ask(push, b, "text/event-stream")), 4001)
    out = ask(push, b)
    true("503: " + out, out.startswith("HTTP/1.1 503 ") and "Retry-After:" in out)
    equal("told", r.expect_control("state")[0], {"live": False})
    st.pg_start()
    until("live again", lambda: {"live": True} in r.control("state") and {"live": True} in w.control("state"))
    a.post(channel, "after")
    for x in (r, w):
        x.expect_texts(["before", "after"])
        true("never closed", not x.closed)
    again = Reader(push, b)
    equal("new ones too", again.hello()["reset"], [])


@contextlib.contextmanager
def access_waits(st, first):
    """What the daemon asks about access does this first, and then waits until the lock 78 is free."""
    columns = ("account_id bigint, stream bigint, kind text, parent bigint, rev bigint, name text, floor bigint, "
               "receipts boolean, status text, shows_seen boolean, left_ms bigint, past bigint, parent_rev bigint")
    # each in one transaction: there is such a function at every moment
    st.sql("ALTER FUNCTION feed_access(bigint[]) RENAME TO access_quick; "
           "CREATE FUNCTION feed_access(account_ids bigint[]) RETURNS TABLE (%s) LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN "
           "%s; PERFORM pg_advisory_xact_lock_shared(78); RETURN QUERY SELECT * FROM access_quick(account_ids); END $$; "
           "GRANT EXECUTE ON FUNCTION feed_access(bigint[]) TO moot_push" % (columns, first))
    st.sql("SELECT pg_advisory_lock(78)")
    try:
        yield
    finally:
        st.sql("SELECT pg_advisory_unlock_all()")
        st.sql("DROP FUNCTION feed_access(bigint[]); "
               "ALTER FUNCTION access_quick(bigint[]) RENAME TO feed_access")


def test_a_wave_of_handshakes_is_asked_about_by_parts(st):
    people = [st.account("parts_%d" % i) for i in range(40)]
    server, channel = people[0].server("Parts")
    code = people[0].invite(server)
    for p in people[1:]:
        p.join(code)
    st.sql("CREATE TABLE parts (n int)")
    with access_waits(st, "INSERT INTO parts VALUES (cardinality(account_ids))"):
        push = st.push_start()
        head = "GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nAccept: application/x-ndjson\r\nAuthorization: Bearer %s\r\n\r\n"
        socks = [push.request(head % p.token(), read=False) for p in people for _ in range(12)]
        until("all are there", lambda: len(os.listdir("/proc/%d/fd" % push.proc.pid)) > len(socks))
        push.health()
        st.sql("SELECT pg_advisory_unlock(78)")
        for s in socks:
            true("served", s.recv(15).startswith(b"HTTP/1.1 200"))
    # 256 credentials, and those of the last account; the two questions that waited may have taken each a part
    # of an account's, so that the rest of it is less than twelve
    most = int(st.sql("SELECT max(n) FROM parts")[0][0])
    true("at most 24 accounts in one question: %d" % most, most <= 24)
    st.sql("DROP TABLE parts")
    for s in socks:
        s.close()


def test_a_failed_question_refuses_only_whom_it_was_about(st):
    a, b = st.account("question_a"), st.account("question_b")
    # about a it fails, about b it waits for us
    with access_waits(st, "IF %d = ANY (account_ids) THEN RAISE EXCEPTION 'no'; END IF" % a.id):
        push = st.push_start()
        rb = Reader(push, b, "ndjson", wait=False)
        until("the question about b waits", lambda: st.sql(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")[0][0] == "1")
        ra = Reader(push, a, "ndjson", wait=False)
        ra.expect_closed()
        equal("a is refused", ra.status, 503)
        st.sql("SELECT pg_advisory_unlock(78)")
        until("b is answered", lambda: rb.status)
        equal("b is served", (rb.status, rb.closed), (200, False))
    again = Reader(push, a)
    true("and a when he comes back", again.hello())


def test_access_changes_while_postgres_is_away_wait(st):
    """A barrier cannot end without the database; nothing leaks meanwhile."""
    push = st.push_start()
    a, b, server, channel = two_people(st, "pgacc")
    secret = a.channel(server, "closing")
    r, ra = Reader(push, b), Reader(push, a)
    st.call("channel_update", a.id, secret, None, None, None, None, True, None, None, None, None, publish=False)
    events = list(st.local.events)
    a.post(secret, "hidden", publish=False)
    events += st.local.events
    # what comes last on the bus, and waits for nothing
    mark = st.sql("SELECT ref, data FROM user_event(%d, 0, 0, 'user.updated', '{}') WHERE kind = 'event'" % b.id)
    events += [(int(stream), payload) for stream, payload in mark]
    st.pg_stop()
    for stream, payload in events:
        st.publish(stream, payload)
    until("the daemon has it all", lambda: "user.updated" in r.types())
    equal("nothing of it", r.texts(), [])
    st.pg_start()
    ra.expect_texts(["hidden"])
    until("revoked", lambda: [x for x in r.control("revoke") if x["stream"] == "channel:%d" % secret])
    equal("never", r.texts(), [])


def test_no_redis_configured(st):
    push = st.push_start(redis="")
    a, b, server, channel = two_people(st, "nobus")
    r = Reader(push, b)
    for i in range(3):
        a.post(channel, "m%d" % i)
        r.expect_texts(["m%d" % k for k in range(i + 1)], seconds=3)


def test_sigterm_drains(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "drain")
    readers = [Reader(push, b, k) for k in ("sse", "ws", "ndjson", "chunked") * 3]
    push.proc.send_signal(signal.SIGTERM)
    for r in readers:
        bye = r.expect_control("bye")[0]
        equal("code", bye["code"], 4000)
        true("jitter", 100 <= bye["retry"] <= 3200)
        r.expect_closed()
    push.proc.wait(10)
    equal("status", push.proc.returncode, 0)
    true("socket gone", not os.path.exists(push.path))


def test_a_new_daemon_takes_the_socket_over(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "takeover")
    r = Reader(push, b)
    new = st.push_start("new", ready=False, push_socket=push.path)
    until("the new one answers", lambda: new.health().get("connections") == 0)
    push.proc.send_signal(signal.SIGTERM)
    r.expect_control("bye")
    push.proc.wait(10)
    true("still there", os.path.exists(push.path))
    again = Reader(new, b)
    a.post(channel, "x")
    again.expect_texts(["x"])


def test_killed_daemon_and_resume_on_another(st):
    one, two = st.push_start("one", push_heartbeat=1), st.push_start("two", push_heartbeat=1)
    a, b, server, channel = two_people(st, "kill9")
    r = Reader(one, b)
    a.post(channel, "m0")
    r.expect_texts(["m0"])
    cursor = cursor_after(r)
    one.stop(signal.SIGKILL)
    r.expect_closed()
    for i in range(1, 6):
        a.post(channel, "m%d" % i)
    r = Reader(two, b, last=cursor)
    r.expect_texts(["m%d" % i for i in range(1, 6)])


def test_a_slow_reader_holds_nobody_up_and_gets_all(st):
    push = st.push_start(push_heartbeat=25)
    a, b, server, channel = two_people(st, "slow")
    slow = [Reader(push, b, k, rcvbuf=4096) for k in ("sse", "ws", "ndjson", "chunked")]
    fast = Reader(push, b)
    for r in slow:
        r.paused.set()
    texts = ["%04d " % i + "x" * 1500 for i in range(200)]
    for text in texts:
        a.post(channel, text)
    fast.expect_texts(texts)
    until("they are behind", lambda: push.health()["blocked"] == len(slow))
    for r in slow:
        r.paused.clear()
    for r in slow:
        r.expect_texts(texts)
        equal("no reset", r.control("reset"), [])
    until("caught up", lambda: push.health()["blocked"] == 0)


def test_a_very_slow_reader_gets_a_reset(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "vslow")
    r = Reader(push, b, rcvbuf=4096)
    r.paused.set()
    for i in range(700):
        a.post(channel, "%04d " % i + "y" * 1000)
    until("behind", lambda: push.health()["blocked"] == 1)
    r.paused.clear()
    until("reset", lambda: r.control("reset"))
    a.post(channel, "live")
    until("live", lambda: r.texts()[-1] == "live")
    revs = r.revs("channel:%d" % channel)
    true("in order", revs == sorted(set(revs)))


def test_stalled_readers_are_closed(st):
    push = st.push_start(push_stall=2)
    a, b, server, channel = two_people(st, "stall")
    r = Reader(push, b, rcvbuf=4096)
    r.paused.set()
    for i in range(150):
        a.post(channel, "z" * 3000)
    until("closed for it", lambda: push.metric("push_stalled") == 1)
    until("gone", lambda: push.health()["connections"] == 0)
    other = Reader(push, b)
    a.post(channel, "live")
    other.expect_texts(["live"])


def test_epoch_changes(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "epoch")
    r = Reader(push, b)
    cursor = r.position()
    epoch = st.sql("SELECT epoch FROM instance")[0][0]
    st.sql("UPDATE instance SET epoch = epoch + 1")
    st.pg_stop()
    st.pg_start()
    equal("bye", r.expect_control("bye")[0]["code"], 4001)
    until("healthy", lambda: push.health().get("status") == "ok")
    again = Reader(push, b, last=cursor)
    equal("all anew", len(again.hello()["reset"]), 3)
    a.post(channel, "x")
    again.expect_texts(["x"])
    st.sql("UPDATE instance SET epoch = %s" % epoch)


def flapping(path):
    """A Postgres that lets everybody in and, at the first question, lets go of all; [how often], and how to end it."""
    times, there, server = [], set(), socket.socket(socket.AF_UNIX)
    server.bind(path)
    os.chmod(path, 0o777)
    server.listen(8)

    def serve(s):
        there.add(s)
        with contextlib.suppress(OSError):
            converse(s)
        there.discard(s)
        s.close()

    def converse(s):
        s.recv(8192)
        # AuthenticationOk, BackendKeyData, ReadyForQuery
        s.sendall(b"R\0\0\0\x08\0\0\0\0" b"K\0\0\0\x0c\0\0\0\x01\0\0\0\x01" b"Z\0\0\0\x05I")
        if s.recv(8192):
            times.append(1)
            for x in list(there):
                x.shutdown(socket.SHUT_RDWR)

    def accept():
        while True:
            try:
                s, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(s,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()

    def end():
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        os.unlink(path)
    return times, end


def test_a_database_that_only_seems_to_be_back(st):
    push = st.push_start()
    a = st.account("flap_a")
    r = Reader(push, a)
    st.pg_stop()
    until("told", lambda: r.control("state"))
    times, end = flapping(st.dir + "/.s.PGSQL.5432")
    try:
        until("it has seemed so some times", lambda: len(times) >= 12)
        equal("and nobody was told that it is back", r.control("state"), [{"live": False}])
    finally:
        end()
    st.pg_start()
    until("live again", lambda: r.control("state") == [{"live": False}, {"live": True}])
