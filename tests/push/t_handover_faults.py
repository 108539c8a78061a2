"""A planned restart in which something goes wrong."""
import os, resource, signal, socket, threading

import relay_ctl
from client import Reader
from relay_ctl import Between
from stack import equal, true, until
from t_handover import KINDS, no_loss
from t_order import two_people


def fails(st, push, new):
    """The new process ends with 1 and without a word to anybody; the old one serves."""
    until("the new one ends", lambda: new.poll() is not None)
    equal("status of the new one", new.returncode, 1)
    true("the old one lives", push.proc.poll() is None)
    until("it serves", lambda: push.health().get("status") == "ok")


def test_the_new_one_killed_at_each_message(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "overkill")
    readers = [Reader(push, b, k) for k in KINDS]
    texts = []
    for kind in (relay_ctl.HELLO, relay_ctl.STREAMS, relay_ctl.GO, relay_ctl.STATE, relay_ctl.FDS, relay_ctl.READY):
        new = []

        def before(seen, data):
            if seen == kind:
                until("started", lambda: new)
                new[0].kill()
                new[0].wait()
            return seen != kind
        between = Between(push, before)
        new.append(st.push_run(push.name, "--take-over"))
        until("killed", lambda: new[0].poll() is not None)
        between.end()
        equal("killed by us", new[0].returncode, -signal.SIGKILL)
        true("seen: %s" % between.seen, between.seen[-1] == kind)
        texts.append("after %d" % kind)
        a.post(channel, texts[-1])
        no_loss(readers, texts)
        true("the old one", push.proc.poll() is None)
    push.hand_over()
    a.post(channel, "at last")
    no_loss(readers, texts + ["at last"])


def test_a_new_one_that_never_answers(st):
    push = st.push_start()
    before_it = len(push.log())
    a, b, server, channel = two_people(st, "overmute")
    r = Reader(push, b)
    new = []

    def before(seen, data):
        if seen == relay_ctl.STATE:
            until("started", lambda: new)
            new[0].send_signal(signal.SIGSTOP)
        return True
    between = Between(push, before)
    new.append(st.push_run(push.name, "--take-over"))
    until("it goes on", lambda: "goes on, nothing was handed over" in push.log()[before_it:])
    a.post(channel, "one writes")
    r.expect_texts(["one writes"])
    new[0].send_signal(signal.SIGCONT)
    fails(st, push, new[0])
    between.end()
    a.post(channel, "still one")
    no_loss([r], ["one writes", "still one"])


def test_the_old_one_killed_before_it_is_ready(st):
    for kind in (relay_ctl.HELLO, relay_ctl.GO, relay_ctl.FDS):
        push = st.push_start()
        a, b, server, channel = two_people(st, "overdead%d" % kind)
        r = Reader(push, b)

        def before(seen, data):
            if seen == kind:
                push.proc.kill()
                push.proc.wait()
            return seen != kind
        between = Between(push, before)
        new = st.push_run(push.name, "--take-over")
        until("the new one ends", lambda: new.poll() is not None)
        equal("status", new.returncode, 1)
        between.end(keep=True)
        r.expect_closed()
        push.stop()


def test_the_old_one_killed_when_all_is_sent(st):
    """READY is on its way: nobody else can write any more, so the new one goes on."""
    push = st.push_start()
    before_it = len(push.log())
    a, b, server, channel = two_people(st, "overlast")
    readers = [Reader(push, b, k) for k in KINDS]

    def before(seen, data):
        if seen == relay_ctl.READY:
            push.proc.kill()
            push.proc.wait()
        return seen != relay_ctl.READY
    between = Between(push, before)
    new = st.push_run(push.name, "--take-over")
    until("it takes over", lambda: "took over" in push.log()[before_it:] or new.poll() is not None)
    between.end(keep=True)
    push.proc = new
    a.post(channel, "to the new one")
    no_loss(readers, ["to the new one"])
    push.hand_over()
    a.post(channel, "and on")
    no_loss(readers, ["to the new one", "and on"])


def test_the_last_word_is_lost(st):
    """The connection of the two breaks, and both live. READY did not come: the old one goes on, and the new one
    sees that it lives. COMMIT did not come: the old one ends, and the new one sees that."""
    push = st.push_start()
    a, b, server, channel = two_people(st, "overcut")
    readers, texts = [Reader(push, b, k) for k in KINDS], []
    for kind in (relay_ctl.READY, relay_ctl.COMMIT):
        between = Between(push, lambda seen, data: seen != kind)
        new = st.push_run(push.name, "--take-over")
        if kind == relay_ctl.READY:
            fails(st, push, new)
        else:
            until("the old one ends", lambda: push.proc.poll() is not None)
            equal("in order", push.proc.returncode, 0)
            push.proc = new
        between.end(keep=kind == relay_ctl.COMMIT)
        texts.append("without %d" % kind)
        a.post(channel, texts[-1])
        no_loss(readers, texts)
    push.hand_over()
    a.post(channel, "at last")
    no_loss(readers, texts + ["at last"])


def test_what_only_the_new_one_has_read(st):
    """Events without a number that wait in Redis, behind more than the old one's socket holds."""
    push = st.push_start()
    a, b, server, channel = two_people(st, "overheard")
    readers, said, gone = [Reader(push, b, k) for k in KINDS], [], threading.Event()
    fill = "for i = 1, 8 do redis.call('PUBLISH', KEYS[1], string.rep('x', 65536)) end"

    def publish():
        while not gone.is_set() and len(said) < 50:     # more in one turn would not all be sent
            said.append(len(said))
            st.publish(channel, '1 0 0 0 0 0 0 test.told\n{"type":"test.told","stream":"channel:%d","rev":null,'
                                '"data":{"n":%d}}' % (channel, said[-1]))
    thread = threading.Thread(target=publish)

    def before(seen, data):
        if seen == relay_ctl.STREAMS:
            push.proc.send_signal(signal.SIGSTOP)
            st.redis("EVAL", fill, 1, "s:%d" % channel)
            thread.start()
        return True

    def after(seen):
        if seen == relay_ctl.GO:
            gone.set()
            thread.join()
            push.proc.send_signal(signal.SIGCONT)
    between = Between(push, before, after)
    push.hand_over()
    between.end(keep=True)

    def told(r):
        with r.lock:
            return sorted(set(e["data"]["n"] for e in r.events if e["type"] == "test.told"))
    for r in readers:
        until(lambda: "%d of %d: %s" % (len(told(r)), len(said), told(r)), lambda: told(r) == said)


def test_another_version_or_key_is_refused(st):
    """Then the new one begins anew and the old one takes leave, as at a restart."""
    for what in ("version", "key"):
        push = st.push_start()
        a, b, server, channel = two_people(st, "over" + what)
        r = Reader(push, b)

        def before(seen, data):
            if seen != relay_ctl.HELLO:
                return True
            words = list(relay_ctl.FORM.unpack(data))
            if what == "version":
                words[1] += 1
            else:
                words[5] = bytes(32)
            return relay_ctl.FORM.pack(*words)
        between = Between(push, before)
        old, push.proc = push.proc, st.push_run(push.name, "--take-over")
        equal("taken leave of", r.expect_control("bye")[0]["code"], 4000)
        until("the old one ends", lambda: old.poll() is not None)
        equal("in order", old.returncode, 0)
        between.end(keep=True)
        until("the new one serves", lambda: push.health().get("status") == "ok")
        again = Reader(push, b, last=r.position())
        equal("resumed", again.hello()["reset"], [])
        a.post(channel, "x")
        again.expect_texts(["x"])
        push.hand_over()
        push.stop()


def test_strangers_at_the_control_socket(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "overodd")
    r = Reader(push, b)
    path = push.path + ".ctl"
    equal("nobody else may", os.stat(path).st_mode & 0o777, 0o600)

    def say(*messages):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as s:
            s.settimeout(10)
            s.connect(path)
            for m in messages:
                s.send(m)
            try:
                return s.recv(1024)
            except ConnectionResetError:
                return b""
    form = relay_ctl.FORM
    equal("nonsense", say(b"x"), b"")
    equal("too much", say(b"x" * 5000), b"")
    equal("GO without HELLO", say(form.pack(relay_ctl.GO, 0, 0, 0, 0, b"", b"")), b"")
    equal("READY without STATE", say(form.pack(relay_ctl.READY, 0, 0, 0, 0, b"", b"")), b"")
    answer = form.unpack(say(form.pack(relay_ctl.HELLO, 1, 0, 0, 0, b"", b"")))
    equal("NO", answer[0], relay_ctl.NO)
    push.hand_over()
    a.post(channel, "x")
    no_loss([r], ["x"])


def test_two_at_once(st):
    """One is served at a time; the other one ends, or takes over from the first one in its turn."""
    push = st.push_start()
    a, b, server, channel = two_people(st, "overtwo")
    r = Reader(push, b)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as first:
        first.connect(push.path + ".ctl")
        fails(st, push, st.push_run(push.name, "--take-over"))
    a.post(channel, "one")
    no_loss([r], ["one"])
    both = [push.proc] + [st.push_run(push.name, "--take-over") for _ in range(2)]
    until("one is left", lambda: len([p for p in both if p.poll() is None]) == 1)
    push.proc = [p for p in both if p.poll() is None][0]
    true("in order", set(p.returncode for p in both) <= {0, 1, None})
    a.post(channel, "two")
    no_loss([r], ["one", "two"])
    push.hand_over()
    a.post(channel, "three")
    no_loss([r], ["one", "two", "three"])


def test_no_descriptors_for_the_new_one(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "overfds")
    readers = [Reader(push, (a, b)[i % 2]) for i in range(24)]
    new = st.push_run(push.name, "--take-over",
                      prepare=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (30, 30)))
    fails(st, push, new)
    a.post(channel, "x")
    no_loss(readers, ["x"])


def test_no_bus_for_the_new_one(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "overbus")
    r = Reader(push, b)
    before_it = len(push.log())
    st.redis_kill()
    new = st.push_run(push.name, "--take-over")
    until("the new one waits", lambda: push.log()[before_it:].count("redis connection") > 3)
    st.redis_start()
    until("and takes over", lambda: push.proc.poll() is not None or new.poll() is not None)
    equal("the old one", push.proc.returncode, 0)
    push.proc = new
    a.post(channel, "x")
    r.expect_texts(["x"])
    true("not closed", not r.closed)


def test_nobody_to_take_over_from(st):
    push = st.push_start()
    push.stop()
    st.daemons.append(push)
    push.proc = st.push_run(push.name, "--take-over")
    until("it serves", lambda: push.health().get("status") == "ok")
