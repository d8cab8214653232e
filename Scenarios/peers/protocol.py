#!/usr/bin/env python3
"""Measures what compression, broadcast and TLS cost, and writes Reports/protocol/README.md.

Every figure is a ratio measured in turn with what it is compared with, or a number of bytes:

  deflate    server CPU of an echo of 1 KiB JSON, permessage-deflate on, over the CPU of bare zlib calls on the same messages
  memory     bytes of a connection that agreed on compression: idle, and active with window 11 and memory level 4
  broadcast  CPU of a delivery to 10,000 connections over that of a bare send loop on the same sockets
  tls        throughput and server CPU of wss echoes over ws echoes

`make figures` builds what it needs and runs it.

examples:
  python3 Scenarios/peers/protocol.py                    everything, about 8 minutes
  python3 Scenarios/peers/protocol.py deflate broadcast --repeats 3 --out /tmp/figures

exit codes: 0 measured (a missed goal is in the report), 2 bad usage or not built, 3 a program did not run
"""

import argparse
import datetime
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from bench import machine
from processes import Child, answers, cpu_seconds, free_port

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RELEASE = os.path.join(ROOT, ".build", "release")
SERVER_CORE, GENERATOR_CORE = 0, 1

SCENARIO = """\
wsbench: 1
name: {name}
server: {{ sample: {{ pid: {pid}, every: 250ms, of: [cpu, rss] }} }}
target: {{ url: "{url}"{target} }}
{payloads}
behaviours:
  client: {behaviour}
load:
  connect: {{ timeout: 60s, max_pending: 200 }}
  stages:
    - {{ name: ramp, connections: {connections}, over: {ramp}ms, record: {record_ramp} }}
    - {{ name: steady, hold: {hold}ms }}
valid_if: []
"""


class Failure(Exception):
    pass


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.corpus = os.path.join(folder, "corpus.ndjson")
        with open(self.corpus, "w", encoding="utf-8") as file:
            file.write("\n".join(documents(2000)))

    def program(self, name):
        path = os.path.join(RELEASE, name)
        if not os.path.exists(path):
            raise Failure(f"{name} is not built: `swift build -c release --product {name}`")
        return path

    def serving(self, *arguments):
        return Server(self, arguments)

    def run(self, name, server, url, behaviour, connections, payloads="", target="", ramp=300, hold=None, record_ramp="false",
            core=GENERATOR_CORE):
        """The result of a scenario, as wsbench wrote it."""
        hold = round(1000 * (self.options.seconds if hold is None else hold))
        file, out = os.path.join(self.folder, f"{name}.yaml"), os.path.join(self.folder, f"{name}.json")
        with open(file, "w", encoding="utf-8") as text:
            text.write(SCENARIO.format(
                name=name, pid=server.child.pid, url=url, target=target, behaviour=behaviour, connections=connections,
                payloads=f"payloads: {payloads}" if payloads else "", ramp=ramp, hold=hold, record_ramp=record_ramp))
        child = Child([self.program("wsbench"), "run", file, "--json", out, "--quiet"], os.path.join(self.folder, "wsbench.log"),
                      core)
        child.wait(60 + (ramp + hold) / 1000)
        if child.poll() not in (0, 6):
            words = child.last_words()
            child.stop()
            raise Failure(f"wsbench ended with {child.code}: {words}")
        with open(out, encoding="utf-8") as result:
            return json.load(result)

    def echo(self, name, server, url, connections, in_flight, payload, target=""):
        """Messages a second, and server CPU seconds a message."""
        result = self.run(
            name, server, url, f"{{ send: {{ payload: message, closed: {{ in_flight: {in_flight} }} }}, "
            "expect: { reply: identical, within: 20s } }", connections, f"{{ message: {payload} }}", target)
        if result["errors"]:
            raise Failure(f"{name}: {result['errors'][0]}")
        stage = stage_of(result, "steady")
        seconds = stage["end"] - stage["start"]
        return {
            "rate": stage["counters"]["messages.received"] / seconds, "cpu": stage["values"]["server.cpu.per_message"],
            "server_busy": stage["values"]["server.cpu"], "generator_busy": stage["values"]["generator.cpu"],
            "extensions": result["target"].get("negotiatedExtensions"),
        }


class Server:
    def __init__(self, bench, arguments):
        self.port = free_port()
        self.child = Child(
            [bench.program("wsserver"), "echo", "--quiet", "--listen", f"127.0.0.1:{self.port}", *arguments],
            os.path.join(bench.folder, "server.log"), SERVER_CORE)

    def __enter__(self):
        deadline = time.monotonic() + 20
        while not answers(self.port):
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise Failure(f"the server did not start: {self.child.last_words()}")
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self.child.stop()

    def rss(self):
        with open(f"/proc/{self.child.pid}/status", encoding="utf-8") as file:
            return 1024 * next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def stage_of(result, name):
    return next(stage for stage in result["stages"] if stage["name"] == name)


def documents(count):
    """JSON of about 1 KiB each, as services send it: the same keys, other values. Always the same."""
    source = random.Random(20261123)
    names = ["Ada", "Grace", "Edsger", "Barbara", "Donald", "Frances", "Leslie", "Tony", "Radia", "Whitfield"]
    words = "the order was sent to depot and will arrive before noon unless traffic or weather holds it up again".split()
    lines = []
    for number in range(count):
        items = [
            {"sku": f"{source.randrange(16 ** 8):08x}", "quantity": source.randrange(1, 40),
             "price": round(source.uniform(0.5, 900), 2), "tags": source.sample(words, 3)}
            for _ in range(8)
        ]
        line = json.dumps({
            "type": "order", "id": f"{source.randrange(16 ** 16):016x}", "sequence": number,
            "customer": {"name": source.choice(names), "id": source.randrange(10 ** 7)}, "items": items,
            "note": " ".join(source.choices(words, k=24)), "at": 1_790_000_000 + source.randrange(10 ** 6)})
        lines.append(line)
    return lines


def ratio(values, others):
    """The median of ratios of pairs, and their range."""
    ratios = [value / other for value, other in zip(values, others)]
    return {"median": statistics.median(ratios), "low": min(ratios), "high": max(ratios)}


def text(found, digits=2):
    return f"{found['median']:.{digits}f} ({found['low']:.{digits}f}..{found['high']:.{digits}f})"


# What is measured: each returns rows of the report, (figure, goal, found).


def deflate(bench):
    level, connections, rows = 6, 20, []
    for mode, goal in (("dedicated", "≤ 1.25"), ("shared", "≤ 1.25")):
        for in_flight, how in ((1, "one in flight"), (16, "16 in flight, sent together")):
            ours, bare, octets = [], [], None
            for _ in range(bench.options.repeats):
                with bench.serving("--deflate", mode, "--deflate-level", str(level)) as server:
                    sample = bench.echo(
                        f"deflate-{mode}-{in_flight}", server, f"ws://127.0.0.1:{server.port}/echo", connections, in_flight,
                        f'{{ ndjson: "{bench.corpus}" }}', f", deflate: {mode}")
                ours.append(sample["cpu"])
                output = subprocess.run(
                    ["taskset", "-c", str(SERVER_CORE), bench.program("measurements"), "zlib", bench.corpus, str(level), str(connections),
                     str(in_flight)],
                    check=True, capture_output=True, timeout=120)
                zlib = json.loads(output.stdout)
                bare.append(zlib[mode])
                octets = zlib[f"{mode}.octets"]
                progress(f"deflate {mode}, {how}: {sample['cpu'] * 1e6:.1f} µs, zlib alone {bare[-1] * 1e6:.1f} µs")
            # What the sockets cost: as many octets as were compressed, sent as they are.
            with bench.serving() as server:
                plain = bench.echo(
                    "plain", server, f"ws://127.0.0.1:{server.port}/echo", connections, in_flight,
                    f"{{ random: {octets:.0f}B, compressibility: 0, type: binary }}")
            rows.append((
                f"echo of 1 KiB JSON, `{mode}`, level {level}, {how}: server CPU ÷ bare zlib", goal,
                f"{text(ratio(ours, bare))}; zlib alone {statistics.median(bare) * 1e6:.1f} µs, an uncompressed echo of as many octets "
                f"({octets:.0f}) {plain['cpu'] * 1e6:.1f} µs"))
    return rows


def memory(bench):
    rows = []
    with bench.serving("--deflate", "dedicated", "--deflate-budget", "64GiB") as server:
        result = bench.run(
            "idle", server, f"ws://127.0.0.1:{server.port}/echo", "{ ping: { every: 60s, within: 30s } }", "15k",
            target=", deflate: dedicated", ramp=15000, hold=2, record_ramp="true")
        slope = stage_of(result, "ramp")["values"]["server.rss.per_connection"]
        agreed = result["target"].get("negotiatedExtensions")
    rows.append(("idle connection that agreed on compression (slope of 15,000)", "≤ 0.6 KiB", f"{slope:.0f} B ({agreed})"))
    progress(f"memory idle: {slope:.0f} B")
    window, level, count = 11, 4, 4000
    with bench.serving("--deflate", f"dedicated:{window}:{level}", "--deflate-budget", "64GiB") as server:
        time.sleep(0.5)
        before = server.rss()
        watch = {}
        bench.run(
            "active", server, f"ws://127.0.0.1:{server.port}/echo",
            "{ send: { payload: message, rate: 2/s }, expect: { reply: identical, within: 30s } }", str(count),
            f'{{ message: {{ ndjson: "{bench.corpus}" }} }}', f", deflate: dedicated:{window}:{level}", ramp=4000,
            hold=4, core=None)
        # Freed memory stays with the process, so the high-water mark is what the connections took.
        with open(f"/proc/{server.child.pid}/status", encoding="utf-8") as file:
            peak = 1024 * next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
    formula = (1 << (window + 2)) + (1 << (level + 9)) + (1 << window)
    # deflate_state and inflate_state of zlib 1.2.13 on 64 bits.
    fixed = 5952 + 7160 + 2 * 112
    found = (peak - before) / count
    progress(f"memory active: {found:.0f} B, formula {formula + fixed} B")
    rows.append((
        f"active connection, `dedicated` window {window}, memory level {level} ({count:,} of them)",
        f"≤ 1.1 × ({formula:,} B by the formula + {fixed:,} B zlib's fixed part)",
        f"{found:,.0f} B = {found / (formula + fixed):.2f} ×, everything else of the connection included"))
    return rows


def broadcast(bench):
    connections, size = 10_000, 512
    port = free_port()
    out = os.path.join(bench.folder, "broadcast.json")
    rounds = 4 * bench.options.repeats
    with open(out, "wb") as file:
        tool = Child(
            [bench.program("measurements"), "broadcast", f"127.0.0.1:{port}", str(connections), str(size), str(rounds)],
            os.path.join(bench.folder, "broadcast.log"), SERVER_CORE, stdout=file)
    try:
        while not answers(port):
            if tool.poll() is not None:
                raise Failure(f"broadcast did not start: {tool.last_words()}")
            time.sleep(0.05)
        file = os.path.join(bench.folder, "listen.yaml")
        with open(file, "w", encoding="utf-8") as target:
            target.write(SCENARIO.format(
                name="listen", pid=tool.pid, url=f"ws://127.0.0.1:{port}/", target="", payloads="",
                behaviour="{ ping: { every: 600s, within: 300s } }", connections=connections, ramp=8000, hold=rounds * 1500 + 20000,
                record_ramp="false"))
        readers = Child([bench.program("wsbench"), "run", file, "--json", os.path.join(bench.folder, "listen.json"), "--quiet"],
                        os.path.join(bench.folder, "readers.log"), GENERATOR_CORE)
        try:
            if tool.wait(120) != 0:
                raise Failure(f"broadcast ended with {tool.code}: {tool.last_words()}; readers: {readers.last_words()}")
        finally:
            readers.stop()
    finally:
        tool.stop()
    with open(out, encoding="utf-8") as result:
        found = json.load(result)
    # The first round of each warms up.
    ratios = ratio(found["ours"][1:], found["bare"][1:])
    progress(f"broadcast: {text(ratios)}")
    return [(
        f"broadcast of {size} B to {connections:,} connections: CPU of a delivery ÷ bare `send` on the same socket", "≤ 1.25",
        f"{text(ratios)}; a bare send {statistics.median(found['bare'][1:]) * 1e6:.2f} µs")]


def tls(bench):
    certificate, key = (os.path.join(bench.folder, name) for name in ("certificate.pem", "key.pem"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key, "-out", certificate],
        check=True, capture_output=True, timeout=60)
    rows = []
    for size, connections in (("20B", 100), ("16KiB", 16)):
        plain, secure = [], []
        for _ in range(bench.options.repeats):
            payload = f"{{ random: {size}, compressibility: 0, type: binary }}"
            with bench.serving() as server:
                plain.append(bench.echo("ws", server, f"ws://127.0.0.1:{server.port}/echo", connections, 1, payload))
            with bench.serving("--tls-cert", certificate, "--tls-key", key) as server:
                secure.append(bench.echo(
                    "wss", server, f"wss://127.0.0.1:{server.port}/echo", connections, 1, payload,
                    f', tls: {{ ca: "{certificate}" }}'))
            progress(f"tls {size}: ws {plain[-1]['rate']:,.0f}/s {plain[-1]['cpu'] * 1e6:.1f} µs, "
                     f"wss {secure[-1]['rate']:,.0f}/s {secure[-1]['cpu'] * 1e6:.1f} µs")
        for what, name in (("throughput", "rate"), ("server CPU a message", "cpu")):
            found = ratio([sample[name] for sample in secure], [sample[name] for sample in plain])
            busy = f"; generator {max(s['generator_busy'] for s in secure):.0%} busy" if name == "rate" else ""
            rows.append((f"wss echo ÷ ws echo, {size}, {connections} connections: {what}", "reported", text(found) + busy))
    return rows


PARTS = {"deflate": deflate, "memory": memory, "broadcast": broadcast, "tls": tls}


def progress(line):
    print(f"{time.strftime('%H:%M:%S')}  {line}", file=sys.stderr, flush=True)


def write_report(folder, rows, parts, command):
    os.makedirs(folder, exist_ok=True)
    here = machine()
    lines = [
        "# What compression, broadcast and TLS cost", "",
        f"Written by `{command}` on {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}; {here['cores']} cores of "
        f"{here['processor']}, Linux {here['kernel']}. Server and generator each have a core of their own. A figure is the median of "
        "ratios measured in turn, with their range; absolute times are noise.", "",
        "| figure | goal | found |", "|---|---|---|",
    ]
    lines += [f"| {figure} | {goal} | {found} |" for figure, goal, found in rows]
    with open(os.path.join(folder, "README.md"), "w", encoding="utf-8") as report:
        report.write("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all by default")
    parser.add_argument("--repeats", type=int, default=3, help="rounds of each ratio (3)")
    parser.add_argument("--seconds", type=float, default=5, help="of each measured load (5)")
    parser.add_argument("--out", default=os.path.join(ROOT, "Reports", "protocol"), help="folder of the report (Reports/protocol)")
    options = parser.parse_args()
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown or options.repeats < 1 or options.seconds <= 0:
        parser.error(f"unknown part {unknown[0]}; there are {', '.join(PARTS)}" if unknown else "repeats and seconds are above 0")
    parts = options.parts or list(PARTS)
    folder = tempfile.mkdtemp(prefix="protocol-")
    rows = []
    try:
        bench = Bench(options, folder)
        for part in parts:
            rows += PARTS[part](bench)
    except (Failure, subprocess.SubprocessError, OSError) as error:
        print(f"protocol.py: {error}", file=sys.stderr)
        return 2 if "not built" in str(error) else 3
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if rows:
            command = " ".join(["python3 Scenarios/peers/protocol.py", *options.parts])
            write_report(options.out, rows, parts, command)
    for figure, goal, found in rows:
        print(f"{figure}\n    goal {goal}; found {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
