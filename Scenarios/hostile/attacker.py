#!/usr/bin/env python3
"""One attack on a port of 127.0.0.1, until SIGTERM; then says as JSON what came of it. Started by hostile.py."""

import argparse
import json
import os
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from attacks import ATTACKS  # noqa: E402
from engine import Engine, Gone, own_cpu_seconds, raise_descriptor_limit  # noqa: E402


def repeating(engine, attack, port):
    """Does it again and again, as often as the engine lets new connections pass."""
    while True:
        try:
            outcome = yield from attack.script(engine, port)
        except Gone as gone:
            outcome = gone.how
        except TimeoutError:
            outcome = "no answer"
        engine.outcomes[outcome] += 1
        yield None, 0, engine.attempts.take(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("attack", choices=[attack.name for attack in ATTACKS])
    parser.add_argument("port", type=int)
    parser.add_argument("--rate", type=float, help="MiB a second at most, of all connections together")
    parser.add_argument("--attempts", type=float, help="new connections a second at most, beyond the first ones")
    options = parser.parse_args()
    attack = next(attack for attack in ATTACKS if attack.name == options.attack)
    raise_descriptor_limit()
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    engine = Engine(options.rate * (1 << 20) if options.rate else None, options.attempts or None)
    for _ in range(attack.connections):
        engine.start(repeating(engine, attack, options.port))
    began, cpu = time.monotonic(), own_cpu_seconds()
    print("attacking", flush=True)
    engine.run(lambda: bool(stopped))
    seconds = time.monotonic() - began
    json.dump({"seconds": seconds, "sent": engine.sent, "received": engine.received, "outcomes": engine.outcomes,
               "cpu": (own_cpu_seconds() - cpu) / seconds}, sys.stdout)
    print(flush=True)


if __name__ == "__main__":
    main()
