#!/usr/bin/env python3
"""Measures echo servers against the floor: interleaved, repeated, as ratios. `bench.py --help` tells the rest."""

import argparse
import contextlib
import datetime
import difflib
import json
import os
import platform
import shlex
import shutil
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, replace

import figures
import peers
import report
from processes import Child, CPUWatch, answers, free_port

HELP = """\
Runs every case against every server, one after the other, and the whole round again, begun at another server each time.
A figure is a server's ratio to the floor (floor/floor.c, the least work an echo can be) in the same repeat; the report
gives the median of these ratios and their range. Results: DIR/results.json (everything) and DIR/README.md (tables).
"""

EPILOG = """\
cases:
{cases}

servers:
  {servers}
  The floor always takes part. A server that is not installed or not built is skipped, and the report says so:
  Scenarios/peers/install-peers.sh installs the others, `swift build -c release` builds ours and wsbench.

environment:
  WSBENCH, WSSERVER                        binaries to use instead of .build/release/wsbench and .build/release/wsserver
  WSBENCH_PEERS_{{CC,PYTHON,NODE,GO,K6}}     tools to use instead of those in .peers/bin and PATH

exit codes:
  0 complete   2 bad usage, or wsbench or the floor is missing   3 a server died or a run gave no figure
  4 internal error   5 no case is called that   6 no figure is valid: the generator was the bottleneck throughout
  124 --budget used up   130, 143 interrupted        What was measured until then is written all the same.

examples:
  python3 Scenarios/peers/bench.py                                        everything, about {minutes} minutes
  python3 Scenarios/peers/bench.py --only 20B --servers ours --repeats 3 --out /tmp/quick
"""


@dataclass(frozen=True)
class Case:
    name: str
    about: str
    size: str
    connections: int
    in_flight: int


CASES = [
    Case("echo-20B-100conn", "20 bytes, 100 connections, one message in flight on each.", "20B", 100, 1),
    Case("echo-16KiB", "16 KiB, 16 connections, one message in flight on each.", "16KiB", 16, 1),
    Case("echo-1MiB", "1 MiB, 4 connections, one message in flight on each.", "1MiB", 4, 1),
    Case("pipelined-32x20B", "20 bytes, 20 connections, 32 messages in flight on each; a burst leaves in one write.",
         "20B", 20, 32),
]
GENERATORS = Case("k6", "wsbench and k6 load the floor, one 20-byte message in flight on each connection. Echoes per CPU "
                  "second of the whole generator process, its start included. wsbench always compares every byte and "
                  "records every latency; k6 does so where it says *measuring* (lengths and a Trend), else it only counts.",
                  "20B", 0, 1)
# How many connections the generators are compared with.
GENERATOR_LOADS = (100, 1000)

SCENARIO = """\
wsbench: 1
name: {name}
server: {{ sample: {{ pid: {pid}, every: 250ms, of: [cpu, rss] }} }}
target: {{ url: "ws://127.0.0.1:{port}/echo" }}
payloads: {{ message: {{ random: {size}, compressibility: 0, type: binary }} }}
behaviours:
  echo:
    send: {{ payload: message, closed: {{ in_flight: {in_flight} }} }}
    expect: {{ reply: identical, within: 10s, as: rtt }}
load:
  mix: {{ echo: 1 }}
  stages:
    - {{ name: warmup, connections: {connections}, over: {warmup}ms, record: false }}
    - {{ name: steady, hold: {hold}ms }}
"""

# What wsbench and k6 may take beyond the load itself to connect, to close and to write their result.
OVERHEAD = 30
READY_WITHIN = 15
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """The run ends early, with this exit code; what was measured is written."""

    def __init__(self, code, why):
        super().__init__(why)
        self.code = code


class Bench:
    def __init__(self, options, servers, cases, generators, wsbench, k6):
        self.options, self.servers, self.cases, self.with_generators = options, servers, cases, generators
        self.wsbench, self.k6 = wsbench, k6
        self.samples, self.generator_runs, self.failures, self.tool_version = [], [], [], None
        self.done = 0
        self.total = options.repeats * (len(cases) * len(servers) + (3 * len(GENERATOR_LOADS) if generators else 0))
        self.started = time.monotonic()

    def run(self, folder):
        self.folder = folder
        for repeat in range(1, self.options.repeats + 1):
            for case in self.cases:
                for server in figures.rotated(self.servers, repeat - 1):
                    self.step(repeat, case, server.name, lambda: self.measure(case, server, repeat))
            if self.with_generators:
                for load in GENERATOR_LOADS:
                    for generator in figures.rotated(figures.GENERATORS, repeat - 1):
                        case = replace(GENERATORS, name=f"k6, {load} conn.", connections=load)
                        self.step(repeat, case, generator, lambda: self.measure_generator(generator, case, repeat))

    def step(self, repeat, case, who, action):
        budget = self.options.budget
        if budget is not None and time.monotonic() - self.started > budget:
            raise Stopped(124, f"the budget of {budget:g} s was used up")
        self.done += 1
        heading = f"[{self.done:{len(str(self.total))}}/{self.total}] repeat {repeat}  {case.name:<17}{who:<11}"
        try:
            print(heading, action(), flush=True)
        except figures.NoSample as reason:
            said = plain(str(reason), self.folder)
            self.failures.append({"case": case.name, "server": who, "repeat": repeat, "reason": said})
            print(heading, f"no figure: {said}", flush=True)

    @contextlib.contextmanager
    def serving(self, server):
        """The server on a port of its own, ready; stopped by its id at the end, whatever happens."""
        port = free_port()
        core = self.options.pin and self.options.pin[0]
        child = Child(server.on(port), os.path.join(self.folder, "server.log"), core, server.environment)
        try:
            end = time.monotonic() + READY_WITHIN
            while not answers(port):
                if child.poll() is not None:
                    raise figures.NoSample(f"{server.name} ended with {child.code}: {child.last_words()}")
                if time.monotonic() > end:
                    raise figures.NoSample(f"{server.name} did not listen within {READY_WITHIN} s")
                time.sleep(0.05)
            yield child, port
            if child.poll() is not None:
                raise figures.NoSample(f"{server.name} died with {child.code}: {child.last_words()}")
        finally:
            child.stop()

    def generate(self, command, seconds, server, stdout=None):
        """Runs a load generator to its end; its child and what /proc said of it and the server meanwhile."""
        core = self.options.pin and self.options.pin[1]
        child = Child(command, os.path.join(self.folder, "generator.log"), core, {"K6_NO_USAGE_REPORT": "true"}, stdout)
        try:
            with CPUWatch(server.pid, child.pid) as watch:
                if child.wait(seconds + OVERHEAD) is None:
                    raise figures.NoSample(f"the generator did not end within {seconds + OVERHEAD:g} s")
        finally:
            child.stop()
        return child, watch.readings[server.pid], watch.readings[child.pid]

    def run_wsbench(self, case, server, port, warmup):
        """A scenario made for the case, run; wsbench's result and the readings of /proc."""
        hold = self.options.seconds
        scenario = SCENARIO.format(
            name=case.name, pid=server.pid, port=port, size=case.size, in_flight=case.in_flight,
            connections=case.connections, warmup=round(warmup * 1000), hold=round(hold * 1000),
        )
        file, out = os.path.join(self.folder, "scenario.yaml"), os.path.join(self.folder, "result.json")
        with open(file, "w", encoding="utf-8") as target:
            target.write(scenario)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(out)
        child, *readings = self.generate([self.wsbench, "run", file, "--json", out, "--quiet"], warmup + hold, server)
        if child.code == 2:
            raise Stopped(2, f"wsbench refuses the scenario: {plain(child.last_words(), self.folder)}")
        # 6 is wsbench's own word that it was the bottleneck: here that is a mark on the row.
        if child.code not in (0, 6):
            raise figures.NoSample(f"wsbench ended with {child.code}: {child.last_words()}")
        try:
            with open(out, encoding="utf-8") as source:
                result = json.load(source)
            self.tool_version = result["tool"]["version"]
            return result, child, readings
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise figures.NoSample(f"wsbench left no readable result: {error}") from error

    def measure(self, case, server, repeat):
        with self.serving(server) as (child, port):
            result, _, (of_server, of_generator) = self.run_wsbench(case, child, port, self.options.warmup)
        try:
            start, end = figures.window(result)
            busy = figures.cpu_between(of_generator, start, end)
            cores = 1 if self.options.pin else os.cpu_count()
            sample = figures.sample_from(
                result, case.name, server.name, repeat, figures.cpu_between(of_server, start, end),
                busy / cores if busy is not None else None,
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise figures.NoSample(f"wsbench's result has an unknown form: {error!r}") from error
        self.samples.append(sample)
        return report.progress(sample)

    def measure_generator(self, generator, case, repeat):
        floor = self.servers[0]
        with self.serving(floor) as (child, port):
            if generator == "wsbench":
                result, used, _ = self.run_wsbench(case, child, port, 0.1)
                # All stages, for the CPU time is that of the whole process too.
                echoes = sum(stage["counters"].get("messages.received", 0) for stage in result["stages"])
            else:
                used, echoes = self.run_k6(child, port, case, generator == "k6 measuring")
        if not echoes or not used.cpu_seconds:
            raise figures.NoSample("no message was answered")
        run = {"generator": generator, "connections": case.connections, "repeat": repeat, "echoes": echoes, "cpu_seconds": used.cpu_seconds}
        self.generator_runs.append(run)
        return f"{echoes / used.cpu_seconds:11,.0f} echoes per CPU second ({used.cpu_seconds:.2f} s)"

    def run_k6(self, server, port, case, measures):
        seconds = self.options.seconds
        command = [self.k6, "run", "--quiet", "--no-usage-report", "--address", ""]
        command += ["-e", f"URL=ws://127.0.0.1:{port}/echo", "-e", f"VUS={case.connections}"]
        command += ["-e", f"MEASURE={int(measures)}", "-e", f"SECONDS={seconds:g}", os.path.join(peers.HERE, "k6-echo.js")]
        out = os.path.join(self.folder, "k6.json")
        with open(out, "wb") as file:
            child, *_ = self.generate(command, seconds, server, file)
        try:
            with open(out, encoding="utf-8") as file:
                line = json.loads(file.read().strip().splitlines()[-1])
        except (ValueError, IndexError) as error:
            raise figures.NoSample(f"k6 ended with {child.code}: {child.last_words()}") from error
        if child.code != 0 or line["errors"] or line["connections"] != case.connections:
            raise figures.NoSample(f"k6 ended with {child.code}: {line}")
        return child, line["echoes"]


def plain(text, folder=None):
    """Text without this machine's paths: the report is published."""
    for path in (folder, peers.ROOT):
        text = text.replace(path + os.sep, "") if path else text
    return text


def machine():
    processor = platform.machine()
    with contextlib.suppress(OSError), open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
        processor = names[0] if names else processor
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    kernel = platform.release()
    return {"processor": processor, "cores": os.cpu_count(), "kernel": kernel, "memory_gib": round(memory / 2**30)}


def results_of(bench, skipped, versions, command, ended):
    names = [server.name for server in bench.servers]
    options = bench.options
    if bench.tool_version:
        versions = {"wsbench": bench.tool_version, **versions}
    generator_runs = bench.generator_runs
    generators = {"about": GENERATORS.about, "rows": figures.generator_rows(generator_runs), "runs": generator_runs}
    return {
        "version": 1,
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "command": command,
        "ended": ended,
        "machine": machine(),
        "versions": versions,
        "options": {name: getattr(options, name) for name in ("repeats", "seconds", "warmup", "pin")},
        "cases": [
            {"name": case.name, "about": case.about, "size": case.size, "connections": case.connections,
             "in_flight": case.in_flight, "rows": figures.rows(bench.samples, case.name, names)}
            for case in bench.cases
        ],
        "generators": generators if bench.with_generators else None,
        "samples": [{**vars(sample), "generator_bound": sample.generator_bound} for sample in bench.samples],
        "skipped": skipped,
        "failures": bench.failures,
    }


def exit_code(results):
    """0, 3 or 6, of a run that came to its end."""
    if results["failures"]:
        return 3
    rows = [row for case in results["cases"] for row in case["rows"]]
    others = [row for row in rows if row["server"] != figures.FLOOR] or rows
    measured = [row for row in others if row["cpu_ratio"] or (row["throughput_ratio"] and not row["generator_bound"])]
    return 6 if others and not measured else 0


def cores(text):
    if text == "none":
        return None
    try:
        server, generator = (int(core) for core in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError("two cores, server's and generator's, as in 0,1; or none") from None
    usable = os.sched_getaffinity(0)
    if not {server, generator} <= usable:
        raise argparse.ArgumentTypeError(f"this process may use the cores {', '.join(map(str, sorted(usable)))}")
    return [server, generator]


def at_least(least, kind):
    def parse(text):
        value = kind(text)
        if not least <= value <= 86_400:
            raise argparse.ArgumentTypeError(f"between {least} and 86400")
        return value

    parse.__name__ = kind.__name__  # argparse names the type in its message
    return parse


def names(text):
    return [name.strip() for name in text.split(",") if name.strip()]


def parse_arguments(arguments):
    listed = "\n".join(f"  {case.name:<18}{case.about}" for case in CASES)
    listed += "\n  k6                wsbench against k6 as generators, in echoes per CPU second"
    minutes = round(5 * (len(CASES) * len(peers.SERVERS) + 3 * len(GENERATOR_LOADS)) * 7 / 60)
    parser = argparse.ArgumentParser(
        prog="bench.py", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=EPILOG.format(cases=listed, servers=", ".join(peers.SERVERS), minutes=minutes),
    )
    usable = sorted(os.sched_getaffinity(0))
    pin = f"{usable[0]},{usable[1]}" if len(usable) > 1 and shutil.which("taskset") else "none"
    parser.add_argument("--only", type=names, metavar="A,B", help="cases whose name contains one of these")
    parser.add_argument("--servers", type=names, metavar="A,B",
                        help="these servers and the floor (default: all there are)")
    parser.add_argument("--repeats", type=at_least(1, int), default=5, metavar="N", help="rounds (default: 5)")
    parser.add_argument("--seconds", type=at_least(0.5, float), default=5.0, metavar="S",
                        help="the measured time of one run (default: 5)")
    parser.add_argument("--warmup", type=at_least(0.1, float), default=1.0, metavar="S",
                        help="the time before it, in which the connections are opened (default: 1)")
    parser.add_argument("--pin", type=cores, default=pin, metavar="S,G",
                        help=f"core of the server and of the generator, by taskset, or none (default: {pin})")
    parser.add_argument("--budget", type=at_least(1, float), metavar="S", help="begin no run after this many seconds")
    parser.add_argument("--out", default=os.path.join(peers.ROOT, "Reports", "peers"), metavar="DIR",
                        help="where the results go (default: Reports/peers)")
    options = parser.parse_args(arguments)
    for name in options.servers or []:
        if name not in peers.SERVERS:
            near = difflib.get_close_matches(name, peers.SERVERS, 1, 0)
            parser.error(f"there is no server {name!r}; did you mean {near[0]!r}? Known: {', '.join(peers.SERVERS)}")
    if options.pin and not shutil.which("taskset"):
        parser.error("--pin needs taskset (Debian package util-linux); --pin none does without")
    return options


def find(options):
    """What takes part: servers, cases, versions, what was skipped and why."""
    known = CASES + [GENERATORS]
    chosen = [case for case in known if not options.only or any(part in case.name for part in options.only)]
    if not chosen:
        raise Stopped(5, f"no case matches {', '.join(options.only)}; known: {', '.join(case.name for case in known)}")
    wanted = [name for name in peers.SERVERS if name == figures.FLOOR or name in (options.servers or peers.SERVERS)]
    servers, skipped, k6 = [], {}, None
    try:
        wsbench = peers.wsbench()
        servers.append(peers.floor())
    except peers.Missing as reason:
        raise Stopped(2, f"nothing can be measured without it: {reason}") from reason
    for name in wanted[1:] if chosen != [GENERATORS] else []:
        try:
            servers.append(peers.SERVERS[name]())
        except peers.Missing as reason:
            skipped[name] = plain(str(reason))
    versions = {server.name: server.version for server in servers}
    if GENERATORS in chosen:
        try:
            k6 = peers.k6()
            versions["k6"] = peers.output_of([k6, "version"]).removeprefix(os.path.basename(k6)).strip()
        except peers.Missing as reason:
            k6, skipped["k6"] = None, plain(str(reason))
    cases = [case for case in chosen if case is not GENERATORS]
    if not cases and k6 is None:
        raise Stopped(2, f"k6: {skipped['k6']}")
    return servers, cases, wsbench, k6, versions, skipped


def on_signal(number, _):
    for further in SIGNALS:  # a second one must not cut short the ending of the children, which takes seconds at most
        signal.signal(further, signal.SIG_IGN)
    raise Stopped(128 + number, f"interrupted by {signal.Signals(number).name}")


def main(arguments):
    options = parse_arguments(arguments)
    for number in SIGNALS:
        signal.signal(number, on_signal)
    try:
        servers, cases, wsbench, k6, versions, skipped = find(options)
    except Stopped as stop:
        print(f"bench.py: {stop}", file=sys.stderr)
        return stop.code
    bench = Bench(options, servers, cases, k6 is not None, wsbench, k6)
    for name, reason in skipped.items():
        print(f"skipped {name}: {reason}")
    about = bench.total * (options.seconds + options.warmup + 1) / 60
    print(f"{bench.total} runs, about {about:.0f} minutes", flush=True)
    command = plain(shlex.join(["python3", "Scenarios/peers/bench.py", *arguments]))
    code, ended = 0, "complete"
    with tempfile.TemporaryDirectory(prefix="wsbench-peers-") as folder:
        try:
            bench.run(folder)
        except Stopped as stop:
            code, ended = stop.code, str(stop)
            print(f"bench.py: {stop}", file=sys.stderr)
        except Exception:
            code, ended = 4, "internal error"
            traceback.print_exc()
    if not bench.samples and not bench.generator_runs:
        print("bench.py: nothing was measured, nothing is written", file=sys.stderr)
        return code or 3
    results = results_of(bench, skipped, versions, command, ended)
    report.write(options.out, results)
    print(f"wrote {os.path.join(options.out, 'README.md')}")
    return code or exit_code(results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
