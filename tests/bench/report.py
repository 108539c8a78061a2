"""The table, the JSON file and the plots."""
import json, os, shutil, statistics, subprocess

# Pairs whose ratio is asked for: ours, theirs, and the bar of ours ÷ theirs: at least where more is better,
# at most for CPU. The latter are the absolute bars ÷ what the same peer needed where those were set (README.md),
# so that they mean the same on a machine half as fast.
RATIOS = (
    ("deliveries/s: moot", "deliveries/s: nchan redis", 1.0),
    ("deliveries/s: moot", "deliveries/s: nchan", None),
    ("deliveries/s: moot", "deliveries/s: socket.io", 4.0),
    ("deliveries/s: moot", "deliveries/s: bare writer behind nginx", None),
    ("deliveries/s: moot direct", "deliveries/s: nchan redis", 1.5),
    ("deliveries/s: moot direct", "deliveries/s: bare writer", None),
    ("CPU a delivery: daemon, single", "CPU a delivery: bare writer, single", 0.86),
    ("CPU a delivery: nginx + daemon, single", "CPU a delivery: nchan, single", 1.43),
    ("CPU a delivery: nginx + daemon, x8", "CPU a delivery: nchan, x8", 0.30),
    ("CPU a delivery: nginx + daemon, single", "CPU a delivery: nchan redis, single", None),
    ("CPU a delivery: nginx + daemon, x8", "CPU a delivery: nchan redis, x8", None),
    ("CPU a delivery: nginx + daemon, single", "CPU a delivery: nginx + socket.io, single", None),
    ("CPU a delivery: nginx + daemon, x8", "CPU a delivery: nginx + socket.io, x8", None),
    ("CPU a delivery: nginx + daemon, single", "CPU a delivery: bare writer behind nginx, single", 1.95),
    ("CPU a delivery: moot direct, single", "CPU a delivery: nchan, single", None),
    ("CPU a heartbeat: nginx + daemon", "CPU a delivery: bare writer behind nginx, single", 2.27),
    ("p99: moot", "p99: nchan redis", None),
    ("p99: moot", "p99: socket.io", None),
    ("host bytes an idle stream behind nginx: moot", "host bytes an idle stream behind nginx: nchan", None),
    ("host bytes an idle stream behind nginx: moot ws", "host bytes an idle stream behind nginx: socket.io", None),
    ("commit to reader p50, 100 readers: moot", "commit to reader p50, 100 readers: bare writer behind nginx", None),
    ("commit to reader p50, 100 readers: moot", "commit to reader p50, 100 readers: nchan redis", None),
    ("commit to reader p99, 100 readers: moot", "commit to reader p99, 100 readers: bare writer behind nginx", None),
    ("commit to reader p99, 100 readers: moot", "commit to reader p99, 100 readers: nchan redis", None),
    ("commit to reader p99, 100 readers: moot", "commit to reader p99, 100 readers: socket.io", None),
)


def number(v):
    if v is None:
        return "-"
    a = abs(v)
    return "%d" % round(v) if a >= 1000 or v == int(v) else "%.1f" % v if a >= 100 else "%.2f" % v if a >= 1 else "%.3f" % v


class Results:
    """Figures by name, a value for each round."""

    def __init__(self):
        self.figures = {}

    def put(self, row, name, value, unit, bar, parts=None, note="", bad=0, higher=False):
        f = self.figures.setdefault(name, {"row": row, "name": name, "unit": unit, "bar": bar, "higher": higher,
                                           "values": [], "parts": [], "notes": [], "bad": 0})
        f["values"].append(value)
        f["parts"].append(parts or {})
        f["notes"].append(note)
        f["bad"] += bool(bad)

    def absent(self, row, name, why):
        self.figures[name] = {"row": row, "name": name, "unit": "", "bar": None, "higher": False, "values": [],
                              "parts": [], "notes": [why], "bad": 0}

    def finish(self):
        out = []
        for f in self.figures.values():
            v = f["values"]
            f["median"] = statistics.median(v) if v else None
            f["low"], f["high"] = (min(v), max(v)) if v else (None, None)
            met = None
            if v and f["bar"] is not None:
                met = f["median"] >= f["bar"] if f["higher"] else f["median"] <= f["bar"]
            f["verdict"] = "not available" if not v else "lost some" if f["bad"] else \
                "" if met is None else "met" if met else "missed"
            out.append(f)
        return out

    def unknown(self):
        """What ratios name and nobody has measured or said to be absent."""
        return sorted({name for pair in RATIOS for name in pair[:2]} - set(self.figures))

    def missed(self):
        return [f["name"] for f in self.finish() if f["verdict"] == "missed"] + \
            [r["ours"] for r in self.ratios() if r["verdict"] == "missed"]

    def ratios(self):
        out = []
        for ours, theirs, bar in RATIOS:
            a, b = self.figures.get(ours), self.figures.get(theirs)
            if not (a and b and a["values"] and b["values"]):
                continue
            each = [x / y for x, y in zip(a["values"], b["values"]) if y]
            r = statistics.median(each)
            met = bar is not None and (r >= bar if a["higher"] else r <= bar)
            out.append({"ours": ours, "theirs": theirs, "values": each, "median": r, "low": min(each), "high": max(each),
                        "bar": bar, "higher": a["higher"], "verdict": "" if bar is None else "met" if met else "missed"})
        return out


def table(rows, head):
    widths = [max(len(str(r[i])) for r in [head] + rows) for i in range(len(head))]
    lines = []
    for r in [head, ["-" * w for w in widths]] + rows:
        cells = [str(c).ljust(w) if i in (0, len(head) - 1) else str(c).rjust(w)
                 for i, (c, w) in enumerate(zip(r, widths))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def text_of(results, about):
    rows = []
    for f in results.finish():
        parts = {}
        for p in f["parts"]:
            for k, v in p.items():
                parts.setdefault(k, []).append(v)
        what = ", ".join("%s %s" % (k, number(statistics.median(v))) for k, v in parts.items()) if len(parts) > 1 else ""
        note = "; ".join(x for x in (what, f["notes"][-1]) if x)
        rows.append([f["name"], number(f["median"]), number(f["low"]), number(f["high"]), f["unit"],
                     "" if f["bar"] is None else ("≥ " if f["higher"] else "≤ ") + number(f["bar"]), f["verdict"], note])
    text = about + "\n\n" + table(rows, ["figure", "median", "low", "high", "unit", "bar", "", "parts and notes"])
    ratios = [[r["ours"] + "  ÷  " + r["theirs"], number(r["median"]), number(r["low"]), number(r["high"]),
               "" if r["bar"] is None else ("≥ " if r["higher"] else "≤ ") + number(r["bar"]), r["verdict"]]
              for r in results.ratios()]
    if ratios:
        text += "\n" + table(ratios, ["ratio, round by round", "median", "low", "high", "bar", ""])
    return text


PLOTS = (("fast", "deliveries/s: ", "Deliveries a second, 1,000 readers, as fast as it goes"),
         ("delivery", "CPU a delivery: ", "Server CPU a delivery, microseconds"),
         ("idle", "host bytes an idle stream behind nginx: ", "Bytes of the host an idle stream behind nginx"),
         ("latency", "commit to reader p99, 100 readers: ", "Commit to reader, p99 of 100 readers, milliseconds"),
         ("offered", "p99: ", "200 messages a second to 1,000 readers, p99, milliseconds"))


def plot(results, out):
    """One picture a comparison: the median as a bar, low and high as a line. The pictures made."""
    made = []
    if not shutil.which("gnuplot"):
        return made
    for row, prefix, title in PLOTS:
        data = [f for f in results.finish() if f["row"] == row and f["name"].startswith(prefix) and f["values"]]
        if not data:
            continue
        path = "%s/%s.dat" % (out, row)
        with open(path, "w") as f:
            for i, d in enumerate(data):
                label = d["name"][len(prefix):].replace("_", " ")
                f.write('%d "%s" %g %g %g\n' % (len(data) - i, label, d["median"], d["low"], d["high"]))
        script = """set terminal pngcairo size 900,%d font "sans,11" noenhanced
set output "%s/%s.png"
set title "%s"
set style fill solid 0.8 noborder
set yrange [0.4:%g]
set xrange [0:*]
set grid xtics
unset key
set lmargin 36
plot "%s" using ($3/2):1:($3/2):(0.35):ytic(2) with boxxyerror lc rgb "#3b6ea5", \\
     "" using 3:1:4:5 with xerrorbars pt 0 lc rgb "#222222"
""" % (120 + 34 * len(data), out, row, title, len(data) + 0.6, path)
        done = subprocess.run(["gnuplot"], input=script, text=True, capture_output=True)
        if done.returncode == 0:
            made.append("%s/%s.png" % (out, row))
        else:
            print("# gnuplot: " + done.stderr.strip()[-300:])
        os.unlink(path)
    return made


def save(results, out, about, rounds):
    os.makedirs(out, exist_ok=True)
    text = text_of(results, about)
    with open(out + "/bench.txt", "w") as f:
        f.write(text)
    with open(out + "/bench.json", "w") as f:
        json.dump({"about": about, "rounds": rounds, "figures": results.finish(), "ratios": results.ratios()}, f, indent=1)
    return text
