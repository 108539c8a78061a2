"""What a fault costs: readers cut off, publications lost, Redis killed, readers stalled, access taken."""
import http.client, json, statistics, time

import host
from host import until
from peers import MootSystem
from rows_delivery import with_readers

SWEEP_S = 8     # the daemon reads what is younger than six seconds again, each second: 2 MB of 600 messages of 1 KB

def slowest_ms(shared, seqs, n):
    """How long the slowest reader waited for each message after its commit; None: some never had it."""
    out = []
    for seq in seqs:
        note = shared.note(seq)
        out.append((note.last_ns - note.sent_ns) / 1e6 if note.count >= n else None)
    return out


def row_cut(bench):
    """All readers lose their connection at once and come back as a browser does: the first time within
    two seconds, by chance, with the last cursor. Fifty messages are posted meanwhile."""
    n, missed = bench.size(8000, 1000), 50
    m = bench.moot
    s = MootSystem(bench)

    def measure(shared, load):
        s.publisher(shared, rate=20, batch=1, ms=500).wait()
        load.all_delivered(1)
        time.sleep(1)
        load.mark()
        queries, metrics = m.queries(), m.metrics()
        roles, stores = s.roles(), m.stores()
        before = dict(roles.cpu(), **stores.cpu())
        target = shared.next + missed
        load.ask("cut", 2000, target)
        m.post_all(shared, rate=500, batch=1, count=missed)
        end = time.monotonic() + 40
        got = load.ask("report")
        while got["caught"] < n and time.monotonic() < end:
            time.sleep(0.1)
            got = load.ask("report")
        took = (got["now_ns"] - got["cut_ns"]) / 1e9
        used = host.less(dict(roles.cpu(), **stores.cpu()), before)
        asked = {q: c - queries.get(q, 0) for q, c in m.queries().items() if c > queries.get(q, 0)}
        resets = m.metrics()["push_resets"] - metrics["push_resets"]
        bench.put("cut", "%d cut: 99 %% caught up" % n, got["caught_ms"][1] / 1000, "s", 5)
        bench.put("cut", "%d cut: all caught up" % n, got["caught_ms"][2] / 1000 if got["caught"] == n else 99, "s", 15,
                  note="%d of %d, refused %d times" % (got["caught"], n, got["refused"]))
        bench.put("cut", "%d cut: CPU of the servers" % n, sum(used.values()), "s", None, parts=used)
        bench.put("cut", "%d cut: resets" % n, got["resets"] + resets, "", 0)
        bench.put("cut", "%d cut: lost" % n, got["lost"], "", 0)
        bench.put("cut", "%d cut: Postgres queries" % n, sum(asked.values()), "",
                  None if bench.quick else n / 5,
                  note="; ".join("%d %s" % (c, q[:60]) for q, c in sorted(asked.items(), key=lambda x: -x[1])[:3])
                  + "; in %.1f s" % took)
    with_readers(s, n, measure, controls=True)


def row_repair(bench):
    """PUBLISH lost: messages that are only in Postgres, each when all is quiet, and how long until everybody
    has them."""
    n, tries = bench.size(1000, 100), bench.size(6, 2)
    s = MootSystem(bench)

    def measure(shared, load):
        s.publisher(shared, rate=20, batch=1, ms=500).wait()
        load.all_delivered(1)
        load.mark()
        waits = []
        for i in range(tries):
            time.sleep(0.37)        # against the sweep's second
            seq = shared.next
            bench.moot.post_all(shared, bus=False, count=1)
            until("the lost message comes", lambda: shared.note(seq).count >= n, 20)
            waits += slowest_ms(shared, [seq], n)
        got = load.ask("report")
        bench.put("repair", "lost PUBLISH repaired, slowest of %d readers" % n, max(waits) / 1000, "s", 2)
        bench.put("repair", "lost PUBLISH: disconnects", got["closes"], "", 0)
        bench.put("repair", "lost PUBLISH: lost, resets", got["lost"] + got["resets"], "", 0)
    with_readers(s, n, measure, controls=True)


def row_redis(bench):
    """Redis killed with -9 under 50 messages a second and started again two seconds later."""
    n, m = bench.size(1000, 100), bench.moot
    s = MootSystem(bench)

    def measure(shared, load):
        s.publisher(shared, rate=20, batch=1, ms=500).wait()
        load.all_delivered(1)
        load.mark()
        first = shared.next
        writer = s.publisher(shared, rate=50, batch=1, ms=8000)
        time.sleep(1)
        m.redis_kill()
        time.sleep(2)
        m.redis_start()
        back = time.monotonic_ns()
        sent = writer.wait()
        got = load.all_delivered(sent["published"])
        seqs = range(first, first + sent["published"])
        late = [shared.note(q).last_ns for q in seqs
                if shared.note(q).count >= n and shared.note(q).last_ns - shared.note(q).sent_ns > 500e6]
        bench.put("redis", "Redis killed: lost", sum(shared.note(q).count < n for q in seqs) + got["lost"], "", 0,
                  note="%d messages to %d readers" % (sent["published"], n))
        bench.put("redis", "Redis killed: disconnects", got["closes"], "", 0)
        bench.put("redis", "Redis killed: resets", got["resets"], "", 0)
        bench.put("redis", "Redis back: until nothing is late any more",
                  max([0] + [(t - back) / 1e9 for t in late]), "s", 3,
                  note="late: above 0.5 s; slowest %.0f ms" % (got["us"]["max"] / 1000))
    try:
        with_readers(s, n, measure, controls=True)
    finally:
        if "redis" not in m.procs:
            m.redis_start()


def row_restart(bench):
    """Planned restart with 10,000 connections: how many notice, and the longest silence under 20 messages
    a second, against the longest one just before."""
    n = bench.size(10000, 1000)
    s = MootSystem(bench, nginx=False)

    def measure(shared, load):
        s.publisher(shared, rate=20, batch=1, ms=500).wait()
        load.all_delivered(1)
        load.mark()
        s.publisher(shared, rate=20, batch=1, ms=2000).wait()
        usual = load.all_delivered(40)["us"]["max"] / 1000
        load.mark()
        writer = s.publisher(shared, rate=20, batch=1, ms=4000)
        time.sleep(1)
        bench.moot.push.hand_over()
        sent = writer.wait()
        got = load.all_delivered(sent["published"])
        bench.put("restart", "planned restart, %d connections: disconnects" % n, n - got["ready"] + got["closes"], "", 0)
        bench.put("restart", "planned restart, %d connections: pause" % n, max(0, got["us"]["max"] / 1000 - usual),
                  "ms", 100, bad=got["lost"])
    with_readers(s, n, measure, controls=True)


def after_stall(load, want, k):
    """Until everything came, or each stalled reader was reset and nothing comes any more."""
    end, last = time.monotonic() + 30, None
    while True:
        got = load.ask("report")
        quiet = last is not None and got["delivered"] == last["delivered"]
        if got["delivered"] >= want or (got["resets"] >= k and quiet) or time.monotonic() > end:
            return got
        last = got
        time.sleep(1)


def row_stall(bench):
    """Readers that take no byte for a minute (longer and push_stall would close them): what the daemon grows by each, and whether they go on after."""
    k, n = bench.size(200, 50), bench.size(400, 100)
    seconds = bench.size(57, 5)
    s = MootSystem(bench, nginx=False)

    def measure(shared, load):
        # the ring is full and its memory settled before, so that what grows is the readers' alone
        fill = dict(batch=10, rate=600, count=bench.size(600, 300), content="x" * 1000)
        m, before, last = bench.moot, 0, -1
        for _ in range(6):
            load.mark()
            load.all_delivered(m.post_all(shared, **fill)["published"])
            time.sleep(SWEEP_S)
            before, last = s.roles().memory()["daemon"], before
            if abs(before - last) < 65536:
                break
        load.mark()
        load.ask("stall", k)
        began = time.monotonic()
        sent = m.post_all(shared, **fill)
        load.all_delivered(sent["published"], n - k)
        until("they are behind", lambda: s.push.health().get("blocked") == k)
        time.sleep(SWEEP_S)
        grown = (s.roles().memory()["daemon"] - before) / k
        time.sleep(max(0, seconds - (time.monotonic() - began)))
        still = load.ask("report")
        load.ask("unstall")
        got = after_stall(load, sent["published"] * n, k)
        load.ask("dump", bench.dir + "/dump")
        with open(bench.dir + "/dump") as f:
            readers = [json.loads(x) for x in f]
        neither = sum(sent["published"] - r["delivered"] for r in readers if not r["resets"])
        bench.put("stall", "stalled reader: the daemon grows by", grown, "B", 1024)
        bench.put("stall", "stalled readers cut off in %d s" % seconds, got["closes"] + still["closes"], "", 0)
        bench.put("stall", "stalled readers: neither delivered nor reset",
                  neither, "", 0,
                  note="%d resets, %d delivered late" % (got["resets"], got["delivered"] - still["delivered"]))
    with_readers(s, n, measure, controls=True)


def row_revoke(bench):
    """Half of the readers are removed from the server under 100 messages a second."""
    n, gone, m = 100, bench.size(50, 20), bench.moot
    s = MootSystem(bench)

    def measure(shared, load):
        s.publisher(shared, rate=20, batch=1, ms=500).wait()
        load.all_delivered(1)
        load.mark()
        writer = s.publisher(shared, rate=100, batch=1, ms=bench.size(5000, 2500))
        time.sleep(0.5)
        removed = []
        for account, _ in m.people[:gone]:
            m.call("member_remove", m.author.id, m.server, account, publish=False)
            committed = time.monotonic_ns()
            events = list(m.local.events)
            rev = max(int(p.split(" ")[2]) for stream, p in events if stream == m.server)
            removed.append((rev, committed))
            for stream, payload in events:
                m.publish(stream, payload)
        writer.wait()
        time.sleep(1.2)
        load.ask("dump", bench.dir + "/dump")
        with open(bench.dir + "/dump") as f:
            readers = [json.loads(x) for x in f]
        above, waits = 0, []
        for (rev, committed), r in zip(removed, readers):
            above += sum(shared.note(q).parent_rev >= rev for q in range(1, r["next"]) if shared.note(q).count)
            if r["revoked_ns"] == 0:
                waits.append(99)
            else:
                waits.append(max(0, r["revoked_ns"] - committed) / 1e9)
        missed = sum(r["lost"] for r in readers[gone:])
        bench.put("revoke", "revocation: events above its rev", above, "", 0,
                  note="%d removed, the others lost %d" % (gone, missed), bad=missed)
        bench.put("revoke", "revocation: slowest", max(waits), "s", 1)
    try:
        with_readers(s, n, measure, controls=True)
    finally:
        m.forget(gone)


def answered_ms(m, token, path, since):
    """Until that is answered with 200, through nginx, for somebody who asks every 5 ms."""
    def asks():
        try:
            c = http.client.HTTPConnection(m.front(), timeout=5)
            c.request("GET", path, headers={"Authorization": "Bearer " + token})
            return c.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            c.close()
    until(path + " is answered", asks, pause=0.005)
    return (time.monotonic() - since) * 1000


def row_crash(bench):
    """Killed with -9 and started again at once: the handlers, the daemon, Postgres (immediate), some times each. From
    the start of the new process, or of a Postgres that has recovered, until somebody is answered."""
    s, m, tries = MootSystem(bench), bench.moot, bench.size(5, 2)
    token, took = m.tokens(1)[0], {}
    rest, stream = "/api/v1/bootstrap", "/api/v1/stream?wait=0"

    def measure(what, path, since):
        took.setdefault(what, []).append(answered_ms(m, token, path, since))

    s.start()
    m.api_start()
    try:
        for _ in range(tries):
            answered_ms(m, token, rest, time.monotonic())
            answered_ms(m, token, stream, time.monotonic())
            for p in m.api:
                p.kill()
            m.api_stop()
            since = time.monotonic()
            m.api_start()
            measure("handlers killed: a request is answered", rest, since)
            m.push.proc.kill()
            m.push.proc.wait()
            since = time.monotonic()
            m.push.proc = m.push_run(m.push.name)
            measure("daemon killed: a stream is answered", stream, since)
            m.pg_stop()
            time.sleep(1)
            m.pg_start()
            since = time.monotonic()
            measure("Postgres back: a request is answered", rest, since)
            measure("Postgres back: a stream is answered", stream, since)
    finally:
        m.api_stop()
        s.stop()
    for what, ms in took.items():
        bench.put("crash", what, statistics.median(ms), "ms", None,
                  note="median of %d, %.0f to %.0f" % (tries, min(ms), max(ms)))
