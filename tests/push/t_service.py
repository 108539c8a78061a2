"""The daemon and whoever runs it: a service manager that is told things (sd_notify(3)), SIGHUP, a supervisor."""
import ctypes, os, signal, socket, subprocess

from client import Reader
from stack import TOP, Skipped, equal, true, until
from t_handover import no_loss
from t_order import two_people


class Adopted:
    """A process that was started by another one that has ended; we have become its parent."""

    def __init__(self, pid):
        self.pid, self.returncode = pid, None

    def poll(self):
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, seconds=30):
        until("process %d ends" % self.pid, lambda: self.poll() is not None, seconds)

    def send_signal(self, sig):
        os.kill(self.pid, sig)

    def kill(self):
        self.send_signal(signal.SIGKILL)


class Manager:
    """As a service manager hears it; what it would do about it is for the tests to say."""

    def __init__(self, st, **more):
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)     # PR_SET_CHILD_SUBREAPER
        self.path = st.dir + "/notify"
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.s.bind(self.path)
        os.chmod(self.path, 0o777)
        self.env = dict({"NOTIFY_SOCKET": self.path}, **more)

    def start(self, st, **settings):
        os.environ.update(self.env)
        try:
            return st.push_start(**settings)
        finally:
            for name in self.env:
                del os.environ[name]

    def hear(self, seconds=20):
        """The next message; None when there is none in time."""
        self.s.settimeout(seconds)
        try:
            return dict(line.split("=", 1) for line in self.s.recv(500).decode().split("\n"))
        except (socket.timeout, BlockingIOError):
            return None

    def forget(self):
        while self.hear(0):
            pass

    def expect(self, what, wanted):
        said = self.hear()
        equal(what, said, wanted)

    def is_serving(self, pid):
        self.expect("serves", {"MAINPID": str(pid), "READY": "1"})

    def close(self):
        self.s.close()


def state_of(pid):
    with open("/proc/%d/stat" % pid) as f:
        return f.read().rsplit(") ", 1)[1][0]


def test_sighup_starts_the_new_one(st):
    manager = Manager(st)
    push = manager.start(st)
    manager.is_serving(push.proc.pid)
    a, b, server, channel = two_people(st, "overhup")
    r = Reader(push, b)
    for i in range(3):
        old = push.proc
        old.send_signal(signal.SIGHUP)
        said = manager.hear()
        equal("a reload", (said["RELOADING"], said["MONOTONIC_USEC"].isdigit()), ("1", True))
        said = manager.hear()
        equal("and its end", said["READY"], "1")
        until("the old one ends", lambda: old.poll() is not None)
        equal("in order", old.returncode, 0)
        push.proc = Adopted(int(said["MAINPID"]))
        equal("a group of its own", os.getpgid(push.proc.pid), push.proc.pid)
        a.post(channel, "m%d" % i)
        no_loss([r], ["m%d" % n for n in range(i + 1)])
    push.proc.send_signal(signal.SIGTERM)
    manager.expect("the last one takes leave", {"STOPPING": "1"})
    push.proc.wait()
    manager.close()


def test_a_reload_that_fails_ends_too(st):
    """The service is not taken for one that is still being replaced."""
    manager = Manager(st)
    push = manager.start(st)
    manager.is_serving(push.proc.pid)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as busy:
        busy.connect(push.path + ".ctl")
        push.proc.send_signal(signal.SIGHUP)
        equal("a reload", manager.hear()["RELOADING"], "1")
        manager.is_serving(push.proc.pid)
    old = push.proc
    old.send_signal(signal.SIGHUP)
    equal("another one", manager.hear()["RELOADING"], "1")
    push.proc = Adopted(int(manager.hear()["MAINPID"]))
    until("the old one ends", lambda: old.poll() is not None)
    manager.close()


def test_a_hung_one_does_not_say_that_it_lives(st):
    """As the manager sees it: nothing for as long as it was told to wait."""
    wait_s = 1.0
    manager = Manager(st, WATCHDOG_USEC=str(int(wait_s * 1e6)))
    push = manager.start(st)
    manager.is_serving(push.proc.pid)
    alive = {"WATCHDOG": "1"}
    for _ in range(4):
        manager.expect("it lives", alive)
    for _ in range(2):
        push.proc.send_signal(signal.SIGSTOP)
        until("stopped", lambda: state_of(push.proc.pid) == "T")
        manager.forget()
        equal("silence", manager.hear(2 * wait_s), None)
        push.proc.send_signal(signal.SIGCONT)
        manager.expect("it lives again", alive)
    # who takes over goes on saying it
    old = push.proc
    old.send_signal(signal.SIGHUP)
    said = until("another one", lambda: [x for x in [manager.hear()] if x and "MAINPID" in x])[0]
    until("the old one ends", lambda: old.poll() is not None)
    push.proc = Adopted(int(said["MAINPID"]))
    manager.forget()
    for _ in range(4):
        manager.expect("the new one lives", alive)
    push.proc.send_signal(signal.SIGSTOP)
    until("stopped", lambda: state_of(push.proc.pid) == "T")
    manager.forget()
    equal("silence", manager.hear(2 * wait_s), None)
    push.proc.send_signal(signal.SIGCONT)
    manager.close()


def test_another_ones_watchdog_is_none_of_ours(st):
    manager = Manager(st, WATCHDOG_USEC="200000", WATCHDOG_PID="1")
    push = manager.start(st)
    manager.is_serving(push.proc.pid)
    push.proc.send_signal(signal.SIGTERM)
    manager.expect("nothing before that", {"STOPPING": "1"})
    manager.close()


def test_the_jobs_say_that_they_live(st):
    program = os.path.join(os.path.dirname(os.path.abspath(st.binary)), "moot-jobs")
    if not os.path.exists(program):
        raise Skipped("no moot-jobs here")
    manager = Manager(st, WATCHDOG_USEC="500000")
    st.configure("jobs", database_jobs="host=%s dbname=moot user=moot_jobs" % st.dir)
    with open(st.dir + "/jobs.log", "ab") as log:
        jobs = subprocess.Popen([program, "-c", st.dir + "/jobs.conf"], stdout=log, stderr=log,
                                env=dict(os.environ, **manager.env))
    try:
        manager.is_serving(jobs.pid)
        for _ in range(3):
            manager.expect("it lives", {"WATCHDOG": "1"})
        jobs.send_signal(signal.SIGSTOP)
        until("stopped", lambda: state_of(jobs.pid) == "T")
        manager.forget()
        equal("silence", manager.hear(3), None)
        jobs.send_signal(signal.SIGCONT)
        manager.expect("it lives again", {"WATCHDOG": "1"})
        jobs.terminate()
        said = until("the end", lambda: [x for x in [manager.hear()] if x != {"WATCHDOG": "1"}])[0]
        equal("said", said, {"STOPPING": "1"})
        equal("in order", jobs.wait(20), 0)
    finally:
        jobs.kill()
        jobs.wait()
        manager.close()


def test_a_supervisor_follows(st):
    """dev/lib/supervise keeps the successor as it kept the first one."""
    program, run = TOP + "/dev/lib/supervise", st.dir + "/run"
    if not os.path.exists(program):
        raise Skipped("no dev/ here")
    push = st.push_start(redis="unix:" + st.redis_path)
    push.proc.terminate()
    push.proc.wait()
    os.makedirs(run, exist_ok=True)
    log = open(st.dir + "/supervise.log", "ab")
    keeper = subprocess.Popen(["bash", program, run, "push", "TERM", st.binary, "-c", st.dir + "/push.conf"],
                              stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def pid():
        try:
            with open(run + "/push.pid") as f:
                return int(f.read() or 0)
        except OSError:
            return 0

    def lives(wanted):
        try:
            with open("/proc/%d/stat" % wanted) as f:
                return f.read().rsplit(") ", 1)[1][0] != "Z"
        except OSError:
            return False

    def other_than(old):
        until("another one runs", lambda: pid() not in (0, old))
        until("it serves", lambda: serves(pid()))
        return pid()

    def serves(wanted):
        with socket.socket(socket.AF_UNIX) as s:
            if s.connect_ex(push.path) != 0:
                return False
        return lives(wanted)
    try:
        first = other_than(0)
        push.proc = keeper
        until("healthy", lambda: push.health().get("status") == "ok")
        a, b, server, channel = two_people(st, "oversup")
        r = Reader(push, b)
        old = first
        for i in range(3):
            os.kill(old, signal.SIGHUP)
            old = other_than(old)
            a.post(channel, "m%d" % i)
            no_loss([r], ["m%d" % n for n in range(i + 1)])
        os.kill(old, signal.SIGKILL)        # started again, as any other
        old = other_than(old)
        until("healthy", lambda: push.health().get("status") == "ok")
        os.kill(old, signal.SIGHUP)
        old = other_than(old)
        keeper.send_signal(signal.SIGUSR1)  # a restart of one that it did not start itself
        old = other_than(old)
        os.kill(old, signal.SIGHUP)
        old = other_than(old)
    finally:
        keeper.terminate()
        keeper.wait(20)
        log.close()
    true("it took the last one with it", not lives(old))
