#!/usr/bin/env python3
"""Runs the conformance suite on public implementations, as servers and as clients, and renders what it finds side by side.

  public.py [--install] [--servers NAMES] [--clients NAMES] [--output FOLDER] [-- OPTIONS OF wsbench conformance]

One line for each run; FOLDER (default .build/conformance-public) gets ROLE-NAME/ with the reports of each and their logs, and
report/ with all of them in one page. What is not on this machine is skipped, in a line that says what would bring it.
Exit code: 0 everything that could run did, 1 nothing could, 2 a run is incomplete, 130 interrupted. What the suite finds
in others' libraries is a result, not a failure of this script.
"""

import argparse
import collections
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time

from implementations import (
    CLIENT_NAMES, ROOT, SERVER_NAMES, Failed, Missing, client, free_port, install, last_words, read, running, server)

OUTPUT = os.path.join(ROOT, ".build", "conformance-public")
CAPABILITIES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "capabilities")


def wsbench_binary(given):
    found = shutil.which(given or os.environ.get("WSBENCH") or os.path.join(ROOT, ".build", "release", "wsbench"))
    if not found:
        raise Missing("no wsbench: swift build -c release --product wsbench, or --wsbench FILE")
    return found


def run_server(wsbench, peer, folder, options, seconds):
    """The suite as fuzzing client. It starts the server itself, so that it can look at its process and start it again."""
    given = os.path.join(CAPABILITIES, f"{peer.name}.yaml")
    declared = ["--capabilities", given] if os.path.exists(given) else []
    port = free_port()
    started = ["--exec", shlex.join([*peer.command, str(port)])]
    command = [wsbench, "conformance", "server", f"ws://127.0.0.1:{port}/echo", "--agent", peer.version, "--output", folder]
    log = os.path.join(folder, "wsbench.log")
    with running([*command, *started, *declared, *options], peer.environment, log) as suite:
        return ended(suite, seconds, log)


def run_client(wsbench, peer, folder, options, seconds):
    """The suite as fuzzing server."""
    address, log = f"127.0.0.1:{free_port()}", os.path.join(folder, "wsbench.log")
    command = [wsbench, "conformance", "client", "--listen", address, "--output", folder, *options]
    with running(command, {}, log) as suite:
        wait_for_words(suite, log, re.escape(address).encode())
        caller = [*peer.command, f"ws://{address}", peer.name]
        with running(caller, peer.environment, os.path.join(folder, "peer.log")) as child:
            try:
                child.wait(seconds)
            except subprocess.TimeoutExpired:
                raise Failed(f"{peer.name} has not finished in {seconds} s: {last_words(log)}") from None
            if child.returncode:
                raise Failed(f"{peer.name} ended with status {child.returncode}: {last_words(os.path.join(folder, 'peer.log'))}")
        # It ends by itself once the client has asked for the reports.
        return ended(suite, 60, log)


def wait_for_words(child, log, words):
    end = time.monotonic() + 30
    while not re.search(words, read(log)):
        if child.poll() is not None or time.monotonic() > end:
            raise Failed(f"wsbench does not listen: {last_words(log)}")
        time.sleep(0.05)


def ended(child, seconds, log):
    """0 and 1 are the suite's verdict; everything else says that it did not come to one."""
    try:
        status = child.wait(seconds)
    except subprocess.TimeoutExpired:
        raise Failed(f"wsbench has not finished in {seconds} s: {last_words(log)}") from None
    if status not in (0, 1):
        raise Failed(f"wsbench ended with status {status}: {last_words(log)}")
    return status


def counts(path):
    """How many cases got which grade, as one line."""
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    behavior = collections.Counter(case["behavior"] for case in cases)
    close = collections.Counter(case["close"] for case in cases if case.get("close"))
    lists = [", ".join(f"{name} {count}" for name, count in found.most_common()) for found in (behavior, close)]
    return f"{len(cases)} cases: {lists[0]} || close: {lists[1]}"


def render(wsbench, results, folder):
    command = [wsbench, "conformance", "report", *results, "--output", folder]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    if done.returncode not in (0, 1):
        raise Failed(f"`wsbench conformance report` ended with status {done.returncode}: {done.stderr.strip()[-500:]}")
    print(f"side by side: {os.path.relpath(os.path.join(folder, 'report.html'))}")


def names_of(given, known):
    names = [name for name in given.split(",") if name and name != "none"]
    unknown = sorted(set(names) - set(known))
    if unknown:
        sys.exit(f"public.py: there is no {', '.join(unknown)}: {', '.join(known)}, or none")
    return names


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--servers", default=",".join(SERVER_NAMES), metavar="NAMES", help="or none (default: %(default)s)")
    parser.add_argument("--clients", default=",".join(CLIENT_NAMES), metavar="NAMES", help="or none (default: %(default)s)")
    parser.add_argument("--install", action="store_true", help="first bring the Python libraries into .peers/, from PyPI")
    parser.add_argument("--output", default=OUTPUT, metavar="FOLDER")
    parser.add_argument("--wsbench", metavar="FILE", help="default: $WSBENCH, then .build/release/wsbench")
    parser.add_argument("--timeout", type=float, default=1200, metavar="SECONDS", help="for each run (default: %(default)g)")
    parser.add_argument("options", nargs="*", metavar="OPTION", help="for wsbench, after --")
    return parser.parse_args()


def main():
    arguments = parsed()
    try:
        wsbench = wsbench_binary(arguments.wsbench)
        if arguments.install:
            install()
    except Missing as error:
        sys.exit(f"public.py: {error}")
    planned = [("server", name, server, run_server) for name in names_of(arguments.servers, SERVER_NAMES)]
    planned += [("client", name, client, run_client) for name in names_of(arguments.clients, CLIENT_NAMES)]
    results, incomplete = [], False
    for role, name, find, run in planned:
        folder = os.path.join(arguments.output, f"{role}-{name}")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        begin = time.monotonic()
        try:
            peer = find(name)
            run(wsbench, peer, folder, arguments.options, arguments.timeout)
            found = os.path.join(folder, "results.json")
            print(f"{role} {peer.version}: {counts(found)} ({time.monotonic() - begin:.0f} s)", flush=True)
            results.append(found)
        except Missing as error:
            print(f"{role} {name}: SKIPPED: {error}", flush=True)
        except (Failed, OSError, ValueError, KeyError) as error:
            print(f"{role} {name}: INCOMPLETE: {error}", flush=True)
            incomplete = True
    try:
        if results:
            render(wsbench, results, os.path.join(arguments.output, "report"))
    except (Failed, OSError, subprocess.SubprocessError) as error:
        print(f"public.py: {error}")
        incomplete = True
    return 2 if incomplete else 0 if results else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
