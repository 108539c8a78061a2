"""What a stream costs that nothing happens on."""
import time

import host
from peers import MootSystem, Nchan, SocketIO, Writer


def settled(read, pause=0.5, seconds=6):
    """The value once two readings in a row differ by less than a thousandth."""
    end, last = time.monotonic() + seconds, read()
    while time.monotonic() < end:
        time.sleep(pause)
        now = read()
        if abs(now - last) <= abs(last) / 1000:
            return now
        last = now
    return last


def row_memory(bench):
    """The daemon's private bytes for each connection with 20 subscriptions, read over its own socket."""
    n, warm = bench.size(9000, 1500), bench.size(1000, 300)
    for what, ws, each, bar in (("SSE", False, 1, 512), ("WebSocket", True, 1, 1024),
                                ("SSE, ten to an account", False, 10, 512),
                                ("WebSocket, ten to an account", True, 10, 1024)):
        if not bench.wants(what):
            continue
        s = MootSystem(bench, nginx=False, ws=ws)
        s.lines_for = lambda n, each=each: bench.moot.tokens(n, each)
        s.start()
        shared = host.Shared()
        load = s.load(shared, n + warm)
        try:
            load.open(warm)
            time.sleep(1.5)
            before = settled(lambda: s.roles().memory()["daemon"])
            cpu = s.roles().cpu()["daemon"]
            load.open(n + warm)
            opened = s.roles().cpu()["daemon"] - cpu
            time.sleep(1.5)
            after = settled(lambda: s.roles().memory()["daemon"])
            bench.put("memory", "daemon bytes a connection: " + what, (after - before) / n, "B", bar)
            if each == 1:
                bench.put("memory", "daemon CPU to open one: " + what, opened / n * 1e6, "us", None)
        finally:
            load.stop()
            s.stop()
            shared.close()


def host_bytes(system, n, then=None):
    """Bytes a stream, by role, with the kernel's objects and socket buffers (the readers' ends included)."""
    shared = host.Shared()
    system.start()
    warm = n // 10
    load = system.load(shared, n + warm)
    try:
        load.open(warm)
        time.sleep(1)
        before, kernel = system.roles().memory(), host.kernel_memory()
        load.open(n + warm)
        time.sleep(2)
        after = {k: v / n for k, v in host.less(system.roles().memory(), before).items()}
        after["kernel"] = host.kernel_growth(kernel, host.kernel_memory(), n)
        idle = then(system, load, n + warm) if then else None
        return after, idle
    finally:
        load.stop()
        system.stop()
        shared.close()


def row_idle(bench):
    """The whole host for an idle stream behind nginx, and its CPU over two heartbeats.

    A reader's own socket stands in the kernel's figure too. What that is, is taken from the bare
    writer, where a stream is nothing but two such sockets: half of it is subtracted.
    """
    n = bench.size(8000, 1000)
    seconds = bench.size(54, 6)

    def idle(system, load, total):
        load.nap(host.NAP_US)
        roles = system.roles()
        before, began = roles.cpu(), time.monotonic()
        time.sleep(seconds)
        used, took = host.less(roles.cpu(), before), time.monotonic() - began
        return {k: v / took / total * 1e6 for k, v in used.items()}

    socket, _ = host_bytes(Writer(bench), n)
    own = socket["kernel"] / 2
    bench.put("idle", "kernel bytes of one TCP end", own, "B", None)
    heartbeat = 25 if not bench.quick else 3
    for s, bar in ((MootSystem(bench, push_heartbeat=heartbeat), 24 * 1024),
                   (MootSystem(bench, ws=True, name="moot ws", push_heartbeat=heartbeat), None),
                   (Nchan(bench), None), (SocketIO(bench), None)):
        if not bench.wants(s.name):
            continue
        got, cpu = host_bytes(s, n, idle if s.name == "moot" else None)
        got["kernel"] -= own
        bench.put("idle", "host bytes an idle stream behind nginx: " + s.name, sum(got.values()), "B", bar, parts=got)
        bench.put("idle", "server processes' bytes of it: " + s.name, sum(got.values()) - got["kernel"], "B", None)
        if cpu:
            bench.put("idle", "idle CPU a connection, with nginx", sum(cpu.values()), "us/s", 0.7, parts=cpu)
            bench.put("idle", "CPU a heartbeat: nginx + daemon", sum(cpu.values()) * heartbeat, "us", None)
