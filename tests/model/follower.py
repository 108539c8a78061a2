"""A client of the stream that remembers: cut, stalled and resumed, it is still the same client."""
import base64, json, os, re, socket, threading, time

from client import Reader, unchunk

# Why a stream may be reset here. "old" and "epoch" are no reasons: nothing in this model falls that far behind.
RESETS = {"joined"}


def cursor_streams(cursor):
    """stream -> rev of a cursor, as lib/wire/cursor.h describes it."""
    text = cursor.split(".")[1]
    data, at, out, stream = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), 0, {}, 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte, at = data[at], at + 1
            value, shift = value | (byte & 127) << shift, shift + 7
            if byte < 128:
                return value

    for _ in range(number()):
        stream += number()
        out[stream] = number()
    return out


class Wire(Reader):
    """One connection. Everything that came, in the order it came; ends by itself after cut_after bytes."""

    def __init__(self, *args, cut_after=None, **how):
        self.log, self.cut_after = [], cut_after
        super().__init__(*args, **how)

    def _sse(self, block):
        n, c = len(self.events), len(self.controls)
        super()._sse(block)
        self._note(n, c)

    def _object(self, o):
        n, c = len(self.events), len(self.controls)
        super()._object(o)
        self._note(n, c)

    def _note(self, events, controls):
        self.log += [("event", e) for e in self.events[events:]]
        self.log += [(name, data) for name, data, _ in self.controls[controls:]]

    def _recv(self):
        part = self.s.recv(65536 if self.cut_after is None else max(1, min(65536, self.cut_after)))
        if self.cut_after is not None:
            self.cut_after -= len(part)
            if self.cut_after <= 0:
                raise OSError("cut")
        return part


class Poll:
    """The same as a client that asks again and again."""

    def __init__(self, node, account, cursor):
        self.node, self.account, self.cursor = node, account, cursor
        self.log, self.closed, self.lock = [], False, threading.Lock()
        self.status = None
        self.paused, self.stop = threading.Event(), threading.Event()
        self.begun, self.error = cursor is not None, None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def hello(self):
        return self.begun

    def _run(self):
        try:
            while not self.stop.is_set():
                if self.paused.is_set():
                    self.stop.wait(0.01)
                else:
                    self._ask("?wait=1&since=" + self.cursor if self.begun else "?wait=0")
        except Exception as e:  # cut, refused, or the node is away: whoever looks connects again
            self.error = e
        self.closed = True

    def _ask(self, query):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(30)
            s.connect(self.node.path)
            s.sendall(("GET /api/v1/stream%s HTTP/1.1\r\nHost: moot.test\r\nAuthorization: Bearer %s\r\n"
                       "Connection: close\r\n\r\n" % (query, self.account.token())).encode())
            out = b""
            while True:
                part = s.recv(65536)
                if not part:
                    break
                out += part
        head, _, body = out.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise OSError("no answer")
        chunked = b"transfer-encoding: chunked" in head.lower()
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        if not (body.endswith(b"0\r\n\r\n") if chunked else length and len(body) == int(length[1])):
            raise OSError("cut")
        if chunked:
            body = unchunk(body)[0]
        if b"event: bye" in body[:40]:
            raise OSError("refused")
        answer = json.loads(body)
        with self.lock:
            self.log += [("hello", {"reset": answer.get("reset", [])})] + [("event", e) for e in answer["items"]]
            self.cursor = answer["cursor"]
            self.begun = True

    def close(self):
        self.stop.set()
        self.thread.join(40)


class Follower:
    def __init__(self, world, account, kind, problems):
        self.world, self.account, self.kind, self.problems = world, account, kind, problems
        self.name = "%s by %s" % (account.name, kind)
        self.wire, self.cursor, self.taken = None, None, 0
        self.last = {}          # stream -> rev of the newest event taken
        self.here = {}          # stream -> the same on this connection
        self.got = {}           # stream -> set of revs
        self.base = {}          # stream -> nothing up to this rev need arrive
        self.resets = {}
        self.sabotage = None    # changes what came, to see that it is noticed

    # ---- the connection
    def connect(self, node, rng):
        query = "" if self.cursor is None else "?since=" + self.cursor
        cut = rng.randrange(1, 4000) if rng.random() < 0.15 else None
        self.here, self.taken = {}, 0
        self.asked = {} if self.cursor is None else cursor_streams(self.cursor)
        fresh = self.cursor is None
        self.node = node
        if self.kind == "poll":
            self.wire = Poll(node, self.account, self.cursor)
        else:
            self.wire = Wire(node, self.account, self.kind, query, cut_after=None if fresh else cut, wait=False,
                             headers="" if self.kind == "ws" else "Connection: close",
                             rcvbuf=4096 if rng.random() < 0.3 else None)
        if fresh:
            # nothing happens until it follows, so that what it must get is known
            deadline = time.monotonic() + 20
            while not self.wire.hello() and not self.wire.closed and time.monotonic() < deadline:
                time.sleep(0.002)
        self.take()
        if fresh:
            for stream, head in self.mine().items():
                self.base[stream] = max(self.base.get(stream, 0), head)

    def is_open(self):
        # nginx keeps the connection after an answer that is no stream
        return self.wire is not None and not self.wire.closed and self.wire.status in (None, 200, 101)

    def drop(self):
        if self.wire is not None:
            self.wire.paused.clear()
            self.wire.close()
            self.take()
            self.wire = None

    def stall(self):
        if self.is_open():
            self.wire.paused.set()

    def go_on(self):
        if self.wire is not None:
            self.wire.paused.clear()

    # ---- what came
    def mine(self):
        return {s: head for (a, s), head in self.world.access.items() if a == self.account.id}

    def wrong(self, what):
        self.problems.append("%s, step %d: %s" % (self.name, self.world.step, what))

    def take(self):
        if self.wire is None:
            return
        with self.wire.lock:
            fresh, self.taken = self.wire.log[self.taken:], len(self.wire.log)
            self.cursor = self.wire.cursor or self.cursor
        if self.wire.error is not None and not isinstance(self.wire.error, OSError):
            self.wrong("BROKEN: %r" % self.wire.error)
            self.wire.error = None
        if self.sabotage is not None:
            fresh = self.sabotage(self, fresh)
        for name, data in fresh:
            if name == "event":
                self.take_event(data)
            elif name == "reset":
                self.take_reset(int(data["stream"].split(":")[1]), data["head"], data["why"])
            elif name == "hello":
                for label in data["reset"]:
                    self.take_reset_at_hello(int(label.split(":")[1]))
            elif name == "revoke":
                self.here.pop(int(data["stream"].split(":")[1]), None)

    def take_reset(self, stream, head, why):
        self.resets[why] = self.resets.get(why, 0) + 1
        if why not in RESETS or not self.world.intervals.get((self.account.id, stream)):
            self.wrong("reset of %d, why %s" % (stream, why))
        self.base[stream] = max(self.base.get(stream, 0), head)
        self.last[stream] = self.here[stream] = max(self.last.get(stream, 0), head)

    def take_reset_at_hello(self, stream):
        """Only of a stream that the cursor does not know: it was gained since."""
        self.resets["new"] = self.resets.get("new", 0) + 1
        if stream in self.asked and self.kind != "poll":
            self.wrong("reset at hello of %d, which the cursor has" % stream)
        self.base[stream] = max(self.base.get(stream, 0), self.world.heads[stream])
        self.here.pop(stream, None)

    def take_event(self, e):
        stream, rev = int(e["stream"].split(":")[1]), e.get("rev")
        if (rev is None) != (e["type"] == "receipt.updated"):
            self.wrong("%s rev %s (%s)" % (e["stream"], rev, e["type"]))
        if rev is None:
            if (self.account.id, stream) not in self.world.intervals:
                self.wrong("LEAK: %s (%s)" % (e["stream"], e["type"]))
            return
        if not self.world.may_have(self.account.id, stream, rev, self.world.step):
            self.wrong("LEAK: %s rev %d (%s)" % (e["stream"], rev, e["type"]))
        before = self.here.get(stream)
        if before is not None and rev != before + 1:
            self.wrong("ORDER: %s rev %d after %d" % (e["stream"], rev, before))
        self.here[stream] = rev
        if rev > self.last.get(stream, 0):
            self.last[stream] = rev
            self.got.setdefault(stream, set()).add(rev)

    # ---- what must have come
    def missing(self):
        """(stream, revs) of what this account may read now and has not got."""
        out = []
        for stream, head in self.mine().items():
            sure = self.world.intervals[(self.account.id, stream)][-1].sure
            if len(self.world.intervals[(self.account.id, stream)]) == 1 and stream in self.base:
                sure = self.base[stream]
            base = max(self.base.get(stream, 0), sure)
            lost = set(range(base + 1, head + 1)) - self.got.get(stream, set())
            if lost:
                out.append((stream, sorted(lost)))
        return out

    def state(self):
        """For who looks for the reason."""
        if self.wire is None:
            return "not connected"
        with self.wire.lock:
            said = [(name, data) for name, data in self.wire.log if name not in ("event", "hb")]
        return "at %s, closed %s, error %r, cursor %s, said %s" % (
            os.path.basename(self.node.path), self.wire.closed, self.wire.error, self.cursor, said[-4:])

    def settled(self):
        """All is here: from now on only what is new must come."""
        for stream, head in self.mine().items():
            self.base[stream] = max(self.base.get(stream, 0), head)
        self.got = {}
