"""A guest's time is over at that moment, on open streams too: nobody has to say so, and nothing has to answer."""
import json, threading, time

from client import Reader
from stack import equal, true, until
from t_faults import access_waits
from t_order import cursor_after, fence, poll, two_people

KINDS = ("sse", "ws", "ndjson", "chunked")


def guest_of(st, name):
    """A server, and b as a guest who sees one private channel of it."""
    a, b, server, channel = two_people(st, name)
    st.call("member_update", a.id, server, b.id, "{guest}", None)
    shown = a.channel(server, "shown", private=True)
    st.call("channel_member_put", a.id, shown, b.id)
    return a, b, server, shown


def stays(st, a, server, b, ends, publish=True):
    """Until so many milliseconds from now; 'infinity': for ever."""
    when = ends if ends == "infinity" else st.sql("SELECT now() + %d * interval '1 ms'" % ends)[0][0]
    st.call("member_update", a.id, server, b.id, None, None, when, publish=publish)


def is_over(st, server, b):
    return st.sql("SELECT count(*) FROM member WHERE server_id = %d AND account_id = %d AND expires_at <= now()"
                  % (server, b.id))[0][0] == "1"


def lost(r, channel):
    return [x for x in r.control("revoke") if x["stream"] == "channel:%d" % channel]


def updates(r):
    return r.types().count("member.updated")


def expect_end(st, a, server, b, shown, readers, witness):
    """Nothing that is posted from the end on comes to b, and he is told that the channel is gone."""
    texts = witness.texts(shown)
    until("it is over", lambda: is_over(st, server, b))
    for i in range(5):
        a.post(shown, "over %d" % i)
    st.call("typing_post", a.id, shown)
    witness.expect_texts(texts + ["over %d" % i for i in range(5)], shown)
    for r in readers:
        until("revoked", lambda: lost(r, shown))
        equal("nothing from then on", [t for t in r.texts() if t.startswith("over")], [])
        true("no typing", "typing.started" not in r.types())
        true("still open", not r.closed)


def test_nothing_comes_to_a_guest_whose_time_is_over(st):
    push = st.push_start()
    a, b, server, shown = guest_of(st, "over")
    witness, readers = Reader(push, a), [Reader(push, b, k) for k in KINDS]
    stays(st, a, server, b, 2000)
    for r in readers:
        until("told", lambda: updates(r) == 1)
    a.post(shown, "before")
    for r in [witness] + readers:
        r.expect_texts(["before"])
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(poll(push, b, "wait=6&types=message.created")))
    waiting.start()
    until("the poll is there", lambda: push.health()["connections"] == len(readers) + 2)
    expect_end(st, a, server, b, shown, readers, witness)
    waiting.join()
    equal("nor to a poll", answers[0]["items"], [])
    # and then it is ended, as moot-jobs does
    st.call("member_expire")
    for r in readers:
        until("told", lambda: "server.left" in r.types())
    # who comes back is there again
    b.join(a.invite(server))
    for r in readers:
        until("server.joined", lambda: "server.joined" in r.types())
        # what made him a member may lie before it: then it begins with a reset
        until("and its stream", lambda: "server:%d" % server in [e["stream"] for e in r.events + r.control("reset")])


def test_an_end_holds_while_the_database_says_nothing(st):
    push = st.push_start()
    a, b, server, shown = guest_of(st, "silent")
    witness, readers = Reader(push, a), [Reader(push, b, k) for k in KINDS]
    stays(st, a, server, b, 2000)
    for r in readers:
        until("told", lambda: updates(r) == 1)
    # the picture that knows of it is in effect when what waited behind it has come
    a.post(shown, "before")
    for r in [witness] + readers:
        r.expect_texts(["before"])
    with access_waits(st, "PERFORM 1"):
        expect_end(st, a, server, b, shown, readers, witness)


def test_an_end_that_is_moved_holds_from_then_on(st):
    push = st.push_start()
    a, b, server, shown = guest_of(st, "moved")
    witness, r = Reader(push, a), Reader(push, b)
    stays(st, a, server, b, 1500)
    stays(st, a, server, b, 3600000)
    first = st.sql("SELECT now() + interval '2 s'")[0][0]
    until("the first end has passed", lambda: st.sql("SELECT now() > '%s'" % first)[0][0] == "t")
    a.post(shown, "longer")
    r.expect_texts(["longer"])
    stays(st, a, server, b, "infinity")
    a.post(shown, "for ever")
    r.expect_texts(["longer", "for ever"])
    equal("he lost nothing meanwhile", [r.control("revoke"), r.control("reset")], [[], []])
    # nobody can tell yet that it is sooner: nothing of the server comes before that is known
    with access_waits(st, "PERFORM 1"):
        stays(st, a, server, b, 500)
        until("it is over", lambda: is_over(st, server, b))
        a.post(shown, "over 0")
        until("asked", lambda: updates(r) == 4)
        equal("nothing", r.texts(), ["longer", "for ever"])
    witness.expect_texts(["longer", "for ever", "over 0"], shown)
    until("revoked", lambda: lost(r, shown))
    equal("nothing", r.texts(), ["longer", "for ever"])


def test_who_comes_back_while_his_time_ends(st):
    """The question for his access was asked before the end, and is answered after it."""
    push = st.push_start(push_heartbeat=1)
    a, b, server, shown = guest_of(st, "back")
    dm = int(json.loads(st.call("dm_open", a.id, "{%d}" % b.id))["id"])
    witness, r = Reader(push, a), Reader(push, b)
    a.post(shown, "before")
    r.expect_texts(["before"])
    cursor = cursor_after(r)
    r.close()
    stays(st, a, server, b, 1500)
    a.post(shown, "told of it")
    witness.expect_texts(["before", "told of it"], shown)
    with access_waits(st, "RETURN QUERY SELECT * FROM access_quick(account_ids); "
                      "PERFORM pg_advisory_xact_lock_shared(78); RETURN"):
        readers = [Reader(push, b, k, last=cursor, wait=False) for k in KINDS] + [Reader(push, b, wait=False)]
        until("asked", lambda: st.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")[0][0] > "0")
        true("in time", not is_over(st, server, b))
        until("it is over", lambda: is_over(st, server, b))
        a.post(shown, "over")
        witness.expect_texts(["before", "told of it", "over"], shown)
    for r in readers:
        until(lambda: "hello: %s %s %s" % (r.kind, r.controls, push.log()[-1500:]), lambda: r.hello())
    for r in readers[:-1]:
        until("told", lambda: lost(r, shown))
    fence(a, dm, *readers)
    for r in readers:
        equal("nothing of it", r.texts(shown), [])


def test_an_end_goes_over(st):
    push = st.push_start()
    a, b, server, shown = guest_of(st, "goes")
    witness, readers = Reader(push, a), [Reader(push, b, k) for k in KINDS]
    began = time.monotonic()
    push.hand_over()
    stays(st, a, server, b, 3000 + int(5000 * (time.monotonic() - began)))
    a.post(shown, "before")
    for r in [witness] + readers:
        r.expect_texts(["before"])
    push.hand_over()
    true("not over yet", not is_over(st, server, b))
    with access_waits(st, "PERFORM 1"):
        expect_end(st, a, server, b, shown, readers, witness)


def test_an_end_in_the_middle_of_it(st):
    """One that passes while a new process takes over."""
    push = st.push_start()
    a, b, server, shown = guest_of(st, "mid")
    witness, readers = Reader(push, a), [Reader(push, b, k) for k in KINDS]
    stays(st, a, server, b, 300)
    a.post(shown, "before")
    witness.expect_texts(["before"])
    push.hand_over()
    expect_end(st, a, server, b, shown, readers, witness)
