"""Running the conformance suite on the faulty peer, and what a run says of the fault that was planted."""

import collections
import contextlib
import json
import os
import shutil
import socket
import subprocess
import threading
from dataclasses import dataclass, field

from implementations import ROOT, Failed, Missing, last_words, output_of, running, tool

CAPABILITIES = os.path.join(ROOT, "Tests", "FaultyPeer")
ROLES = ("server", "client")
MESSAGE_LIMIT = 1 << 20
# As in BenchResults: what a verdict has to be for a requirement to be broken under --strict, the mildest first.
BROKEN = ["NON-STRICT", "UNCLEAN", "WRONG-CODE", "FAIL", "TIMEOUT", "CRASH"]


@dataclass(frozen=True)
class Fault:
    """A line of `faulty-peer faults`."""

    name: str
    roles: tuple
    rows: tuple
    summary: str

    @classmethod
    def of(cls, line):
        name, role, rows, summary = line.split("\t")
        return cls(name, ROLES if role == "both" else (role,), tuple(rows.split()), summary)


@dataclass(frozen=True)
class ListedCase:
    """A line of `wsbench conformance --list`."""

    role: str
    group: str
    id: str
    phase: str

    @classmethod
    def of(cls, line):
        path, _, phase, _ = line.split("\t", 3)
        role, group, identity = path.split("/", 2)
        return cls(role, group, identity, phase)

    @property
    def row(self):
        return self.id.split("#")[0]


@dataclass
class Outcome:
    """What became of one fault in one role."""

    fault: Fault
    role: str
    group: str
    # The case of one of its rows that flagged it, the worst verdict first; or of another row, when none of its own did.
    flagged: dict = None
    elsewhere: dict = None
    problem: str = None
    seconds: float = 0


def faults_of(peer):
    return [Fault.of(line) for line in output_of([peer, "faults"]).splitlines()]


def cases_of(wsbench):
    return [ListedCase.of(line) for line in output_of([wsbench, "conformance", "--list"]).splitlines()]


def verdict(case):
    """Both grades as one word, as `CaseVerdict` has it."""
    behavior, close = case["behavior"], case.get("close")
    if behavior in ("CRASH", "SKIP", "TIMEOUT"):
        return behavior
    if "FAIL" in (behavior, close):
        return "FAIL"
    if close == "DROPPED-BY-SUITE":
        return "UNCLEAN"
    if close in ("WRONG-CODE", "UNCLEAN"):
        return close
    return "NON-STRICT" if "NON-STRICT" in (behavior, close) else behavior


def identity(case):
    return f"{case['row']}#{case['variant']}" if case.get("variant") else case["row"]


def unexpected(results, accused=frozenset()):
    """The cases that flag something, but for those that accuse the clean peer too."""
    return [case for case in results if case["isUnexpected"] and verdict(case) in BROKEN and identity(case) not in accused]


def worst(cases):
    """The plainest of them: the worst verdict, and of several the first."""
    return max(cases, key=lambda case: BROKEN.index(verdict(case)), default=None)


def rows_in_role(fault, role, listed):
    """Those of the fault's rows that have cases in this role."""
    known = {case.row for case in listed if case.role == role}
    return [row for row in fault.rows if row in known]


def group_of(row, listed):
    return next((case.group for case in listed if case.row == row), "?")


def every(faults, step):
    """Each `step`th of each group, so that a small sample has something of all of them."""
    seen = collections.Counter()
    chosen = []
    for fault in faults:
        area = fault.rows[0].split("-")[0]
        if seen[area] % step == 0:
            chosen.append(fault)
        seen[area] += 1
    return chosen


@dataclass
class Bench:
    """The programs, and where their output goes."""

    wsbench: str
    peer: str
    folder: str
    timeout: float
    listed: list = field(default_factory=list)
    _ports: int = 20_000
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def certificate(self):
        """A certificate for the loopback and its key, made once."""
        paths = os.path.join(self.folder, "certificate.pem"), os.path.join(self.folder, "key.pem")
        if not all(map(os.path.exists, paths)):
            output_of([
                tool("openssl", "WSBENCH_OPENSSL"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-out", paths[0], "-keyout", paths[1]])
        return paths

    def port(self):
        """One that nothing listens on, below those that the system gives to outgoing connections."""
        with self._lock:
            for _ in range(10_000):
                self._ports = self._ports + 1 if self._ports < 29_999 else 20_000
                with socket.socket() as probe, contextlib.suppress(OSError):
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", self._ports))
                    return self._ports
        raise Failed("no port is free")

    def command(self, role, fault, secure, folder):
        """The suite on the peer with this fault, or on the clean one when it is None."""
        planted = f" --fault {fault.name}" if fault else ""
        certificate, key = self.certificate() if secure else (None, None)
        if role == "client":
            command = [
                self.wsbench, "conformance", "client", "--adapter",
                f"'{self.peer}' adapter --limit {MESSAGE_LIMIT}{planted}", "--capabilities",
                os.path.join(CAPABILITIES, "client-capabilities.yaml")]
            if secure:
                command += ["--tls-cert", certificate, "--tls-key", key]
        else:
            port = self.port()
            served = f"'{self.peer}' server --port {port}{planted}"
            if secure:
                served += f" --tls-cert '{certificate}' --tls-key '{key}'"
            command = [
                self.wsbench, "conformance", "server", f"{'wss' if secure else 'ws'}://127.0.0.1:{port}/echo", "--exec",
                served, "--capabilities", os.path.join(CAPABILITIES, "capabilities.yaml")]
            if secure:
                command += ["--ca", certificate]
        return [*command, "--agent", "faulty-peer", "--strict", "--output", folder]

    def results(self, role, fault, only, name, secure=False, options=()):
        """What the chosen cases found. The reports stay in the folder `name`, with the logs."""
        folder = os.path.join(self.folder, name)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        log = os.path.join(folder, "wsbench.log")
        command = [*self.command(role, fault, secure, folder), *options, *(["--only", *only] if only else [])]
        # A client trusts what the system trusts: here, the certificate that the suite shows.
        environment = {"SSL_CERT_FILE": self.certificate()[0]} if secure else {}
        with running(command, environment, log) as suite:
            try:
                status = suite.wait(self.timeout)
            except subprocess.TimeoutExpired:
                raise Failed(f"wsbench has not finished in {self.timeout:g} s: {last_words(log)}") from None
        # 3: the peer died and did not come back, which is a result too, when it is there.
        path = os.path.join(folder, "results.json")
        if status not in (0, 1, 3) or not os.path.exists(path):
            raise Failed(f"wsbench ended with status {status}: {last_words(log)}")
        with open(path, encoding="utf-8") as file:
            return json.load(file)["cases"]

    def try_fault(self, fault, role, accused):
        """The fault's own rows first; only when they see nothing, the rest of their groups."""
        rows = rows_in_role(fault, role, self.listed)
        outcome = Outcome(fault, role, group_of((rows or fault.rows)[0], self.listed))
        if not rows:
            outcome.problem = f"none of {', '.join(fault.rows)} has a case of a {role}"
            return outcome
        secure = all(row.startswith("T-") for row in rows)
        name = f"{role}-{fault.name}"
        try:
            found = unexpected(self.results(role, fault, rows, name, secure), accused)
            outcome.flagged = worst([case for case in found if case["row"] in rows])
            if not outcome.flagged:
                groups = sorted({group_of(row, self.listed) for row in rows})
                found = unexpected(self.results(role, fault, groups, name + "-group", secure), accused)
                outcome.flagged = worst([case for case in found if case["row"] in rows])
                outcome.elsewhere = worst(found)
        except (Failed, Missing, OSError, ValueError, KeyError) as error:
            outcome.problem = str(error)
        return outcome
