"""What happens on the server side of the model: random mutations, and what they entitle whom to."""
import json, time

from stack import Failed

VIEW = 1
# Half of the time that the daemon gives the bus before what its sweep has found counts as a rescue (SWEEP_GRACE_MS).
AT_ONCE_S = 0.05

class Interval:
    """An account may read a stream from one moment to another."""

    def __init__(self, after, head, now):
        self.after = after      # nothing up to this rev belongs to it
        self.sure = head        # everything above this must arrive
        self.since = now
        self.last = None        # the last rev that may be sent; None while it lasts


class World:
    """Runs mutations one after the other and keeps who could read what when, from access_of()."""

    def __init__(self, st, rng, people):
        self.st, self.rng = st, rng
        self.people = [st.account("model_%d" % i) for i in range(people)]
        self.codes, self.messages, self.held = [], [], []
        self.servers, self.channels = {}, {}
        self.intervals, self.heads, self.step = {}, {}, 0
        self.refused = 0
        self.withheld = False       # something was not published when it happened
        self.look()

    # ---- who may read what
    def look(self):
        ids = ",".join(str(p.id) for p in self.people)
        rows = self.st.sql("SELECT account_id, stream, rev FROM access_of(ARRAY[%s])" % ids)
        access = {(int(a), int(s)): int(r) for a, s, r in rows}
        known = sorted(set(s for _, s in access) | set(self.heads))
        heads = {int(s): int(r) for s, r in self.st.sql(
            "SELECT stream, rev FROM feed_heads(ARRAY[%s]::bigint[])" % ",".join(map(str, known)))}
        for key in access:
            spans = self.intervals.setdefault(key, [])
            if not spans or spans[-1].last is not None:
                spans.append(Interval(self.heads.get(key[1], 0), heads[key[1]], self.step))
        for (account, stream), spans in self.intervals.items():
            if (account, stream) not in access and spans[-1].last is None:
                spans[-1].last = heads[stream]
        self.access, self.heads = access, heads

    def may_have(self, account, stream, rev, at_step):
        """An event may reach this account if it could read the stream then or later."""
        return any((s.last is None or rev <= s.last) and s.since <= at_step
                   for s in self.intervals.get((account, stream), []))

    # ---- doing things
    def do(self, function, *args):
        """The first row of a mutation, None when it was refused. Its events go to the bus now or later."""
        self.step += 1
        began = time.monotonic()
        try:
            data = self.st.call(function, *args, publish=False)
        except Failed as e:
            if " CUE" not in str(e):    # the SQLSTATE of a refusal, as the protocol says it
                raise
            self.refused += 1
            return None
        events = self.st.local.events
        self.look()
        if self.rng.random() < 0.06:
            self.held += events
            self.withheld = True
        else:
            for stream, payload in events:
                self.st.publish(stream, payload)
            if time.monotonic() - began > AT_ONCE_S:
                self.withheld = True    # by a machine that was busy
        return data

    def release(self):
        """What was held back reaches the bus late, in another order, some of it twice."""
        late, self.held = self.held, []
        self.rng.shuffle(late)
        for stream, payload in late:
            for _ in range(1 + (self.rng.random() < 0.2)):
                self.st.publish(stream, payload)

    def rolled_back(self):
        """A mutation that is not committed leaves no trace."""
        channel = self.a_channel()
        if channel is None:
            return
        who = self.rng.choice(self.people)
        self.st.sql("BEGIN")
        try:
            self.st.call("message_create", who.id, channel, "never said", None, None, None, publish=False)
        except Failed:
            pass
        self.st.sql("ROLLBACK")

    def someone(self):
        return self.rng.choice(self.people).id

    def a_server(self):
        return self.rng.choice(sorted(self.servers)) if self.servers else None

    def a_channel(self):
        return self.rng.choice(sorted(self.channels)) if self.channels else None

    def owner_of(self, channel):
        return self.servers.get(self.channels.get(channel)) or self.someone()

    # ---- mutations, each with what it needs to exist
    def op_server(self):
        if len(self.servers) >= 6:
            return
        owner = self.someone()
        data = json.loads(self.do("server_create", owner, "Model %d" % self.step, 100))
        server = int(data["id"])
        self.servers[server] = owner
        self.channels[int(data["channels"][0]["id"])] = server
        code = "model%07d" % self.step
        self.do("invite_create", owner, server, None, None, None, None, code)
        self.codes.append(code)

    def op_channel(self):
        server = self.a_server()
        if server is None or len(self.channels) >= 40:
            return
        data = self.do("channel_create", self.servers[server], server, "c%d" % self.step, "text", None, None,
                       self.rng.random() < 0.4)
        if data:
            self.channels[int(json.loads(data)["id"])] = server

    def op_dm(self):
        some = self.rng.sample(self.people, self.rng.choice((2, 2, 3)))
        data = self.do("dm_open", some[0].id, "{%s}" % ",".join(str(p.id) for p in some[1:]))
        if data:
            self.channels.setdefault(int(json.loads(data)["id"]), None)

    def op_post(self):
        channel = self.a_channel()
        if channel is None:
            return
        size = self.rng.choice((10, 10, 200, 3900))
        data = self.do("message_create", self.someone(), channel, ("%d " % self.step + "x" * size), None, None, None)
        if data:
            self.messages.append((channel, json.loads(data)))

    def a_message(self):
        channel, m = self.rng.choice(self.messages)
        return int(m["author"]["id"]), channel, int(m["id"])

    def op_edit(self):
        if self.messages:
            self.do("message_update", *self.a_message(), "edited %d" % self.step, None)

    def op_delete(self):
        if self.messages:
            self.do("message_delete", *self.a_message())

    def op_read(self):
        """What a flush stores: numbered for who has read, without a number for the others."""
        channel = self.a_channel()
        if channel:
            who = [str(p.id) for p in self.rng.sample(self.people, 3)]
            self.do("marks_flush", "{%s}" % ",".join(who), "{%s}" % ",".join([str(channel)] * 3), "{9000,3,0}",
                    "{0,0,9000}")

    def op_join(self):
        if self.codes:
            self.do("invite_accept", self.someone(), self.rng.choice(self.codes), 100)

    def op_leave(self):
        server, who = self.a_server(), self.someone()
        if server:
            self.do("member_remove", who, server, who)

    def op_kick(self):
        server = self.a_server()
        if server:
            self.do("member_remove", self.servers[server], server, self.someone())

    def op_ban(self):
        server, who = self.a_server(), self.someone()
        if server and self.do("ban_put", self.servers[server], server, who, None, 0, 0) is not None:
            self.do("ban_delete", self.servers[server], server, who)

    def op_share(self):
        channel = self.a_channel()
        if channel:
            self.do("channel_member_put", self.owner_of(channel), channel, self.someone())

    def op_unshare(self):
        channel = self.a_channel()
        if channel:
            self.do("channel_member_delete", self.owner_of(channel), channel, self.someone())

    def op_private(self):
        channel = self.a_channel()
        if channel and self.channels[channel]:
            self.do("channel_update", self.owner_of(channel), channel, None, None, None, None,
                    self.rng.random() < 0.5, None, None, None, None)

    def op_deny(self):
        channel = self.a_channel()
        if channel and self.channels[channel]:
            bits = (0, VIEW) if self.rng.random() < 0.5 else (VIEW, 0)
            self.do("override_put", self.owner_of(channel), channel, self.someone(), *bits)

    def op_rename(self):
        server = self.a_server()
        if server:
            self.do("server_update", self.servers[server], server, "Named %d" % self.step, None, None, None)

    def op_channel_gone(self):
        channel = self.a_channel()
        if channel and self.channels[channel] and len(self.channels) > 8:
            self.do("channel_delete", self.owner_of(channel), channel)
            del self.channels[channel]

    def op_server_gone(self):
        server = self.a_server()
        if server and len(self.servers) > 3 and self.rng.random() < 0.3:
            self.do("server_delete", self.servers.pop(server), server)
            self.channels = {c: s for c, s in self.channels.items() if s != server}

    def op_sign_out(self):
        who = self.rng.choice(self.people)
        self.do("session_end", who.id, who.session)
        data = json.loads(self.do("session_create", who.id, "model", ""))
        who.session = int(data["session_id"])

    MUTATIONS = (("post", 50), ("edit", 6), ("delete", 4), ("read", 12), ("join", 10), ("leave", 4), ("kick", 3), ("ban", 2),
                 ("share", 6), ("unshare", 4), ("private", 3), ("deny", 4), ("rename", 2), ("channel", 4),
                 ("channel_gone", 2), ("server", 2), ("server_gone", 1), ("dm", 4), ("sign_out", 2))
