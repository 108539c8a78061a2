#!/usr/bin/env python3
"""Measures Moot's stream beside its peers. Run it by tests/bench/run, which installs and builds."""
import argparse, os, sys, time, traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import host, moot, report
import rows_delivery, rows_faults, rows_idle, rows_rule

ROWS = {
    "memory": rows_idle.row_memory, "idle": rows_idle.row_idle, "delivery": rows_delivery.row_delivery,
    "latency": rows_delivery.row_latency, "fast": rows_delivery.row_fast, "offered": rows_delivery.row_offered,
    "cut": rows_faults.row_cut, "repair": rows_faults.row_repair, "redis": rows_faults.row_redis,
    "crash": rows_faults.row_crash, "restart": rows_faults.row_restart, "stall": rows_faults.row_stall, "revoke": rows_faults.row_revoke,
    "permissions": rows_rule.row_permissions,
}


class Bench:
    def __init__(self, args):
        self.quick, self.port, self.only = args.quick, args.port, args.only
        self.round = 0
        self.results = report.Results()
        self.moot = moot.Moot(args.port)
        self.dir = self.moot.dir
        self.body = self.dir + "/event.json"

    def size(self, full, quick):
        return quick if self.quick else full

    def wants(self, name):
        return not self.only or any(x in name for x in self.only)

    def rotated(self, items):
        """Each round begins with another one."""
        k = self.round % len(items)
        return items[k:] + items[:k]

    def put(self, row, name, value, unit, bar, **more):
        self.results.put(row, name, value, unit, bar, **more)
        print("  %-62s %10s %-4s %s" % (name, report.number(value), unit, more.get("note", "")), flush=True)

    def absent(self, row, name, why):
        self.results.absent(row, name, why)

    def start(self):
        os.chmod(self.dir, 0o777)
        self.moot.pg_make()
        self.moot.redis_start()
        self.moot.populate(1000)
        with open(self.body, "w") as f:
            f.write(self.moot.example())

    def run(self, names, rounds):
        failed = False
        for self.round in range(rounds):
            order = self.rotated(names)
            for name in order:
                began = time.monotonic()
                print("round %d of %d: %s" % (self.round + 1, rounds, name), flush=True)
                try:
                    ROWS[name](self)
                except Exception:
                    failed = True
                    self.results.put(name, name + ": could not be measured", 1, "", 0)
                    print("# " + traceback.format_exc().replace("\n", "\n# "), flush=True)
                    self.moot.rest()
                print("  (%.0f s)" % (time.monotonic() - began), flush=True)
        return failed


def about(args, rounds, seconds):
    with open("/proc/cpuinfo") as f:
        cpu = [x.split(":")[1].strip() for x in f if x.startswith("model name")]
    return "Moot's stream, %s. %d × %s, Linux %s, %d round%s in %d:%02d%s." % (
        time.strftime("%Y-%m-%d"), len(cpu) or os.cpu_count(), cpu[0] if cpu else "processor", os.uname().release,
        rounds, "" if rounds == 1 else "s", seconds // 60, seconds % 60,
        "; quick: too few readers and too short for figures to be quoted" if args.quick else "")


def main(argv):
    p = argparse.ArgumentParser(prog="tests/bench/run", description="Rows: " + " ".join(ROWS) + "; all without a name.",
                                epilog="Status: 1 when something could not be measured, 2 when a bar was missed (not with --quick).")
    p.add_argument("rows", nargs="*", metavar="ROW")
    p.add_argument("--quick", action="store_true", help="one round, few readers: whether it works, not how fast it is")
    p.add_argument("--rounds", type=int, help="3, or 1 with --quick")
    p.add_argument("--port", type=int, default=8360, help="the first of five free ports of 127.0.0.1 (8360)")
    p.add_argument("--out", help="folder of bench.txt, bench.json and the plots")
    p.add_argument("--only", action="append", help="of the systems or figures only those with this in their name")
    args = p.parse_args(argv)
    for name in args.rows:
        if name not in ROWS:
            p.error("no row %s; there are: %s" % (name, " ".join(ROWS)))
    rounds = args.rounds or (1 if args.quick else 3)
    out = args.out or os.path.join(os.environ["MOOT_BENCH_BUILD"], "bench-out")
    bench, began, failed = Bench(args), time.monotonic(), True
    try:
        bench.start()
        failed = bench.run(args.rows or list(ROWS), rounds)
    except KeyboardInterrupt:
        print("# interrupted: what was measured so far")
    finally:
        bench.moot.rest()
        bench.moot.end()
    print("\n" + report.save(bench.results, out, about(args, rounds, int(time.monotonic() - began)), rounds))
    for path in report.plot(bench.results, out):
        print(path)
    print("%s/bench.txt %s/bench.json" % (out, out))
    if not args.rows and not args.only:
        for name in bench.results.unknown():
            failed = True
            print("# no figure of this name for a ratio: " + name)
    return 1 if failed else 2 if not args.quick and bench.results.missed() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
