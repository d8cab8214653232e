#!/usr/bin/env python3
"""Attacks our server while others use it: what the attackers get, what memory it costs, what the others notice."""

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "peers")]

import report  # noqa: E402
from attacks import ATTACKS  # noqa: E402
from processes import Child, answers, cpu_seconds, free_port  # noqa: E402

EPILOG = """\
attacks:
{attacks}

For each attack and repeat a fresh `wsserver echo` with its default settings runs on one core; 100 clients of
`wsbench run` send ten messages a second each from the other core, first alone, then while the attack goes on. The
figure is the ratio of the two 99th percentiles, and its median over the repeats.

The attacker shares the generator's core, and must not be what starves it: server and generator run under SCHED_FIFO,
the attacker at a lower priority, at --rate and --attempts. So the generator always comes first, the attacker gets what it leaves,
and other work on the machine hardly counts.

exit codes:
  0 all goals met   1 a goal was missed   2 bad usage, or a binary is missing   3 the server died   6 no valid figure
  130, 143 interrupted

examples:
  python3 Scenarios/hostile/hostile.py                                   everything, about {minutes} minutes
  python3 Scenarios/hostile/hostile.py --only headers --repeats 1 --out /tmp/hostile.md
"""

READY_WITHIN = 15
RAMP, HOLD = 1.0, 4.0
# wsbench connects, closes and writes its result within this.
OVERHEAD = 15
# Above this share of its core the generator would measure itself.
BUSIEST_GENERATOR = 0.85
SERVER_CORE, CLIENT_CORE = 0, 1
SERVER_PRIORITY, GENERATOR_PRIORITY, ATTACKER_PRIORITY = 20, 30, 10

SCENARIO = """\
wsbench: 1
name: quiet-clients
seed: 42
target: {{ url: "{scheme}://127.0.0.1:{port}/echo"{tls} }}
payloads: {{ note: {{ random: 512B, compressibility: 0.7, type: text }} }}
behaviours:
  echo:
    send: {{ payload: note, rate: 10/s, arrivals: poisson, max_in_flight: 1 }}
    expect: {{ reply: identical, within: 10s, as: rtt }}
load:
  mix: {{ echo: 1 }}
  stages:
    - {{ name: ramp, connections: 100, over: {ramp}ms, record: false }}
    - {{ name: steady, hold: {hold}ms }}
"""


class Stopped(BaseException):
    def __init__(self, code, why):
        super().__init__(why)
        self.code = code


@dataclass
class Sample:
    """One attack, once: the quiet window before it and the window during it, in nanoseconds and octets."""

    attack: str
    repeat: int
    quiet_p99: float
    p99: float
    generator_cpu: float
    errors: int
    memory: int
    server_cpu: float
    sent: int = 0
    seconds: float = 0
    outcomes: dict = field(default_factory=dict)

    @property
    def is_valid(self):
        return self.generator_cpu <= BUSIEST_GENERATOR

    @property
    def ratio(self):
        return self.p99 / self.quiet_p99


def percentile(histogram, share):
    """The least value that `share` of a result's recorded values do not exceed; values and counts alternate."""
    values, counts = histogram["buckets"][::2], histogram["buckets"][1::2]
    rank, seen = share * sum(counts), 0
    for value, count in zip(values, counts):
        seen += count
        if seen >= rank:
            return value
    raise ValueError("an empty histogram has no percentiles")


def memory(pid, key):
    """VmRSS or VmHWM (the highest VmRSS) of a process, in octets."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        for line in file:
            if line.startswith(key + ":"):
                return int(line.split()[1]) << 10
    raise KeyError(key)


class Hostile:
    def __init__(self, options, attacks):
        self.options, self.attacks, self.samples, self.skipped = options, attacks, [], []

    def command(self, core, priority, *command):
        pinned = ["taskset", "-c", str(core)]
        return pinned + (["chrt", "-f", str(priority)] if self.options.realtime else []) + list(command)

    def run(self, folder):
        self.folder = folder
        for repeat in range(1, self.options.repeats + 1):
            for attack in self.attacks:
                sample = self.measure(attack, repeat)
                self.samples.append(sample)
                print(f"repeat {repeat}  {attack.name:<18} p99 {sample.quiet_p99 / 1000:7.0f} → {sample.p99 / 1000:7.0f} µs"
                      f"  ×{sample.ratio:5.2f}{'' if sample.is_valid else ' (invalid)'}"
                      f"  server CPU {sample.server_cpu:4.0%}  memory +{sample.memory / (1 << 20):.1f} MiB"
                      f"  {sample.sent / max(sample.seconds, 1) / (1 << 20):.1f} MiB/s  {sample.outcomes}", flush=True)

    def certificate(self):
        """A certificate that only lives as long as the measurement, and its key."""
        files = [os.path.join(self.folder, name) for name in ("certificate.pem", "key.pem")]
        if not os.path.exists(files[0]):
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                 "2", "-subj", "/CN=localhost", "-out", files[0], "-keyout", files[1]],
                check=True, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return files

    @contextlib.contextmanager
    def serving(self, attack):
        port = free_port()
        command = [self.options.wsserver, "echo", "--listen", f"127.0.0.1:{port}", "--quiet", "--deflate", self.options.deflate]
        if attack.needs == "tls":
            certificate, key = self.certificate()
            command += ["--tls-cert", certificate, "--tls-key", key]
        server = Child(self.command(SERVER_CORE, SERVER_PRIORITY, *command), os.path.join(self.folder, "server.log"))
        try:
            end = time.monotonic() + READY_WITHIN
            while not answers(port):
                if server.poll() is not None or time.monotonic() > end:
                    raise Stopped(2, f"the server does not start: {server.last_words()}")
                time.sleep(0.05)
            yield server, port
            if server.poll() is not None:
                raise Stopped(3, f"the server died with {server.code}: {server.last_words()}")
        finally:
            server.stop()

    @contextlib.contextmanager
    def attacking(self, attack, port):
        """The attack going on; afterwards `yielded["said"]` is what the attacker says of it."""
        rate = ["--rate", str(self.options.rate), "--attempts", str(self.options.attempts)]
        command = [sys.executable, os.path.join(HERE, "attacker.py"), attack.name, str(port), *rate]
        said = {}
        process = subprocess.Popen(
            self.command(CLIENT_CORE, ATTACKER_PRIORITY, *command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            start_new_session=True, text=True)
        try:
            if process.stdout.readline() != "attacking\n":
                raise Stopped(2, f"the attacker of {attack.name} does not start")
            yield said
            process.send_signal(signal.SIGTERM)
            said.update(json.loads(process.stdout.readline()))
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            process.stdout.close()

    def quiet_clients(self, attack, server, port, hold):
        """p99 of the quiet clients, the share of its core that the generator used, errors, and the server's share of its own.

        The latency counts from the write, not from the planned time: how late the generator itself was does not belong
        to the server. Nothing is overlooked by that, as long as the server stalls for less than a client's 100 ms.
        """
        scenario, out = os.path.join(self.folder, "quiet.yaml"), os.path.join(self.folder, "result.json")
        with open(scenario, "w", encoding="utf-8") as file:
            is_secure = attack.needs == "tls"
            file.write(SCENARIO.format(
                scheme="wss" if is_secure else "ws", tls=", tls: { insecure: true }" if is_secure else "", port=port,
                ramp=round(RAMP * 1000), hold=round(hold * 1000)))
        with contextlib.suppress(FileNotFoundError):
            os.unlink(out)
        command = [self.options.wsbench, "run", scenario, "--json", out, "--quiet"]
        generator = Child(self.command(CLIENT_CORE, GENERATOR_PRIORITY, *command), os.path.join(self.folder, "wsbench.log"))
        used, began = cpu_seconds(server.pid), time.monotonic()
        try:
            code = generator.wait(RAMP + hold + OVERHEAD)
        finally:
            generator.stop()
        if server.poll() is not None:
            raise Stopped(3, f"the server died with {server.code}: {server.last_words()}")
        if code not in (0, 1, 6):  # 6 is its own word on its lag, which is judged here
            raise Stopped(6, f"wsbench ended with {code}: {generator.last_words()}")
        cpu = (cpu_seconds(server.pid) - used) / (time.monotonic() - began)
        with open(out, encoding="utf-8") as file:
            result = json.load(file)
        steady = result["stages"][-1]
        errors = sum(error.get("count", 1) for error in result["errors"])
        p99 = percentile(steady["latencies"]["rtt.actual"], 0.99)
        return p99, steady["values"]["generator.cpu"], errors + steady["counters"]["messages.unanswered"], cpu

    def measure(self, attack, repeat):
        with self.serving(attack) as (server, port):
            quiet_p99, _, _, _ = self.quiet_clients(attack, server, port, self.options.seconds)
            before = memory(server.pid, "VmHWM")
            with self.attacking(attack, port) as said:
                p99, generator_cpu, errors, cpu = self.quiet_clients(attack, server, port, self.options.seconds)
                time.sleep(attack.linger if repeat == 1 else 0)
            if not answers(port):
                raise Stopped(3, "the server does not answer any more")
            grown = memory(server.pid, "VmHWM") - before
        return Sample(attack.name, repeat, quiet_p99, p99, generator_cpu, errors, grown, cpu, said["sent"],
                      said["seconds"], said["outcomes"])


def realtime_is_allowed():
    return shutil.which("chrt") and subprocess.run(["chrt", "-f", "1", "true"], stderr=subprocess.DEVNULL).returncode == 0


def parse(arguments):
    release = os.path.join(HERE, "..", "..", ".build", "release")
    attacks = "\n".join(f"  {attack.name:<18}{attack.about}" for attack in ATTACKS)
    minutes = round(sum(3 * (2 * (RAMP + HOLD + 3)) + attack.linger for attack in ATTACKS) / 60)
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG.format(attacks=attacks, minutes=minutes),
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="ATTACK", help="only this one; may be repeated")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="how often (3)")
    parser.add_argument("--seconds", type=float, default=HOLD, metavar="S", help="each measured window (%(default)s)")
    parser.add_argument("--rate", type=float, default=12, metavar="MIB",
                        help="what an attack may send in a second, in MiB; 0: all that it can (12, about 100 Mbit/s)")
    parser.add_argument("--attempts", type=float, default=500, metavar="N",
                        help="new connections that an attacker may make in a second, beyond its first ones; 0: all that it can (500)")
    parser.add_argument("--deflate", choices=["off", "shared", "dedicated"], default="shared",
                        help="the server's permessage-deflate (shared); attacks that need it are skipped when off")
    parser.add_argument("--out", default=os.path.join(HERE, "..", "..", "Reports", "hostile.md"), metavar="FILE")
    parser.add_argument("--wsserver", default=os.environ.get("WSSERVER", os.path.join(release, "wsserver")))
    parser.add_argument("--wsbench", default=os.environ.get("WSBENCH", os.path.join(release, "wsbench")))
    options = parser.parse_args(arguments)
    names = [attack.name for attack in ATTACKS]
    for name in options.only or []:
        if name not in names:
            parser.error(f"no attack is called {name}; there are {', '.join(names)}")
    if options.repeats < 1 or options.seconds <= 0 or min(options.rate, options.attempts) < 0:
        parser.error("--repeats is at least 1, --seconds more than 0, --rate and --attempts not negative")
    for binary in (options.wsserver, options.wsbench):
        if not os.access(binary, os.X_OK):
            parser.error(f"{os.path.basename(binary)} is not built: make release")
    options.realtime = realtime_is_allowed()
    return options


def main(arguments):
    options = parse(arguments)
    wanted = [attack for attack in ATTACKS if not options.only or attack.name in options.only]
    missing = ["deflate"] if options.deflate == "off" else []
    missing += [] if shutil.which("openssl") else ["tls"]
    hostile = Hostile(options, [attack for attack in wanted if attack.needs not in missing])
    hostile.skipped = [attack for attack in wanted if attack not in hostile.attacks]
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: (_ for _ in ()).throw(Stopped(128 + number, "stopped by a signal")))
    code, why = 0, None
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        try:
            hostile.run(folder)
        except KeyboardInterrupt:
            code, why = 130, "interrupted"
        except Stopped as stopped:
            code, why = stopped.code, str(stopped)
            print(f"hostile: {why}", file=sys.stderr)
    if not hostile.samples:
        return code or 6
    summary = report.summarize(hostile.samples, ATTACKS)
    text = report.markdown(summary, hostile.skipped, options, arguments, why)
    partial = options.out + ".partial"
    with open(partial, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(partial, options.out)
    print(f"written: {os.path.relpath(options.out)}")
    return code or (0 if all(row.is_met for row in summary) else 6 if not any(row.ratios for row in summary) else 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
