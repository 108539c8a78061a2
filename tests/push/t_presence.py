"""Who is there: what connections say, who is told, and that it ends."""
import json, signal, struct, time

from client import Reader
from stack import b64, equal, true, until
from t_ends import guest_of, lost
from t_handover import Locked
from t_order import fence, poll, two_people

QUICK = dict(presence_leave=1, presence_lease=3)


def told(reader, who):
    """What a connection was told of somebody, in order."""
    with reader.lock:
        return [e["data"]["status"] for e in reader.events
                if e["type"] == "presence.updated" and e["data"]["user_id"] == str(who.id)]


def last(reader, who):
    return (told(reader, who) or [None])[-1]


def shows(reader, who, status, seconds=20):
    until(lambda: "%s is %s: %s" % (who.name, status, told(reader, who)), lambda: last(reader, who) == status, seconds)


def watch(reader, *people):
    reader.say({"op": "watch", "user_ids": [str(p.id) for p in people]})


def control(st, who, type, body):
    """As the request handlers tell the daemons, for the session of that person."""
    st.publish(who.id, "1 0 0 0 0 0 %d control.%s\n%s" % (who.session, type, json.dumps(body)))


def test_presence_of_two_nodes(st):
    one, two = st.push_start("one", **QUICK), st.push_start("two", **QUICK)
    a, b, server, channel = two_people(st, "pres")
    ra = Reader(one, a, "ws")
    watch(ra, b)
    shows(ra, b, "offline")
    rb = Reader(two, b, "ws")
    shows(ra, b, "online")
    rb.say({"op": "presence", "status": "idle"})
    shows(ra, b, "idle")
    other = Reader(one, b)          # a second device is active
    shows(ra, b, "online")
    other.close()
    shows(ra, b, "idle")
    rb.say({"op": "presence", "status": "dnd"})
    shows(ra, b, "dnd")
    rb.say({"op": "presence", "status": "invisible"})
    shows(ra, b, "offline")
    rb.say({"op": "presence", "status": "online"})
    shows(ra, b, "online")
    event = [e for e in ra.events if e["type"] == "presence.updated"][-1]
    equal("shape", sorted(event), ["at", "data", "stream", "type"])
    equal("stream", event["stream"], "user:%d" % b.id)
    equal("data", event["data"], {"user_id": str(b.id), "status": "online", "last_seen_at": None})
    rb.close()
    shows(ra, b, "offline")
    event = [e for e in ra.events if e["type"] == "presence.updated"][-1]
    true("seen, to five minutes", event["data"]["last_seen_at"].endswith(":00.000Z") and
         int(event["data"]["last_seen_at"][14:16]) % 5 == 0)


def test_presence_a_reload_is_not_seen(st):
    push = st.push_start(presence_leave=5)
    a, b, server, channel = two_people(st, "reload")
    ra = Reader(push, a, "ws")
    rb = Reader(push, b)
    watch(ra, b)
    shows(ra, b, "online")
    for _ in range(3):
        rb.close()
        rb = Reader(push, b)
    rb.close()
    shows(ra, b, "offline")
    equal("once there, once gone", told(ra, b), ["online", "offline"])


def test_presence_a_stranger_holds_nobody_here(st):
    """Who asks in somebody's name with a token that is none has not come back for him."""
    push = st.push_start(push_connections_per_user=1000, **QUICK)
    a, b, server, channel = two_people(st, "held")
    ra, rb = Reader(push, a, "ws"), Reader(push, b)
    watch(ra, b)
    shows(ra, b, "online")
    made_up, knocking = "moot_pat_" + b64(struct.pack("!qq", 1, b.id) + bytes(32)), []

    def is_gone():
        knocking.append(Reader(push, token=made_up, kind="ndjson", wait=False))
        return last(ra, b) == "offline"
    with Locked(st):        # so that nobody can say whether it is one
        is_gone()
        rb.close()
        until("not there any more", is_gone)
        true("while they still knock", not knocking[0].closed)
    for x in knocking:
        until("refused", lambda: x.closed)
    rb = Reader(push, b)
    shows(ra, b, "online")
    equal("and nothing in between", told(ra, b), ["online", "offline", "online"])


def test_presence_first_answer_names_all_and_again_when_asked_again(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "first")
    c = st.account("first_c")
    c.join(a.invite(server))
    rb = Reader(push, b)
    ra = Reader(push, a, "ws")
    watch(ra, b, c)
    shows(ra, b, "online")
    equal("both", (told(ra, b), told(ra, c)), (["online"], ["offline"]))
    watch(ra, b)
    until("b again", lambda: told(ra, b) == ["online", "online"])
    equal("c not", told(ra, c), ["offline"])
    rb.close()


def test_presence_dead_node_is_swept_out(st):
    one, two = st.push_start("one", **QUICK), st.push_start("two", **QUICK)
    a, b, server, channel = two_people(st, "dead")
    ra = Reader(one, a, "ws")
    rb = Reader(two, b)
    watch(ra, b)
    shows(ra, b, "online")
    two.stop(signal.SIGKILL)
    shows(ra, b, "offline")
    true("said in the log", "a node is dead" in one.log())
    rb.close()
    # and its hash is gone
    until("one node has a hash", lambda: st.redis("EVAL", "return #redis.call('KEYS', 'p:on:*')", "0") == "1")


def test_presence_a_node_that_ends_is_no_alarm(st):
    """A planned restart: the next process finds the name of the one before it, without a lease."""
    one, two = st.push_start("one", **QUICK), st.push_start("two", **QUICK)
    gone = two.health()["node"]
    two.stop()
    until("buried", lambda: gone in [x.get("node") for x in map(json.loads, one.log().splitlines())
                                     if x["msg"].startswith("a node ")])
    three = st.push_start("three", **QUICK)
    mine = three.health()["node"]
    one.stop()
    until("the other one too", lambda: "a node that ended" in three.log())
    for log in (one.log(), three.log()):
        true("no alarm for it: " + log, not [x for x in map(json.loads, log.splitlines()) if x["msg"] == "a node is dead"
                                            and x["node"] in (gone, mine)])
    until("nothing is left of it", lambda: st.redis("EXISTS", "p:left:" + gone, "p:on:" + gone) == "0")


def test_presence_more_nodes_than_are_seen_are_told_of(st):
    push = st.push_start(**QUICK)
    names = ["many%d" % i for i in range(100)]
    try:
        for name in names:
            st.redis("SET", "p:node:" + name, "1")
            st.redis("SADD", "p:nodes", name)
        until("counted, with its own 101 are there", lambda: push.metric("presence_nodes_unseen") == 101 - 64)
        # each round asks for the leases of some only, but of all in the end
        for name in names[::12]:
            st.redis("DEL", "p:node:" + name)
        until("those are buried", lambda: st.redis("SCARD", "p:nodes") == "92")
        until("fewer unseen", lambda: push.metric("presence_nodes_unseen") == 92 - 64)
        equal("said once", push.log().count("too many nodes"), 1)
    finally:
        for name in names:
            st.redis("DEL", "p:node:" + name)
            st.redis("SREM", "p:nodes", name)


def test_presence_a_large_node_is_buried_by_steps(st):
    push = st.push_start(**QUICK)
    a, b, server, channel = two_people(st, "large")
    ra = Reader(push, a, "ws")
    watch(ra, b)
    shows(ra, b, "offline")
    # more than fits into one answer, and Redis does not let us read it at first
    for i in range(50):
        st.redis("EVAL", "for i = ARGV[1], ARGV[1] + 3999 do redis.call('HSET', KEYS[1], i, 'online 1700000000') end", 1,
                 "p:on:ghost", i * 4000 + 1)
    st.redis("HSET", "p:on:ghost", b.id, "online 1700000000")
    equal("made", st.redis("SADD", "p:nodes", "ghost"), "1")
    equal("ACL", st.redis("ACL", "SETUSER", "default", "-hscan", "-hgetall"), "OK")
    sweeps = push.metric("presence_sweeps")
    until("looks at it", lambda: push.metric("presence_sweeps") >= sweeps + 3)
    equal("who was there is not forgotten", st.redis("HLEN", "p:on:ghost"), "200001")
    equal("said once", push.log().count("a dead node cannot be buried"), 1)
    equal("ACL", st.redis("ACL", "SETUSER", "default", "+hscan", "+hgetall"), "OK")
    until("its hash is gone", lambda: st.redis("EXISTS", "p:on:ghost") == "0", 60)
    equal("and its name", st.redis("SISMEMBER", "p:nodes", "ghost"), "0")
    true("all were seen", int(st.redis("EVAL", "return redis.call('ZCARD', 'p:seen')", "0")) > 200000)
    shows(ra, b, "offline")
    st.redis("DEL", "p:seen")


def test_presence_a_node_taken_for_dead_says_all_anew(st):
    one, two = st.push_start("one", **QUICK), st.push_start("two", **QUICK)
    a, b, server, channel = two_people(st, "stopped")
    ra = Reader(one, a, "ws")
    Reader(two, b)
    watch(ra, b)
    shows(ra, b, "online")
    two.proc.send_signal(signal.SIGSTOP)
    shows(ra, b, "offline")
    two.proc.send_signal(signal.SIGCONT)
    shows(ra, b, "online")


def test_presence_outlives_redis(st):
    one, two = st.push_start("one", **QUICK), st.push_start("two", **QUICK)
    a, b, server, channel = two_people(st, "without_redis")
    c = st.account("redis_c")
    c.join(a.invite(server))
    ra = Reader(one, a, "ws")
    rb, rc = Reader(two, b, "ws"), Reader(two, c, "ws")
    watch(ra, b, c)
    shows(ra, b, "online")
    rc.say({"op": "presence", "status": "invisible"})
    shows(ra, c, "offline")
    st.redis_kill()
    st.redis_start()
    rb.say({"op": "presence", "status": "idle"})
    shows(ra, b, "idle")
    until("waits for the jobs again", lambda: st.redis("HEXISTS", "p:status", c.id) == "1")
    equal("who is hidden stays so", [x for x in told(ra, c) if x != "offline"], ["online"])


def test_presence_a_block_while_redis_is_away(st):
    push = st.push_start(**QUICK)
    a, b, server, channel = two_people(st, "unheard")
    c = st.account("unheard_c")
    c.join(a.invite(server))
    ra, rb, rc = Reader(push, a, "ws"), watches(push, b, a), watches(push, c, a)
    shows(rb, a, "online")
    shows(rc, a, "online")
    st.redis_kill()
    st.call("block_put", a.id, b.id)
    st.redis_start()
    ra.say({"op": "presence", "status": "dnd"})
    shows(rc, a, "dnd")
    shows(rb, a, "offline")
    true("dnd is not told to whom he has blocked: %s" % told(rb, a), "dnd" not in told(rb, a))


def test_presence_invisible_is_never_shown(st):
    one, two = st.push_start("one", **QUICK), st.push_start("two", **QUICK)
    a, b, server, channel = two_people(st, "hidden")
    st.call("presence_set", b.id, "invisible")
    ra = Reader(one, a, "ws")
    watch(ra, b)
    shows(ra, b, "offline")
    rb = [Reader(one, b), Reader(two, b, "ws")]
    until("both nodes know him", lambda: st.redis("EVAL", "local n = 0 for _, k in ipairs(redis.call('KEYS', 'p:on:*'))"
          " do n = n + redis.call('HEXISTS', k, ARGV[1]) end return n", "0", b.id) == "2")
    st.call("presence_set", b.id, "online")
    shows(ra, b, "online")
    st.call("presence_set", b.id, "invisible")
    shows(ra, b, "offline")
    rb[1].say({"op": "presence", "status": "idle"})
    rb[1].say({"op": "presence", "status": "online"})
    st.call("presence_set", a.id, "dnd")
    watch(ra, a, b)
    shows(ra, a, "dnd")
    equal("only when he wanted", told(ra, b).count("online"), 1)


def test_presence_a_status_is_taken_from_what_his_devices_are_told(st):
    push = st.push_start(presence_leave=60)
    a, b, server, channel = two_people(st, "status")
    ra, rb = Reader(push, a, "ws"), Reader(push, b)
    watch(ra, b)
    shows(ra, b, "online")
    pictures, head = push.metric("push_access_queries"), lambda: st.sql("SELECT rev FROM account WHERE id = %d" % b.id)[0][0]
    before = head()
    st.call("presence_set", b.id, "dnd")
    shows(ra, b, "dnd")
    equal("the number of his stream", head(), before)
    until("his devices know", lambda: [e for e in rb.events if e["type"] == "user.updated" and e["data"]["status"] == "dnd"])
    # hiding is found even when the bus does not bring it
    st.call("presence_set", b.id, "invisible", publish=False)
    shows(ra, b, "offline")
    st.call("presence_set", b.id, "online")
    shows(ra, b, "online")
    equal("nothing was read anew for it", push.metric("push_access_queries"), pictures)
    # and when it is the last thing he does, long before he is missed
    st.call("presence_set", b.id, "invisible")
    rb.close()
    shows(ra, b, "offline")


def test_control_messages_reach_no_client(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "control")
    _, token = a.personal_token("read")
    readers = [Reader(push, a, k) for k in ("ws", "sse", "ndjson")] + [Reader(push, token=token), Reader(push, b)]
    bodies = {"status": {"status": "dnd"}, "chosen": {"status": "idle"}, "watch": {"user_ids": [str(b.id)]}, "": {},
              "of a later version": {"type": "control.later", "stream": "user:%d" % a.id, "data": {}}}
    for type, body in bodies.items():
        for stream in (a.id, channel, server):
            st.publish(stream, "1 0 0 0 0 0 %d control.%s\n%s" % (a.session, type.replace(" ", "_"), json.dumps(body)))
    st.publish(a.id, "1 0 0 0 0 0 0 control.status\nnot json")
    a.post(channel, "behind them")
    allowed = {"message.created", "presence.updated"}
    for r in readers:
        r.expect_texts(["behind them"])
        equal("nothing else", [e for e in r.events if e.get("type") not in allowed], [])
    poll(push, a, "wait=0")


def test_presence_who_is_blocked_sees_nobody_there(st):
    push = st.push_start(**QUICK)
    a, b, server, channel = two_people(st, "apart")
    c = st.account("apart_c")
    c.join(a.invite(server))
    ra, rb, rc = Reader(push, a, "ws"), Reader(push, b, "ws"), Reader(push, c, "ws")
    for one, other in ((ra, b), (rb, a), (rc, a)):
        watch(one, other)
        shows(one, other, "online")
    st.call("block_put", a.id, b.id)
    shows(ra, b, "offline")
    shows(rb, a, "offline")
    before = len(told(rb, a))
    st.call("presence_set", a.id, "dnd")
    shows(rc, a, "dnd")
    equal("what the blocked one is told", told(rb, a)[before:], [])
    equal("of the block", [e for e in rb.events if e["type"] == "block.updated"], [])
    true("his own devices know of it", [e for e in ra.events if e["type"] == "block.updated"])
    st.call("block_delete", a.id, b.id)
    shows(rb, a, "dnd")
    shows(ra, b, "online")


def test_presence_only_of_who_shares(st):
    push = st.push_start(**QUICK)
    a, b, server, channel = two_people(st, "share")
    stranger = st.account("share_s")
    readers = [Reader(push, b), Reader(push, stranger, "ws")]
    ra, rs = Reader(push, a, "ws"), readers[1]
    watch(ra, stranger, b)
    ra.say({"op": "watch", "user_ids": [str(stranger.id), str(b.id), "4711"]})
    watch(rs, a, b, stranger)
    shows(ra, b, "online")
    shows(rs, stranger, "online")
    equal("nobody else", {e["data"]["user_id"] for e in ra.events if e["type"] == "presence.updated"}, {str(b.id)})
    equal("nothing is said", (ra.control("error"), rs.control("error")), ([], []))
    control(st, b, "status", {"status": "idle"})
    shows(ra, b, "idle")
    rs.say({"op": "presence", "status": "idle"})
    shows(rs, stranger, "idle")
    equal("a stranger learns nothing", told(rs, a) + told(rs, b), [])


def test_presence_of_a_stranger_is_shown_once_he_has_posted(st):
    push = st.push_start(**QUICK)
    a, b = st.account("cold_a"), st.account("cold_b")
    dm = int(json.loads(st.call("dm_open", a.id, "{%d}" % b.id))["id"])
    ra, rb = Reader(push, a, "ws"), Reader(push, b, "ws")
    a.post(dm, "hello")
    watch(ra, a, b)
    watch(rb, a, b)
    shows(ra, a, "online")
    shows(rb, a, "online")
    rb.say({"op": "presence", "status": "idle"})
    shows(rb, b, "idle")
    equal("whom one has written to is not shown", told(ra, b), [])
    b.post(dm, "who is it?")
    shows(ra, b, "idle")


def test_presence_ends_with_what_was_shared(st):
    push = st.push_start(**QUICK)
    a, b, server, channel = two_people(st, "ends")
    c = st.account("ends_c")
    c.join(a.invite(server))
    group = int(json.loads(st.call("dm_open", a.id, "{%d,%d}" % (b.id, c.id)))["id"])
    for who in (a, b, c):
        who.post(group, "here")
    ra, rb, rc = Reader(push, a, "ws"), Reader(push, b, "ws"), Reader(push, c, "ws")
    watch(ra, b, c)
    watch(rb, a, c)
    shows(ra, b, "online")
    shows(rb, a, "online")
    st.call("member_remove", a.id, server, b.id)
    until("b is told", lambda: "server.left" in rb.types())
    # the group still joins them
    rc.say({"op": "presence", "status": "idle"})
    shows(rb, c, "idle")
    shows(ra, c, "idle")
    st.call("channel_member_delete", b.id, group, b.id)
    until("and out of the group", lambda: [x for x in rb.control("revoke") if x["stream"] == "channel:%d" % group])
    before = len(told(ra, b)), len(told(rb, c)), len(told(rb, a))
    rb.say({"op": "presence", "status": "idle"})
    rc.say({"op": "presence", "status": "online"})
    shows(ra, c, "online")
    rc.say({"op": "presence", "status": "dnd"})
    shows(ra, c, "dnd")
    equal("neither side learns more", (len(told(ra, b)), len(told(rb, c)), len(told(rb, a))), before)


def guest_and_member(st, name):
    """b, a guest, and m, a member, with the channel that alone joins them; all three and a daemon."""
    push = st.push_start(**QUICK)
    a, b, server, shown = guest_of(st, name)
    m = st.account(name + "_m")
    m.join(a.invite(server))
    return push, a, b, m, shown


def watches(push, who, *people):
    r = Reader(push, who, "ws")
    watch(r, *people)
    return r


def hear_no_more(st, a, ra, *pairs):
    """Of pairs (reader, person) none is told of the other any more, though of a, as a is of all."""
    before = [len(told(r, who)) for r, who in pairs]
    for _, who in pairs:
        st.call("presence_set", who.id, "dnd")
        shows(ra, who, "dnd")
    st.call("presence_set", a.id, "dnd")
    for r, _ in pairs:
        shows(r, a, "dnd")
    equal("told", [len(told(r, who)) for r, who in pairs], before)


def test_presence_ends_when_a_member_is_taken_out_of_the_channel_of_a_guest(st):
    push, a, b, m, shown = guest_and_member(st, "takenout")
    st.call("channel_member_put", a.id, shown, m.id)
    ra, rb, rm = watches(push, a, b, m), watches(push, b, a, m), watches(push, m, a, b)
    shows(rb, m, "online")
    shows(rm, b, "online")
    st.call("channel_member_delete", a.id, shown, m.id)
    until("revoked", lambda: lost(rm, shown))
    hear_no_more(st, a, ra, (rb, m), (rm, b))


def test_presence_ends_when_a_member_may_not_view_the_channel_of_a_guest(st):
    push, a, b, m, shown = guest_and_member(st, "denied")
    st.call("override_put", a.id, shown, m.id, 1, 0)
    ra, rb, rm = watches(push, a, b, m), watches(push, b, a, m), watches(push, m, a, b)
    shows(rb, m, "online")
    shows(rm, b, "online")
    st.call("override_put", a.id, shown, m.id, 0, 1)
    until("revoked", lambda: lost(rm, shown))
    hear_no_more(st, a, ra, (rb, m), (rm, b))


def test_presence_ends_when_a_guest_loses_the_channel_while_he_is_not_there(st):
    push, a, b, m, shown = guest_and_member(st, "away")
    st.call("channel_member_put", a.id, shown, m.id)
    ra, rb, rm = watches(push, a, b, m), Reader(push, b), watches(push, m, a, b)
    shows(rm, b, "online")
    rb.close()
    shows(rm, b, "offline")
    st.call("override_put", a.id, shown, b.id, 0, 1)
    fence(a, shown, rm)
    rb = watches(push, b, b)
    shows(rb, b, "online")
    st.call("presence_set", a.id, "dnd")
    shows(rm, a, "dnd")
    equal("that he is back is not told", told(rm, b), ["online", "offline"])


def test_presence_is_coalesced(st):
    push = st.push_start(presence_leave=1)
    a, b, server, channel = two_people(st, "many")
    ra, rb = Reader(push, a, "ws"), Reader(push, b, "ws")
    watch(ra, b)
    shows(ra, b, "online")
    for i in range(50):
        rb.say({"op": "presence", "status": "idle"})
        rb.say({"op": "presence", "status": "online"})
    rb.say({"op": "presence", "status": "idle"})
    shows(ra, b, "idle")
    true("at most one a second: %s" % told(ra, b), len(told(ra, b)) <= 4)


def test_presence_an_old_answer_is_not_taken_for_a_new_one(st):
    push = st.push_start(**QUICK)
    a, b, server, channel = two_people(st, "old")
    c = st.account("old_c")
    c.join(a.invite(server))
    ra, rb, rc = Reader(push, a, "ws"), Reader(push, b, "ws"), Reader(push, c, "ws")
    waiting = lambda: st.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")[0][0]
    st.sql("ALTER FUNCTION account_sees(bigint, bigint) RENAME TO sees_quick")
    # the answer about b waits for us
    st.sql("CREATE FUNCTION account_sees(asker bigint, other bigint) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER AS "
           "$$ BEGIN IF other = %d THEN PERFORM pg_advisory_xact_lock_shared(77); END IF; RETURN sees_quick(asker, other); END $$"
           % b.id)
    try:
        st.sql("SELECT pg_advisory_lock(77)")
        watch(ra, b)
        until("it waits", lambda: waiting() == "1")
        watch(ra)
        watch(ra, c)
        # two questions at once, or one after the other: both are well
        end = time.monotonic() + 1
        while last(ra, c) is None and time.monotonic() < end:
            time.sleep(0.01)
        st.sql("SELECT pg_advisory_unlock(77)")
        until("it waits no longer", lambda: waiting() == "0")
        shows(ra, c, "online")
        rc.say({"op": "presence", "status": "idle"})
        shows(ra, c, "idle")
        equal("nothing of b", told(ra, b), [])
    finally:
        st.sql("SELECT pg_advisory_unlock_all()")
        st.sql("DROP FUNCTION account_sees(bigint, bigint)")
        st.sql("ALTER FUNCTION sees_quick(bigint, bigint) RENAME TO account_sees")


def test_presence_one_question_a_second(st):
    push = st.push_start(**QUICK)
    a, b, server, channel = two_people(st, "often")
    ra, rb = Reader(push, a, "ws"), Reader(push, b)
    st.sql("CREATE SEQUENCE asked")
    st.sql("ALTER FUNCTION account_sees(bigint, bigint) RENAME TO sees_quick")
    st.sql("CREATE FUNCTION account_sees(asker bigint, other bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE SECURITY DEFINER AS "
           "$$ BEGIN PERFORM nextval('asked'); RETURN sees_quick(asker, other); END $$")
    try:
        began = time.monotonic()
        for i in range(40):
            watch(ra, b)
            if i % 3:
                watch(ra)
            time.sleep(0.02)
        watch(ra, b)
        shows(ra, b, "online")
        until("the last list counts", lambda: push.metric("presence_watched") == 1)
        seconds, asked = time.monotonic() - began, int(st.sql("SELECT last_value FROM asked")[0][0])
        true("%d questions in %.1f s" % (asked, seconds), asked <= seconds + 2)
    finally:
        st.sql("DROP FUNCTION account_sees(bigint, bigint)")
        st.sql("DROP SEQUENCE asked")
        st.sql("ALTER FUNCTION sees_quick(bigint, bigint) RENAME TO account_sees")


def test_presence_rest_twins_and_sse(st):
    push = st.push_start(**QUICK)
    a, b, server, channel = two_people(st, "twin")
    rb = Reader(push, b)
    ra = Reader(push, a, query="?watch=%d,%d" % (b.id, 4711))
    shows(ra, b, "online")
    control(st, b, "status", {"status": "idle"})
    shows(ra, b, "idle")
    control(st, a, "watch", {"user_ids": []})
    control(st, b, "status", {"status": "online"})
    n = Reader(push, a, "ndjson", query="?watch=%d&types=message.*,presence.updated" % b.id)
    shows(n, b, "online")
    equal("the first one watches nobody any more", last(ra, b), "idle")
    control(st, a, "watch", {"user_ids": [str(b.id)]})
    shows(ra, b, "online")
    none = Reader(push, a, query="?watch=%d&types=message.*" % b.id)
    control(st, b, "status", {"status": "idle"})
    shows(n, b, "idle")
    fence(a, channel, none)
    equal("a filter applies", told(none, b), [])
    true("control messages reach no client", not [t for t in ra.types() + n.types() + rb.types() if "control" in t])
    for query in ("?watch=x", "?watch=1,,2", "?watch=" + ",".join(str(i + 1) for i in range(201))):
        equal("refused", Reader(push, a, "ndjson", query=query, wait=False).daemon.request(
            "GET /api/v1/stream%s HTTP/1.1\r\nHost: moot.test\r\nAccept: application/x-ndjson\r\nAuthorization: Bearer %s\r\n\r\n"
            % (query, a.token()))[:12], b"HTTP/1.1 400")
    poll = Reader(push, a, "ndjson", query="?wait=1&watch=%d" % b.id, wait=False)
    until("a long poll watches nobody", lambda: poll.closed)


def test_presence_two_hundred_may_be_watched(st):
    push = st.push_start(**QUICK)
    a, b, server, channel = two_people(st, "twohundred")
    rb, ra = Reader(push, b), Reader(push, a, "ws")
    ids = [str(b.id)] + [str(b.id + 1000 + i) for i in range(199)]
    ra.say({"op": "watch", "user_ids": ids})
    shows(ra, b, "online")
    other = Reader(push, a, query="?watch=" + ",".join(ids))
    shows(other, b, "online")
    ra.say({"op": "watch", "user_ids": ids + [str(a.id)]})
    equal("one more is refused", ra.expect_control("error")[0], {"code": "invalid_fields", "op": "watch"})
    # as long a frame that is no list to watch is too long
    for frame in ({"op": "typing", "channel_id": str(channel), "x": "x" * 4500}, {"op": "watch", "x": "x" * 5200}):
        r = Reader(push, a, "ws")
        r.say(frame)
        r.expect_closed()
    true("the other is there", not ra.closed)


def test_presence_a_poll_says_itself_that_nobody_is_there(st):
    push = st.push_start(presence_leave=2, presence_lease=3)
    a, b, server, channel = two_people(st, "pollidle")
    ra = Reader(push, a, "ws")
    watch(ra, b)
    cursor = poll(push, b, "wait=0")["cursor"]
    for _ in range(3):
        cursor = poll(push, b, "wait=1&status=idle&since=" + cursor)["cursor"]
    shows(ra, b, "idle")
    equal("from one to the next", told(ra, b)[-1:], ["idle"])
    true("and never more: %s" % told(ra, b), "online" not in told(ra, b))
    poll(push, b, "wait=1&status=online&since=" + cursor)
    shows(ra, b, "online")
    poll(push, b, "wait=1&status=idle&since=" + cursor)
    shows(ra, b, "idle")
    equal("refused", Reader(push, a, "ndjson", query="?status=dnd", wait=False).daemon.request(
        "GET /api/v1/stream?status=dnd HTTP/1.1\r\nHost: moot.test\r\nAccept: application/x-ndjson\r\nAuthorization: Bearer %s\r\n\r\n"
        % a.token())[:12], b"HTTP/1.1 400")


def test_presence_last_seen_is_hidden_both_ways(st):
    push = st.push_start(**QUICK)
    a, b, server, channel = two_people(st, "seen")
    c = st.account("seen_c")
    c.join(a.invite(server))
    ra, rc = Reader(push, a, "ws"), Reader(push, c, "ws")
    st.call("me_update", c.id, None, None, None, False)
    watch(ra, b)
    watch(rc, b)
    rb = Reader(push, b)
    shows(ra, b, "online")
    shows(rc, b, "online")
    rb.close()
    shows(ra, b, "offline")
    shows(rc, b, "offline")
    seen = [[e["data"]["last_seen_at"] for e in r.events if e["type"] == "presence.updated"][-1] for r in (ra, rc)]
    true("shown to one, not to who hides his: %s" % seen, seen[0] and not seen[1])
    rb = Reader(push, b)
    shows(ra, b, "online")
    st.call("me_update", b.id, None, None, None, False)
    until("his stream was told", lambda: "user.updated" in rb.types())
    rb.close()
    shows(ra, b, "offline")
    equal("hidden now", [e["data"]["last_seen_at"] for e in ra.events if e["type"] == "presence.updated"][-1], None)


def test_presence_who_hides_his_last_seen_is_told_no_more_of_it(st):
    push = st.push_start(**QUICK)
    a, b, server, channel = two_people(st, "hides")
    ra, rb = Reader(push, a), watches(push, b, a)
    shows(rb, a, "online")
    st.call("me_update", b.id, None, None, None, False)
    until("his stream was told", lambda: "user.updated" in rb.types())
    ra.close()
    shows(rb, a, "offline")
    equal("when he was seen", [e["data"]["last_seen_at"] for e in rb.events if e["type"] == "presence.updated"][-1], None)


def test_presence_wrong_frames(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "wrong")
    r = Reader(push, a, "ws")
    frames = [{"op": "presence"}, {"op": "presence", "status": "away"}, {"op": "presence", "status": "offline"},
              {"op": "watch"}, {"op": "watch", "user_ids": "7"}, {"op": "watch", "user_ids": [7]},
              {"op": "watch", "user_ids": ["x"]}, {"op": "watch", "user_ids": [str(i + 1) for i in range(201)]}]
    for f in frames:
        r.say(f)
    until("all refused", lambda: len(r.control("error")) == len(frames))
    equal("codes", {(x["op"], x["code"]) for x in r.control("error")},
          {("presence", "invalid_fields"), ("watch", "invalid_fields")})
    watch(r)
    token, text = a.personal_token("read")
    t = Reader(push, token=text, kind="ws")
    t.say({"op": "presence", "status": "dnd"})
    until("reading is not choosing", lambda: t.control("error"))
    equal("scope", t.control("error")[0]["code"], "scope_missing")


def test_who_has_written_types_no_more(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "wrote")
    c, d = st.account("wrote_c"), st.account("wrote_d")
    for p in (c, d):
        p.join(a.invite(server))
    ra = Reader(push, a, "ws")
    typed = lambda: [e["data"]["user"]["username"] for e in ra.events if e["type"] == "typing.started"]
    st.call("typing_post", b.id, channel)
    until("the first at once", lambda: typed() == [b.name])
    for p in (c, d):
        st.call("typing_post", p.id, channel)
    c.post(channel, "what c wrote")
    until("the other one", lambda: d.name in typed())
    ra.expect_texts(["what c wrote"])
    equal("not who has written", typed(), [b.name, d.name])
    st.call("typing_post", c.id, channel)
    until("until he writes on", lambda: typed() == [b.name, d.name, c.name])


def test_typing_is_told_by_the_second(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "group")
    code = a.invite(server)
    people = []
    for i in range(8):
        people.append(st.account("group_%d" % i))
        people[-1].join(code)
    ra = Reader(push, a, "ws")
    own = Reader(push, b, "ws")
    own.say({"op": "typing", "channel_id": str(channel)})
    typed = lambda r: [e["data"]["user"]["username"] for e in r.events if e["type"] == "typing.started"]
    until("the first at once", lambda: typed(ra) == [b.name])
    for p in people * 3:
        st.call("typing_post", p.id, channel)
    until("a group", lambda: len(typed(ra)) > 1)
    equal("five of them, each once", (len(typed(ra)), len(set(typed(ra)))), (6, 6))
    equal("not to the connection that typed", b.name in typed(own), False)
    st.sql("UPDATE server SET member_count = 201 WHERE id = %d" % server)
    n = len(st.sql("SELECT * FROM typing_post(%d, %d)" % (a.id, channel)))
    equal("nobody is told where many see it", n, 1)
