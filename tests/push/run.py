#!/usr/bin/env python3
"""Runs the tests of the stream against a real moot-push, Postgres and Redis; speaks TAP.

usage: run.py [--keep] [NAME…]      MOOT_PUSH names the program, top_builddir where it was built.
"""
import importlib, os, sys, time, traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from stack import Failed, Stack

MODULES = ["t_formats", "t_order", "t_access", "t_faults", "t_hostile", "t_nginx", "t_memory"]


def main(argv):
    keep = "--keep" in argv
    names = [a for a in argv if not a.startswith("--")]
    tests = []
    for module in MODULES:
        m = importlib.import_module(module)
        tests += [(k, f) for k, f in vars(m).items() if k.startswith("test_")]
    if names:
        tests = [t for t in tests if any(n in t[0] for n in names)]
    stack = Stack()
    failures, n = 0, 0
    try:
        stack.pg_make()
        stack.redis_start()
        for name, f in tests:
            n += 1
            began = time.monotonic()
            try:
                f(stack)
                ok = True
            except Exception as e:
                ok = False
                print("# " + ("".join(traceback.format_exc())).replace("\n", "\n# "))
            for c in list(stack.clients):
                c.close()
            for d in list(stack.daemons):
                problem = d.stop()
                if problem:
                    ok = False
                    print("# " + problem.replace("\n", "\n# "))
            if not ok:
                failures += 1
            print("%s %d - %s (%.1f s)" % ("ok" if ok else "not ok", n, name[5:].replace("_", " "),
                                           time.monotonic() - began), flush=True)
    finally:
        for problem in stack.end(keep):
            failures += 1
            print("not ok - " + problem)
        if keep:
            print("# kept " + stack.dir)
    print("1..%d" % n)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
