"""A hand-over with somebody at the other end who is broken, or means harm."""
import os, random, socket, struct

from client import Reader
from peers import CONN, FakeNew, FakeOld, bend, joined, memory, message, records
from relay_ctl import ABORT, COMMIT, FDS, GO, READY
from stack import Skipped, equal, true, until
from t_handover import KINDS, Locked, fill, no_loss
from t_order import two_people

BENT = 40


def ends(what, new, daemon, *, why=None):
    until(what + ": it ends", lambda: new.poll() is not None)
    equal(what + ": " + daemon.log()[-3000:], new.returncode, 1)
    if why:
        true(what + ": " + daemon.log()[-600:], why in daemon.log().splitlines()[-1])


def test_a_new_one_that_smuggles_descriptors(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "oversmug")
    r = Reader(push, b)
    before = push.open_fds()
    null = [os.open("/dev/null", os.O_RDONLY)] * 253
    try:
        for data in (b"x", b"x" * 5000, message(99), message(READY), message(COMMIT)):
            new = FakeNew(push)
            new.until_streams(st, null)
            new.send(data, null)
            equal("closed", new.recv()[0], 0)
            new.close()
        new = FakeNew(push)
        new.take(st)
        new.send(message(COMMIT), null)     # not READY
        equal("it goes on", new.recv()[0], ABORT)
        new.close()
    finally:
        os.close(null[0])
    until(lambda: "nothing is left: %d and %d" % (before, push.open_fds()), lambda: push.open_fds() == before)
    a.post(channel, "x")
    no_loss([r], ["x"])
    push.hand_over()


def test_a_new_one_that_goes_away_at_each_step(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "overgone")
    r = Reader(push, b)
    before, texts = push.open_fds(), []
    for step in range(4):
        new = FakeNew(push)
        if step in (1, 2):
            new.until_streams(st)
        if step == 2:
            new.send(message(GO))
        elif step == 3:
            new.take(st)
        new.close()
        texts.append("after %d" % step)
        a.post(channel, texts[-1])
        no_loss([r], texts)
    until("nothing is left", lambda: push.open_fds() == before)
    push.hand_over()


def test_a_socket_of_somebody_else(st):
    """Whoever may write in the folder could say whose the connections are."""
    if not st.root:
        raise Skipped("not root")
    push = st.configure("foreign")
    old = FakeOld(st, "foreign", as_uid=st.owner.pw_uid)
    old.listener.close()
    os.unlink(old.path)
    push.proc = st.push_run("foreign", "--take-over")
    st.daemons.append(push)
    until("it serves without it", lambda: push.health().get("status") == "ok")
    true("and says why", "somebody else's socket" in push.log())
    old.close()


def test_files_that_could_still_change(st):
    """Mapped, they would be a way to have the process read what is not there any more."""
    daemon = st.configure("unsealed")
    data = struct.pack("=qqq", 1, 0, 1)
    with open(st.dir + "/ordinary", "wb") as f:
        f.write(data)
    for what, file in (("ordinary", lambda: os.open(st.dir + "/ordinary", os.O_RDWR)),
                       ("without seals", lambda: memory(data, 0)),
                       ("not all seals", lambda: memory(data, 2))):
        old = FakeOld(st, "unsealed")
        new = st.push_run("unsealed", "--take-over")
        peer = old.meet()
        old.offer(peer, data, file())
        ends(what, new, daemon, why="the list of streams cannot be read")
        peer.close()
        old.close()


def crowd(st):
    """(streams, state, how many) of a daemon that has one of everything."""
    push = st.push_start("crowd")
    a, b, server, channel = two_people(st, "overcrowd")
    secret = a.channel(server, "secret", True)
    readers = [Reader(push, b, k) for k in KINDS]
    readers.append(Reader(push, b, "text", wait=False))
    readers.append(Reader(push, token=b.personal_token("read")[1],
                          query="?channel_id=%d,%d&types=message.*" % (channel, secret)))
    ws = Reader(push, a, "ws")
    ws.say({"op": "watch", "user_ids": [str(b.id)]})
    ws.say({"op": "typing", "channel_id": str(channel)})
    until("watches", lambda: "presence.updated" in ws.types())
    full = [Reader(push, a, k, rcvbuf=4096) for k in ("sse", "ws")]
    fill(push, full, a, channel, ["%d " % i + "x" * 1900 for i in range(110)])
    head = "GET /api/v1/stream%s HTTP/1.1\r\nHost: moot.test\r\nAuthorization: Bearer " + b.token() + "\r\n\r\n"
    halves = [push.request(head % "?wait=20", read=False), push.request(b"GET /api", read=False)]
    until("all are there", lambda: push.health()["connections"] == len(readers) + 1 + len(full) + 1)
    ws.s.sendall(ws.encode(1, b'{"op":"non')[:9])
    with Locked(st):
        asked = push.metric("push_access_queries")
        halves.append(push.request(head % ("?since=" + readers[0].position()), read=False))
        until("it asks", lambda: push.metric("push_access_queries") > asked)
        new = FakeNew(push)
        out = new.take(st)
        new.close()
    push.stop()
    for s in halves:
        s.close()
    return out


def test_a_snapshot_that_is_not_as_it_was_written(st):
    """Whatever comes: the new process ends with 1, or serves; never anything else."""
    streams, state, n = crowd(st)
    somebody = st.account("overbent")
    equal("records", joined(records(state)), state)
    daemon = st.configure("bent")
    seed = random.randrange(1 << 30)
    print("# seed %d, %d connections, %d bytes" % (seed, n, len(state)))
    rng, taken = random.Random(seed), 0
    for i in range(BENT):
        bent = state if i == 0 else bend(rng, state)
        list_of_streams = streams if i % 4 else streams + struct.pack("=qqq", rng.randrange(4), rng.randrange(4), i % 5)
        old = FakeOld(st, "bent")
        new = st.push_run("bent", "--take-over")
        peer = old.meet()
        old.offer(peer, list_of_streams)
        equal("GO", peer.recv()[0], GO)
        ready = old.give(peer, bent, n) and peer.recv()[0] == READY
        if ready:
            peer.send(message(COMMIT if i % 3 == 0 else ABORT))
        true("as it was written", ready or i > 0)
        if ready and i % 3 == 0:
            taken += 1
            daemon.proc = new
            st.daemons.append(daemon)
            r = Reader(daemon, somebody)
            true("bent %d: it serves" % i, r.hello())
            # a second has passed, in which a sanitized one looks at all that it knows
            until("bent %d: counted" % i, lambda: daemon.metric("push_connections_sse") > 0)
            old.hang_up()
            until("bent %d: they leave" % i, lambda: daemon.health().get("connections", 0) <= 1)
            r.close()
            problem = daemon.stop()
            true("bent %d: %s" % (i, problem), problem is None)
        else:
            ends("bent %d" % i, new, daemon)
        peer.close()
        old.close()
    true("some were taken", taken > 0)


def test_an_old_one_that_stops_halfway(st):
    streams, state, n = crowd(st)
    daemon = st.configure("half")
    not_listening, null = socket.socket(socket.AF_UNIX), os.open("/dev/null", os.O_RDWR)

    def run(what, give, why):
        old = FakeOld(st, "half")
        new = st.push_run("half", "--take-over")
        peer = old.meet()
        old.offer(peer, streams)
        equal("GO", peer.recv()[0], GO)
        give(old, peer)
        peer.close()
        ends(what, new, daemon, why=why)
        old.close()
    run("nothing", lambda old, peer: None, "the other one has ended")
    run("half of the descriptors", lambda old, peer: old.give(peer, state, n, fds=n // 2), "the other one has ended")
    run("too many descriptors", lambda old, peer: old.give(peer, state, n, fds=n + 3), "more connections than were announced")
    run("fewer connections than said", lambda old, peer: old.give(peer, joined(
        [x for x in records(state) if x[0] != CONN]), n), "not all of it")
    run("half of the state", lambda old, peer: old.give(peer, state[:len(state) // 2], n), None)
    run("no listening socket", lambda old, peer: old.give(peer, state, n, listeners=[not_listening.fileno()]),
        "what it listens on is no such socket")
    run("no socket at all", lambda old, peer: old.give(peer, state, n, listeners=[null]),
        "what it listens on is no such socket")
    run("no listener", lambda old, peer: old.give(peer, state, n, listeners=[]), "no state")
    run("a wrong number of descriptors", lambda old, peer: (
        old.give(peer, state, n, fds=0) and peer.send(message(FDS, n=5), [null])), None)
    not_listening.close()
    os.close(null)
