#!/usr/bin/env python3
"""Lets our codec and other implementations hold random conversations, and compares what each side sees: `make differential`.

Each conversation is known by the seed, which is printed, and its number: `--seed S --only N` repeats one. Exit code: 0 no
difference (peers that are not installed are named and skipped), 1 a difference, 2 a side could not be run, 130 interrupted.
"""

import argparse
import base64
import json
import os
import random
import re
import select
import subprocess
import sys
import threading
import time

import conversation

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
OURS = os.path.join(ROOT, ".build", "release", "DifferentialPeer")
# What a side was asked and has not answered after this long it never will.
PATIENCE = 60


class Broken(Exception):
    """A side does not answer as it was agreed in this folder; nothing is known of its protocol."""


class Difference(Exception):
    """A side saw something else than the other has sent."""


class Side:
    """A process that is one side of a conversation after the other."""

    def __init__(self, name, command, environment=None):
        self.name = name
        self.child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **(environment or {})},
            bufsize=0, start_new_session=True)
        os.set_blocking(self.child.stdin.fileno(), False)
        os.set_blocking(self.child.stdout.fileno(), False)

    def ask(self, **request):
        """Returns (octets, events). Whatever the process does, it takes no longer than `PATIENCE`."""
        end = time.monotonic() + PATIENCE
        try:
            self.write(json.dumps(request).encode() + b"\n", end)
            answer = json.loads(self.read_line(end))
            octets = base64.b64decode(answer["octets"])
            events = [(event["kind"], base64.b64decode(event["octets"]), event.get("code")) for event in answer["events"]]
            return octets, events
        except (OSError, ValueError, KeyError) as error:
            raise Broken(f"{self.name} does not answer: {error!r}") from error

    def write(self, octets, end):
        view = memoryview(octets)
        while view:
            self.wait(self.child.stdin, select.POLLOUT, end)
            view = view[os.write(self.child.stdin.fileno(), view):]

    def read_line(self, end):
        octets = bytearray()
        while not octets.endswith(b"\n"):
            self.wait(self.child.stdout, select.POLLIN, end)
            part = os.read(self.child.stdout.fileno(), 1 << 20)
            if not part:
                raise OSError("it has ended")
            octets += part
        return octets

    @staticmethod
    def wait(file, event, end):
        poll = select.poll()
        poll.register(file, event)
        if not poll.poll(max(0, end - time.monotonic()) * 1000):
            raise OSError("it hangs")

    def begin(self, settings):
        return self.ask(begin=settings)

    def receive(self, pieces):
        return self.ask(receive=[encode(piece) for piece in pieces])

    def send(self, steps):
        return self.ask(send=[{**step, "octets": encode(step["octets"])} for step in steps])

    def end(self):
        self.child.kill()
        self.child.communicate()


def encode(octets):
    return base64.b64encode(octets).decode()


class Exchange:
    """One conversation between two sides, by role; raises Difference."""

    def __init__(self, plan, sides):
        self.plan = plan
        self.sides = sides
        self.other = {"client": "server", "server": "client"}
        # What each side has sent that was not delivered, and what it must make the other see.
        self.octets = {role: b"" for role in sides}
        self.expected = {role: conversation.Expectation() for role in sides}
        # The server's word on permessage-deflate, None if it declined.
        self.agreed = None

    def hold(self):
        self.open()
        for role, steps in self.plan.turns:
            self.send(role, steps)
            if self.plan.random.random() < 0.7:
                self.deliver(role)
        self.deliver_all()
        for role in self.plan.closers:
            self.send(role, [self.plan.closes[role]])
        self.deliver_all()

    def open(self):
        request, _ = self.sides["client"].begin(self.plan.settings["client"])
        self.sides["server"].begin(self.plan.settings["server"])
        response, seen = self.sides["server"].receive(self.plan.pieces(request))
        self.compare("server", [("open", b"", None)], seen)
        rest, seen = self.sides["client"].receive(self.plan.pieces(response))
        self.compare("client", [("open", b"", None)], seen)
        found = re.search(rb"permessage-deflate[^\r]*", response)
        self.agreed = found and found[0]
        self.octets["client"] += rest

    def send(self, role, steps):
        octets, seen = self.sides[role].send(steps)
        self.octets[role] += octets
        self.expected[role].sent(steps)
        self.compare(role, [], seen)

    def deliver_all(self):
        while any(self.octets.values()):
            for role in self.octets:
                self.deliver(role)

    def deliver(self, sender):
        """Hands what `sender` has sent to the other, and notes what that must answer by itself."""
        if not self.octets[sender]:
            return
        receiver = self.other[sender]
        pieces, self.octets[sender] = self.plan.pieces(self.octets[sender]), b""
        answer, seen = self.sides[receiver].receive(pieces)
        wanted = self.expected[sender].take()
        self.compare(receiver, wanted, seen)
        self.octets[receiver] += answer
        self.expected[receiver].sent(self.answers(receiver, wanted))

    def answers(self, role, seen):
        """The pongs and the Close that what a side saw must make it send (RFC 6455 sections 5.5.1 and 5.5.2)."""
        for kind, octets, code in seen:
            if kind == "ping":
                yield conversation.step("pong", octets)
            elif kind == "close" and role not in self.plan.closers:
                # With the same code; whether the reason comes back too is left open.
                yield conversation.step("close", None, code=None if code == 1005 else code)

    def compare(self, role, wanted, seen):
        for index in range(max(len(wanted), len(seen))):
            one = wanted[index] if index < len(wanted) else None
            other = seen[index] if index < len(seen) else None
            if one and other and one[0] == other[0] == "close" and one[1] is None:
                one = (one[0], other[1], one[2])
            if one != other:
                raise Difference(f"{self.sides[role].name} as {role} saw {show(other)}, expected {show(one)}")


def show(event):
    if event is None:
        return "nothing"
    kind, octets, code = event
    if kind == "error":
        return f"the error {octets.decode(errors='replace')[:300]}"
    text = octets if octets is not None and len(octets) <= 40 else f"{(octets or b'')[:40]!r}… ({len(octets or b'')} octets)"
    return f"{kind}{'' if code is None else f' {code}'} {text}"


class Peer:
    """What our codec can talk to. `absent` says why it cannot."""

    def __init__(self, name, command, environment=None, probe=None, limits=conversation.Limits()):
        self.name = name
        self.limits = limits
        self.command = command
        self.environment = environment
        self.probe = probe

    def absent(self):
        try:
            environment = {**os.environ, **(self.environment or {})}
            done = subprocess.run(self.probe, capture_output=True, text=True, env=environment, timeout=60)
            return None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["?"])[-1]
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)

    def start(self):
        return Side(self.name, self.command, self.environment)


PYTHON = os.path.join(ROOT, ".peers", "bin", "python")
# Where Debian puts modules, which node does not look through unless it is Debian's too.
NODE = {"NODE_PATH": "/usr/share/nodejs"}
PEERS = {
    "websockets": Peer(
        "websockets", [PYTHON, os.path.join(HERE, "peer_websockets.py")],
        probe=[PYTHON, "-c", "import websockets.http11"],
        # zlib's raw deflate has no window of 2^8.
        limits=conversation.Limits(smallest_own_window=9)),
    "node-ws": Peer(
        "node-ws", ["node", os.path.join(HERE, "peer_node_ws.js")], NODE,
        probe=["node", "-e", "require('ws').WebSocketServer.name"]),
}
US = Peer("ours", [OURS])


class Run(threading.Thread):
    """All conversations between two implementations, one after the other."""

    def __init__(self, ours, theirs, seed, numbers):
        super().__init__()
        self.implementations = (ours, theirs)
        self.seed = seed
        self.numbers = numbers
        self.held = 0
        self.deflated = 0
        # The ways in which permessage-deflate was agreed on.
        self.agreements = set()
        self.differences = []
        self.problem = None
        self.stopped = False

    def run(self):
        sides = []
        try:
            sides = [implementation.start() for implementation in self.implementations]
            for number in self.numbers:
                if self.stopped or len(self.differences) >= 5:
                    return
                self.hold(number, *sides)
        except (Broken, OSError) as error:
            self.problem = f"conversation {self.held}: {error}"
        finally:
            for side in sides:
                side.end()

    def hold(self, number, ours, theirs):
        plan = conversation.Conversation(self.seed, number, self.implementations[1].limits)
        other = {"client": "server", "server": "client"}[plan.ours]
        exchange = Exchange(plan, {plan.ours: ours, other: theirs})
        try:
            exchange.hold()
        except Difference as difference:
            self.differences.append((number, difference, plan))
        self.held += 1
        if exchange.agreed:
            self.deflated += 1
            self.agreements.add(exchange.agreed)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, help="repeats the conversations of that run")
    parser.add_argument("--count", type=int, default=10000, help="conversations with each peer; 10000")
    parser.add_argument("--only", type=int, metavar="N", help="conversation N alone")
    parser.add_argument("--peer", choices=PEERS, action="append", help="this peer only")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(10**9) if options.seed is None else options.seed
    numbers = range(options.count) if options.only is None else [options.only]
    runs = []
    for name in options.peer or PEERS:
        reason = PEERS[name].absent()
        if reason:
            print(f"differential: SKIPPED {name}: {reason}; Tests/Differential/README.md says how to install it")
        else:
            runs.append(Run(US, PEERS[name], seed, numbers))
    print(f"seed {seed}", flush=True)
    begin = time.monotonic()
    hold_all(runs)
    return max([report(run, seed, time.monotonic() - begin) for run in runs], default=0)


def hold_all(runs):
    for run in runs:
        run.start()
    try:
        for run in runs:
            run.join()
    finally:
        for run in runs:
            run.stopped = True
        for run in runs:
            run.join()


def report(run, seed, seconds):
    name = run.implementations[1].name
    verdict = "no difference" if not run.differences else f"{len(run.differences)} differ"
    if run.problem:
        verdict = f"ended early, {run.problem}"
    print(
        f"{name}: {run.held} conversations, {run.deflated} with permessage-deflate agreed in {len(run.agreements)} ways, "
        f"{seconds:.0f} s: {verdict}")
    for number, difference, plan in run.differences:
        print(f"  {number}: {difference}")
        print(f"     client wants {plan.settings['client']['deflate']}, server {plan.settings['server']['deflate']}")
        print(f"     repeat: Tests/Differential/differential.py --seed {seed} --peer {name} --only {number}")
    return 2 if run.problem else 1 if run.differences else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
