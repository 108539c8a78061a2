#!/usr/bin/env python3
"""Runs the tests of the stream against a real moot-push, Postgres and Redis; speaks TAP.

usage: run.py [--keep] [NAME…]      MOOT_PUSH names the program, top_builddir where it was built.
"""
import importlib, os, subprocess, sys, threading, time, traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from stack import Skipped, Stack

# Each group has a stack of its own and runs beside the others: most of the time is waiting.
GROUPS = [["t_formats", "t_order", "t_nginx", "t_privacy"], ["t_access", "t_hostile", "t_marks"], ["t_faults", "t_memory"],
          ["t_reports", "t_presence"]]


def tests_of(modules, names):
    for module in modules:
        for name, f in vars(importlib.import_module(module)).items():
            if name.startswith("test_") and f.__module__ == module and (not names or any(n in name for n in names)):
                yield name, f


def run_test(stack, name, f):
    began, ok, skip = time.monotonic(), True, ""
    try:
        f(stack)
    except Skipped as why:
        skip = " # SKIP %s" % why
    except Exception:
        ok = False
        print("# " + traceback.format_exc().replace("\n", "\n# "))
    for c in list(stack.clients):
        c.close()
    for d in list(stack.daemons):
        problem = d.stop()
        if problem:
            ok = False
            print("# " + problem.replace("\n", "\n# "))
    print("%s - %s (%.1f s)%s" % ("ok" if ok else "not ok", name[5:].replace("_", " "), time.monotonic() - began,
                                  skip), flush=True)


def worker(modules, names, keep):
    tests = list(tests_of(modules, names))
    if not tests:
        return
    stack = Stack()
    try:
        stack.pg_make()
        stack.redis_start()
        for name, f in tests:
            run_test(stack, name, f)
    finally:
        for problem in stack.end(keep):
            print("not ok - " + problem.replace("\n", "\n# "))
        if keep:
            print("# kept " + stack.dir)


def main(argv):
    if "--worker" in argv:
        worker(argv[1].split(","), [a for a in argv[2:] if not a.startswith("--")], "--keep" in argv)
        return 0
    procs = [subprocess.Popen([sys.executable, os.path.abspath(__file__), "--worker", ",".join(group)] + argv,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for group in GROUPS]
    n, failures, lock = 0, 0, threading.Lock()

    def relay(proc):
        nonlocal n, failures
        for line in proc.stdout:
            with lock:
                if line.startswith(("ok - ", "not ok - ")):
                    n += 1
                    failures += line.startswith("not")
                    verdict, _, rest = line.partition(" - ")
                    line = "%s %d - %s" % (verdict, n, rest)
                elif not line.startswith("#"):
                    line = "# " + line
                print(line, end="", flush=True)
        if proc.wait() != 0:
            with lock:
                n, failures = n + 1, failures + 1
                print("not ok %d - a group of tests ran to its end" % n, flush=True)

    relays = [threading.Thread(target=relay, args=(p,)) for p in procs]
    for t in relays:
        t.start()
    for t in relays:
        t.join()
    print("1..%d" % n)
    return 1 if failures or n == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
