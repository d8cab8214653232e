#!/usr/bin/env python3
"""Plants one mistake after another in a small WebSocket peer, and asks of each whether the conformance suite sees it.

  faults.py [--only GLOB] [--roles ROLES] [--sample N] [--jobs N]

First the suite runs on the clean peer, as server and as client, over TCP and over TLS: no result may be unexpected under
--strict. Then on each fault (`faulty-peer faults` lists them) in each of its roles: a case of a row that the fault names has
to accuse it, and one that accuses the clean peer does not count. A line for each fault that is not flagged, totals at the end,
and a table of everything: Reports/conformance/faults.md when every fault was tried, else faults.md in --output.
Exit code: 0 all are flagged and the clean peer is not, 1 otherwise, 2 bad usage or a program is missing, 130 interrupted.
"""

import argparse
import collections
import concurrent.futures
import fnmatch
import os
import shutil
import sys
import time

from fault_runs import ROLES, Bench, cases_of, every, faults_of, identity, unexpected, verdict
from implementations import ROOT, Failed, Missing

OUTPUT = os.path.join(ROOT, ".build", "conformance-faults")
REPORT = os.path.join(ROOT, "Reports", "conformance", "faults.md")
BUILT = [os.path.join(ROOT, ".build", kind) for kind in ("release", "debug")]


def program(name, given, folders=BUILT):
    """The one given, or the newest that was built."""
    built = [path for path in (os.path.join(folder, name) for folder in folders) if os.access(path, os.X_OK)]
    found = shutil.which(given) if given else max(built, key=os.path.getmtime, default=None)
    if not found:
        raise Missing(f"{given} is no program" if given else f"no {name}: swift build --product {name}")
    return os.path.abspath(found)


def clean_runs(bench, faults, roles, complete, jobs):
    """The clean peer: the ids that it is accused in, by role, with the lines that say so.

    All of the suite when all faults are tried, else what the chosen faults are about."""
    accused, lines = {role: set() for role in roles}, []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        planned = [(role, secure) for role in roles for secure in (False, True)]
        runs = [pool.submit(clean_run, bench, faults, role, secure, complete) for role, secure in planned]
        for (role, _), run in zip(planned, runs):
            said, found = run.result()
            accused[role] |= found
            lines += said
            for line in said:
                print(line, flush=True)
    return accused, lines


def clean_run(bench, faults, role, secure, complete):
    known = {case.row for case in bench.listed if case.role == role}
    only = ["T"] if secure else []
    if not complete:
        rows = sorted({row for fault in faults if role in fault.roles for row in fault.rows} & known)
        only = [row for row in rows if row.startswith("T-") == secure]
        if not only:
            return [], set()
    begin = time.monotonic()
    name = f"{role}-clean{'-tls' if secure else ''}"
    # A machine that is busy makes a slow answer now and then; what comes right at once when tried alone is no accusation.
    results = bench.results(role, None, only, name, secure, ["--retry-unexpected", "2"])
    found = unexpected(results)
    lines = [
        f"clean {role}{' over TLS' if secure else ''}: {len(results)} cases, {skipped(results)} skipped, "
        f"{len(found)} unexpected ({time.monotonic() - begin:.0f} s)"]
    lines += [f"clean {role}: {identity(case)} {verdict(case)}: {case['explanation']}" for case in found]
    return lines, {identity(case) for case in found}


def skipped(results):
    return sum(case["behavior"] == "SKIP" for case in results)


def complaint(outcome):
    """The line of a fault that is not flagged."""
    name = f"NOT FLAGGED {outcome.role} {outcome.fault.name} ({', '.join(outcome.fault.rows)})"
    if outcome.problem:
        return f"{name}: {outcome.problem}"
    if outcome.elsewhere:
        return f"{name}: only {identity(outcome.elsewhere)} {verdict(outcome.elsewhere)}: {outcome.elsewhere['explanation']}"
    return f"{name}: {outcome.fault.summary}"


def try_faults(bench, faults, roles, accused, jobs):
    planned = [(fault, role) for fault in faults for role in roles if role in fault.roles]
    outcomes = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(timed, bench, fault, role, accused[role]) for fault, role in planned]
        try:
            for done in concurrent.futures.as_completed(waiting):
                outcome = done.result()
                outcomes.append(outcome)
                if not outcome.flagged:
                    print(complaint(outcome), flush=True)
                elif sys.stderr.isatty():
                    print(f"\r{len(outcomes)} of {len(planned)}", end="\r", file=sys.stderr, flush=True)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    place = {pair: index for index, pair in enumerate(planned)}
    return sorted(outcomes, key=lambda outcome: place[outcome.fault, outcome.role])


def timed(bench, fault, role, accused):
    begin = time.monotonic()
    outcome = bench.try_fault(fault, role, accused)
    outcome.seconds = time.monotonic() - begin
    return outcome


def totals(outcomes):
    """By group and role: how many are flagged, of how many."""
    count = collections.defaultdict(lambda: [0, 0])
    for outcome in outcomes:
        for key in ((outcome.group, outcome.role), ("all", outcome.role)):
            count[key][0] += outcome.flagged is not None
            count[key][1] += 1
    groups = [*dict.fromkeys(outcome.group for outcome in outcomes), "all"]
    table = [["group", *ROLES]]
    for group in groups:
        table.append([group, *("{} of {}".format(*count[group, role]) if (group, role) in count else "-" for role in ROLES)])
    return table


def cell(text):
    return str(text).replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")


def markdown(table):
    rows = ["| " + " | ".join(map(cell, row)) + " |" for row in table]
    return "\n".join([rows[0], "|" + "---|" * len(table[0]), *rows[1:]])


def report(outcomes, clean, seconds):
    flagged = sum(outcome.flagged is not None for outcome in outcomes)
    table = [["fault", "role", "what it does", "rows", "flagged by", "verdict"]]
    for outcome in outcomes:
        case = outcome.flagged
        by = identity(case) if case else "**nothing**"
        table.append([
            f"`{outcome.fault.name}`", outcome.role, outcome.fault.summary, ", ".join(outcome.fault.rows), by,
            verdict(case) if case else outcome.problem or "-"])
    return "\n".join([
        "# The suite against planted faults", "",
        "Written by `make faults` (`python3 Scenarios/conformance/faults.py`). The faulty peer is a small WebSocket server and",
        "client of its own, `Tests/FaultyPeer`, which makes one mistake at a time; `faulty-peer faults` lists them. A fault is",
        "flagged when a case of a row that it names has an unexpected result under `--strict`, and has none on the clean peer.",
        "", f"{flagged} of {len(outcomes)} are flagged, in {seconds:.0f} s.", "",
        *(f"- {line}" for line in clean), "", markdown(totals(outcomes)), "", markdown(table), ""])


def roles_of(text):
    roles = [role for role in text.split(",") if role]
    if not roles or not set(roles) <= set(ROLES):
        raise argparse.ArgumentTypeError("server, client, or both with a comma between them")
    return [role for role in ROLES if role in roles]


def above_zero(text):
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError("a number above zero")
    return number


def parsed(words=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="GLOB", help="only faults of this name, may be repeated")
    parser.add_argument("--roles", type=roles_of, default=list(ROLES), help="server, client (default: both)")
    parser.add_argument("--sample", type=above_zero, default=1, metavar="N", help="only every Nth fault of each group")
    parser.add_argument(
        "--jobs", type=above_zero, default=os.cpu_count() or 1, metavar="N", help="faults at once (default: %(default)s)")
    parser.add_argument("--output", default=OUTPUT, metavar="FOLDER", help="reports and logs of each run")
    parser.add_argument("--report", metavar="FILE", help="where the table goes instead")
    parser.add_argument("--wsbench", metavar="FILE", help="default: $WSBENCH, then the newest in .build")
    parser.add_argument("--peer", metavar="FILE", help="faulty-peer; default: the newest in .build")
    parser.add_argument("--timeout", type=float, default=600, metavar="SECONDS", help="for each run (default: %(default)g)")
    return parser.parse_args(words)


def chosen(faults, only, sample, roles):
    """Raises Missing for a name that there is not."""
    for pattern in only or []:
        if not any(fnmatch.fnmatchcase(fault.name, pattern) for fault in faults):
            raise Missing(f"no fault is called {pattern}; `faulty-peer faults` lists them")
    faults = [
        fault for fault in faults
        if not only or any(fnmatch.fnmatchcase(fault.name, pattern) for pattern in only)]
    faults = [fault for fault in every(faults, sample) if set(roles) & set(fault.roles)]
    if not faults:
        raise Missing("the options leave no fault")
    return faults


def main():
    arguments = parsed()
    begin = time.monotonic()
    try:
        bench = Bench(
            program("wsbench", arguments.wsbench or os.environ.get("WSBENCH")), program("faulty-peer", arguments.peer),
            os.path.abspath(arguments.output), arguments.timeout)
        everything = faults_of(bench.peer)
        faults = chosen(everything, arguments.only, arguments.sample, arguments.roles)
        complete = faults == everything and arguments.roles == list(ROLES)
        shutil.rmtree(bench.folder, ignore_errors=True)
        os.makedirs(bench.folder)
        bench.listed = cases_of(bench.wsbench)
        bench.certificate()
        accused, clean = clean_runs(bench, faults, arguments.roles, complete, arguments.jobs)
    except (Missing, Failed, OSError) as error:
        print(f"faults.py: {error}", file=sys.stderr)
        return 2
    outcomes = try_faults(bench, faults, arguments.roles, accused, arguments.jobs)
    seconds = time.monotonic() - begin
    path = arguments.report or (REPORT if complete else os.path.join(bench.folder, "faults.md"))
    with open(path, "w", encoding="utf-8") as file:
        file.write(report(outcomes, clean, seconds))
    table = totals(outcomes)
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        print("  ".join(word.ljust(width) for word, width in zip(row, widths)).rstrip())
    flagged = sum(outcome.flagged is not None for outcome in outcomes)
    print(f"{flagged} of {len(outcomes)} faults flagged in {seconds:.0f} s: {os.path.relpath(path)}")
    return 0 if flagged == len(outcomes) and not any(accused.values()) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
