#!/usr/bin/env python3
"""Lets Autobahn|Testsuite judge our server and our client: `make autobahn`, README.md says more.

  judge.py [--record | --wss] [PATTERN ...]

A PATTERN is a case (6.4.1) or the beginning of some ('1.*'); without any all 517 run, and a sample over wss. Both roles
run side by side.
Exit code: 0 everything is OK or INFORMATIONAL and as in expected/ (or there is no Python 2.7, so nothing ran),
1 something is not, 2 a run is incomplete or could not start, 130 interrupted.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import suite
import verdicts
from certificate import Certificate

RESULTS = os.path.join(suite.ROOT, ".build", "autobahn")
RELEASE = os.path.join(suite.ROOT, ".build", "release")
EXPECTED = os.path.join(suite.HERE, "expected")
AGENT = "ours"
# The suite itself waits 1000 s at most, in 9.5 and 9.6, before it gives a case up.
MOST_SECONDS_FOR_A_CASE = 1200
# Of every section, and what TLS could change: records cut elsewhere, large messages, slow octets, ends of every kind.
WSS_SAMPLE = """
    1.1.1 1.1.7 1.2.8 2.4 2.10 2.11 3.2 3.4 4.1.3 5.8 5.19 6.2.4 6.3.2 6.4.1 6.4.4 7.1.1 7.1.5 7.1.6 7.3.1 7.3.6 7.7.1
    7.9.1 9.1.6 9.2.6 9.3.1 9.4.9 9.5.1 9.7.6 10.1.1 12.1.4 12.2.9 13.3.4 13.5.12
""".split()


class Incomplete(Exception):
    """A run that did not come to its end; the message says why."""


class Process:
    """A child in a session of its own, so that a Ctrl-C reaches this program alone; always ended by `with`."""

    def __init__(self, name, command, folder):
        self.name = name
        self.log = os.path.join(folder, f"{name}.log")
        with open(self.log, "wb") as output:
            self.child = subprocess.Popen(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for end in (self.child.terminate, self.child.kill):
            if self.child.poll() is None:
                end()
                try:
                    self.child.wait(10)
                except subprocess.TimeoutExpired:
                    pass

    def text(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def require(self):
        """Raises when the process has ended."""
        if self.child.poll() is not None:
            words = " / ".join(self.text().strip().splitlines()[-3:])
            raise Incomplete(f"{self.name} ended early with status {self.child.returncode}: {words[-500:]}")

    def wait_for_port(self, port, stopped):
        end = time.monotonic() + 60
        while time.monotonic() < end and not stopped.is_set():
            self.require()
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                stopped.wait(0.1)
        raise Incomplete(f"{self.name} does not listen on port {port}")


class Role:
    """One run of the suite against one role of ours. `run` is its thread; the rest may be looked at meanwhile."""

    def __init__(self, python, patterns, certificate=None):
        """With a certificate over wss, else over ws; the verdicts must be the same."""
        self.certificate = certificate
        self.scheme = "wss" if certificate else "ws"
        self.name = f"{self.title} over wss" if certificate else self.title
        self.python = python
        self.patterns = patterns
        self.sheet_path = os.path.join(EXPECTED, f"{self.title}.tsv")
        self.folder = os.path.join(RESULTS, self.name.replace(" ", "-"))
        self.stopped = threading.Event()
        self.planned = []
        self.started = []
        self.found = {}
        self.problem = None
        self.seconds = 0

    def run(self):
        begin = time.monotonic()
        try:
            shutil.rmtree(self.folder, ignore_errors=True)
            os.makedirs(self.folder)
            self.drive()
        except (Incomplete, OSError, ValueError) as error:
            self.problem = str(error)
        try:
            self.found = verdicts.read_report(os.path.join(self.folder, "report"), AGENT)
        except (OSError, ValueError) as error:
            # Of two problems the first one is the cause.
            self.problem = self.problem or str(error)
        self.seconds = time.monotonic() - begin

    def specification(self, **entries):
        return {
            "outdir": os.path.join(self.folder, "report"), "cases": self.patterns, "exclude-cases": [],
            "exclude-agent-cases": {}, **entries,
        }

    def wstest(self, mode, **entries):
        command = suite.wstest(self.python, mode, self.specification(**entries), self.folder)
        return Process("wstest", command, self.folder)

    def follow(self, leader, wstest, *others):
        """Waits for the end of `leader`, while the others must live."""
        progress, seen = time.monotonic(), 0
        while leader.child.poll() is None:
            for other in others:
                other.require()
            log = wstest.text()
            self.planned = verdicts.planned_cases(log) or []
            self.started = verdicts.started_cases(log)
            if len(self.started) > seen:
                progress, seen = time.monotonic(), len(self.started)
            if time.monotonic() - progress > MOST_SECONDS_FOR_A_CASE:
                raise Incomplete(f"case {self.started[-1] if self.started else '?'} has not ended in time")
            if self.stopped.wait(0.2):
                raise Incomplete("interrupted")
        self.planned = verdicts.planned_cases(wstest.text()) or []
        if leader.child.returncode != 0:
            leader.require()

    def progress(self):
        last = f" ({self.started[-1]})" if self.started else ""
        return f"{self.name} {len(self.started)}/{len(self.planned)}{last}"


class ServerRole(Role):
    """The suite's fuzzing client against `wsserver echo`."""

    title = "server"

    def drive(self):
        port = free_port()
        # Every message compressed, even those that are too short to be worth it.
        deflate = ["--deflate", "dedicated", "--deflate-threshold", "1B"]
        server = [os.path.join(RELEASE, "wsserver"), "echo", "--listen", f"127.0.0.1:{port}", "--quiet", *deflate]
        if self.certificate:
            server += ["--tls-cert", self.certificate.chain, "--tls-key", self.certificate.key]
        with Process("wsserver", server, self.folder) as ours:
            ours.wait_for_port(port, self.stopped)
            servers = [{"agent": AGENT, "url": f"{self.scheme}://127.0.0.1:{port}"}]
            with self.wstest("fuzzingclient", servers=servers) as judge:
                self.follow(judge, judge, ours)


class ClientRole(Role):
    """The suite's fuzzing server against our client."""

    title = "client"

    def drive(self):
        port = free_port()
        url = f"{self.scheme}://127.0.0.1:{port}"
        secured = {"key": self.certificate.key, "cert": self.certificate.chain} if self.certificate else {}
        with self.wstest("fuzzingserver", url=url, **secured) as judge:
            judge.wait_for_port(port, self.stopped)
            client = [os.path.join(RELEASE, "AutobahnClient"), "--url", url, "--agent", AGENT]
            if self.certificate:
                client += ["--ca", self.certificate.authority]
            with Process("AutobahnClient", client, self.folder) as ours:
                self.follow(ours, judge, judge)


def free_port():
    """Below the range of which the kernel gives ports away: nobody is given it meanwhile."""
    for port in range(12000 + os.getpid() % 10000, 32000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            if port not in taken:
                taken.add(port)
                return port
    raise Incomplete("there is no free port")


taken = set()


def build():
    swift = os.environ.get("SWIFT") or "swift"
    for product in ("wsserver", "AutobahnClient"):
        command = [swift, "build", "-c", "release", "--static-swift-stdlib", "--product", product]
        if subprocess.run(command, cwd=suite.ROOT).returncode != 0:
            raise Incomplete(f"{product} could not be built")


def run_side_by_side(roles):
    threads = [threading.Thread(target=role.run) for role in roles]
    for thread in threads:
        thread.start()
    try:
        watch(roles, threads)
    finally:
        for role in roles:
            role.stopped.set()
        for thread in threads:
            thread.join()


def watch(roles, threads):
    """Says how far they are: twice a second on a terminal, twice a minute in a log."""
    on_terminal = sys.stdout.isatty()
    pause = 0.5 if on_terminal else 30
    said = time.monotonic()
    while any(thread.is_alive() for thread in threads):
        threads[0].join(0.1)
        threads[-1].join(0.1)
        if time.monotonic() - said < pause:
            continue
        said = time.monotonic()
        line = "   ".join(role.progress() for role in roles)
        print(f"\r\033[K{line}" if on_terminal else line, end="" if on_terminal else "\n", flush=True)
    if on_terminal:
        print("\r\033[K", end="", flush=True)


def judge(role, is_whole):
    """Prints the role's lines and returns its status."""
    if role.problem:
        print(f"{role.name}: INCOMPLETE after case {role.started[-1] if role.started else '-'}: {role.problem}")
        print(f"  {role.folder} has the logs")
        if not role.found:
            return verdicts.INCOMPLETE
    expected = verdicts.read_sheet(role.sheet_path)
    judgement = verdicts.Judgement(role.found, expected, role.planned, is_whole)
    print(f"{role.name}: {judgement.summary} ({role.seconds:.0f} s)")
    for problem in judgement.problems:
        print(f"  {problem}")
    if judgement.problems:
        print(f"  {role.folder}/report has the octets of every case, in {AGENT}_case_7_1_5.html for 7.1.5")
    return verdicts.INCOMPLETE if role.problem else judgement.status


def record(role):
    """Makes what was found the expected sheet, for a new version of the suite. A fault in a sheet stays a fault."""
    if role.problem or set(role.planned) != set(role.found):
        return
    with open(role.sheet_path, "w", encoding="utf-8") as file:
        file.write(verdicts.sheet_text(role.found))
    print(f"recorded {role.sheet_path}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record", action="store_true", help="write what all 517 cases give into expected/")
    parser.add_argument("--wss", action="store_true", help="over wss only, by default the sample")
    parser.add_argument("patterns", nargs="*", metavar="PATTERN")
    options = parser.parse_args()
    if options.record and (options.patterns or options.wss):
        parser.error("--record takes no pattern and no --wss: a sheet has all cases")
    try:
        python = suite.install()
    except suite.Absent as absent:
        print(f"autobahn: SKIPPED, nothing was judged: {absent}")
        return verdicts.PASSED
    build()
    statuses = []
    if not options.wss:
        roles = [role(python, options.patterns or ["*"]) for role in (ServerRole, ClientRole)]
        run_side_by_side(roles)
        if options.record:
            for role in roles:
                record(role)
        statuses += [judge(role, is_whole=not options.patterns) for role in roles]
    if options.wss or not options.patterns:
        with tempfile.TemporaryDirectory() as folder:
            certificate = Certificate(folder)
            roles = [role(python, options.patterns or WSS_SAMPLE, certificate) for role in (ServerRole, ClientRole)]
            run_side_by_side(roles)
        statuses += [judge(role, is_whole=False) for role in roles]
    return max(statuses)


def interrupt(*_):
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, interrupt)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except (Incomplete, suite.Broken, OSError, ValueError) as error:
        print(f"autobahn: {error}", file=sys.stderr)
        sys.exit(verdicts.INCOMPLETE)
