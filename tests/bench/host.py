"""What processes cost: CPU time, private memory, and the kernel's share of the host."""
import ctypes, glob, json, mmap, os, shutil, signal, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(HERE, "..", ".."))
sys.path.append(os.path.join(TOP, "tests", "push"))      # behind this folder: both have a peers.py
TICK = os.sysconf("SC_CLK_TCK")
NAP_US = 2000           # of the readers, where the servers' CPU is counted


def children(pid):
    """pid and everything below it."""
    out = [pid]
    for path in glob.glob("/proc/%d/task/*/children" % pid):
        try:
            with open(path) as f:
                for child in f.read().split():
                    out += children(int(child))
        except OSError:
            pass
    return out


def cpu_of(pid):
    """Seconds: the scheduler's own sum in nanoseconds, which utime + stime are rounded from."""
    total = 0
    for path in glob.glob("/proc/%d/task/*/schedstat" % pid):
        try:
            with open(path) as f:
                total += int(f.read().split()[0])
        except OSError:
            pass
    if total:
        return total / 1e9
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


class Roles:
    """Named groups of processes."""

    def __init__(self, **roles):
        self.roles = {name: p if isinstance(p, int) else p.pid for name, p in roles.items()}

    def cpu(self):
        """Seconds by role; everything below a process belongs to it."""
        return {name: sum(cpu_of(p) for p in children(pid)) for name, pid in self.roles.items()}

    def memory(self):
        """Private bytes by role."""
        out = {}
        for name, pid in self.roles.items():
            out[name] = 0
            for p in children(pid):
                with open("/proc/%d/smaps_rollup" % p) as f:
                    out[name] += sum(int(x.split()[1]) for x in f if x.startswith("Private_")) * 1024
        return out


def kernel_memory():
    """What the kernel holds: objects and their size by slab cache, and pages in socket buffers."""
    caches = {}
    try:
        with open("/proc/slabinfo") as f:
            for line in f:
                words = line.split()
                if words[0] not in ("slabinfo", "#"):
                    caches[words[0]] = (int(words[1]), int(words[3]))
    except PermissionError:
        with open("/proc/meminfo") as f:
            caches["Slab"] = (next(int(x.split()[1]) for x in f if x.startswith("Slab:")) * 1024, 1)
    pages = 0
    with open("/proc/net/sockstat") as f:
        for line in f:
            words = line.split()
            if "mem" in words:
                pages += int(words[words.index("mem") + 1])
    caches["socket buffers"] = (pages, os.sysconf("SC_PAGE_SIZE"))
    return caches


def kernel_growth(before, after, n):
    """Bytes for each of n streams. Live objects, because a slab's pages stay when its objects go; and only
    caches that grew by one object for ten streams: what others on the host do is not of that regularity."""
    out = 0
    entries = {}
    for name, (objects, size) in after.items():
        entries[name] = (objects - before.get(name, (0, size))[0]) / n
        if entries[name] >= 0.1 or name == "socket buffers":
            out += entries[name] * size
    # Whoever looks into /proc/PID/fd meanwhile makes an inode and a name for each descriptor there: those
    # are the looking's, and stay until memory is short.
    seen = entries.get("proc_inode_cache", 0)
    if seen >= 0.1:
        out -= seen * sum(after[x][1] for x in ("proc_inode_cache", "dentry", "lsm_inode_cache") if x in after)
    return out


def less(after, before):
    return {k: after[k] - before[k] for k in after}


def until(what, condition, seconds=30, pause=0.01):
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise RuntimeError("not in time: " + (what() if callable(what) else what))
        time.sleep(pause)


def program(name):
    """One of the C programs; MOOT_BENCH_BUILD is set by tests/bench/run."""
    return os.path.join(os.environ["MOOT_BENCH_BUILD"], "tests", "bench", name)


class Note(ctypes.Structure):
    _fields_ = [("sent_ns", ctypes.c_int64), ("first_ns", ctypes.c_int64), ("last_ns", ctypes.c_int64),
                ("parent_rev", ctypes.c_int64), ("count", ctypes.c_uint32), ("bytes", ctypes.c_uint32)]


SEQ_MAX = 1 << 18


class Sheet(ctypes.Structure):
    """shared.h"""
    _fields_ = [("delivered", ctypes.c_uint64), ("published", ctypes.c_uint64), ("notes", Note * SEQ_MAX)]


class Shared:
    """The sheet that load generator and publishers write; one for each measurement."""
    serial = 0

    def __init__(self):
        Shared.serial += 1
        base = "/dev/shm" if os.path.isdir("/dev/shm") else "/tmp"
        self.path = "%s/moot-bench.%d.%d" % (base, os.getpid(), Shared.serial)
        with open(self.path, "wb") as f:
            f.truncate(ctypes.sizeof(Sheet))
        with open(self.path, "r+b") as f:
            self.map = mmap.mmap(f.fileno(), ctypes.sizeof(Sheet))
        self.sheet = Sheet.from_buffer(self.map)
        self.next = 1

    def note(self, seq):
        return self.sheet.notes[seq]

    def close(self):
        self.sheet = None
        self.map.close()
        os.unlink(self.path)


class Load:
    """The load generator, driven by its stdin. Connections are addressed by number."""

    def __init__(self, dir, shared, address, n, head, lines=None, ready=None, hello=None, controls=False, prelude=False):
        self.shared, self.n = shared, n
        with open(dir + "/load.head", "w") as f:
            f.write(head)
        argv = [program("load"), "--shared", shared.path, "--connect", address, "--connections", str(n),
                "--head", dir + "/load.head"]
        if lines is not None:
            with open(dir + "/load.lines", "w") as f:
                f.write("".join(x + "\n" for x in lines))
            argv += ["--lines", dir + "/load.lines"]
        if ready:
            argv += ["--ready", ready]
        if hello:
            argv += ["--hello", hello]
        if controls:
            argv.append("--controls")
        if prelude:
            argv.append("--prelude")
        self.proc = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        self.proc.stdin.write(" ".join(map(str, words)) + "\n")
        self.proc.stdin.flush()
        line = self.proc.stdout.readline()
        if not line:
            raise RuntimeError("the load generator ended with %s" % self.proc.wait())
        return json.loads(line)

    def open(self, n=None):
        n = n or self.n
        got = self.ask("open", n)
        if got["failed"]:
            raise RuntimeError("%d of %d connections failed" % (got["failed"], n))
        return got

    def nap(self, us):
        """From here on looks only so often: waking a reader is work of its machine, not of the server's."""
        self.ask("nap", us)

    def mark(self):
        """Counts anew; what is published from here on counts."""
        return self.ask("mark", self.shared.next)

    def all_delivered(self, messages, readers=None, seconds=20):
        """Waits until every reader has so many since the mark, or time is over; the last report."""
        end = time.monotonic() + seconds
        want = messages * (readers or self.n)
        while True:
            got = self.ask("report")
            if got["delivered"] + got["lost"] >= want or time.monotonic() > end:
                return got
            time.sleep(0.05)

    def stop(self):
        self.proc.stdin.close()
        self.proc.wait()


def stop(proc, sig=signal.SIGTERM):
    if proc.poll() is None:
        proc.send_signal(sig)
        try:
            proc.wait(15)
        except subprocess.TimeoutExpired:
            proc.kill()
            proc.wait()


def nginx_program():
    return shutil.which("nginx") or "/usr/sbin/nginx"
