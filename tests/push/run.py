#!/usr/bin/env python3
"""Runs the tests of the stream against a real moot-push, Postgres and Redis; speaks TAP.

usage: run.py [--keep] [NAME…]      MOOT_PUSH names the program, top_builddir where it was built.
"""
import collections, glob, importlib, os, subprocess, sys, threading, time, traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from stack import LeftOut, Skipped, Stack

# The longest first: a worker that is free takes the next test, and most of a test is waiting.
MODULES = ["t_presence", "t_faults", "t_memory", "t_handover_faults", "t_handover_peers", "t_handover", "t_hostile",
           "t_reports", "t_order", "t_access", "t_ends", "t_roles", "t_privacy", "t_marks", "t_service", "t_formats", "t_direct",
           "t_nginx", "t_nagle"]
WORKERS = 6


def check_modules():
    """A file that is not named would never run, or not be in the distribution."""
    here = os.path.dirname(os.path.abspath(__file__))
    there = sorted(os.path.basename(f) for f in glob.glob(here + "/*.py"))
    with open(here + "/local.mk") as f:
        named = sorted(line.split()[0].rpartition("/")[2] for line in f if line.startswith("\ttests/push/"))
    tests = ["%s.py" % m for m in sorted(MODULES)]
    if tests != [f for f in there if f.startswith("t_")] or named != there:
        sys.exit("MODULES, local.mk and the files here differ: %s" % sorted(set(there) ^ set(named) or set(there) ^ set(tests)))


def tests_of(names):
    for module in MODULES:
        for name, f in vars(importlib.import_module(module)).items():
            if name.startswith("test_") and f.__module__ == module and (not names or any(n in name for n in names)):
                yield module, name


def run_test(stack, name, f):
    began, ok, skip, left_out = time.monotonic(), True, "", None
    try:
        f(stack)
    except Skipped as why:
        skip = " # SKIP %s" % why
    except LeftOut as why:
        left_out = why
    except Exception:
        ok = False
        print("# " + traceback.format_exc().replace("\n", "\n# "))
    for c in list(stack.clients):
        c.close()
    for what in stack.broken:
        ok = False
        print("# " + what)
    stack.broken.clear()
    for d in list(stack.daemons):
        problem = d.stop()
        if problem:
            ok = False
            print("# " + problem.replace("\n", "\n# "))
    if ok and left_out:
        print("# no verdict on %s: %s" % (name[5:].replace("_", " "), left_out), flush=True)
        return
    print("%s - %s (%.1f s)%s" % ("ok" if ok else "not ok", name[5:].replace("_", " "), time.monotonic() - began,
                                  skip), flush=True)


def worker(keep):
    """Runs the tests that stdin names, each with the stack of this process, and says when it is free."""
    stack = Stack()
    try:
        stack.pg_make()
        stack.redis_start()
        print("free", flush=True)
        for line in sys.stdin:
            module, name = line.split()
            run_test(stack, name, getattr(importlib.import_module(module), name))
            print("free", flush=True)
    finally:
        for problem in stack.end(keep):
            print("not ok - " + problem.replace("\n", "\n# "))
        if keep:
            print("# kept " + stack.dir)


def main(argv):
    if "--worker" in argv:
        worker("--keep" in argv)
        return 0
    check_modules()
    todo = collections.deque(tests_of([a for a in argv if not a.startswith("--")]))
    procs = [subprocess.Popen([sys.executable, os.path.abspath(__file__), "--worker"] + argv, text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
             for _ in range(min(WORKERS, len(todo)))]
    n, failures, lock = 0, 0, threading.Lock()

    def say(verdict, rest):
        nonlocal n, failures
        n += 1
        failures += verdict != "ok"
        print("%s %d - %s" % (verdict, n, rest), end="", flush=True)

    def give(proc):
        try:
            if todo:
                proc.stdin.write("%s %s\n" % todo.popleft())
                proc.stdin.flush()
            else:
                proc.stdin.close()
        except BrokenPipeError:
            pass  # its status says that it has died

    def relay(proc):
        for line in proc.stdout:
            with lock:
                verdict, dash, rest = line.partition(" - ")
                if line == "free\n":
                    give(proc)
                elif dash and verdict in ("ok", "not ok"):
                    say(verdict, rest)
                else:
                    print(line if line.startswith("#") else "# " + line, end="", flush=True)
        if proc.wait() != 0:
            with lock:
                say("not ok", "a worker ran to its end\n")

    relays = [threading.Thread(target=relay, args=(p,)) for p in procs]
    for t in relays:
        t.start()
    for t in relays:
        t.join()
    if todo:
        say("not ok", "every test was run: %d were not\n" % len(todo))
    print("1..%d" % n)
    return 1 if failures or n == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
