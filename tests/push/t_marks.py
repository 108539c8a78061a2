"""Read and delivered positions: what clients say, what others are told, what a cursor proves."""
import json, time

from client import Reader
from stack import Failed, equal, true, until
from t_order import fence, poll, two_people


def conversation(st, a, b):
    """In which both have posted before, so that each is told of the other."""
    dm = int(json.loads(st.call("dm_open", a.id, "{%d}" % b.id))["id"])
    st.sql("UPDATE channel_member SET spoke = true WHERE channel_id = %d" % dm)
    return dm


def score(st, key, member):
    """The position that Redis has, None for none."""
    seq = st.redis("EVAL", "return tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or '-1')", 1, key, member)
    return None if seq == "-1" else int(seq)


def told(r, type, seq, field="read_seq"):
    with r.lock:
        return [e for e in r.events if e["type"] == type and e["data"].get(field) == seq]


def expect(r, type, seq, field="read_seq"):
    return until(lambda: "%s: %s %d in %s, errors %s" % (r.kind, type, seq, r.events, r.control("error")),
                 lambda: told(r, type, seq, field))[0]


def op(r, name, channel, seq):
    r.say({"op": name, "channel_id": str(channel), "seq": seq})


def slowly(what, act, condition):
    """Acts again and again, below what a client may say in a minute, until it has had its effect."""
    for _ in range(80):
        act()
        for _ in range(25):
            if condition():
                return
            time.sleep(0.01)
    raise Failed("not in time: " + what)


def flush(st, account, channel, read, delivered):
    st.call("marks_flush", "{%d}" % account.id, "{%d}" % channel, "{%d}" % read, "{%d}" % delivered)


def test_a_read_op_is_kept_and_told_on_all_formats(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "mark_read")
    for i in range(5):
        a.post(channel, "n%d" % i)
    mine = [Reader(push, b, k) for k in ("ws", "sse", "ndjson")]
    others = [Reader(push, a, k) for k in ("ws", "sse", "ndjson")]
    op(mine[0], "read", channel, 3)
    for r in mine:
        event = expect(r, "read.updated", 3)
        equal("whose", (event["stream"], event["data"]),
              ("user:%d" % b.id, {"channel_id": str(channel), "read_seq": 3, "mention_count": 0}))
        true("without rev", "rev" not in event)
    for r in others:
        event = expect(r, "receipt.updated", 3)
        equal("of whom", (event["stream"], event["data"]), ("channel:%d" % channel, {
            "channel_id": str(channel), "user_id": str(b.id), "read_seq": 3}))
        true("without rev", "rev" not in event)
        true("nobody else's position", not told(r, "read.updated", 3))
    equal("overlay", score(st, "m:r:%d" % b.id, channel), 3)
    equal("receipts", score(st, "m:c:%d" % channel, b.id), 3)
    equal("waits", score(st, "m:dirty", "%d:%d:r" % (b.id, channel)), 3)
    true("the overlay ends some time", 0 < int(st.redis("TTL", "m:r:%d" % b.id)) <= 3600)
    op(mine[0], "read", channel, 99)
    expect(mine[1], "read.updated", 5)
    flush(st, b, channel, 5, 0)
    for r in mine[1:]:
        until("the stored one", lambda: [e for e in r.events if e.get("rev") and e["type"] == "read.updated"])
    for r in others:
        until("told once more", lambda: [e for e in told(r, "receipt.updated", 5) if "delivered_seq" in e["data"]])
        true("never with rev", not [e for e in r.events if "rev" in e and e["type"] == "receipt.updated"])
    equal("nothing was said wrong", mine[0].control("error"), [])


def test_what_does_not_move_is_not_told(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "mark_same")
    for i in range(4):
        a.post(channel, "n%d" % i)
    r, other = Reader(push, b, "ws"), Reader(push, a)
    op(r, "read", channel, 3)
    expect(other, "receipt.updated", 3)
    for seq in (3, 2, 0, 3):
        op(r, "read", channel, seq)
    op(r, "delivered", channel, 3)
    op(r, "read", channel, 4)
    expect(other, "receipt.updated", 4)
    equal("told", [e["data"]["read_seq"] for e in other.events if e["type"] == "receipt.updated" and "read_seq" in e["data"]], [3, 4])
    equal("position", score(st, "m:r:%d" % b.id, channel), 4)


def test_many_at_once_come_to_the_furthest(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "mark_many")
    for i in range(60):
        a.post(channel, "n%d" % i)
    readers = [Reader(push, b, "ws") for _ in range(3)]
    other = Reader(push, a)
    for seq in range(1, 61):
        op(readers[seq % 3], "read", channel, seq)
    expect(other, "receipt.updated", 60)
    positions = [e["data"]["read_seq"] for e in other.events if e["type"] == "receipt.updated"]
    equal("never back", positions, sorted(set(positions)))
    equal("position", score(st, "m:r:%d" % b.id, channel), 60)


def test_delivered_is_told_in_a_conversation(st):
    push = st.push_start()
    a, b = st.account("mark_dm_a"), st.account("mark_dm_b")
    dm = conversation(st, a, b)
    for i in range(3):
        a.post(dm, "n%d" % i)
    r, other = Reader(push, b, "ws"), Reader(push, a)
    op(r, "delivered", dm, 2)
    event = expect(other, "receipt.updated", 2, "delivered_seq")
    equal("and only that", event["data"], {"channel_id": str(dm), "user_id": str(b.id), "delivered_seq": 2})
    equal("waits", score(st, "m:dirty", "%d:%d:d" % (b.id, dm)), 2)
    true("not told to himself as reading", not [e for e in r.events if e["type"] == "read.updated"])


def test_nothing_of_a_stranger_or_who_hides_is_told(st):
    push = st.push_start()
    a, b = st.account("mark_cold_a"), st.account("mark_cold_b")
    dm = int(json.loads(st.call("dm_open", a.id, "{%d}" % b.id))["id"])
    for i in range(5):
        a.post(dm, "n%d" % i)
    r, other = Reader(push, b, "ws"), Reader(push, a)
    cursor = poll(push, b, "wait=0")["cursor"]
    op(r, "delivered", dm, 3)
    op(r, "read", dm, 2)
    expect(r, "read.updated", 2)
    flush(st, b, dm, 2, 3)
    Reader(push, b, last=cursor).close()
    b.post(dm, "who is it?")
    op(r, "read", dm, 6)
    other.expect_texts(["who is it?"])
    a.post(dm, "me")
    op(r, "delivered", dm, 7)
    expect(other, "receipt.updated", 7, "delivered_seq")
    equal("nothing before he had posted", [e["data"].get("read_seq", 7) for e in other.events if e["type"] == "receipt.updated"], [7])
    # chosen on this stream: the database does not know it yet
    r.say({"op": "presence", "status": "invisible"})
    a.post(dm, "and now?")
    op(r, "delivered", dm, 8)
    cursor = poll(push, b, "wait=0")["cursor"]
    poll(push, b, "wait=0&since=" + cursor)
    op(r, "read", dm, 8)
    expect(other, "receipt.updated", 8)
    equal("not that it reached who hides", told(other, "receipt.updated", 8, "delivered_seq"), [])
    equal("nor kept", score(st, "m:d:%d" % dm, b.id), 7)
    equal("nor wrong", r.control("error"), [])


def test_wrong_marks_are_answered(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "mark_wrong")
    _, hidden = b.server("Hidden")
    _, token = a.personal_token("read")
    ok, reader = Reader(push, a, "ws"), Reader(push, kind="ws", token=token)
    wrong = [({"channel_id": str(channel)}, "invalid_fields"), ({"seq": 1}, "invalid_fields"),
             ({"channel_id": str(channel), "seq": "1"}, "invalid_fields"),
             ({"channel_id": str(channel), "seq": -1}, "invalid_fields"),
             ({"channel_id": str(channel), "seq": 1.5}, "invalid_fields"),
             ({"channel_id": str(channel), "seq": 1 << 53}, "invalid_fields"),
             ({"channel_id": "x", "seq": 1}, "invalid_fields"), ({"channel_id": 7, "seq": 1}, "invalid_fields"),
             ({"channel_id": str(hidden), "seq": 1}, "not_found"), ({"channel_id": str(server), "seq": 1}, "not_found"),
             ({"channel_id": str(a.id), "seq": 1}, "not_found")]
    n = 0
    for name in ("read", "delivered"):
        for frame, code in wrong:
            ok.say(dict(frame, op=name))
            n += 1
            until("%s %s" % (name, frame), lambda: len(ok.control("error")) == n)
            equal(str(frame), (ok.control("error")[-1]["code"], ok.control("error")[-1]["op"]), (code, name))
        op(reader, name, channel, 1)
        until("the token may not", lambda: [e for e in reader.control("error") if e["op"] == name])
    equal("code", {e["code"] for e in reader.control("error")}, {"scope_missing"})


def test_who_lost_the_channel_marks_nothing(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "mark_lost")
    a.post(channel, "hello")
    r, other = Reader(push, b, "ws"), Reader(push, a)
    # the daemon has not heard of it: the database decides
    st.call("member_remove", a.id, server, b.id, publish=False)
    op(r, "read", channel, 1)
    until("an answer", lambda: r.control("error") or r.control("revoke"))
    equal("nothing is kept", score(st, "m:r:%d" % b.id, channel), None)
    fence(a, channel, other)
    true("nothing is told", not [e for e in other.events if e["type"] == "receipt.updated"])


def test_receipts_are_not_for_who_hides_his(st):
    push = st.push_start()
    a, b = st.account("mark_hide_a"), st.account("mark_hide_b")
    dm = conversation(st, a, b)
    for i in range(6):
        a.post(dm, "n%d" % i)
    speaker = Reader(push, b, "ws")
    since = poll(push, a, "wait=0")["cursor"]
    readers = [Reader(push, a, k) for k in ("sse", "ws", "ndjson", "chunked")]
    op(speaker, "read", dm, 1)
    for r in readers:
        expect(r, "receipt.updated", 1)
    st.call("me_update", a.id, None, None, False, None)
    for r in readers:
        until("told of it", lambda: [e for e in r.events if e["type"] == "user.updated"])
    op(speaker, "read", dm, 2)
    until("kept", lambda: score(st, "m:r:%d" % b.id, dm) == 2)
    flush(st, b, dm, 2, 0)
    a.post(dm, "behind it")
    for r in readers:
        r.expect_texts(["behind it"])
        equal(r.kind + " was told nothing", told(r, "receipt.updated", 2), [])
    answer = poll(push, a, "wait=5&since=" + since)
    true("the poll has what was said", [e for e in answer["items"] if e["type"] == "message.created"])
    equal("and no receipt", [e for e in answer["items"] if e["type"] == "receipt.updated"], [])
    late = Reader(push, a, last=since)
    late.expect_texts(["behind it"])
    equal("nor does who comes back", [e for e in late.events if e["type"] == "receipt.updated"], [])
    a.post(dm, "and another")
    op(speaker, "delivered", dm, 8)
    before = push.metric("push_access_queries")
    st.call("me_update", a.id, None, None, True, None)
    for r in readers:
        until("told of it", lambda: len([e for e in r.events if e["type"] == "user.updated"]) == 2)
    until("the picture that says so", lambda: push.metric("push_access_queries") > before)
    seqs = iter(range(3, 9))
    slowly("told again", lambda: op(speaker, "read", dm, next(seqs, 8)), lambda: all(
        [e for e in r.events if e["type"] == "receipt.updated" and e["data"].get("read_seq", 0) > 2] for r in readers))
    equal("b was never told of a", [e for e in speaker.events if e["type"] == "receipt.updated"
                                    and e["data"]["user_id"] == str(a.id)], [])


def test_receipts_use_up_no_numbers_and_are_not_handed_out_later(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "mark_numbers")
    c = st.account("mark_numbers_c")
    witness, speaker = Reader(push, a), Reader(push, b, "ws")
    since = poll(push, a, "wait=0")["cursor"]
    for i in range(4):
        a.post(channel, "n%d" % i)
    head = lambda: st.sql("SELECT rev FROM channel WHERE id = %d" % channel)[0][0]
    before = head()
    for i in range(1, 4):
        op(speaker, "read", channel, i)
        expect(witness, "receipt.updated", i)
        flush(st, b, channel, i, i)
    equal("the channel's number", head(), before)
    c.join(a.invite(server))
    st.call("me_update", b.id, None, None, False, None)
    # who was away, and a cursor that somebody wrote for who has joined since
    for who in (a, c):
        late = Reader(push, who, last=since)
        late.expect_texts(["n0", "n1", "n2", "n3"], channel)
        equal("nothing of the past", [e for e in late.events if e["type"] == "receipt.updated"], [])


def test_a_cursor_proves_delivery_in_conversations(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "mark_cursor")
    dm = conversation(st, a, b)
    witness = Reader(push, a)
    cursor = poll(push, b, "wait=0")["cursor"]
    for i in range(3):
        a.post(dm, "n%d" % i)
        a.post(channel, "c%d" % i)
    witness.expect_texts(["n0", "n1", "n2"], dm)
    behind = Reader(push, b, last=cursor)
    behind.expect_texts(["n0", "n1", "n2"], dm)
    equal("what is on its way is not delivered", score(st, "m:d:%d" % dm, b.id), None)
    behind.close()
    answer = poll(push, b, "wait=5&since=" + cursor)
    filtered = Reader(push, b, query="?types=typing.started", last=answer["cursor"])
    filtered.close()
    equal("nor what a filter keeps back", score(st, "m:d:%d" % dm, b.id), None)
    again = Reader(push, b, last=answer["cursor"])
    event = expect(witness, "receipt.updated", 3, "delivered_seq")
    equal("whose", (event["stream"], event["data"]["user_id"]), ("channel:%d" % dm, str(b.id)))
    equal("in channels it says nothing", score(st, "m:d:%d" % channel, b.id), None)
    again.close()
    a.post(dm, "n3")
    answer = poll(push, b, "wait=5&since=" + answer["cursor"])
    poll(push, b, "wait=0&since=" + answer["cursor"])
    expect(witness, "receipt.updated", 4, "delivered_seq")


def test_without_redis_or_postgres_a_mark_is_refused(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "mark_away")
    a.post(channel, "hello")
    r = Reader(push, b, "ws")
    st.redis_kill()
    try:
        op(r, "read", channel, 1)
        until("refused", lambda: r.control("error"))
        equal("code", (r.control("error")[0]["code"], r.control("error")[0]["op"]), ("unavailable", "read"))
    finally:
        st.redis_start()
    kept = lambda: score(st, "m:r:%d" % b.id, channel)
    slowly("kept again", lambda: op(r, "read", channel, 1), lambda: kept() == 1)
    a.post(channel, "hello")
    n = len(r.control("error"))
    st.pg_stop()
    try:
        op(r, "delivered", channel, 2)
        until("refused", lambda: len(r.control("error")) > n)
        equal("code", r.control("error")[-1]["code"], "unavailable")
    finally:
        st.pg_start()
    slowly("kept again", lambda: op(r, "read", channel, 2), lambda: kept() == 2)


def test_without_a_flusher_a_mark_is_refused(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "mark_noflush")
    dm = conversation(st, a, b)
    for i in range(4):
        a.post(dm, "n%d" % i)
    r, other = Reader(push, b, "ws"), Reader(push, a)
    cursor = poll(push, b, "wait=0")["cursor"]
    kept = lambda kind: score(st, "m:%s" % kind, b.id if kind.startswith("d:") else dm)
    op(r, "read", dm, 1)
    expect(other, "receipt.updated", 1)

    def fill(n, step=4000):
        # Redis answers in between: silent for too long it is taken for dead, and what is not kept is lost then
        for first in range(1, n + 1, step):
            st.redis("EVAL", "for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do redis.call('ZADD', KEYS[1], i, 'x' .. i) end",
                     1, "m:dirty", first, min(first + step - 1, n))
    for what, break_it, mend in (
            ("nobody flushes", lambda: st.redis("DEL", "m:flusher"), lambda: st.redis("SET", "m:flusher", "1")),
            ("too much waits", lambda: fill(200001), lambda: st.redis("UNLINK", "m:dirty")),
            ("one of the two is refused", lambda: (st.redis("DEL", "m:dirty"), st.redis("SET", "m:dirty", "1")), lambda: st.redis("DEL", "m:dirty"))):
        break_it()
        n = len(r.control("error"))
        # what was looked at a moment ago counts for a second
        slowly("refused: " + what, lambda: op(r, "read", dm, 1), lambda: len(r.control("error")) > n)
        op(r, "read", dm, 2)
        until("so is the next", lambda: len(r.control("error")) >= n + 2 or told(other, "receipt.updated", 2))
        equal(what, {e["code"] for e in r.control("error")[n:]}, {"unavailable"})
        true("nobody was told: " + what, not told(other, "receipt.updated", 2))
        Reader(push, b, last=cursor).close()
        mend()
    equal("nor is what a cursor proves kept", kept("d:%d" % dm), None)
    slowly("kept again", lambda: op(r, "read", dm, 3), lambda: kept("r:%d" % b.id) == 3)
    expect(other, "receipt.updated", 3)


def test_a_refused_mark_is_not_told(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "mark_half")
    for i in range(3):
        a.post(channel, "n%d" % i)
    r, other = Reader(push, b, "ws"), Reader(push, a)
    op(r, "read", channel, 1)
    expect(other, "receipt.updated", 1)
    # within the second in which it is known that somebody flushes, or behind it: refused both ways
    equal("ACL", st.redis("ACL", "SETUSER", "default", "resetkeys", "~m:r:*", "~m:c:*", "~m:flusher", "~p:*"), "OK")
    try:
        op(r, "read", channel, 2)
        until("refused", lambda: r.control("error") or told(other, "receipt.updated", 2))
        equal("code", [e["code"] for e in r.control("error")], ["unavailable"])
        equal("told", told(other, "receipt.updated", 2), [])
    finally:
        st.redis("ACL", "SETUSER", "default", "allkeys")
    slowly("kept again", lambda: op(r, "read", channel, 3), lambda: score(st, "m:dirty", "%d:%d:r" % (b.id, channel)) == 3)
