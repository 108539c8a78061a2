"""The other end of a hand-over, as it should not be: speaks what push/ctl.h says, and sends what it likes."""
import fcntl, hashlib, hmac, os, re, socket, struct

from relay_ctl import FDS, FORM, GO, HELLO, STATE, STREAMS
from stack import TOP, equal, until

FDS_MAX = 253
SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
GLOBAL, STREAM, FRAME, ACCOUNT, LEAVER, CONN = range(1, 7)      # enum snap_kind


def message(kind, version=0, epoch=0, length=0, n=0, proof=b"", why=b""):
    return FORM.pack(kind, version, epoch, length, n, proof, why)


def version():
    with open(TOP + "/push/snapshot.h") as f:
        return int(re.search(r"#define SNAP_VERSION (\d+)", f.read()).group(1))


def hello(st):
    epoch = int(st.sql("SELECT epoch FROM instance")[0][0])
    return message(HELLO, version(), epoch, proof=hmac.new(st.key, b"moot-push takes over", hashlib.sha256).digest())


def memory(data, seals=SEALS):
    fd = os.memfd_create("test", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(fd, data)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)
    return fd


def close_all(fds):
    for fd in fds:
        os.close(fd)


class Socket:
    """A SOCK_SEQPACKET end with descriptors beside the messages."""

    def __init__(self, s):
        self.s = s
        s.settimeout(20)

    def send(self, data, fds=()):
        socket.send_fds(self.s, [data], list(fds))

    def recv(self):
        """(kind, length, n, descriptors); kind 0: closed."""
        try:
            data, fds, flags, _ = socket.recv_fds(self.s, FORM.size + 1, FDS_MAX)
        except ConnectionResetError:
            return 0, 0, 0, []
        if not data:
            return 0, 0, 0, []
        words = FORM.unpack(data)
        return words[0], words[3], words[4], fds

    def close(self):
        self.s.close()


class FakeNew(Socket):
    """Says that it takes over, with the right key. One is served at a time: as long as the one before it is not
    forgotten this one is sent away, and comes again."""

    def __init__(self, push):
        self.path = push.path + ".ctl"
        super().__init__(self.connected())

    def connected(self):
        s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        s.connect(self.path)
        return s

    def try_to_greet(self, st, fds):
        try:
            self.send(hello(st), fds)
            answer = self.recv()
        except BrokenPipeError:
            answer = None
        if answer and answer[0]:
            return answer
        self.close()
        super().__init__(self.connected())
        return None

    def until_streams(self, st, fds=()):
        kind, length, _, fds = until("an answer", lambda: self.try_to_greet(st, fds))
        equal("STREAMS", kind, STREAMS)
        streams = os.pread(fds[0], length, 0)
        close_all(fds)
        return streams

    def take(self, st):
        """Up to where READY is due: (bytes of the streams, bytes of the state, how many connections)."""
        streams = self.until_streams(st)
        self.send(message(GO))
        kind, length, n, fds = self.recv()
        equal("STATE", kind, STATE)
        state, at = os.pread(fds[0], length, 0), 0
        close_all(fds)
        while at < n:
            kind, _, more, fds = self.recv()
            equal("FDS", (kind, more), (FDS, len(fds)))
            close_all(fds)
            at += more
        return streams, state, n


class FakeOld:
    """Has the clients, it says. Listens where a new process of that name asks, which then finds its sockets here."""

    def __init__(self, st, name, as_uid=None):
        self.st, self.name, self.path = st, name, "%s/%s.sock" % (st.dir, name)
        self.ends = []
        for path in (self.path, self.path + ".ctl"):
            if os.path.exists(path):
                os.unlink(path)
        self.ctl = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener = socket.socket(socket.AF_UNIX)
        for s, path in ((self.ctl, self.path + ".ctl"), (self.listener, self.path)):
            s.bind(path)
            if as_uid is not None:
                os.seteuid(as_uid)
            try:
                s.listen(4)
            finally:
                if as_uid is not None:
                    os.seteuid(0)
            s.setblocking(False)
        self.ctl.settimeout(20)

    def meet(self):
        """The new process, when it has said HELLO."""
        new = Socket(self.ctl.accept()[0])
        equal("HELLO", new.recv()[0], HELLO)
        return new

    def offer(self, new, streams, file=None):
        file = memory(streams) if file is None else file
        pidfd = os.pidfd_open(os.getpid())
        new.send(message(STREAMS, length=len(streams)), [file, pidfd])
        close_all([file, pidfd])

    def give(self, new, state, n, fds=None, listeners=None):
        """The state, and n connections whose other ends are here. False: the new process went away meanwhile,
        which it may do as soon as something is wrong with what it has."""
        file = memory(state)
        try:
            self.pass_on(new, state, n, fds, listeners, file)
        except (BrokenPipeError, ConnectionResetError):
            return False
        finally:
            os.close(file)
        return True

    def pass_on(self, new, state, n, fds, listeners, file):
        new.send(message(STATE, length=len(state), n=n),
                 [file] + ([self.listener.fileno()] if listeners is None else listeners))
        for at in range(0, n if fds is None else fds, FDS_MAX):
            pairs = [socket.socketpair() for _ in range(min(FDS_MAX, (n if fds is None else fds) - at))]
            self.ends += [a for a, b in pairs]
            try:
                new.send(message(FDS, n=len(pairs)), [b.fileno() for a, b in pairs])
            finally:
                for _, b in pairs:
                    b.close()

    def hang_up(self):
        """The clients."""
        for s in self.ends:
            s.close()
        self.ends = []

    def close(self):
        self.hang_up()
        self.ctl.close()
        self.listener.close()


# ---- bytes of a snapshot
def records(state):
    """[(kind, payload)]"""
    out, at = [], 0
    while at < len(state):
        kind, n = struct.unpack_from("=II", state, at)
        out.append((kind, state[at + 8:at + 8 + n]))
        at += 8 + n
    return out


def joined(recs):
    return b"".join(struct.pack("=II", kind, len(p)) + p for kind, p in recs)


def bend(rng, state):
    """Something of it is not as it was written."""
    recs = records(state)
    how = rng.randrange(8)
    if how == 0:                                            # cut off anywhere
        return state[:rng.randrange(len(state))]
    if how == 1:                                            # any byte, also of a head
        data = bytearray(state)
        for _ in range(rng.randrange(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        return bytes(data)
    i, k = rng.randrange(len(recs)), rng.randrange(len(recs))
    if how == 2:
        recs.insert(k, recs[i])
    elif how == 3:
        del recs[i]
    elif how == 4:
        recs[i], recs[k] = recs[k], recs[i]
    else:                                                   # numbers at their ends, in one record
        kind, payload = recs[i]
        data = bytearray(payload)
        for _ in range(rng.randrange(1, 4)):
            size = rng.choice((1, 1, 4, 8))
            at = rng.randrange(max(1, len(data) - size + 1))
            data[at:at + size] = rng.choice((b"\0", b"\xff", b"\x7f", b"\1"))[:1] * size
        recs[i] = (kind, bytes(data[:len(payload)]))
    return joined(recs)
