#!/usr/bin/env python3
"""Measures `aud` and the engines that it is compared with, in turns on this machine, and writes docs/performance.md.

    .ci/workload --peers S M && cargo build --release
    target/workload/venv/bin/python benches/performance.py all          # everything; leave the machine alone meanwhile
    … benches/performance.py compare growth                             # some phases
    … benches/performance.py write                                      # docs from the figures that are there

AUD_BENCH names the folder of the workload (default: target/workload), AUD_BENCH_PEERS that of the peers' programs and their venv
(default: the same), AUD the program (default: target/release/aud). What a phase measures is kept as docs/performance/PHASE.json;
docs/performance.md is made of docs/performance/template.md and these files. Results that differ from the expected ones stop it.
"""
import argparse, json, os, platform, re, shutil, statistics, subprocess, sys, time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCH = Path(os.environ.get("AUD_BENCH", ROOT / "target/workload")).resolve()
PEERS = Path(os.environ.get("AUD_BENCH_PEERS", BENCH)).resolve()
AUD = Path(os.environ.get("AUD", ROOT / "target/release/aud")).resolve()
STORES = Path(os.environ.get("AUD_BENCH_STORES", BENCH / "stores")).resolve()
KEPT = ROOT / "docs/performance"
PYTHON = PEERS / "venv/bin/python"
# The best formulation of each peer: program, its arguments, the file of its results.
ENGINES = {
    "Polars": ("run_polars.py", ["leaf"], "polars.leaf"),
    "numpy, one thread": ("run_numpy.py", [], "numpy.oracle"),
    "ClickHouse": ("run_clickhouse.py", ["mask"], "clickhouse.mask"),
    "DuckDB": ("run_duckdb.py", ["leafmask"], "duckdb.leafmask"),
}
INCREMENTS = {"Polars": "polars", "DuckDB": "duckdb", "ClickHouse": "clickhouse", "DataFusion": "datafusion"}
MB = 1e6


def run(command, **more):
    done = subprocess.run([str(part) for part in command], text=True, capture_output=True, **more)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def quiet(limit=60):
    """Waits until others use little of the machine; gives the cores that they still use."""
    def busy():
        values = [int(value) for value in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
        return (sum(values) - values[3] - values[4]) / os.sysconf("SC_CLK_TCK")
    end = time.time() + limit
    while True:
        before = busy()
        time.sleep(1)
        used = busy() - before
        if used < 0.15 or time.time() > end:
            return round(used, 2)


def aud(folder, size, phases, repeat, threads=2, store=None):
    command = [AUD, "bench", folder, "--size", size, "--repeat", repeat, "--threads", threads, "--store", store or STORES / size, "--json"]
    report = json.loads(run(command + [part for phase in phases for part in ("--phase", phase)]))
    if report.get("evaluate", {}).get("equal") is False:
        sys.exit(f"aud: {report['evaluate']['differing']} differ")
    return report


def peer(name, size, repeat):
    program, arguments, result = ENGINES[name]
    run([PYTHON, program, *arguments, size, repeat], cwd=PEERS)
    report = json.loads((PEERS / f"results/{result}.{size}.json").read_text())
    expected = json.loads((PEERS / f"expected_{size}.json").read_text())["expected"]
    if report.pop("result") != expected:
        sys.exit(f"{name}: other results than expected")
    return report


def lean(report):
    """A report of aud without its answers, which are the expected ones."""
    report.get("evaluate", {}).pop("results", None)
    return report


def keep(phase, figures):
    KEPT.mkdir(parents=True, exist_ok=True)
    figures = {"measured": date.today().isoformat(), "machine": machine(), **figures}
    (KEPT / f"{phase}.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(f"wrote docs/performance/{phase}.json", flush=True)


def machine():
    models = re.findall(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())[1]) // 1024 // 1024
    commit = run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT).strip()
    changed = "+" if run(["git", "status", "--porcelain", "--", "src", "Cargo.lock"], cwd=ROOT).strip() else ""
    return {"cpu": f"{os.cpu_count()} × {models[0] if models else platform.machine()}", "memory_gib": memory, "commit": commit + changed}


def versions():
    listed = json.loads(run([PYTHON, "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"]))
    wanted = {"polars": "Polars", "duckdb": "DuckDB", "chdb-core": "ClickHouse", "datafusion": "DataFusion", "numpy": "numpy"}
    return {wanted[each["name"]]: each["version"] for each in listed if each["name"] in wanted}


def compare(options):
    """Evaluation, opening and import: everybody in turns, the order turned by one each round."""
    figures = {"versions": versions()}
    for size in options.sizes:
        rounds = []
        for turn in range(options.rounds):
            order = ["aud", *ENGINES]
            order = order[turn % len(order):] + order[:turn % len(order)]
            reports = {}
            for name in order:
                others = quiet()
                if name == "aud":
                    report = lean(aud(BENCH, size, ["open", "evaluate"], options.repeat * 3))
                    scratch = STORES / f"{size}-import"
                    report["import"] = aud(BENCH, size, ["import"], 1, store=scratch)["import"]
                    shutil.rmtree(scratch)
                else:
                    report = peer(name, size, options.repeat)
                reports[name] = {**report, "others_before": others}
                print(size, turn, name, report.get("median_s") or statistics.median(report["evaluate"]["seconds"]), flush=True)
            rounds.append(reports)
        figures[size] = rounds
    keep("compare", figures)


def increment(options):
    """10,000 new events and ten minutes gone by, then all memberships right again."""
    figures, phases = {}, run([AUD, "bench", "--help"])
    for size in options.sizes[:1]:
        rounds = []
        for _ in range(options.rounds):
            reports = {}
            if "increment" in phases:
                quiet()
                reports["aud"] = lean(aud(BENCH, size, ["increment"], options.repeat * 3))
            for name, engine in INCREMENTS.items():
                quiet()
                run([PYTHON, "inc.py", engine, size, options.repeat], cwd=PEERS)
                report = json.loads((PEERS / f"results/inc/{engine}.{size}.json").read_text())
                if report.pop("result") != json.loads((PEERS / f"expected_{size}_after_append.json").read_text())["expected"]:
                    sys.exit(f"{name}: other results than expected after the new events")
                reports[name] = report
                print("increment", size, name, report["delta"]["median_s"], flush=True)
            rounds.append(reports)
        figures[size] = rounds
    keep("increment", figures)


def bandwidth(options):
    """What the memory gives, and what of it an evaluation takes."""
    program = BENCH / "bin/hw"
    program.parent.mkdir(exist_ok=True)
    run(["gcc", "-O3", "-march=native", "-fopenmp", PEERS / "hw.c", "-o", program])
    quiet()
    rows = re.findall(r"^\| read \(sum\), (\d) thread\(s\) \| ([\d.]+) GB/s", run([program]), re.M)
    figures = {"read_gb_per_s": {threads: float(rate) for threads, rate in rows}}
    for size in options.sizes:
        quiet()
        reports = {threads: lean(aud(BENCH, size, ["evaluate"], options.repeat * 3, threads)) for threads in (1, 2)}
        figures[size] = {"reads": reports[1]["reads"], "seconds": {t: min(r["evaluate"]["seconds"]) for t, r in reports.items()}}
    quiet()
    figures["profile"] = aud(BENCH, options.sizes[-1], ["profile"], options.repeat * 2)["profile"]
    keep("bandwidth", figures)


GROWTH_USERS = ["100000x20000000", "1000000x20000000", "4000000x20000000"]
GROWTH_EVENTS = ["1000000x5000000", "1000000x10000000", "1000000x20000000", "M"]
GROWTH_AUDIENCES = [1, 10, 100, 200, 500, 1000]


def growth(options):
    """The time of an evaluation against users, events, audiences and threads."""
    sizes = sorted(set(GROWTH_USERS + GROWTH_EVENTS))
    figures = {"data": [], "audiences": []}
    for size in sizes:
        run([ROOT / ".ci/workload", size], env={**os.environ, "AUD_BENCH": str(BENCH)})
        for threads in (1, 2):
            aud(BENCH, size, ["open"], 1, threads)
            quiet()
            report = lean(aud(BENCH, size, ["evaluate"], options.repeat * 3, threads))
            figures["data"].append({"size": size, "threads": threads, **{key: report[key] for key in ("users", "events", "evaluate", "store_bytes")}})
            print("growth", size, threads, min(report["evaluate"]["seconds"]), flush=True)
        if not options.keep_data and size not in options.sizes:
            shutil.rmtree(STORES / size, ignore_errors=True)
            shutil.rmtree(BENCH / "data" / size)
    everything = many_audiences(5)
    for count in GROWTH_AUDIENCES:
        folder = BENCH / "more-audiences"
        folder.mkdir(exist_ok=True)
        (folder / "audiences.json").write_text(json.dumps({**everything, "audiences": everything["audiences"][:count]}))
        if not (folder / "data").exists():
            (folder / "data").symlink_to(BENCH / "data")
        for size in options.sizes:
            for threads in (1, 2):
                quiet()
                report = aud(folder, size, ["evaluate"], options.repeat * 3, threads)
                if count == GROWTH_AUDIENCES[-1] and size == options.sizes[0] and threads == 2:
                    same_as_oracle(folder, size, report["evaluate"]["results"])
                report = lean(report)
                figures["audiences"].append({"audiences": count, "size": size, "threads": threads, **{key: report[key] for key in ("leaves", "nodes", "evaluate")}})
                print("growth", count, "audiences", size, threads, min(report["evaluate"]["seconds"]), flush=True)
    keep("growth", figures)


def many_audiences(sets):
    """The workload's audiences, then as many again of other seeds, each set nesting only within itself."""
    whole = json.loads((BENCH / "audiences.json").read_text())
    folder = BENCH / "more-audiences/made"
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(1, sets):
        make = f"import sys, random; sys.path.insert(0, {str(PEERS)!r}); import gen_audiences as made; made.R = random.Random({seed}); made.main()"
        run([PYTHON, "-c", make], cwd=folder)
        first = len(whole["audiences"])
        def moved(tree):
            if isinstance(tree, list):
                return [moved(each) for each in tree]
            if not isinstance(tree, dict):
                return tree
            tree = {key: moved(value) for key, value in tree.items()}
            return {**tree, "id": tree["id"] + first} if tree.get("op") == "audience" else tree
        for each in json.loads((folder / "audiences.json").read_text())["audiences"]:
            whole["audiences"].append({"id": each["id"] + first, "name": f"audience_{each['id'] + first:04}", "tree": moved(each["tree"])})
    return whole


def same_as_oracle(folder, size, results):
    """Asks the peers' oracle about the same audiences."""
    run([PYTHON, PEERS / "run_numpy.py", size, 1], cwd=folder)
    answers = json.loads((folder / f"results/numpy.oracle.{size}.json").read_text())["result"]
    if answers != results:
        sys.exit(f"{len(answers)} audiences: the oracle answers otherwise")


# ---- what was measured, as Markdown and as drawings ------------------------------------------------------------------------

def kept(phase):
    path = KEPT / f"{phase}.json"
    return json.loads(path.read_text()) if path.exists() else None


def seconds(value):
    if value >= 10: return f"{value:.0f} s"
    if value >= 1: return f"{value:.2f} s"
    return f"{value * 1000:.0f} ms" if value >= 0.1 else f"{value * 1000:.1f} ms"


def ratio(value):
    return f"{value:.0f} ×" if value >= 20 else f"{value:.1f} ×"


def table(head, rows):
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *lines])


def size_name(report):
    return f"{report['users'] / 1e6:g} million users, {report['events'] / 1e6:g} million events"


def of(rounds, name, value):
    """The values of one engine over all rounds."""
    return [each for round in rounds for each in value(round[name])]


def compared(size):
    figures = kept("compare")
    rounds = (figures or {}).get(size)
    if not rounds:
        return "Not measured yet."
    names = [*ENGINES]
    evaluate = {"aud": of(rounds, "aud", lambda r: r["evaluate"]["with_answers"])} | {n: of(rounds, n, lambda r: r["times"]) for n in names}
    kept_only = of(rounds, "aud", lambda r: r["evaluate"]["seconds"])
    opening = of(rounds, "aud", lambda r: r["open"]["seconds"])
    load = {"aud": of(rounds, "aud", lambda r: r["import"]["seconds"])} | {n: of(rounds, n, lambda r: [r["load_s"]]) for n in names}
    peak = {"aud": max(of(rounds, "aud", lambda r: [r["evaluate"]["memory"]["rss"]])) / MB} | {n: max(of(rounds, n, lambda r: [r["query_peak_mb"]])) * 1.048576 for n in names}
    own = max(of(rounds, "aud", lambda r: [r["evaluate"]["memory"]["anonymous"]])) / MB
    middle = statistics.median
    rows = [["aud, memberships kept as bitmaps", seconds(middle(kept_only)), seconds(min(kept_only)), "1", "", "", ""],
            ["aud, and counts and checksums", seconds(middle(evaluate["aud"])), seconds(min(evaluate["aud"])), ratio(middle(evaluate["aud"]) / middle(kept_only)),
             f"{seconds(middle(opening))} (open)", seconds(middle(load["aud"])), f"{peak['aud']:,.0f} MB, of it {own:,.0f} its own"]]
    for name in sorted(names, key=lambda name: middle(evaluate[name])):
        times = evaluate[name]
        rows.append([name, seconds(middle(times)), seconds(min(times)), ratio(middle(times) / middle(kept_only)), "", seconds(middle(load[name])), f"{peak[name]:,.0f} MB"])
    first = rounds[0]["aud"]
    best = min(middle(evaluate[name]) for name in names)
    fastest_load = min(middle(load[name]) for name in names)
    polars_load = middle(load["Polars"])
    memory, users, events = rounds[0]["aud"]["evaluate"]["memory"], first["users"], first["events"]
    lines = [f"{size_name(first)}, {first['audiences']} audiences with {first['leaves']} different criteria; {len(rounds)} rounds, two threads.", "",
             table(["", "evaluate, median", "fastest", "against aud", "open", "import or load", "memory, most"], rows), "",
             "| target | | reached |\n| --- | --- | --- |",
             f"| evaluate, against the fastest of the others | ≥ 30 × | {ratio(best / middle(kept_only))} |",
             f"| open, against the fastest load into a best formulation | < 5 % | {100 * middle(opening) / fastest_load:.1f} % |",
             f"| import, against the load of the fastest evaluator (Polars) | no slower | {middle(load['aud']) / polars_load:.2f} of its time |",
             f"| memory while evaluating, all of it divided by events; by users | < 15 bytes an event, and 250 a user | {memory['rss'] / events:.1f} bytes an event in all, of these {memory['anonymous'] / users:.0f} bytes a user that belong to no file |",
             f"| store on disk | | {first['store_bytes'] / events:.1f} bytes an event |"]
    return "\n".join(lines)


def incremented():
    figures = kept("increment")
    rounds = next((value for key, value in (figures or {}).items() if key in ("S", "M")), None)
    if not rounds:
        return "Not measured yet."
    middle = statistics.median
    rows, best = [], None
    for name in INCREMENTS:
        ways = {way: middle(of(rounds, name, lambda r: r[way]["times"])) for way in ("full", "delta")}
        best = min([best or 1e9, *ways.values()])
        rows.append([name, seconds(ways["full"]), seconds(ways["delta"])])
    rows.sort(key=lambda row: row[2])
    lines = []
    if "aud" in rounds[0]:
        own = middle(of(rounds, "aud", lambda r: r["increment"]["seconds"]))
        rows.insert(0, ["aud", "", seconds(own)])
        lines = ["", f"Target: ≥ 60 × faster than the cheapest way of the fastest; reached: {ratio(best / own)}."]
    return "\n".join([table(["", "everything again", "only who may change"], rows), *lines])


def scanned():
    figures = kept("bandwidth")
    if not figures:
        return "Not measured yet."
    rows = []
    for size in ("S", "M"):
        if size in figures:
            reads = figures[size]["reads"]
            for threads, took in figures[size]["seconds"].items():
                limit, rate = figures["read_gb_per_s"][threads], reads["bytes"] / took / 1e9
                rows.append([size, threads, f"{reads['event_rows'] / 1e6:.1f} million", f"{reads['bytes'] / MB:,.0f} MB", seconds(took), f"{rate:.1f} GB/s", f"{limit:.1f} GB/s", f"{100 * rate / limit:.0f} %"])
    kinds = sorted(figures["profile"], key=lambda each: -each["seconds"])
    profile = table(["kind of criterion", "different ones", "fastest"], [[each["kind"], each["leaves"], seconds(each["seconds"])] for each in kinds])
    head = ["", "threads", "events asked for", "bytes asked for", "evaluate, fastest", "rate", "the memory gives", "of it"]
    return table(head, rows) + "\n\nEach kind by itself, all of its criteria as one audience:\n\n" + profile


def grown():
    figures = kept("growth")
    if not figures:
        return "Not measured yet."
    draw(figures)
    rows = [[f"{each['users']:,}", f"{each['events']:,}", each["threads"], seconds(min(each["evaluate"]["seconds"])), f"{each['store_bytes'] / each['events']:.1f}"] for each in figures["data"]]
    more = [[each["audiences"], each["leaves"], each["nodes"], each["size"], each["threads"], seconds(min(each["evaluate"]["seconds"]))] for each in figures["audiences"]]
    pictures = "\n".join(f"![time against {name}](performance/{name}.svg)" for name in ("users", "events", "audiences"))
    return "\n\n".join([pictures, table(["users", "events", "threads", "evaluate, fastest", "bytes an event on disk"], rows),
                        table(["audiences", "different criteria", "combinations", "size", "threads", "evaluate, fastest"], more)])


def draw(figures):
    import matplotlib
    matplotlib.use("svg")
    from matplotlib import pyplot
    ink = "#123456"                     # replaced below by a colour that follows the reader's scheme
    for key in ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"):
        matplotlib.rcParams[key] = ink
    matplotlib.rcParams.update({"svg.hashsalt": "aud", "svg.fonttype": "none", "font.family": "sans-serif"})
    data, audiences = figures["data"], figures["audiences"]
    least = lambda each: 1000 * min(each["evaluate"]["seconds"])
    line = lambda rows, x, name, key: (name, [(each[key], least(each)) for each in sorted(rows, key=lambda each: each[key])])
    threads = lambda rows, count: [each for each in rows if each["threads"] == count]
    word = {1: "one thread", 2: "two threads"}
    pictures = {
        "users": ("users, at 20 million events", [line([e for e in threads(data, t) if e["size"] in GROWTH_USERS], 0, word[t], "users") for t in word]),
        "events": ("events, at a million users", [line([e for e in threads(data, t) if e["size"] in GROWTH_EVENTS], 0, word[t], "events") for t in word]),
        "audiences": ("audiences", [line([e for e in threads(audiences, t) if e["size"] == s], 0, f"size {s}, {word[t]}", "audiences") for s in sorted({e["size"] for e in audiences}) for t in word]),
    }
    for name, (label, lines) in pictures.items():
        figure, axes = pyplot.subplots(figsize=(7, 3.6))
        for (title, points), colour in zip(lines, ("#e07b39", "#3b8ea5", "#a55ba8", "#6a9e3f")):
            axes.plot(*zip(*points), marker="o", label=title, color=colour)
        axes.set_xlabel(label)
        axes.set_ylabel("evaluation, ms")
        axes.set_ylim(bottom=0)
        axes.set_xlim(left=0)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value / 1e6:g} million" if value >= 1e6 else f"{value:,.0f}")
        axes.grid(color="#888888", alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
        figure.tight_layout()
        path = KEPT / f"{name}.svg"
        figure.savefig(path, transparent=True, metadata={"Date": None, "Creator": None})
        pyplot.close(figure)
        style = "<style>svg{color:#1f2328}@media (prefers-color-scheme:dark){svg{color:#d1d7e0}}</style>"
        text = path.read_text().replace(ink, "currentColor")
        path.write_text(re.sub(r"(<svg[^>]*>)", lambda found: found[1] + "\n " + style, text, count=1))


def write(_options=None):
    """docs/performance.md, from the template and the figures."""
    figures = [each for each in map(kept, ("compare", "increment", "bandwidth", "growth")) if each]
    if not figures:
        sys.exit("nothing is measured yet: docs/performance/ holds no figures")
    days = sorted({each["measured"] for each in figures})
    on = figures[0]["machine"]
    others = ", ".join(f"{name} {version}" for name, version in (kept("compare") or {}).get("versions", {}).items())
    commits = sorted({each["machine"]["commit"] for each in figures})
    about = f"Measured {' and '.join(days)} on {on['cpu']}, {on['memory_gib']} GiB; aud at {', '.join(commits)}; {others or 'no peers'}."
    filled = {"machine": about, "compare M": compared("M"), "compare S": compared("S"), "increment": incremented(), "bandwidth": scanned(), "growth": grown()}
    text = (KEPT / "template.md").read_text()
    for name, content in filled.items():
        mark = f"<!-- {name} -->"
        if text.count(mark) != 1:
            sys.exit(f"docs/performance/template.md holds {mark} {text.count(mark)} times")
        text = text.replace(mark, content)
    (ROOT / "docs/performance.md").write_text(text)
    print("wrote docs/performance.md")


PHASES = {"compare": compare, "increment": increment, "bandwidth": bandwidth, "growth": growth, "write": write}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("phases", nargs="+", choices=[*PHASES, "all"])
    arguments.add_argument("--sizes", nargs="+", default=["S", "M"], help="the smaller first")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--repeat", type=int, default=3, help="repetitions a round; aud three times as many")
    arguments.add_argument("--keep-data", action="store_true", help="keep the data that growth generates")
    options = arguments.parse_args()
    if not AUD.exists():
        sys.exit(f"{AUD} is not there: cargo build --release")
    for phase in PHASES if "all" in options.phases else options.phases:
        PHASES[phase](options)


if __name__ == "__main__":
    main()
