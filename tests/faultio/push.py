#!/usr/bin/env python3
"""moot-push-fault against a real Postgres and Redis while its system calls fail, seed by seed.

usage: push.py [SEED...]     MOOT_PUSH_FAULT names the program, top_builddir where it was built.

Clients connect, read, lose their connection, come back with their cursor, and in the end have every
message once and in order. What a seed does is drawn from it, but not which call meets which draw.
"""
import os, sys, threading, time, traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "push"))
import stack as stacks
from client import Reader
from stack import Failed, Stack, equal, true, until

SEEDS = [1, 2, 3]
RATE = 100          # of 1,000 calls
MESSAGES = 400
AHEAD = 10          # messages the writer may be in front of the fastest client
KINDS = ["sse", "ndjson", "ws"] * 4


class Follower(threading.Thread):
    """One client for the whole run, on one connection after the other."""

    def __init__(self, push, who, kind, stream):
        super().__init__(daemon=True)
        self.push, self.who, self.kind, self.stream = push, who, kind, stream
        self.events, self.problem, self.resets, self.connections = {}, None, 0, 0
        self.cursor, self.done = None, threading.Event()
        self.reader = None

    def run(self):
        while not self.done.is_set() and self.problem is None:
            try:
                self.reader = Reader(self.push, self.who, self.kind, last=self.cursor, wait=False)
            except OSError:
                continue        # reset while it asked, or the backlog is full
            self.connections += 1
            self.follow(self.reader)
            self.reader.close()

    def follow(self, reader):
        last = 0
        while not self.done.is_set():
            ended = reader.closed
            with reader.lock:
                events, reader.events = reader.events, []
                self.cursor = reader.cursor or self.cursor
                self.resets += sum(name == "reset" for name, _, _ in reader.controls)
                reader.controls = [c for c in reader.controls if c[0] == "hello"]
            for e in events:
                if e["stream"] != self.stream:
                    continue
                if e["rev"] <= last:
                    self.problem = "rev %d after %d on one connection" % (e["rev"], last)
                if self.events.setdefault(e["rev"], e) != e:
                    self.problem = "rev %d came with two texts" % e["rev"]
                last = e["rev"]
            if reader.error is not None and not isinstance(reader.error, OSError):
                self.problem = "unreadable: %r" % reader.error
            if ended:
                return
            time.sleep(0.005)

    def texts(self):
        events = dict(self.events)
        return [events[rev]["data"]["content"] for rev in sorted(events)
                if events[rev]["type"] == "message.created"]


def run_seed(stack, seed):
    os.environ.update(FAULTIO_SEED=str(seed), FAULTIO_RATE=str(RATE))
    push = stack.push_start("push%d" % seed, push_heartbeat=1)
    a, b = stack.account("a%d" % seed), stack.account("b%d" % seed)
    server, channel = a.server()
    b.join(a.invite(server))
    followers = [Follower(push, b, kind, "channel:%d" % channel) for kind in KINDS]
    try:
        for f in followers:
            f.start()
        for f in followers:
            until("a first connection", lambda: f.reader is not None and f.reader.hello())
        wanted = []
        for i in range(MESSAGES):
            wanted.append("%d " % i + "x" * (i * 37 % 3000))
            a.post(channel, wanted[-1])
            until(lambda: "somebody keeps up: " + str([f.problem for f in followers]),
                  lambda: any(len(f.events) > i - AHEAD for f in followers), 60)
        for f in followers:
            until(lambda: "%s follower: %s, has %d of %d after %d connections, %d resets" % (f.kind, f.problem,
                  len(f.texts()), len(wanted), f.connections, f.resets),
                  lambda: f.texts() == wanted or f.problem, 60)
            equal("problem", f.problem, None)
        true("connections were lost", sum(f.connections for f in followers) > len(followers))
        equal("resets", sum(f.resets for f in followers), 0)
        print("# seed %d: %s connections" % (seed, [f.connections for f in followers]), flush=True)
    finally:
        for f in followers:
            f.done.set()
        for f in followers:
            f.join(10)


def main(argv):
    stack = Stack(os.environ.get("MOOT_PUSH_FAULT") or os.path.join(stacks.BUILD, "moot-push-fault"))
    failures, seeds = 0, [int(s) for s in argv] or SEEDS
    try:
        stack.pg_make()
        stack.redis_start()
        for n, seed in enumerate(seeds, 1):
            began, problem = time.monotonic(), None
            try:
                run_seed(stack, seed)
            except Exception:
                problem = traceback.format_exc()[-4000:]
            for c in list(stack.clients):
                c.close()
            for d in list(stack.daemons):
                problem = d.stop() or problem
            if problem:
                failures += 1
                print("# " + problem.replace("\n", "\n# "))
            print("%s %d - nothing is lost under seed %d (%.1f s)" % ("not ok" if problem else "ok", n, seed,
                  time.monotonic() - began), flush=True)
    finally:
        for problem in stack.end():
            print("# " + problem.replace("\n", "\n# "))
    print("1..%d" % len(seeds))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
