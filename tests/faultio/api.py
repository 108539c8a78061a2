#!/usr/bin/env python3
"""moot-api-fault, several processes on one socket, while its system calls and its memory fail, seed by seed.

usage: api.py [SEED...]
       MOOT_API_FAULT names the program, top_builddir where it was built.

People post, edit, delete and read by FastCGI, as nginx asks. Each request gets one whole answer: what it
asks for, or 503 and then it is sent again with the same nonce. In the end each message that was
acknowledged is there once, as it was acknowledged. A process ends only with status 0, and then another
takes its place. In half of the seeds the web server's own connections fail too; then an answer may be
missing or cut off, and the request is sent again as well.
"""
import fcntl, json, os, random, signal, socket, struct, subprocess, sys, termios, threading, time, traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "push"))
import stack as stacks
from stack import Failed, Stack, equal, true, until

SEEDS = [1, 2]      # by name any number
RATE = 100          # of 1,000 calls
WORKERS = 2
PEOPLE = 4
ROUNDS = 40         # messages of each
PATIENCE = 30       # seconds for one answer: request_timeout and as much again
REQUEST, GIVEN, STDIN, STDOUT, STDERR, END = 1, 4, 5, 6, 7, 3


class Cut(Exception):
    """The connection ended before the answer did."""


# ---- FastCGI (the web server's side)

def record(kind, data=b""):
    return struct.pack("!BBHHBx", 1, kind, 1, len(data), 0) + data


def pair(name, value):
    def length(n):
        return struct.pack("!B", n) if n < 128 else struct.pack("!I", n | 1 << 31)
    return length(len(name)) + length(len(value)) + name + value


def request_bytes(method, path, token, body, headers):
    path, _, query = path.partition("?")
    given = {"REQUEST_METHOD": method, "REQUEST_URI": path + ("?" + query if query else ""), "PATH_INFO": path,
             "QUERY_STRING": query, "REMOTE_ADDR": "192.0.2.7", "HTTP_HOST": "moot.test",
             "HTTP_AUTHORIZATION": "Bearer " + token, "CONTENT_LENGTH": str(len(body)) if body else "",
             "CONTENT_TYPE": "application/json" if body else "", **headers}
    out = record(REQUEST, struct.pack("!HB5x", 1, 0))
    out += record(GIVEN, b"".join(pair(k.encode(), v.encode()) for k, v in given.items())) + record(GIVEN)
    for i in range(0, len(body), 16384):
        out += record(STDIN, body[i:i + 16384])
    return out + record(STDIN)


def read_answer(s):
    """The program's output and whether it said that this is all."""
    raw, out = b"", b""
    while True:
        while len(raw) >= 8:
            kind, n, pad = raw[1], struct.unpack("!H", raw[4:6])[0], raw[6]
            if len(raw) < 8 + n + pad:
                break
            if kind == STDOUT:
                out += raw[8:8 + n]
            elif kind == END:
                return out
            raw = raw[8 + n + pad:]
        part = s.recv(65536)
        if not part:
            raise Cut("after %d bytes" % len(out))
        raw += part


def split_answer(out):
    """(status, headers, JSON or None) of a whole answer."""
    head, sep, body = out.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    true("a whole head: %r" % out[:300], sep and headers.get("Status", "")[:3].isdigit())
    status = int(headers["Status"][:3])
    if "Content-Length" in headers:
        equal("length of the body", len(body), int(headers["Content-Length"]))
    if status in (204, 304):
        equal("body of %d" % status, body, b"")
        return status, headers, None
    value = json.loads(body)
    if status >= 400:
        equal("status in the problem", value["status"], status)
    return status, headers, value


# ---- the processes

class Workers:
    def __init__(self, stack, seed, spare, rate=RATE, count=WORKERS):
        self.stack, self.seed, self.spare, self.rate = stack, seed, spare, rate
        self.program = os.environ.get("MOOT_API_FAULT") or os.path.join(stacks.BUILD, "moot-api-fault")
        self.path = "%s/api%d.sock" % (stack.dir, seed)
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(self.path)
        self.listening.listen(64)
        self.conf = "%s/api%d.conf" % (stack.dir, seed)
        with open(self.conf, "w") as f:
            f.write("base_url = %s\ndatabase = host=%s dbname=moot user=moot_api\nredis = unix:%s\n"
                    "token_key_file = %s/token.key\nfiles_dir = %s\nrun_dir = %s\nlimits_scale = 100000\n"
                    "request_timeout = 10\nargon2_memory_kib = 64\nargon2_passes = 1\nmax_requests = 60\n" % (
                        stacks.BASE_URL, stack.dir, stack.redis_path, stack.dir, stack.dir, stack.dir))
        self.log_path = "%s/api%d.log" % (stack.dir, seed)
        self.started, self.problems, self.ending = 0, [], threading.Event()
        self.procs = [self.start() for _ in range(count)]
        self.keeper = threading.Thread(target=self.keep, daemon=True)
        self.keeper.start()

    def start(self):
        self.started += 1
        env = dict(os.environ, FAULTIO_SEED=str(self.seed * 1000 + self.started), FAULTIO_RATE=str(self.rate),
                   ASAN_OPTIONS="detect_leaks=1:exitcode=99", UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1")
        for name in ("MOOT_CONFIG", "FAULTIO_SPARE"):
            env.pop(name, None)
        if self.spare:
            env["FAULTIO_SPARE"] = "1"
        with open(self.log_path, "ab") as log:
            return subprocess.Popen([self.program, "-c", self.conf], stdin=self.listening, stdout=log, stderr=log,
                                    env=env)

    def keep(self):
        """What systemd does."""
        while not self.ending.wait(0.01):
            for i, proc in enumerate(self.procs):
                if proc.poll() is not None:
                    self.judge(proc)
                    self.procs[i] = self.start()

    def judge(self, proc, statuses=(0,)):
        if proc.returncode not in statuses:
            self.problems.append("a process ended with %d: %s" % (proc.returncode, self.log()[-3000:]))

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def stop(self):
        self.ending.set()
        self.keeper.join()
        for proc in self.procs:
            proc.send_signal(signal.SIGTERM)
        for proc in self.procs:
            try:
                proc.wait(30)
            except subprocess.TimeoutExpired:
                proc.kill()
                proc.wait()
            self.judge(proc, (0, -signal.SIGTERM))   # the latter when it had just been started
        self.listening.close()

    def connect(self):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(PATIENCE)
        s.connect(self.path)
        return s

    def ask(self, data):
        with self.connect() as s:
            s.sendall(data)
            return split_answer(read_answer(s))

    def end_all(self):
        """SIGTERM, and all of them have had it."""
        def had(pid):
            try:
                with open("/proc/%d/status" % pid) as f:
                    return any(line.startswith("ShdPnd:") and int(line.split()[1], 16) == 0 for line in f)
            except OSError:
                return True
        procs = list(self.procs)
        for proc in procs:
            proc.send_signal(signal.SIGTERM)
        for proc in procs:
            until("the signal arrives", lambda: had(proc.pid))
        return procs


# ---- people

class Person(threading.Thread):
    """Posts, changes and reads; keeps what was acknowledged."""

    def __init__(self, workers, account, channel, seed):
        super().__init__(daemon=True)
        self.workers, self.account, self.channel = workers, account, channel
        self.rng = random.Random("%d %d" % (seed, account.id))
        self.token, self.problem = account.token(), None
        self.kept, self.last = {}, 0    # id of a message -> its text, None when deleted
        self.unavailable, self.cuts = 0, 0

    def do(self, method, path, body=None, ok=(200,), **headers):
        """Until it is done. A repetition may find done what the lost answer would have said."""
        data = request_bytes(method, "/api/v1" + path, self.token, json.dumps(body).encode() if body else b"", headers)
        for _ in range(200):
            try:
                status, _, value = self.workers.ask(data)
            except (Cut, ConnectionError) as e:
                if self.workers.spare:
                    raise Failed("%s %s: no whole answer: %r" % (method, path, e))
                self.cuts += 1
                continue
            if status in ok:
                return value
            if status == 400 and body and not self.workers.spare:
                self.cuts += 1      # a body whose reading failed: for real, nobody is there to be told
                continue
            if status != 503:
                raise Failed("%s %s: %d %s" % (method, path, status, value))
            true("503 has a code", value["code"] in ("unavailable", "no_memory", "overload"))
            self.unavailable += 1
        raise Failed("%s %s: unavailable 200 times" % (method, path))

    def run(self):
        try:
            for i in range(ROUNDS):
                self.post(i)
                self.rng.choice((self.edit, self.delete, self.page, self.read, self.bootstrap, self.mark))()
        except Exception:
            self.problem = traceback.format_exc()[-2000:]

    def post(self, i):
        text = "%d of %d " % (i, self.account.id) + "x" * self.rng.choice((1, 100, 3900))
        m = self.do("POST", "/channels/%d/messages" % self.channel, {"content": text, "nonce": "n%d" % i}, (200, 201))
        equal("text of the answer", m["content"], text)
        self.kept[int(m["id"])], self.last = text, m["seq"]

    def one(self):
        return self.rng.choice([m for m, text in self.kept.items() if text is not None] or [None])

    def edit(self):
        m = self.one()
        if m is not None:
            self.kept[m] = "edited %d" % self.rng.randrange(1 << 30)
            self.do("PATCH", "/channels/%d/messages/%d" % (self.channel, m), {"content": self.kept[m]})

    def delete(self):
        m = self.one()
        if m is not None:
            self.do("DELETE", "/channels/%d/messages/%d" % (self.channel, m), ok=(200, 204))
            self.kept[m] = None

    def page(self):
        page = self.do("GET", "/channels/%d/messages?limit=20" % self.channel)
        true("a page has what was acknowledged last", max(m["seq"] for m in page["items"]) >= self.last)

    def read(self):
        m = self.rng.choice(list(self.kept))
        value = self.do("GET", "/channels/%d/messages/%d" % (self.channel, m))
        equal("text of %d" % m, value["content"], self.kept[m] or "")

    def bootstrap(self):
        equal("who", self.do("GET", "/bootstrap")["me"]["id"], str(self.account.id))

    def mark(self):
        self.do("PUT", "/channels/%d/read" % self.channel, {"seq": self.last}, (200, 204))


def run_seed(stack, seed):
    people = [stack.account("p%d_%d" % (seed, i)) for i in range(PEOPLE)]
    server, channel = people[0].server()
    for p in people[1:]:
        p.join(people[0].invite(server))
    workers = Workers(stack, seed, seed % 2 == 1)
    try:
        crowd = [Person(workers, p, channel, seed) for p in people]
        for p in crowd:
            p.start()
        for p in crowd:
            p.join(120)
            true("%s is done: %s" % (p.account.name, p.problem), not p.is_alive() and p.problem is None)
    finally:
        workers.stop()
    for p in crowd:
        rows = stack.sql("SELECT id, content, deleted_at IS NOT NULL FROM message WHERE author_id = %d" % p.account.id)
        equal("messages of " + p.account.name, {int(i): None if gone == "t" else text for i, text, gone in rows}, p.kept)
    equal("seq", stack.sql("SELECT count(*) = max(seq) FROM message WHERE channel_id = %d" % channel)[0][0], "t")
    equal("problems", workers.problems, [])
    true("something was unavailable", sum(p.unavailable for p in crowd) > 0)
    true("nothing ends but by itself: %d started" % workers.started, workers.started < 20)
    print("# seed %d: %d times unavailable, %d answers cut, %d processes" % (
        seed, sum(p.unavailable for p in crowd), sum(p.cuts for p in crowd), workers.started), flush=True)


# ---- without faults

def ends_after_the_request(stack):
    """A process that is told to end while it reads a request or writes an answer does that first."""
    a = stack.account("ending")
    server, channel = a.server()
    path, token = "/api/v1/channels/%d/messages" % channel, a.token()
    workers = Workers(stack, 0, False, 0, 1)
    try:
        data = request_bytes("POST", path, token, json.dumps({"content": "x" * 3900}).encode(), {})
        for cut in (100, len(data) - 2000, len(data) - 1):
            equal("it is there", workers.ask(request_bytes("GET", "/health/live", token, b"", {}))[0], 200)
            with workers.connect() as s:
                s.sendall(data[:cut])
                until("it is read", lambda: unread(s) == 0)
                procs = workers.end_all()
                s.sendall(data[cut:])
                equal("status of a request cut at %d" % cut, split_answer(read_answer(s))[0], 201)
            for proc in procs:
                equal("its status", proc.wait(10), 0)
        for _ in range(60):
            a.post(channel, "y" * 3900)
        with workers.connect() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.sendall(request_bytes("GET", path + "?limit=100", token, b"", {}))
            s.recv(1, socket.MSG_PEEK)
            workers.end_all()
            status, _, page = split_answer(read_answer(s))
            equal("status and length of a page read late", (status, len(page["items"])), (200, 63))
    finally:
        workers.stop()
    equal("problems", workers.problems, [])


def unread(s):
    """Bytes that the other end has not read."""
    return struct.unpack("i", fcntl.ioctl(s, termios.TIOCOUTQ, struct.pack("i", 0)))[0]


def main(argv):
    stack = Stack()
    failures, seeds = 0, [int(s) for s in argv] or SEEDS
    try:
        stack.pg_make()
        stack.redis_start()
        tests = [("a process ends after its request", lambda: ends_after_the_request(stack))]
        tests += [("every request is answered under seed %d" % seed, lambda s=seed: run_seed(stack, s)) for seed in seeds]
        for n, (name, test) in enumerate(tests, 1):
            began, problem = time.monotonic(), None
            try:
                test()
            except Exception:
                problem = traceback.format_exc()[-4000:]
                failures += 1
                print("# " + problem.replace("\n", "\n# "))
            print("%s %d - %s (%.1f s)" % ("not ok" if problem else "ok", n, name, time.monotonic() - began), flush=True)
    finally:
        for problem in stack.end():
            print("# " + problem.replace("\n", "\n# "))
    print("1..%d" % (len(seeds) + 1))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
