"""A private Postgres, Redis and moot-push for the tests of the stream, on unix sockets only.

Nothing here is shared with other tests or with what the machine runs. Python's standard library is
all it needs. Waiting is always for a condition, with a deadline after which the test fails.
"""
import base64, glob, hashlib, hmac, json, os, pwd, shutil, signal, socket, struct, subprocess, sys
import tempfile, threading, time

TOP = os.environ.get("top_srcdir") or os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("top_builddir") or os.path.join(TOP, "build")
BASE_URL = "http://moot.test"
DEADLINE = 20.0


class Failed(Exception):
    pass


class Skipped(Exception):
    """What a test lacks here."""


class LeftOut(Exception):
    """Why a test has no verdict in this build; in another it has, which `make distcheck` sees to."""


def until(what, condition, seconds=DEADLINE):
    """The first true value of condition(); fails when there is none in time."""
    began = time.monotonic()
    while True:
        value = condition()
        if value:
            return value
        waited = time.monotonic() - began
        if waited > seconds:
            raise Failed("not in time: " + (what() if callable(what) else what))
        # who waits for long asks less often: the others need the processor
        time.sleep(min(max(waited / 20, 0.004), 0.05))


def equal(what, got, wanted):
    if got != wanted:
        raise Failed("%s: got %r, wanted %r" % (what, got, wanted))


def true(what, value):
    if not value:
        raise Failed(what)


def until_head(s):
    """What comes up to the end of an HTTP head at least, or of the connection."""
    out = b""
    while b"\r\n\r\n" not in out:
        part = s.recv(65536)
        if not part:
            break
        out += part
    return out


def until_end(s):
    out = b""
    while True:
        part = s.recv(65536)
        if not part:
            return out
        out += part


class Postgres:
    """The wire protocol as far as simple queries need it."""

    def __init__(self, path, user, database):
        self.s = socket.socket(socket.AF_UNIX)
        self.s.connect(path)
        self.file = self.s.makefile("rb")
        body = struct.pack("!i", 196608) + b"".join(
            x.encode() + b"\0" for x in ("user", user, "database", database, "")) 
        self.s.sendall(struct.pack("!i", len(body) + 4) + body)
        self._until_ready()

    def _message(self):
        kind = self.file.read(1)
        if not kind:
            raise OSError("closed by the server")
        n, = struct.unpack("!i", self.file.read(4))
        return kind, self.file.read(n - 4)

    def _until_ready(self):
        rows, error = [], None
        while True:
            kind, body = self._message()
            if kind == b"D":
                n, = struct.unpack_from("!h", body)
                at, row = 2, []
                for _ in range(n):
                    size, = struct.unpack_from("!i", body, at)
                    at += 4
                    row.append(None if size < 0 else body[at:at + size].decode())
                    at += max(size, 0)
                rows.append(row)
            elif kind == b"E":
                error = body.decode(errors="replace").replace("\0", " ")
            elif kind == b"Z":
                if error:
                    raise Failed("SQL: " + error)
                return rows

    def query(self, sql):
        body = sql.encode() + b"\0"
        self.s.sendall(b"Q" + struct.pack("!i", len(body) + 4) + body)
        return self._until_ready()


def quote(v):
    if v is None:
        return "NULL"
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, int):
        return str(v)
    return "E'" + str(v).replace("\\", "\\\\").replace("'", "\\'") + "'"


class Stack:
    def __init__(self, binary=None):
        self.binary = binary or os.environ.get("MOOT_PUSH") or os.path.join(BUILD, "moot-push")
        base = os.environ.get("MOOT_TEST_DIR")
        self.dir = tempfile.mkdtemp(prefix="moot-push.", dir=base)
        os.chmod(self.dir, 0o755)
        self.root = os.geteuid() == 0
        self.owner = None
        if self.root:
            for name in ("postgres", "nobody"):
                try:
                    self.owner = pwd.getpwnam(name)
                    break
                except KeyError:
                    continue
            os.chown(self.dir, self.owner.pw_uid, self.owner.pw_gid)
        found = [os.path.dirname(shutil.which("initdb") or "")] + sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        self.pg_bin = [d for d in found if d and os.path.exists(d + "/initdb")][-1]
        self.key = bytes(range(48))
        with open(self.dir + "/token.key", "wb") as f:
            f.write(self.key)
        self.procs = {}
        self.daemons = []
        self.clients = []
        self.broken = []    # what readers found wrong with the bytes of a stream; fails the test
        self.accounts = 0
        self.arities = {}
        self.local = threading.local()
        self.redis_path = self.dir + "/redis.sock"

    # ---- Postgres
    def as_owner(self, *argv):
        def demote():
            if self.root:
                os.setgid(self.owner.pw_gid)
                os.setuid(self.owner.pw_uid)
        done = subprocess.run(argv, cwd=self.dir, preexec_fn=demote, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
        if done.returncode:
            raise Failed("%s: %s" % (argv[0], done.stdout.decode()))

    def pg_make(self):
        done = subprocess.run(["bash", TOP + "/tests/support/cluster-copy.sh", self.dir + "/pg", self.dir + "/state"],
                              env=dict(os.environ, top_srcdir=TOP, top_builddir=os.path.dirname(self.binary)), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise Failed("no cluster: " + done.stdout.decode())
        with open(self.dir + "/pg/postgresql.conf", "a") as f:
            f.write("unix_socket_directories='%s'\nlisten_addresses=''\nfsync=off\nsynchronous_commit=on\n"
                    "full_page_writes=off\nmax_connections=60\nshared_buffers=32MB\nautovacuum=off\n"
                    "jit=off\ntrack_functions=all\ntimezone=UTC\nlog_min_messages=fatal\n" % self.dir)
        self.pg_start()

    def pg_start(self):
        self.as_owner(self.pg_bin + "/pg_ctl", "-D", self.dir + "/pg", "-w", "-t", "60", "-l",
                      self.dir + "/pg.log", "start")

    def pg_stop(self, mode="immediate"):
        self.as_owner(self.pg_bin + "/pg_ctl", "-D", self.dir + "/pg", "-w", "-m", mode, "stop")
        self.local = threading.local()

    def sql_as(self, user, database, text):
        pg = Postgres(self.dir + "/.s.PGSQL.5432", user, database)
        try:
            return pg.query(text)
        finally:
            pg.s.close()

    def sql(self, text):
        """As the request handlers, on a connection of this thread."""
        if getattr(self.local, "pg", None) is None:
            self.local.pg = Postgres(self.dir + "/.s.PGSQL.5432", "moot", "moot")
        try:
            return self.local.pg.query(text)
        except OSError:
            self.local.pg = None
            raise

    def arity(self, function):
        if function not in self.arities:
            rows = self.sql("SELECT max(pronargs) FROM pg_proc WHERE proname = %s" % quote(function))
            self.arities[function] = int(rows[0][0] or 0)
        return self.arities[function]

    def call(self, function, *args, publish=True):
        """One of the mutations, then what it says to the bus, as moot-api does. The first row's data.

        Parameters at the end that are not given are NULL: a mutation that learns more needs no change here."""
        args += (None,) * (self.arity(function) - len(args))
        rows = self.sql("SELECT kind, ref, data FROM %s(%s)" % (function, ", ".join(map(quote, args))))
        events = [(int(r[1]), r[2]) for r in rows if r[0] == "event"]
        if publish:
            for stream, payload in events:
                self.publish(stream, payload)
        self.local.events = events
        return rows[0][2] if rows else None

    # ---- Redis
    def redis_start(self):
        proc = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", self.redis_path,
                                 "--unixsocketperm", "777", "--save", "", "--dir", self.dir,
                                 "--lua-time-limit", "0"],  # never BUSY, however slow the machine fills a key
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.procs["redis"] = proc
        until("redis answers", lambda: self.redis("PING") == "PONG")
        # as moot-jobs does every ten seconds
        self.redis("SET", "m:flusher", "1")

    def redis_kill(self):
        proc = self.procs.pop("redis")
        proc.kill()
        proc.wait()

    def redis(self, *words):
        """The one line of the answer; None when Redis is away."""
        try:
            s = getattr(self.local, "redis", None)
            if s is None:
                s = socket.socket(socket.AF_UNIX)
                s.settimeout(DEADLINE)
                s.connect(self.redis_path)
                self.local.redis, self.local.redis_file = s, s.makefile("rb")
            out = b"*%d\r\n" % len(words)
            for w in words:
                w = w if isinstance(w, bytes) else str(w).encode()
                out += b"$%d\r\n%s\r\n" % (len(w), w)
            s.sendall(out)
            line = self.local.redis_file.readline()
            if not line:
                raise OSError("closed")
            if line[:1] in (b"$", b"*") and line[1:2] != b"-":
                self.local.redis = None     # the rest of the answer goes with the connection
                raise Failed("%s answers more than a line" % words[0])
            return line[1:].strip().decode()
        except OSError:
            self.local.redis = None
            return None

    def numsub(self, topic):
        """How many subscribe a topic; None while Redis is away."""
        with socket.socket(socket.AF_UNIX) as s:
            try:
                s.settimeout(2)
                s.connect(self.redis_path)
                s.sendall(b"PUBSUB NUMSUB %s\r\n" % topic.encode())
                out = b""
                while out.count(b"\r\n") < 4:
                    part = s.recv(4096)
                    if not part:
                        return None
                    out += part
                return int(out.split(b"\r\n")[3][1:])
            except OSError:
                return None

    def publish(self, stream, payload):
        return self.redis("PUBLISH", "s:%d" % stream, payload)

    # ---- moot-push
    def configure(self, name, **settings):
        """The configuration of a daemon of that name, and the daemon, which does not run."""
        conf = {"base_url": BASE_URL, "database": "host=%s dbname=moot user=moot_push" % self.dir,
                "redis": "unix:" + self.redis_path, "token_key_file": self.dir + "/token.key",
                "push_socket": "%s/%s.sock" % (self.dir, name), "log_level": "info"}
        conf.update(settings)
        with open("%s/%s.conf" % (self.dir, name), "w") as f:
            for k, v in conf.items():
                f.write("%s = %s\n" % (k, v))
        return Daemon(self, name, conf["push_socket"])

    def push_start(self, name="push", ready=True, prepare=None, **settings):
        daemon = self.configure(name, **settings)
        daemon.proc = self.push_run(name, prepare=prepare)
        self.daemons.append(daemon)
        if ready:
            until("%s is healthy" % name, lambda: daemon.health().get("status") == "ok")
        return daemon

    def push_run(self, name, *more, prepare=None):
        log = open("%s/%s.log" % (self.dir, name), "ab")
        env = dict(os.environ, ASAN_OPTIONS="detect_leaks=1:exitcode=99", UBSAN_OPTIONS="print_stacktrace=1")
        env.pop("MOOT_CONFIG", None)
        return subprocess.Popen([self.binary, "-c", "%s/%s.conf" % (self.dir, name), *more], stdout=log, stderr=log,
                                env=env, preexec_fn=prepare)

    def is_sanitized(self):
        with open(self.binary, "rb") as f:
            return b"__asan_init" in f.read()

    # ---- people
    def account(self, name):
        """A new account; its name begins with this one, and no other test of this worker has it."""
        self.accounts += 1
        name = "%s_%d" % (name, self.accounts)
        data = json.loads(self.call("account_register", name, None, "x", name, "test", "", None, "everyone"))
        return Account(self, int(data["user"]["id"]), int(data["session_id"]), name)

    def end(self, keep=False):
        for c in list(self.clients):
            c.close()
        status = []
        for d in list(self.daemons):
            status.append(d.stop())
        for p in self.procs.values():
            p.kill()
            p.wait()
        try:
            self.pg_stop()
        except Failed:
            pass
        if not keep:
            shutil.rmtree(self.dir, ignore_errors=True)
        return [s for s in status if s]


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Account:
    def __init__(self, stack, id, session, name):
        self.stack, self.id, self.session, self.name = stack, id, session, name

    def token(self, life=900, session=None, key=None, issuer=BASE_URL):
        key = key or self.stack.key
        now = int(time.time())
        head = {"alg": "HS256", "typ": "JWT", "kid": hashlib.sha256(key).hexdigest()[:16]}
        body = {"iss": issuer, "aud": "moot", "sub": str(self.id), "sid": str(session or self.session),
                "jti": b64(os.urandom(9)), "iat": now, "exp": now + life, "use": "access"}
        text = ".".join(b64(json.dumps(x, separators=(",", ":")).encode()) for x in (head, body))
        return text + "." + b64(hmac.new(key, text.encode(), hashlib.sha256).digest())

    def personal_token(self, scopes="", life=None):
        secret = os.urandom(32)
        ends = None
        if life is not None:
            ends = self.stack.sql("SELECT now() + %d * interval '1 second'" % life)[0][0]
        data = json.loads(self.stack.call("token_create", self.id, "script", scopes, ends,
                                          "\\x" + hashlib.sha256(secret).hexdigest()))
        token = int(data["id"])
        return token, "moot_pat_" + b64(struct.pack("!qq", token, self.id) + secret)

    def server(self, name="Server"):
        data = json.loads(self.stack.call("server_create", self.id, name, 100))
        return int(data["id"]), int(data["channels"][0]["id"])

    def invite(self, server):
        code = "code%s" % b64(os.urandom(9)).replace("-", "x").replace("_", "y")
        self.stack.call("invite_create", self.id, server, None, None, None, None, code)
        return code

    def join(self, code, publish=True):
        return self.stack.call("invite_accept", self.id, code, 100, publish=publish)

    def post(self, channel, text, publish=True):
        return json.loads(self.stack.call("message_create", self.id, channel, text, None, None, None,
                                          publish=publish))

    def channel(self, server, name, private=False):
        return int(json.loads(self.stack.call("channel_create", self.id, server, name, "text", None, None,
                                              private))["id"])


class Locked:
    """Nobody can be told who may read what, until the end of it."""

    def __init__(self, st):
        self.pg = Postgres(st.dir + "/.s.PGSQL.5432", "postgres", "moot")

    def __enter__(self):
        self.pg.query("BEGIN")
        self.pg.query("LOCK TABLE member IN ACCESS EXCLUSIVE MODE")

    def __exit__(self, *_):
        self.pg.query("ROLLBACK")
        self.pg.s.close()


class Daemon:
    def __init__(self, stack, name, path, proc=None):
        self.stack, self.name, self.path, self.proc = stack, name, path, proc

    def request(self, head, read=True, timeout=10):
        s = socket.socket(socket.AF_UNIX)
        s.connect(self.path)        # waits while the backlog is full
        s.settimeout(timeout)
        s.sendall(head if isinstance(head, bytes) else head.encode())
        if not read:
            return s
        out = b""
        try:
            while True:
                part = s.recv(65536)
                if not part:
                    break
                out += part
        except OSError as e:
            out += b"<%s>" % str(e).encode()
        s.close()
        return out

    def health(self):
        try:
            answer = self.request("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            return json.loads(answer.split(b"\r\n\r\n", 1)[1])
        except (OSError, IndexError, ValueError):
            if self.proc.poll() is not None:
                raise Failed("moot-push ended with %d: %s" % (self.proc.returncode, self.log()[-2000:]))
            return {}

    def metric(self, name):
        answer = self.request("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").decode()
        return next(int(line.split()[1]) for line in answer.splitlines() if line.startswith("moot_%s " % name))

    def log(self):
        with open("%s/%s.log" % (self.stack.dir, self.name), errors="replace") as f:
            return f.read()

    def open_fds(self):
        return len(os.listdir("/proc/%d/fd" % self.proc.pid))

    def rss(self):
        with open("/proc/%d/smaps_rollup" % self.proc.pid) as f:
            return sum(int(line.split()[1]) for line in f if line.startswith("Private_")) * 1024

    def hand_over(self, meanwhile=lambda: None):
        """A new process takes over, and this is it from then on; meanwhile() is called again and again."""
        old, new = self.proc, self.stack.push_run(self.name, "--take-over")

        def is_over():
            if new.poll() is not None:
                raise Failed("the new one ended with %d: %s" % (new.returncode, self.log()[-3000:]))
            meanwhile()
            return old.poll() is not None
        try:
            until("the old one ends", is_over)
        except Failed:
            new.kill()
            new.wait()
            raise
        self.proc = new
        if old.returncode != 0:
            raise Failed("the old one ended with %d: %s" % (old.returncode, self.log()[-3000:]))

    def is_sanitized(self):
        return self.stack.is_sanitized()

    def cpu(self):
        with open("/proc/%d/stat" % self.proc.pid) as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, sig=signal.SIGTERM):
        if self.proc.poll() is None:
            self.proc.send_signal(sig)
            try:
                self.proc.wait(30)
            except subprocess.TimeoutExpired:
                self.proc.kill()
                self.proc.wait()
                return "%s did not end" % self.name
        if self in self.stack.daemons:
            self.stack.daemons.remove(self)
        if self.proc.returncode not in (0, -signal.SIGKILL):
            return "%s ended with %d: %s" % (self.name, self.proc.returncode, self.log()[-3000:])
        return None
