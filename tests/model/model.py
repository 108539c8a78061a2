#!/usr/bin/env python3
"""The stream against a model: random mutations, connections and faults, judged by Postgres.

usage: model.py [--seed N] [--steps N] [--people N] [--peace | --fault NAME…]
       MOOT_PUSH names the daemon, top_srcdir the sources.

What each client received is compared with the event table joined with the intervals in which its
account could read each stream (access_of() after each mutation):
  nothing that was committed after the account had lost the stream for good;
  on one connection each stream's revs ascend by one, but for a reset or a loss of access;
  in the end everything the account may read, across all cuts and resumptions;
  no stream reset but one newly joined;
  without a fault, nothing found by the tail sweep that the bus should have brought.
The last line is `N passed, N failed`.
"""
import argparse, json, os, random, signal, sys, time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "push")]

from follower import Follower
from stack import Failed, Stack, until
from t_nginx import Front
from world import World

QUIET_S = 30        # a safeguard, not a measure: how long everything may take to arrive
ROUND = 100         # steps between two reckonings
JUDGE_STEPS = 900   # within which the judge must have noticed
FAULTS = ("redis_kill", "bus_cut", "node_kill", "node_stop", "pg_crash", "nginx_reload", "hand_over")


class Model:
    def __init__(self, seed, people, peace, only=()):
        self.seed, self.rng, self.peace = seed, random.Random(seed), peace
        self.problems, self.faults, self.slowest = [], 0, 0.0
        self.counts, self.recent, self.only, self.often = {}, [], only, 1
        self.st = Stack()
        self.st.pg_make()
        self.st.redis_start()
        self.nodes = {}
        for name in ("a", "b"):
            self.node_start(name)
        self.world = World(self.st, self.rng, people)
        for _ in range(4):
            self.world.op_server()
        self.front = Front(self.st, self.nodes["a"], self.nodes["b"])
        self.follow(None)

    def follow(self, sabotage):
        kinds = ("sse", "ws", "ndjson", "poll")
        self.followers = [Follower(self.world, who, kinds[i % 4], self.problems)
                          for i, who in enumerate(self.world.people * 2)]
        for f in self.followers:
            f.sabotage = sabotage

    def node_start(self, name):
        # without Redis it serves, but does not call itself healthy
        node = self.st.push_start("node_" + name, push_heartbeat=1, ready="redis" in self.st.procs)
        until("%s answers" % name, node.health)
        self.nodes[name] = node

    def rescues(self):
        return sum(d.metric("push_sweep_rescues") for d in self.nodes.values())

    # ---- steps
    def step(self):
        mutations = self.world.MUTATIONS
        if self.rng.random() < 0.62:
            word = self.rng.choices([m for m, _ in mutations], [w for _, w in mutations])[0]
            getattr(self.world, "op_" + word)()
        else:
            word = self.rng.choices(("connect", "drop", "stall", "go_on", "release", "rolled_back", "fault"),
                                    (12, 5, 4, 5, 3, 2, 0 if self.peace else self.often))[0]
            getattr(self, "do_" + word)()
        self.counts[word] = self.counts.get(word, 0) + 1
        for f in self.followers:
            f.take()

    def a_follower(self):
        return self.rng.choice(self.followers)

    def do_connect(self):
        f = self.a_follower()
        if not f.is_open():
            f.drop()
            self.connect(f)

    def connect(self, f):
        try:
            f.connect(self.rng.choice([self.nodes["a"], self.nodes["b"], self.front, self.front]), self.rng)
        except OSError:
            f.wire = None   # the node is just away

    def do_drop(self):
        self.a_follower().drop()

    def do_stall(self):
        self.a_follower().stall()

    def do_go_on(self):
        self.a_follower().go_on()

    def do_release(self):
        self.world.release()

    def do_rolled_back(self):
        self.world.rolled_back()

    # ---- faults
    def do_fault(self):
        self.faults += 1
        word = self.rng.choice(self.only or FAULTS)
        self.counts["fault " + word] = self.counts.get("fault " + word, 0) + 1
        self.recent.append("%s at step %d" % (word, self.world.step))
        getattr(self, "fault_" + word)()

    def fault_redis_kill(self):
        if "redis" in self.st.procs:
            self.st.redis_kill()

    def fault_bus_cut(self):
        self.st.redis("CLIENT", "KILL", "TYPE", "pubsub")

    def fault_node_kill(self):
        name = self.rng.choice(sorted(self.nodes))
        self.nodes[name].stop(signal.SIGKILL)
        self.node_start(name)

    def fault_node_stop(self):
        """Stopped for the next few mutations, so that it has much to catch up with."""
        node = self.nodes[self.rng.choice(sorted(self.nodes))]
        os.kill(node.proc.pid, signal.SIGSTOP)
        for _ in range(5):
            self.world.op_post()
        os.kill(node.proc.pid, signal.SIGCONT)

    def fault_hand_over(self):
        """A new process takes over, under mutations. Without Redis it waits for it, so not then."""
        if "redis" not in self.st.procs:
            return
        node = self.nodes[self.rng.choice(sorted(self.nodes))]
        for _ in range(self.rng.choice((1, 1, 3))):
            self.world.op_post()
            node.hand_over(meanwhile=self.world.op_post)

    def fault_pg_crash(self):
        self.st.pg_stop("immediate")
        self.st.pg_start()

    def fault_nginx_reload(self):
        self.front.proc.send_signal(signal.SIGHUP)

    # ---- reckoning
    def reckon(self, faultless, before, quiet_s=QUIET_S):
        if "redis" not in self.st.procs:
            self.st.redis_start()
        self.world.release()
        self.world.look()
        began = time.monotonic()

        def complete():
            missing = []
            for f in self.followers:
                f.go_on()
                if not f.is_open():
                    f.drop()
                    self.connect(f)
                f.take()
                missing += [(f.name, stream, revs[:5]) for stream, revs in f.missing()]
            return missing

        try:
            until(lambda: "missing: %s" % complete()[:5], lambda: not complete(), quiet_s)
        except Failed as e:
            self.problems.append("step %d, faults %s: %s" % (self.world.step, self.recent, e))
            for f in self.followers:
                if f.missing():
                    self.problems.append("%s: %s" % (f.name, f.state()))
        self.recent = []
        self.slowest = max(self.slowest, time.monotonic() - began)
        for f in self.followers:
            f.settled()
        rescued = self.rescues() - before
        if faultless and not self.world.withheld and rescued:
            self.problems.append("step %d: %d events found by the sweep, without a fault" % (self.world.step, rescued))
        self.world.withheld = False

    def run(self, steps):
        passed = failed = done = 0
        while done < steps:
            faults, before, known = self.faults, self.rescues(), len(self.problems)
            for _ in range(min(ROUND, steps - done)):
                # each step draws from a sequence of its own: what threads do in between moves nothing
                self.rng.seed("%d %d" % (self.seed, done))
                self.step()
                done += 1
            self.reckon(faults == self.faults, before)
            good = len(self.problems) == known
            passed, failed = passed + good, failed + (not good)
            for text in self.problems[known:known + 10]:
                print("# " + text)
            print("%s - steps up to %d, %d faults so far" % ("ok" if good else "not ok", done, self.faults), flush=True)
        return passed, failed

    def summary(self):
        resets = {}
        for f in self.followers:
            for why, n in f.resets.items():
                resets[why] = resets.get(why, 0) + n
        print("# did %s; refused %d; resets %s; slowest to settle %.2f s" % (
            json.dumps(self.counts, sort_keys=True), self.world.refused, resets, self.slowest))

    def end(self):
        for f in self.followers:
            f.drop()
        self.front.stop()
        return self.st.end(bool(self.problems))


# ---- the judge itself: what a wrong stream would look like

def without(f, log):
    """Every other event is lost."""
    return [x for x in log if x[0] != "event" or "rev" not in x[1] or x[1]["rev"] % 2]


def doubled(f, log):
    return [x for x in log for _ in range(2 if x[0] == "event" else 1)]


def swapped(f, log):
    """What came is kept until there are two of it, and then given the other way round."""
    f.kept = getattr(f, "kept", []) + log
    if len(f.kept) < 12:
        return []
    log, f.kept = f.kept[::-1], []
    return log


def leaked(f, log):
    """Everything of every stream, to everybody."""
    known = [s for (a, s), spans in f.world.intervals.items() if a != f.account.id]
    hidden = [s for s in known if (f.account.id, s) not in f.world.intervals and f.world.heads[s] > 0]
    extra = [("event", {"stream": "channel:%d" % s, "rev": f.world.heads[s], "type": "x"}) for s in hidden[:1]]
    return log + extra


def late(f, log):
    """An event of after the loss, to who has lost the stream."""
    lost = [s for (a, s), spans in f.world.intervals.items()
            if a == f.account.id and spans[-1].last is not None and spans[-1].last < f.world.heads[s]]
    return log + [("event", {"stream": "channel:%d" % s, "rev": f.world.heads[s], "type": "x"}) for s in lost[:1]]


def reset(f, log):
    return log + [("reset", {"stream": "channel:%d" % s, "head": 1, "why": "old"}) for s in list(f.mine())[:1]]


JUDGED = ((without, "ORDER"), (doubled, "ORDER"), (swapped, "ORDER"), (leaked, "LEAK"), (late, "LEAK"), (reset, "reset of"))


def self_test(model):
    passed = failed = 0
    for wrong, word in JUDGED:
        for f in model.followers:
            f.drop()
        model.follow(wrong)
        found = False
        for n in range(JUDGE_STEPS):
            model.rng.seed("judge %d" % n)
            model.step()
            if n % 60 == 59:
                model.reckon(False, 0, 1)
                # that something is late, on a slow machine, proves nothing
                found = any(word in p for p in model.problems)
            if found:
                break
        passed, failed = passed + found, failed + (not found)
        print("%s - the judge notices: %s" % ("ok" if found else "not ok", wrong.__name__), flush=True)
        model.problems.clear()
    for f in model.followers:
        f.drop()
    model.follow(None)
    return passed, failed


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    args.add_argument("--steps", type=int, default=2000)
    args.add_argument("--people", type=int, default=6)
    args.add_argument("--peace", action="store_true", help="no faults")
    args.add_argument("--fault", action="append", choices=FAULTS, default=[], help="only these; may be repeated")
    a = args.parse_args()
    print("# seed %d, %d steps, %d people" % (a.seed, a.steps, a.people), flush=True)
    model = Model(a.seed, a.people, a.peace, a.fault)
    passed = failed = 0
    try:
        judged = self_test(model)
        model.often = 5 if a.fault else 1
        passed, failed = model.run(a.steps)
        passed, failed = passed + judged[0], failed + judged[1]
        model.summary()
    finally:
        for problem in model.end():
            print("not ok - " + problem)
            failed += 1
    if failed:
        print("# again: tests/model/model.py --seed %d --steps %d --people %d%s" % (
            a.seed, a.steps, a.people, " --peace" if a.peace else "") + "".join(" --fault " + f for f in a.fault))
    print("%d passed, %d failed" % (passed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
