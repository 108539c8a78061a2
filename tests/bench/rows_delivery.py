"""What a delivery costs, how many there can be, and how long one takes."""
import time

import host, peers
from peers import MootDirect, MootSystem, Nchan, SocketIO, Writer, Ws


def with_readers(system, n, measure, controls=False):
    """Starts the system and n readers, measures, ends both."""
    shared = host.Shared()
    load = None
    try:
        system.start()
        load = system.load(shared, n, controls)
        load.open()
        return measure(shared, load)
    finally:
        if load:
            load.stop()
        system.stop()
        shared.close()


def cost(system, n, rate, batch, ms):
    """CPU microseconds of the servers for each delivery at a rate they can bear."""
    def measure(shared, load):
        system.publisher(shared, rate=rate, batch=batch, ms=500).wait()
        load.all_delivered(1)
        time.sleep(0.3)
        load.nap(host.NAP_US)
        load.mark()
        roles = system.roles()
        before = roles.cpu()
        sent = system.publisher(shared, rate=rate, batch=batch, ms=ms).wait()
        got = load.all_delivered(sent["published"])
        used = host.less(roles.cpu(), before)
        each = {role: s / max(1, got["delivered"]) * 1e6 for role, s in used.items()}
        return {"each": each, "sum": sum(each.values()), "reads": got["delivered"] / max(1, got["reads"]),
                "lost": got["lost"], "missing": sent["published"] * n - got["delivered"] - got["lost"],
                "bytes": got["bytes"] / max(1, got["delivered"])}
    return with_readers(system, n, measure)


def row_delivery(bench):
    """CPU for a delivery, one a write and eight a flush, of the daemon alone, with nginx, and of peers.

    Rates leave the two processors idle for most of the time, so that nothing coalesces by itself.
    """
    n, ms = bench.size(500, 100), bench.size(4000, 1000)
    single, eight = dict(rate=20, batch=1, ms=ms), dict(rate=80, batch=8, ms=ms)
    direct = lambda: MootSystem(bench, nginx=False)
    for what, make, options, bar in (
            ("daemon, single", direct, single, 2.5),
            ("daemon, x8", direct, eight, 0.6),
            ("nginx + daemon, single", lambda: MootSystem(bench), single, 15),
            ("nginx + daemon, x8", lambda: MootSystem(bench), eight, 2.5),
            ("moot direct, single", lambda: MootDirect(bench), single, None),
            ("nginx + daemon ws, single", lambda: MootSystem(bench, ws=True), single, None),
            ("nchan, single", lambda: Nchan(bench), single, None),
            ("nchan, x8", lambda: Nchan(bench), eight, None),
            ("nchan redis, single", lambda: Nchan(bench, redis=True), single, None),
            ("nchan redis, x8", lambda: Nchan(bench, redis=True), eight, None),
            ("nginx + socket.io, single", lambda: SocketIO(bench), single, None),
            ("nginx + socket.io, x8", lambda: SocketIO(bench), eight, None),
            ("ws, single", lambda: Ws(bench), single, None),
            ("bare writer, single", lambda: Writer(bench), single, None),
            ("bare writer behind nginx, single", lambda: Writer(bench, nginx=True), single, None)):
        if not bench.wants(what):
            continue
        got = cost(make(), n, **options)
        bench.put("delivery", "CPU a delivery: " + what, got["sum"], "us", bar, parts=got["each"],
                  note="%.1f a read" % got["reads"], bad=got["lost"] or got["missing"])
        if what.startswith("daemon"):
            bench.put("delivery", "deliveries a read: " + what, got["reads"], "", None)


def fastest(system, n, ms, window, batch):
    """Deliveries a second when at most `window` messages are ahead of the readers."""
    def measure(shared, load):
        system.publisher(shared, rate=50, batch=1, ms=400).wait()
        time.sleep(0.3)
        load.mark()
        roles = system.roles()
        before, began = roles.cpu(), time.monotonic_ns()
        sent = system.publisher(shared, batch=batch, ms=ms, window=window, readers=n).wait() \
            if not isinstance(system, Writer) else \
            system.publisher(shared, batch=batch, ms=ms, window=window).wait()
        got = load.all_delivered(sent["published"])
        used = host.less(roles.cpu(), before)
        seconds = (got["last_ns"] - began) / 1e9
        return {"rate": got["delivered"] / seconds, "p99_ms": got["us"]["p99"] / 1000, "lost": got["lost"],
                "missing": sent["published"] * n - got["delivered"] - got["lost"],
                "each": {k: v / max(1, got["delivered"]) * 1e6 for k, v in used.items()}}
    return with_readers(system, n, measure)


def row_fast(bench):
    """Deliveries a second, as fast as it goes, with 1,000 readers; everything runs on this host."""
    n, ms = bench.size(1000, 200), bench.size(4000, 1500)
    systems = [MootSystem(bench), MootSystem(bench, ws=True, name="moot ws"), Nchan(bench), Nchan(bench, ws=True),
               Nchan(bench, redis=True), SocketIO(bench), Ws(bench), Writer(bench), Writer(bench, nginx=True)]
    if MootDirect.exists():
        systems.append(MootDirect(bench))
    else:
        bench.absent("fast", "deliveries/s: moot direct", "the daemon has no TCP listener")
    for s in bench.rotated(systems):
        if not bench.wants(s.name):
            continue
        got = fastest(s, n, ms, window=64, batch=8)
        bench.put("fast", "deliveries/s: " + s.name, got["rate"], "/s", None, parts=got["each"],
                  note="p99 %.0f ms" % got["p99_ms"], bad=got["lost"] or got["missing"], higher=True)


def row_offered(bench):
    """200 messages a second to 1,000 readers, whether the system keeps up or not."""
    n, rate, ms = bench.size(1000, 200), 200, bench.size(8000, 2000)
    systems = [MootSystem(bench), Nchan(bench), Nchan(bench, redis=True), SocketIO(bench)]
    if MootDirect.exists():
        systems.append(MootDirect(bench))
    for s in bench.rotated(systems):
        if not bench.wants(s.name):
            continue

        def measure(shared, load):
            s.publisher(shared, rate=20, batch=1, ms=400).wait()
            time.sleep(0.3)
            load.mark()
            resets = bench.moot.metrics()["push_resets"] if isinstance(s, MootSystem) else 0
            began = time.monotonic_ns()
            sent = s.publisher(shared, rate=rate, batch=1, ms=ms).wait()
            got = load.all_delivered(sent["published"], seconds=15)
            behind = bench.moot.metrics()["push_resets"] - resets if isinstance(s, MootSystem) else 0
            seconds = (got["last_ns"] - began) / 1e9
            want = rate * ms // 1000 * n
            bench.put("offered", "delivered/s of %d: %s" % (rate * n, s.name), got["delivered"] / seconds, "/s", None,
                      higher=True, note="offered %.0f/s" % (sent["published"] / sent["seconds"] * n))
            bench.put("offered", "delivered of what was offered: " + s.name, 100 * got["delivered"] / want, "%",
                      99.5 if s.name == "moot" else None, higher=True)
            bench.put("offered", "p99: " + s.name, got["us"]["p99"] / 1000, "ms", 250 if s.name == "moot" else None)
            bench.put("offered", "lost: " + s.name,
                      sent["published"] * n - got["delivered"], "", 0 if s.name == "moot" else None,
                      note="told so by %d resets" % behind if behind else "")
        with_readers(s, n, measure)


def row_latency(bench):
    """Commit to reader, 100 readers behind nginx, 20 messages a second."""
    ms, again = bench.size(6000, 2000), bench.size(4000, 2000)
    for s in bench.rotated([MootSystem(bench), MootDirect(bench), Nchan(bench, redis=True), SocketIO(bench),
                            Writer(bench, nginx=True)]):
        if not bench.wants(s.name):
            continue

        def measure(shared, load):
            def put(what, ms, bars):
                time.sleep(0.3)
                load.mark()
                sent = s.publisher(shared, rate=20, batch=1, ms=ms).wait()
                got = load.all_delivered(sent["published"])
                for part, bar in bars:
                    bench.put("latency", "%s %s, 100 readers: %s" % (what, part, s.name), got["us"][part] / 1000, "ms",
                              bar if s.name == "moot" else None, bad=got["lost"])
            s.publisher(shared, rate=20, batch=1, ms=500).wait()
            put("commit to reader", ms, (("p50", 2), ("p99", 10)))
            load.ask("arrivals")
            load.nap(host.NAP_US)
            put("commit to the reader's kernel", again, (("p50", None), ("p99", None)))
        with_readers(s, 100, measure)

    if not bench.wants("POST"):
        return
    s, m = MootSystem(bench), bench.moot

    def posted(shared, load):
        m.api_start()
        try:
            m.poster(shared, rate=20, batch=1, ms=500).wait()
            time.sleep(0.3)
            load.mark()
            sent = m.poster(shared, rate=20, batch=1, ms=ms).wait()
            got = load.all_delivered(sent["published"])
        finally:
            m.api_stop()
        for part in ("p50", "p99"):
            bench.put("latency", "POST to reader %s, 100 readers: moot" % part, got["us"][part] / 1000, "ms", None,
                      bad=got["lost"])
    with_readers(s, 100, posted)
