"""A role that changes takes effect on open streams: what it showed is lost at once, and what it shows is gained."""
import json

from client import Reader
from stack import equal, true, until
from t_ends import guest_of
from t_faults import access_waits
from t_order import fence, two_people
from t_presence import shows, told, watch

VIEW, SEND, ADMINISTRATOR = 1, 4, 1 << 30


def role_of(st, a, server, name, mask):
    return int(json.loads(st.call("role_create", a.id, server, name, mask, None, None))["id"])


def give(st, a, server, b, *roles):
    st.call("member_update", a.id, server, b.id, "{%s}" % ",".join(map(str, roles)), None)


def lost(r, channel):
    return [x for x in r.control("revoke") if x["stream"] == "channel:%d" % channel]


def gained(r, channel):
    return [x for x in r.control("reset") if x["stream"] == "channel:%d" % channel]


def shown_by_role(st, name):
    """A private channel that b sees by a role alone, and open streams of b and of the owner."""
    a, b, server, channel = two_people(st, name)
    role = role_of(st, a, server, "shown", 0)
    secret = a.channel(server, "secret", private=True)
    st.call("override_put", a.id, secret, role, VIEW, 0)
    give(st, a, server, b, "member", role)
    return a, b, server, channel, role, secret


def expect_loss(st, a, server, channel, secret, readers, act):
    """act ends it exactly: what is committed after it is not seen, whatever the bus brings first."""
    a.post(secret, "before")
    for r in readers:
        r.expect_texts(["before"])
    act()
    events = st.local.events
    true("it has events", events)
    a.post(secret, "after")
    for stream, payload in events:
        st.publish(stream, payload)
    a.post(channel, "public")
    for r in readers:
        until("revoked", lambda r=r: lost(r, secret))
        r.expect_texts(["before", "public"])
        true("still open", not r.closed)


def test_a_role_that_is_taken_takes_its_channel_at_once(st):
    push = st.push_start()
    a, b, server, channel, role, secret = shown_by_role(st, "taken")
    readers = [Reader(push, b, k) for k in ("sse", "ws", "ndjson")]
    expect_loss(st, a, server, channel, secret, readers,
                lambda: st.call("member_update", a.id, server, b.id, "{member}", None, publish=False))


def test_a_role_that_is_deleted_takes_its_channel_at_once(st):
    push = st.push_start()
    a, b, server, channel, role, secret = shown_by_role(st, "deleted")
    readers = [Reader(push, b, k) for k in ("sse", "ws", "ndjson")]
    expect_loss(st, a, server, channel, secret, readers,
                lambda: st.call("role_delete", a.id, server, role, publish=False))
    for r in readers:
        until("told", lambda r=r: "role.deleted" in r.types())


def test_a_permission_that_is_taken_from_a_role_takes_the_channel_at_once(st):
    push = st.push_start()
    a, b, server, channel, role, secret = shown_by_role(st, "bits")
    # everybody sees by the role everyone; where that is denied, only an administrator goes on seeing
    boss = role_of(st, a, server, "boss", ADMINISTRATOR)
    give(st, a, server, b, "member", role, boss)
    everyone = int(st.sql("SELECT id FROM role WHERE server_id = %d AND kind = 'everyone'" % server)[0][0])
    open_one = a.channel(server, "for bosses")
    st.call("override_put", a.id, open_one, everyone, 0, VIEW)
    readers = [Reader(push, b, k) for k in ("sse", "ws")]
    expect_loss(st, a, server, channel, open_one, readers,
                lambda: st.call("role_update", a.id, server, boss, None, 0, None, None, publish=False))
    st.call("role_update", a.id, server, boss, None, ADMINISTRATOR, None, None)
    for r in readers:
        until("and given back it is read again", lambda r=r: gained(r, open_one))


def test_the_view_of_everybody_is_gone_at_once(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "everyone")
    readers = [Reader(push, b, k) for k in ("sse", "ws")]
    a.post(channel, "before")
    for r in readers:
        r.expect_texts(["before"])
    everyone = int(st.sql("SELECT id FROM role WHERE server_id = %d AND kind = 'everyone'" % server)[0][0])
    st.call("role_update", a.id, server, everyone, None, 2, None, None)
    a.post(channel, "after")
    witness = Reader(push, a)
    a.post(channel, "to the owner")
    witness.expect_texts(["to the owner"])
    for r in readers:
        until("revoked", lambda r=r: lost(r, channel))
        equal("nothing after it", r.texts(), ["before"])


def test_a_guest_too_loses_the_view_of_everybody_at_once(st):
    """He does not read the server's stream, where it is said, but channels below it."""
    push = st.push_start()
    a, b, server, channel = two_people(st, "guests")
    give(st, a, server, b, "guest")
    shown = a.channel(server, "shown", private=True)
    st.call("channel_member_put", a.id, shown, b.id)
    witness, readers = Reader(push, a), [Reader(push, b, k) for k in ("sse", "ws")]
    a.post(shown, "before")
    for r in [witness] + readers:
        r.expect_texts(["before"])
    everyone = int(st.sql("SELECT id FROM role WHERE server_id = %d AND kind = 'everyone'" % server)[0][0])
    st.call("role_update", a.id, server, everyone, None, 2, None, None, publish=False)
    for stream, payload in st.local.events:
        if stream == server:        # what his own stream says of it comes later
            st.publish(stream, payload)
    a.post(shown, "after")
    witness.expect_texts(["before", "after"])
    for r in readers:
        until("revoked", lambda r=r: lost(r, shown))
        equal("nothing after it", r.texts(), ["before"])


def test_a_guest_who_is_kicked_gets_nothing_more(st):
    """Before anybody has answered what he may read now, and before his own stream says so."""
    push = st.push_start()
    a, b, server, shown = guest_of(st, "kicked")
    witness, readers = Reader(push, a, "ws"), [Reader(push, b, k) for k in ("ws", "sse", "ndjson")]
    watch(readers[0], a)
    shows(readers[0], a, "online")
    watch(witness, b)
    shows(witness, b, "online")
    a.post(shown, "before")
    for r in [witness] + readers:
        r.expect_texts(["before"])
    st.call("member_remove", a.id, server, b.id, publish=False)
    events = st.local.events
    with access_waits(st, "PERFORM 1"):
        for stream, payload in events:
            if stream == server:
                st.publish(stream, payload)
        a.post(shown, "after")
        witness.expect_texts(["before", "after"])
        for r in readers:
            until("revoked", lambda r=r: lost(r, shown))
            equal("nothing after it", r.texts(), ["before"])
    # nor whether anybody is there, on either side
    before = len(told(readers[0], a)), len(told(witness, b))
    c = st.account("kicked_c")
    c.join(a.invite(server))
    rc = Reader(push, c, "ws")
    watch(rc, a)
    for status in ("idle", "dnd"):
        witness.say({"op": "presence", "status": status})
        readers[0].say({"op": "presence", "status": status})
        shows(rc, a, status)
    equal("neither learns more", (len(told(readers[0], a)), len(told(witness, b))), before)


def kicked(st, a, server, b):
    st.call("member_remove", a.id, server, b.id)


def nothing_for_everyone(st, a, server, b):
    everyone = int(st.sql("SELECT id FROM role WHERE server_id = %d AND kind = 'everyone'" % server)[0][0])
    st.call("role_update", a.id, server, everyone, None, 2, None, None)


def loses_it_meanwhile(st, push, guest, act, witness):
    """The question for b's access has been answered, but the daemon has not got the answer, when he loses it. witness:
    whose stream is open from before that on, or opened just after it; so the daemon has seen it, or has not, but knows
    a later rev of the server; None: it knows nothing of the server."""
    a, b, server, channel = two_people(st, "meanwhile")
    c = st.account("meanwhile_c")
    c.join(a.invite(server))
    if guest:
        give(st, a, server, b, "guest")
    shown = a.channel(server, "shown", private=True)
    st.call("channel_member_put", a.id, shown, b.id)
    dm = int(json.loads(st.call("dm_open", a.id, "{%d}" % b.id))["id"])
    if witness == "before":
        Reader(push, a)
    with access_waits(st, "RETURN QUERY SELECT * FROM access_quick(account_ids); IF %d = ANY (account_ids) THEN "
                      "PERFORM pg_advisory_xact_lock_shared(78); END IF; RETURN" % b.id):
        readers = [Reader(push, b, k, wait=False) for k in ("sse", "ws")]
        until("asked", lambda: st.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")[0][0] > "0")
        act(st, a, server, b)
        if witness == "after":
            Reader(push, c)
        for i in range(3):
            a.post(shown, "over %d" % i)
    for r in readers:
        until("hello", lambda r=r: r.hello())
    reader = Reader(push, a)
    a.post(shown, "over at last")
    until("the daemon is that far", lambda: "over at last" in reader.texts())
    fence(a, dm, *readers)
    for r in readers:
        equal("%s, guest %s, witness %s: nothing" % (act.__name__, guest, witness), r.texts(shown), [])


def test_who_loses_a_channel_while_his_stream_is_opened(st):
    push = st.push_start()
    for witness in ("before", "after", None):
        loses_it_meanwhile(st, push, True, kicked, witness)
        loses_it_meanwhile(st, push, False, kicked, witness)
        loses_it_meanwhile(st, push, True, nothing_for_everyone, witness)


def test_who_is_left_a_guest_reads_the_server_no_more(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "guest")
    role = role_of(st, a, server, "more", SEND)
    give(st, a, server, b, "guest", role)
    r = Reader(push, b)
    a.post(channel, "before")
    r.expect_texts(["before"])
    st.call("role_delete", a.id, server, role)
    until("the server's stream is gone", lambda: [x for x in r.control("revoke") if x["stream"] == "server:%d" % server])
    until("and its channel", lambda: lost(r, channel))
    until("told in his own", lambda: [e for e in r.events if e["type"] == "member.updated"
                                      and e["stream"] == "user:%d" % b.id])
