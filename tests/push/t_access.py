"""Who may read what, and that it ends exactly where it ends."""
import json, threading, time

from client import Reader
from stack import Locked, equal, true, until, until_head
from t_order import cursor_after, fence, poll, two_people


def ask(push, account=None, accept="application/x-ndjson", token=None, extra=""):
    token = token or (account.token() if account else None)
    auth = "Authorization: Bearer %s\r\n" % token if token else ""
    s = push.request("GET /api/v1/stream HTTP/1.1\r\nHost: moot.test\r\nAccept: %s\r\n%s%s\r\n"
                     % (accept, auth, extra), read=False)
    out = until_head(s)
    if out.split(b" ")[1] not in (b"200", b"101") or accept == "text/event-stream":
        try:
            while True:
                part = s.recv(65536)
                if not part:
                    break
                out += part
        except OSError:
            pass
    s.close()
    return out.decode(errors="replace")


def bye_code(text):
    true("SSE answers 200: " + text, text.startswith("HTTP/1.1 200 "))
    data = text.split("event: bye\ndata: ")[1].split("\n")[0]
    return json.loads(data)["code"]


def test_kick_is_exact(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "kick")
    more = [a.channel(server, "k%d" % i) for i in range(3)]
    kinds = [Reader(push, b, k) for k in ("sse", "ws", "ndjson", "chunked")]
    witness = Reader(push, a)
    a.post(channel, "before")
    for r in kinds:
        r.expect_texts(["before"])
    st.call("member_remove", a.id, server, b.id, publish=False)
    events = st.local.events
    # the bus brings what was posted later first
    for c in [channel] + more:
        a.post(c, "after")
    for stream, payload in events:
        st.publish(stream, payload)
    until("the others go on", lambda: len(witness.texts()) == 5)
    for r in kinds:
        until("revokes", lambda: len(r.control("revoke")) == 5)
        gone = sorted(x["stream"] for x in r.control("revoke"))
        equal("which", gone, sorted(["server:%d" % server] + ["channel:%d" % c for c in [channel] + more]))
        equal("nothing later", r.texts(), ["before"])
        left = [e for e in r.events if e["type"] == "member.left"]
        equal("the removal itself arrives", len(left), 1)
        until("told in his own stream", lambda: "server.left" in r.types())
        true("still open", not r.closed)


def test_nothing_after_removal_under_load(st):
    push = st.push_start(push_heartbeat=1)
    a, b, server, channel = two_people(st, "load")
    readers = [Reader(push, b, k) for k in ("sse", "ws")] + [Reader(push, b, query="?channel_id=%d" % channel)]
    witness = Reader(push, a)
    stop = threading.Event()

    def write():
        i = 0
        while not stop.is_set():
            a.post(channel, "m%d" % i)
            i += 1
    t = threading.Thread(target=write)
    t.start()
    until("some", lambda: all(len(r.texts()) > 20 for r in readers))
    st.call("member_remove", a.id, server, b.id)
    removal = [json.loads(p.split("\n", 1)[1]) for s, p in st.local.events if s == server][0]
    until("revoked", lambda: all(r.control("revoke") for r in readers))
    seen = len(witness.texts())
    until("posts go on", lambda: len(witness.texts()) > seen + 20)
    stop.set()
    t.join()
    last = st.sql("SELECT last_seq FROM channel WHERE id = %d" % channel)[0][0]
    until("all of them are through", lambda: len(witness.texts()) == int(last))
    for r in readers:
        cursor_after(r)
    # every channel event names the server's rev it was committed under
    rows = st.sql("SELECT rev, parent_rev FROM event WHERE stream = %d" % channel)
    later = {int(rev) for rev, parent in rows if int(parent) >= removal["rev"]}
    true("posts went on", later)
    for r in readers:
        equal("nothing committed after the removal", set(r.revs("channel:%d" % channel)) & later, set())


def test_private_channel_gain_and_loss(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "priv")
    ra = Reader(push, a)
    secret = a.channel(server, "secret", private=True)
    rb = Reader(push, b)
    a.post(secret, "not for b")
    ra.expect_texts(["not for b"])
    equal("b sees nothing of it", [e for e in rb.events if "secret" in json.dumps(e)], [])
    st.call("channel_member_put", a.id, secret, b.id)
    until("told", lambda: "channel.created" in rb.types())
    until("joined", lambda: [e for e in rb.events if e["type"] == "member.joined"] or rb.control("reset"))
    a.post(secret, "for both")
    rb.expect_texts(["for both"])
    st.call("channel_member_delete", a.id, secret, b.id)
    a.post(secret, "not for b any more")
    ra.expect_texts(["not for b", "for both", "not for b any more"])
    until("revoked", lambda: [x for x in rb.control("revoke") if x["stream"] == "channel:%d" % secret])
    a.post(channel, "public")
    rb.expect_texts(["for both", "public"])


def test_rejoining_does_not_bring_what_was_between(st):
    push = st.push_start(push_heartbeat=1)
    a, b, server, channel = two_people(st, "rejoin")
    secret = a.channel(server, "secret", private=True)
    st.call("channel_member_put", a.id, secret, b.id)
    r = Reader(push, b)
    a.post(secret, "one")
    r.expect_texts(["one"])
    cursor = cursor_after(r)
    r.close()
    st.call("channel_member_delete", a.id, secret, b.id)
    a.post(secret, "between")
    st.call("channel_member_put", a.id, secret, b.id)
    r = Reader(push, b, last=cursor)
    until("reset", lambda: [x for x in r.control("reset") if x["stream"] == "channel:%d" % secret])
    a.post(secret, "two")
    r.expect_texts(["two"])


def test_a_poll_resets_what_lies_before_being_let_in_again(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "repoll")
    witness = Reader(push, a)
    for what in ("own", "ring"):
        cursor = poll(push, b, "wait=0")["cursor"]
        st.call("member_remove", a.id, server, b.id)
        a.post(channel, "between " + what)
        b.join(a.invite(server))
        a.post(channel, "after " + what)
        until("processed", lambda: "after " + what in witness.texts())
        answer = poll(push, b, "wait=5&since=" + cursor)
        for stream in ("server:%d" % server, "channel:%d" % channel):
            true("%s is reset: %s" % (stream, answer), stream in answer.get("reset", []))
        equal("nothing of between", [e for e in answer["items"] if e["type"] == "message.created"], [])
        a.post(channel, "later " + what)
        # with a reset there is an answer at once, which may be without server.joined in his own stream, where the
        # bus has lost something of it: streams have no order among themselves. Then that comes next, before the message
        answers = [answer]

        def said():
            answers.append(poll(push, b, "wait=5&since=" + answers[-1]["cursor"]))
            return [e["data"]["content"] for x in answers for e in x["items"] if e["type"] == "message.created"]
        until("goes on", lambda: said() == ["later " + what])


def test_joining_a_server_while_connected(st):
    push = st.push_start()
    a = st.account("joinlive_a")
    c = st.account("joinlive_c")
    server, channel = a.server("Join")
    code = a.invite(server)
    r, w = Reader(push, c), Reader(push, c, "ws")
    c.join(code)
    for reader in (r, w):
        until("server.joined", lambda: "server.joined" in reader.types())
        until("subscribed", lambda: [x for x in reader.control("reset") if x["stream"] == "channel:%d" % channel])
    a.post(channel, "welcome")
    for reader in (r, w):
        reader.expect_texts(["welcome"])


def test_a_channel_made_private_disappears(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "private")
    other = a.channel(server, "other")
    rb, ra = Reader(push, b), Reader(push, a)
    a.post(other, "seen")
    rb.expect_texts(["seen"])
    st.call("channel_update", a.id, other, None, None, None, None, True, None, None, None, None)
    for i in range(3):
        a.post(other, "hidden %d" % i)
    ra.expect_texts(["seen", "hidden 0", "hidden 1", "hidden 2"])
    until("revoked", lambda: [x for x in rb.control("revoke") if x["stream"] == "channel:%d" % other])
    equal("nothing of it", rb.texts(), ["seen"])
    st.call("channel_update", a.id, other, None, None, None, None, False, None, None, None, None)
    a.post(other, "public again")
    until("back", lambda: "public again" in rb.texts() or
          [x for x in rb.control("reset") if x["stream"] == "channel:%d" % other])
    a.post(other, "and on")
    until("goes on", lambda: "and on" in rb.texts())
    true("nothing hidden", not [t for t in rb.texts() if t.startswith("hidden")])


def test_nothing_passing_is_told_before_access_is_known(st):
    """Typing has no place in the order, but whoever may have lost the channel is told of none."""
    push = st.push_start()
    a, b, server, channel = two_people(st, "passing")
    other, third = a.channel(server, "passing_other"), a.channel(server, "passing_third")
    dm = int(json.loads(st.call("dm_open", a.id, "{%d}" % b.id))["id"])
    rb = Reader(push, b)
    typed = lambda: [e["stream"] for e in rb.events if e["type"] == "typing.started"]
    revoked = lambda c: [x for x in rb.control("revoke") if x["stream"] == "channel:%d" % c]

    def unpublished(*call):
        st.call(*call, publish=False)
        return st.local.events

    def publish(events):
        for stream, payload in events:
            st.publish(stream, payload)

    typing = unpublished("typing_post", a.id, channel)
    a.post(dm, "behind it", publish=False)
    typing += st.local.events
    lost = unpublished("override_put", a.id, channel, b.id, 0, 1)
    with Locked(st):
        asked = push.metric("push_access_queries")
        publish(lost)
        until("it asks", lambda: push.metric("push_access_queries") > asked)
        publish(typing)
        rb.expect_texts(["behind it"], dm)
    until("revoked", lambda: revoked(channel))

    lost = unpublished("override_put", a.id, other, b.id, 0, 1)
    publish(unpublished("typing_post", a.id, other))
    publish(lost)
    until("revoked", lambda: revoked(other))
    st.call("typing_post", a.id, third)
    until("of another", lambda: "channel:%d" % third in typed())
    equal("of no other", typed(), ["channel:%d" % third])


def test_a_deleted_server_and_channel(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "delete")
    other = a.channel(server, "other")
    r = Reader(push, b)
    st.call("channel_delete", a.id, other)
    until("channel.deleted", lambda: "channel.deleted" in r.types())
    until("revoked", lambda: [x for x in r.control("revoke") if x["stream"] == "channel:%d" % other])
    st.call("server_delete", a.id, server)
    until("revoked", lambda: [x for x in r.control("revoke") if x["stream"] == "server:%d" % server])
    until("its channel too", lambda: [x for x in r.control("revoke") if x["stream"] == "channel:%d" % channel])


def test_direct_messages(st):
    push = st.push_start()
    a, b, c = (st.account("dm_" + x) for x in "abc")
    server, beside = a.server("Beside")
    c.join(a.invite(server))
    ra, rb, rc = (Reader(push, x) for x in (a, b, c))
    dm = int(json.loads(st.call("dm_open", a.id, "{%d}" % b.id))["id"])
    for r in (ra, rb):
        until("dm.created", lambda: "dm.created" in r.types())
        until("subscribed", lambda: [x for x in r.control("reset") if x["stream"] == "channel:%d" % dm]
              or [e for e in r.events if e["stream"] == "channel:%d" % dm])
    a.post(dm, "psst")
    ra.expect_texts(["psst"])
    rb.expect_texts(["psst"])
    fence(a, beside, rc)
    equal("not for others", [e for e in rc.events if e["stream"] != "channel:%d" % beside], [])


def test_ended_session_closes_its_streams_only(st):
    push = st.push_start()
    a = st.account("sess_a")
    server, channel = a.server("Sessions")
    second = int(json.loads(st.call("session_create", a.id, "second", ""))["session_id"])
    mine = [Reader(push, a, k) for k in ("sse", "ws", "ndjson", "chunked")]
    theirs = Reader(push, token=a.token(session=second))
    st.call("session_end", a.id, a.session)
    for r in mine:
        equal(r.kind, r.expect_control("bye")[0]["code"], 4401)
        r.expect_closed()
    equal("close code", mine[1].close_code, 4401)
    a.post(channel, "still here")
    theirs.expect_texts(["still here"])
    equal("and cannot come back", bye_code(ask(push, a, "text/event-stream")), 4401)
    true("401 otherwise", ask(push, a).startswith("HTTP/1.1 401 "))


def test_disabled_account_is_closed(st):
    push = st.push_start()
    a = st.account("disabled_a")
    a.server("Disabled")
    r = Reader(push, a)
    st.sql("UPDATE account SET disabled_at = now() WHERE id = %d" % a.id)
    rows = st.sql("SELECT kind, ref, data FROM user_event(%d, 5, %d, 'session.ended', '{}')" % (a.id, a.id))
    st.publish(int(rows[0][1]), rows[0][2])
    equal("bye", r.expect_control("bye")[0]["code"], 4401)
    r.expect_closed()


def test_personal_tokens(st):
    push = st.push_start()
    a = st.account("pat_a")
    server, channel = a.server("Tokens")
    id, token = a.personal_token()
    r = Reader(push, token=token, kind="ndjson")
    import base64
    basic = base64.b64encode((token + ":").encode()).decode()
    b = Reader(push, kind="ndjson", headers="Authorization: Basic " + basic)
    a.post(channel, "by token")
    r.expect_texts(["by token"])
    b.expect_texts(["by token"])
    st.call("account_password_set", a.id, 0, "y")
    a.post(channel, "tokens outlive a new password")
    r.expect_texts(["by token", "tokens outlive a new password"])
    wrong = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")
    true("a wrong secret", ask(push, token=wrong).startswith("HTTP/1.1 401 "))
    st.call("token_delete", a.id, id)
    true("no new stream", ask(push, token=token).startswith("HTTP/1.1 401 "))
    equal("open ones end", r.expect_control("bye")[0]["code"], 4401)


def test_expiry_of_the_token_ends_the_stream(st):
    push = st.push_start()
    a = st.account("expiry_a")
    a.server("Expiry")
    began = time.monotonic()
    readers = [Reader(push, kind=k, token=a.token(life=3)) for k in ("sse", "ws", "ndjson", "chunked")]
    for r in readers:
        equal("bye", r.expect_control("bye")[0]["code"], 4100)
        r.expect_closed()
    true("not before its time", 1.5 < time.monotonic() - began)
    expired = a.token(life=-5)
    equal("an expired one", bye_code(ask(push, token=expired, accept="text/event-stream")), 4100)
    true("401", ask(push, token=expired).startswith("HTTP/1.1 401 "))


def test_a_personal_tokens_stream_is_resumed_after_its_life(st):
    push = st.push_start(push_life=3)
    a = st.account("life_a")
    server, channel = a.server("Life")
    _, token = a.personal_token()
    session = Reader(push, a)
    began = time.monotonic()
    readers = [Reader(push, token=token, kind=k) for k in ("sse", "ws", "ndjson", "chunked")]
    a.post(channel, "before")
    for r in readers:
        bye = r.expect_control("bye")[0]
        equal("comes back", bye["code"], 4000)
        true("soon, but not all at once: %s" % bye, 100 <= bye["retry"] < 3200)
        r.expect_closed()
    true("not before its time", 1 < time.monotonic() - began)
    a.post(channel, "between")
    for r in readers:
        again = Reader(push, token=token, kind=r.kind, last=r.position())
        until("nothing is lost", lambda: again.texts()[-1:] == ["between"])
        equal("together", sorted(set(r.texts() + again.texts())), ["before", "between"])
        equal("no reset", again.hello()["reset"], [])
    true("a session's stream goes on", not session.closed)


def test_bad_tokens_are_refused(st):
    push = st.push_start()
    a = st.account("bad_a")
    good = a.token()
    head, body, mac = good.split(".")
    bad = ["", "x", "a.b.c", head + "." + body + ".", good + "x", good[:-2], head + "." + body[:-1] + "." + mac,
           a.token(key=b"another key of more than 32 bytes.."), "moot_pat_", "moot_pat_AAAA", "moot_rt_AAAA", "A" * 8000]
    for token in bad:
        if token:
            true("401 for %.20s" % token, ask(push, token=token).startswith("HTTP/1.1 401 "))
            equal("bye for %.20s" % token, bye_code(ask(push, token=token, accept="text/event-stream")), 4401)
    true("none", ask(push).startswith("HTTP/1.1 401 "))
    ws = Reader(push, kind="ws", token="x", wait=False)
    ws.expect_closed()
    equal("before the upgrade", ws.status, 401)


def test_cookies_count_from_our_origin_only(st):
    push = st.push_start()
    a = st.account("cookie_a")
    cookie = "Cookie: x=1; moot_access=%s\r\n" % a.token()
    ws = ("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
    allowed = ["Sec-Fetch-Site: same-origin\r\n", "Origin: http://moot.test\r\n",
               "Sec-Fetch-Site: same-origin\r\nOrigin: http://moot.test\r\n"]
    refused = ["", "Origin: null\r\n", "Origin: http://moot.test.evil\r\n", "Origin: https://moot.test\r\n",
               "Sec-Fetch-Site: cross-site\r\nOrigin: http://moot.test\r\n", "Sec-Fetch-Site: same-site\r\n",
               "Sec-Fetch-Site: none\r\n", "Sec-Fetch-Site: same-origin\r\nOrigin: http://evil\r\n",
               "Origin: http://moot.test, http://evil\r\n"]
    for extra in allowed:
        true("allowed " + extra, ask(push, extra=cookie + extra).startswith("HTTP/1.1 200 "))
    for extra in refused:
        out = ask(push, extra=cookie + extra)
        true("refused %s: %s" % (extra, out), out.startswith("HTTP/1.1 403 "))
        equal("bye", bye_code(ask(push, accept="text/event-stream", extra=cookie + extra)), 4403)
        true("no CORS", "Access-Control" not in out)
        true("websocket", ask(push, extra=cookie + ws + extra).startswith("HTTP/1.1 403 "))
    true("websocket", ask(push, extra=cookie + ws + "Origin: http://moot.test\r\n").startswith("HTTP/1.1 101 "))
    true("websocket needs Origin", ask(push, extra=cookie + ws + "Sec-Fetch-Site: same-origin\r\n")
         .startswith("HTTP/1.1 403 "))
    true("a token needs none", ask(push, a, extra=ws).startswith("HTTP/1.1 101 "))


def test_oldest_connection_gives_way(st):
    push = st.push_start(push_connections_per_user=3)
    a = st.account("many_a")
    readers = [Reader(push, a, k) for k in ("sse", "ws", "ndjson")]
    fourth = Reader(push, a)
    equal("oldest", readers[0].expect_control("bye")[0]["code"], 4201)
    fifth = Reader(push, a)
    equal("next", readers[1].expect_control("bye")[0]["code"], 4201)
    true("the others stay", not readers[2].closed and not fourth.closed and not fifth.closed)
