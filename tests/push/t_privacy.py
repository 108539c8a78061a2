"""What must not be told: history without the permission, texts of before an edit, after an end."""
import json, threading, time

from client import Reader
from stack import TOP, equal, true, until
from t_access import ask, bye_code
from t_order import fence, poll, two_people

VIEW, HISTORY, SEND = 1, 2, 4


def deny(st, a, channel, account, bits):
    st.call("override_put", a.id, channel, account.id, 0, bits)


def resets(r, channel, why):
    return [x for x in r.control("reset") if x["stream"] == "channel:%d" % channel and x["why"] == why]


def in_place(st, sql, test):
    """Runs the test with changed functions of sql/func/80_feed.sql."""
    try:
        st.sql(sql)
        test()
    finally:
        with open(TOP + "/sql/func/80_feed.sql") as f:
            st.sql(f.read())


# ---- history

def test_a_made_cursor_reads_nothing_back_without_the_permission(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "back")
    r = Reader(push, b)
    cursor = r.position()
    r.close()
    for i in range(3):
        a.post(channel, "past %d" % i)
    allowed = Reader(push, b, last=cursor)
    allowed.expect_texts(["past 0", "past 1", "past 2"])
    allowed.close()
    deny(st, a, channel, b, HISTORY)
    readers = [Reader(push, b, k, query="?since=" + cursor) for k in ("sse", "ws", "ndjson", "chunked")]
    answer = poll(push, b, "wait=5&since=" + cursor)
    true("the poll tells the reset", "channel:%d" % channel in answer.get("reset", []))
    equal("and nothing of the past", [e for e in answer["items"] if e["type"] == "message.created"], [])
    for r in readers:
        until("reset", lambda: resets(r, channel, "history"))
    a.post(channel, "live")
    for r in readers:
        r.expect_texts(["live"])


def test_taking_history_away_stops_who_is_behind(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "behind")
    witness = Reader(push, a)
    slow = Reader(push, b, start=False, wait=False, rcvbuf=4096)
    until("both are there", lambda: push.health()["connections"] == 2)
    long = ["%d %s" % (i, "x" * 3900) for i in range(80)]
    for text in long:
        a.post(channel, text)
    witness.expect_texts(long)
    deny(st, a, channel, b, HISTORY)
    # nothing more of this channel is delivered to anybody before b was read anew
    a.post(channel, "after")
    witness.expect_texts(long + ["after"])
    slow.start()
    until("reset", lambda: resets(slow, channel, "history"))
    a.post(channel, "live")
    until("goes on", lambda: slow.texts() and slow.texts()[-1] == "live")
    got = [t for t in slow.texts() if t in long]
    equal("in order up to there", got, long[:len(got)])
    true("the rest is not his any more (%d)" % len(got), len(got) < 70)


def test_a_loss_is_told_to_who_is_too_far_behind(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "far")
    other = a.channel(server, "other")
    witness = Reader(push, a)
    slow = [Reader(push, b, k, rcvbuf=4096) for k in ("sse", "ws", "ndjson", "chunked")]
    for r in slow:
        r.paused.set()
    for i in range(700):
        a.post(channel, "%04d " % i + "y" * 600)
    until("behind", lambda: push.health()["blocked"] == len(slow))
    deny(st, a, channel, b, VIEW)
    # delivered to anybody once b was read anew
    a.post(channel, "not for b")
    until("it is done", lambda: witness.texts()[-1] == "not for b")
    for r in slow:
        r.paused.clear()
    for r in slow:
        until("revoked", lambda: [x for x in r.control("revoke") if x["stream"] == "channel:%d" % channel])
    a.post(channel, "nor this")
    a.post(other, "end")
    for r in slow:
        until("goes on", lambda: r.texts(other) == ["end"])
        equal("nothing later", [t for t in r.texts(channel) if t[:4] in ("not ", "nor ")], [])


def test_a_live_reader_without_history_misses_nothing(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "present")
    c = st.account("present_c")
    c.join(a.invite(server))
    deny(st, a, channel, b, HISTORY)
    readers = [Reader(push, b, k) for k in ("sse", "ws", "ndjson", "chunked")]
    texts = []
    for i in range(40):
        a.post(channel, "m%d" % i)
        texts.append("m%d" % i)
        if i % 4 == 0:
            deny(st, a, channel, c, 16 if i % 8 else 32)
    for r in readers:
        r.expect_texts(texts)
        equal("no reset", r.control("reset"), [])


def said_of(r, message):
    """What the stream said of a message from its first edit on."""
    return [e["data"]["content"] for e in r.events if e["type"] == "message.updated" and e["data"]["id"] == message["id"]]


def withheld(r):
    return r.types().count("message.withheld")


def test_an_edit_of_what_was_said_before_tells_nothing_without_history(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "edits")
    deny(st, a, channel, b, HISTORY)
    old = a.post(channel, "before")
    witness, readers = Reader(push, a), [Reader(push, b, k) for k in ("sse", "ws", "ndjson", "chunked")]
    narrow = Reader(push, b, query="?types=message.created,message.updated")
    every = readers + [narrow]
    new = a.post(channel, "while here")
    for r in [witness] + every:
        r.expect_texts(["while here"])
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(poll(push, b, "wait=20")))
    waiting.start()
    until("the poll is there", lambda: push.health()["connections"] == len(every) + 2)

    def both(*texts):
        """Edits both, and what is expected of b's readers: the texts of the old one, and of the new one."""
        edit(st, a, channel, old, texts[0])
        edit(st, a, channel, new, texts[1])
        fence(a, channel, witness, *every)

    both("SECRET 1", "new 1")
    waiting.join()
    equal("a poll is told that there was something", [(e["type"], e["data"]) for e in answers[0]["items"]][:1],
          [("message.withheld", {})])
    push.hand_over()
    both("SECRET 2", "new 2")
    for r in every:
        equal("nothing of the old one", said_of(r, old), [])
        equal("all of the new one", said_of(r, new), ["new 1", "new 2"])
        true("nowhere", "SECRET" not in json.dumps(r.events))
    for r in readers:
        equal("but that there was something", withheld(r), 2)
        revs = r.revs("channel:%d" % channel)
        equal("so no number is missing", revs, list(range(revs[0], revs[0] + len(revs))))
    equal("it does not pass what asks for others", withheld(narrow), 0)
    equal("who may read back is told", said_of(witness, old), ["SECRET 1", "SECRET 2"])
    # given back, and taken again: then what was said until then is the past
    deny(st, a, channel, b, 16)
    both("open", "new 3")
    deny(st, a, channel, b, HISTORY)
    both("SECRET 3", "SECRET 4")
    for r in every:
        equal("old", said_of(r, old), ["open"])
        equal("new", said_of(r, new), ["new 1", "new 2", "new 3"])
    for r in readers:
        equal("withheld", withheld(r), 4)
    # he is told of what is gone: it may stand on his screen from an earlier stream
    st.call("message_delete", a.id, channel, int(old["id"]))
    for r in readers:
        until("deleted", lambda: "message.deleted" in r.types())


# ---- what was said before

def edit(st, a, channel, message, text, publish=True):
    st.call("message_update", a.id, channel, int(message["id"]), text, None, publish=publish)


def test_texts_of_before_an_edit_or_deletion_are_gone(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "redact")
    witness = Reader(push, a)       # so the events stand in the daemon's memory
    cursor = Reader(push, b).position()
    first, second = a.post(channel, "bad word"), a.post(channel, "worse word")
    a.post(channel, "harmless")
    edit(st, a, channel, first, "good word")
    st.call("message_delete", a.id, channel, int(second["id"]))
    until("done", lambda: "message.deleted" in witness.types())
    for r in [Reader(push, b, k, query="?since=" + cursor) for k in ("sse", "ws", "ndjson", "chunked")]:
        until("all of it", lambda: "message.deleted" in r.types())
        equal("as it stands now", r.texts(), ["good word", "", "harmless"])
        true("nowhere else", "bad word" not in json.dumps(r.events) and "worse" not in json.dumps(r.events))
        revs = r.revs("channel:%d" % channel)
        equal("in order", revs, list(range(revs[0], revs[0] + 5)))
    true("nowhere in a poll", b"word" not in json.dumps(poll(push, b, "wait=5&since=" + cursor)).replace(
        "good word", "").encode())


def bulk_delete(st, actor, channel, messages, publish=True):
    st.call("messages_bulk_delete", actor.id, channel, "{%s}" % ",".join(m["id"] for m in messages), publish=publish)


def test_texts_of_before_a_bulk_deletion_are_gone(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "bulk")
    witness = Reader(push, a)
    cursor = Reader(push, b).position()
    kept = a.post(channel, "harmless")
    gone = [a.post(channel, "bad word %d" % i) for i in range(70)]
    a.post(channel, "later")
    until("seen", lambda: witness.texts()[-1:] == ["later"])
    bulk_delete(st, a, channel, gone)
    until("done", lambda: "messages.deleted" in witness.types())
    for r in [Reader(push, b, k, query="?since=" + cursor) for k in ("sse", "ws", "ndjson", "chunked")]:
        until("all of it", lambda: "messages.deleted" in r.types())
        equal("as it stands now", [t for t in r.texts() if t], ["harmless", "later"])
        true("nowhere else", "bad word" not in json.dumps(r.events))
        revs = r.revs("channel:%d" % channel)
        equal("in order", revs, list(range(revs[0], revs[0] + 73)))
    true("nowhere in a poll", "bad word" not in json.dumps(poll(push, b, "wait=5&since=" + cursor)))


def test_texts_of_what_has_had_its_time_are_gone(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "expired")
    witness = Reader(push, a)
    cursor = Reader(push, b).position()
    old = a.post(channel, "bad word")
    edit(st, a, channel, old, "worse")
    until("seen", lambda: "message.updated" in witness.types())
    shift = (40 * 86400000) << 20
    st.sql("UPDATE message SET id = id - %d WHERE id = %s; UPDATE event SET subject = subject - %d WHERE subject = %s"
           % (shift, old["id"], shift, old["id"]))
    st.sql("UPDATE channel SET retention_days = 30 WHERE id = %d" % channel)
    job = st.sql("SELECT job_add('retention', 0, '{\"channel\":\"%d\"}', now() + interval '1 h')" % channel)
    st.call("retention_next", int(job[0][0]), 0, 60, 100)
    until("done", lambda: "messages.expired" in witness.types())
    for r in [Reader(push, b, k, query="?since=" + cursor) for k in ("sse", "ws", "ndjson", "chunked")]:
        until("all of it", lambda: "messages.expired" in r.types())
        true("nowhere", "bad word" not in json.dumps(r.events) and "worse" not in json.dumps(r.events))


def test_a_bulk_deletion_that_waited_for_its_messages(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "bulkheld")
    readers = [Reader(push, b, k) for k in ("sse", "ws")]
    slips, created = [], []
    st.sql("BEGIN")     # else the look for lost events may bring them while they still stand
    for i in range(3):
        slips.append(a.post(channel, "slip %d" % i, publish=False))
        created += st.local.events
    bulk_delete(st, a, channel, slips, publish=False)
    st.sql("COMMIT")
    # the first one last: the others are held until it is there, then all go through in one turn
    for stream, payload in st.local.events + created[::-1]:
        st.publish(stream, payload)
    for r in readers:
        until("the deletion", lambda: "messages.deleted" in r.types())
        true("never a slip", "slip" not in json.dumps(r.events))


def test_an_edit_that_waited_for_its_message(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "held")
    readers = [Reader(push, b, k) for k in ("sse", "ws")]
    st.sql("BEGIN")     # else the look for lost events may bring it as it was
    message = a.post(channel, "slip", publish=False)
    created = st.local.events
    edit(st, a, channel, message, "meant", publish=False)
    updated = st.local.events
    st.sql("COMMIT")
    # the later one first: it is held, then both go through in one turn
    for stream, payload in updated + created:
        st.publish(stream, payload)
    for r in readers:
        until("the edit", lambda: "message.updated" in r.types())
        equal("never the slip", r.texts(), ["meant"])


HOLD = 4711     # an advisory lock that holds the database's answer up


def held_up(st):
    return st.sql("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = %d AND NOT granted" % HOLD)


def test_an_edit_while_history_is_being_read(st):
    a, b, server, channel = two_people(st, "race")
    push = st.push_start("first")
    cursor = Reader(push, b).position()
    push.stop()
    message = a.post(channel, "old")
    a.post(channel, "between")
    push = st.push_start("second")
    witness = Reader(push, a)

    def test():
        st.sql("SELECT pg_advisory_lock(%d)" % HOLD)
        r = Reader(push, b, last=cursor, wait=False)
        until("being read", lambda: held_up(st))
        edit(st, a, channel, message, "new")
        until("the edit is processed", lambda: "message.updated" in witness.types())
        true("still being read", held_up(st))
        st.sql("SELECT pg_advisory_unlock(%d)" % HOLD)
        until("all of it", lambda: "message.updated" in r.types())
        equal("as it stands now", r.texts(), ["new", "between"])

    in_place(st, """CREATE OR REPLACE FUNCTION feed_events(streams bigint[], after_revs bigint[], limit_each int)
        RETURNS TABLE (event_id bigint, stream bigint, rev bigint, kind text, parent bigint, parent_rev bigint,
            access int, subject bigint, type text, at_ms bigint, body text)
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        BEGIN
            RETURN QUERY SELECT e.id, e.stream, e.rev, e.kind::text, e.parent, e.parent_rev, e.access::int, e.subject,
                e.type, e.id >> 20, e.body
            FROM unnest(streams, after_revs) AS u (id, rev)
            JOIN event AS e ON e.stream = u.id AND e.rev > u.rev ORDER BY e.stream, e.rev;
            PERFORM pg_advisory_xact_lock(4711);
        END $$""", test)


# ---- ends

def test_a_session_ends_however_many_streams_there_are(st):
    push = st.push_start()
    a = st.account("crowded_a")
    server, channel = a.server("Crowded")
    st.sql("INSERT INTO channel (server_id, kind, name) SELECT %d, 'text', 'c' || g FROM generate_series(1, 1100) AS g"
           % server)

    def ends():
        # somebody whose stream the daemon does not know yet
        b = st.account("crowded")
        b.join(a.invite(server))
        r = Reader(push, b)
        st.call("session_end", b.id, b.session)
        equal("bye", r.expect_control("bye", seconds=5)[0]["code"], 4401)

    ends()
    # even if the database named a thousand others before his own
    in_place(st, """CREATE OR REPLACE FUNCTION feed_access(account_ids bigint[])
        RETURNS TABLE (account_id bigint, stream bigint, kind text, parent bigint, rev bigint, name text, floor bigint,
            receipts boolean, status text, shows_seen boolean, left_ms bigint, past bigint, parent_rev bigint)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            SELECT a, g, 's', 0::bigint, 0::bigint, NULL::text, 0::bigint, true, NULL::text, true, NULL::bigint, 0::bigint, 0::bigint
            FROM unnest(account_ids) AS a, generate_series(1, 1100) AS g
            UNION ALL SELECT account_id, stream, kind, parent, rev, name, floor, true, 'online', true, NULL, past, parent_rev
            FROM access_of(account_ids) $$""", ends)


def test_the_end_of_a_personal_token_ends_its_streams(st):
    push = st.push_start()
    a = st.account("patend_a")
    server, channel = a.server("Tokens")
    began = time.monotonic()
    _, short = a.personal_token(life=3)
    _, long = a.personal_token(life=10 ** 10)
    readers = [Reader(push, token=short, kind=k) for k in ("sse", "ws", "ndjson", "chunked")]
    lasting = Reader(push, token=long)
    for r in readers:
        equal("bye", r.expect_control("bye")[0]["code"], 4401)
        r.expect_closed()
    true("not before its time", 1.5 < time.monotonic() - began)
    until("refused from then on", lambda: ask(push, token=short).startswith("HTTP/1.1 401 "), seconds=3)
    equal("and for good", bye_code(ask(push, token=short, accept="text/event-stream")), 4401)
    a.post(channel, "still here")
    lasting.expect_texts(["still here"])


def test_scopes_of_personal_tokens(st):
    push = st.push_start()
    a = st.account("scope_a")
    server, channel = a.server("Scopes")
    watcher = Reader(push, a)
    for scopes in ("write", "reader unread"):
        _, token = a.personal_token(scopes=scopes)
        out = ask(push, token=token)
        true("refused: " + out, out.startswith("HTTP/1.1 403 ") and '"scope_missing"' in out)
        equal("bye", bye_code(ask(push, token=token, accept="text/event-stream")), 4401)
        ws = Reader(push, token=token, kind="ws", wait=False)
        ws.expect_closed()
        equal("before the upgrade", ws.status, 403)
    for scopes in ("read", "read write", "write read", ""):
        r = Reader(push, token=a.personal_token(scopes=scopes)[1], kind="ws")
        true("reads with %r" % scopes, r.control("hello"))
        r.say({"op": "typing", "channel_id": str(channel)})
        if scopes == "read":
            equal("typing writes", r.expect_control("error")[0]["code"], "scope_missing")
        else:
            until("types", lambda: "typing.started" in watcher.types())
        watcher.events.clear()
        r.close()


def test_a_disabled_account_is_closed_at_the_next_read(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "shut")
    mine = [Reader(push, b), Reader(push, token=b.personal_token()[1], kind="ws")]
    c = st.account("shut_c")
    c.join(a.invite(server))
    other = Reader(push, a)
    st.sql("UPDATE account SET disabled_at = now() WHERE id = %d" % b.id)
    deny(st, a, channel, c, SEND)
    for r in mine:
        equal("bye", r.expect_control("bye")[0]["code"], 4401)
    a.post(channel, "on")
    other.expect_texts(["on"])


# ---- typing and cookies

def test_typing_needs_the_right_to_send(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "types")
    ra, rb = Reader(push, a), Reader(push, b, "ws")
    rb.say({"op": "typing", "channel_id": str(channel)})
    until("typing", lambda: "typing.started" in ra.types())
    over_ws = [e for e in ra.events if e["type"] == "typing.started"][0]
    st.call("typing_post", b.id, channel)
    until("typing by request", lambda: ra.types().count("typing.started") == 2)
    by_rest = [e for e in ra.events if e["type"] == "typing.started"][1]
    true("a whole user", over_ws["data"]["user"]["username"] == b.name)
    over_ws.pop("at"), by_rest.pop("at")
    equal("one shape", over_ws, by_rest)
    deny(st, a, channel, b, SEND)
    again = Reader(push, b, "ws")
    again.say({"op": "typing", "channel_id": str(channel)})
    equal("refused", again.expect_control("error")[0], {"code": "forbidden", "op": "typing"})
    fence(a, channel, ra)
    equal("nobody is told", ra.types().count("typing.started"), 2)


def test_who_has_blocked_somebody_is_not_told_that_he_types(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "hears")
    c = st.account("hears_c")
    c.join(a.invite(server))
    mine = [Reader(push, a, kind) for kind in ("sse", "ws", "ndjson")]
    rb, rc = Reader(push, b, "ws"), Reader(push, c)
    typed = lambda r: [e["data"]["user"]["username"] for e in r.events if e["type"] == "typing.started"]
    st.call("block_put", a.id, b.id)
    rb.say({"op": "typing", "channel_id": str(channel)})
    until("another is told, of a frame", lambda: typed(rc) == [b.name])
    st.call("typing_post", b.id, channel)
    until("and of a request", lambda: typed(rc) == [b.name, b.name])
    st.call("typing_post", c.id, channel)
    for r in mine:
        until("of another everybody", lambda: c.name in typed(r))
    fence(a, channel, *mine)
    equal("of the blocked one nobody who has blocked him", [typed(r) for r in mine], [[c.name]] * 3)
    st.call("block_delete", a.id, b.id)
    st.call("typing_post", b.id, channel)
    for r in mine:
        until("until he does not any more", lambda: typed(r) == [c.name, b.name])


def test_names_of_the_cookie(st):
    a = st.account("cookiename_a")
    names = ["moot_access", "__Host-moot_access", "__Secure-moot_access"]
    for base, wanted in (("http://moot.test/chat", names[0]), ("https://moot.test", names[1]),
                         ("https://moot.test/chat", names[2]), ("https://moot.test:8443/a/b", names[2])):
        push = st.push_start(base_url=base)
        for name in names:
            out = ask(push, extra="Cookie: %s=%s\r\nSec-Fetch-Site: same-origin\r\n" % (name, a.token(issuer=base)))
            equal("%s at %s" % (name, base), out.split(" ")[1], "200" if name == wanted else "401")
        push.stop()
