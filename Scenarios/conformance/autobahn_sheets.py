#!/usr/bin/env python3
"""Compares our Autobahn cases with the real Autobahn's, cell by cell, on three public servers.

  autobahn_sheets.py                      wsbench against each server, compared with the sheets of Reports/conformance/autobahn
  autobahn_sheets.py --record [CASE ...]  writes those sheets anew: the real suite against each server, nice 19, about 14
                                          minutes for one; CASE is 6.4.1 or '6.*', and other rows of a sheet stay

A sheet has a line for each case: behavior, close (how the connection ended) and code, which is that of the peer's Close
frame or `-`. Every line of output is a cell that differs; those in explanations.tsv, beside the sheets, come with the
reason, in words that hold for whatever server the line names.
Exit code: 0 all the same or explained, 1 a difference without an explanation (or, when recording, a verdict that differs
from the sheet before), 2 something could not run.
"""

import argparse
import fnmatch
import json
import os
import shutil
import subprocess
import sys
import time

from implementations import ROOT, Failed, Missing, last_words, running, scratch, server, serving

sys.path.insert(0, os.path.join(ROOT, "Tests", "Autobahn"))

import suite  # noqa: E402
import verdicts  # noqa: E402

SHEETS = os.path.join(ROOT, "Reports", "conformance", "autobahn")
EXPLANATIONS = os.path.join(SHEETS, "explanations.tsv")
NAMES = ["websockets", "node-ws", "gorilla"]
COLUMNS = ["behavior", "close", "code"]
HEADING = "\t".join(["case", *COLUMNS])
# The suite itself waits 1000 s at most, in 9.5 and 9.6, before it gives a case up.
MOST_SECONDS = 5400


def rows_of_index(path):
    """The cells of every case in an Autobahn index.json, which has one agent."""
    with open(path, encoding="utf-8") as file:
        agents = json.load(file)
    if len(agents) != 1:
        raise Failed(f"{path}: {len(agents)} agents instead of one")
    rows = {}
    for case, entry in next(iter(agents.values())).items():
        # Only Autobahn's own ids: a report may have rows of the catalogue beside them.
        if case[0].isdigit():
            code = entry["remoteCloseCode"]
            rows[case] = [entry["behavior"], entry["behaviorClose"], "-" if code is None else str(code)]
    return rows


def read_sheet(path):
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    if not lines or lines[0] != HEADING:
        raise Failed(f"{path}: the first line is not the heading")
    cells = [line.split("\t") for line in lines[1:]]
    if any(len(row) != 1 + len(COLUMNS) for row in cells):
        raise Failed(f"{path}: a line has not {1 + len(COLUMNS)} cells")
    return {case: row for case, *row in cells}


def write_sheet(path, rows):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write("\n".join([HEADING, *("\t".join([case, *rows[case]]) for case in sorted(rows, key=verdicts.order))]) + "\n")
    os.replace(path + ".new", path)


def read_explanations():
    """[(server glob, case glob, column, sheet's cell, our cell, reason)]; `*` stands for any of them."""
    if not os.path.exists(EXPLANATIONS):
        return []
    with open(EXPLANATIONS, encoding="utf-8") as file:
        lines = [line.split("\t") for line in file.read().splitlines()[1:] if line]
    if any(len(line) != 6 or not line[5] for line in lines):
        raise Failed(f"{EXPLANATIONS}: a line has not six cells")
    return lines


def explained(explanations, *cells):
    for *globs, reason in explanations:
        if all(fnmatch.fnmatchcase(cell, glob) for cell, glob in zip(cells, globs)):
            return reason
    return None


def differences(rows, sheet):
    """(case, column, the sheet's cell, the other cell) of all that differ; a case that one side lacks has no column."""
    for case in sorted({*rows, *sheet}, key=verdicts.order):
        if case not in rows or case not in sheet:
            yield case, "case", "there" if case in sheet else "absent", "there" if case in rows else "absent"
            continue
        for column, wanted, found in zip(COLUMNS, sheet[case], rows[case]):
            if wanted != found:
                yield case, column, wanted, found


def record(peer, cases, folder):
    """What the real suite finds."""
    python = suite.install()
    with serving(peer, os.path.join(folder, "server.log")) as url:
        report = os.path.join(folder, "report")
        specification = {
            "outdir": report, "servers": [{"agent": peer.name, "url": url}], "cases": cases or ["*"], "exclude-cases": [],
            "exclude-agent-cases": {},
        }
        command = ["nice", "-n", "19", *suite.wstest(python, "fuzzingclient", specification, folder)]
        log = os.path.join(folder, "wstest.log")
        with running(command, {}, log) as child:
            wait(child, MOST_SECONDS, log)
    return rows_of_index(os.path.join(report, "index.json"))


def ours(wsbench, peer, cases, folder):
    """What our suite finds."""
    only = ["--only", *cases] if cases else []
    with serving(peer, os.path.join(folder, "server.log")) as url:
        # Few at once: a case of sections 12 and 13 has 1,000 messages, and the time that it would have alone.
        options = ["--autobahn", "--jobs", "2", "--agent", peer.name, "--output", folder]
        command = [wsbench, "conformance", "server", url, *options, *only]
        log = os.path.join(folder, "wsbench.log")
        with running(command, {}, log) as child:
            wait(child, MOST_SECONDS, log, (0, 1))
    return rows_of_index(os.path.join(folder, "autobahn", "index.json"))


def wait(child, seconds, log, fine=(0,)):
    try:
        status = child.wait(seconds)
    except subprocess.TimeoutExpired:
        raise Failed(f"not finished in {seconds} s: {last_words(log)}") from None
    if status not in fine:
        raise Failed(f"ended with status {status}: {last_words(log)}")


def wsbench_binary(given):
    found = shutil.which(given or os.environ.get("WSBENCH") or os.path.join(ROOT, ".build", "release", "wsbench"))
    if not found:
        raise Missing("no wsbench: swift build -c release --product wsbench, or --wsbench FILE")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="only these, of all 517")
    parser.add_argument("--servers", default=",".join(NAMES), help="names, with commas between (default: %(default)s)")
    parser.add_argument("--record", action="store_true", help="run the real Autobahn and write the sheets")
    parser.add_argument("--wsbench", metavar="FILE", help="default: $WSBENCH, then .build/release/wsbench")
    parser.add_argument("--keep", metavar="FOLDER", help="keep logs and reports there")
    arguments = parser.parse_intermixed_args()
    status = 0
    try:
        wsbench = None if arguments.record else wsbench_binary(arguments.wsbench)
        explanations = read_explanations()
    except (Missing, Failed) as error:
        sys.exit(f"autobahn_sheets.py: {error}")
    for name in arguments.servers.split(","):
        path = os.path.join(SHEETS, f"{name}.tsv")
        try:
            peer = server(name)
            begin = time.monotonic()
            with scratch(arguments.keep and os.path.join(arguments.keep, name)) as folder:
                if arguments.record:
                    rows = record(peer, arguments.cases, folder)
                else:
                    rows = ours(wsbench, peer, arguments.cases, folder)
            sheet = read_sheet(path) if os.path.exists(path) else {}
            compared = {case: row for case, row in sheet.items() if not arguments.cases or case in rows}
            # The first recording has nothing to differ from.
            found = list(differences(rows, compared)) if sheet or not arguments.record else []
            reasons = [explained(explanations, name, *map(str, difference)) for difference in found]
            for (case, column, wanted, cell), reason in zip(found, reasons):
                print(f"{name} {case}: {column} is {cell}, Autobahn's {wanted}" + (f" ({reason})" if reason else ""))
            print(f"{peer.version}: {len(rows)} cases, {3 * len(rows)} cells, {len(found)} differ, "
                  f"{reasons.count(None)} of them without an explanation ({time.monotonic() - begin:.0f} s)", flush=True)
            if arguments.record:
                write_sheet(path, {**sheet, **rows})
            status = max(status, 1 if None in reasons else 0)
        except (Missing, Failed, suite.Absent, suite.Broken, OSError, ValueError) as error:
            print(f"{name}: SKIPPED: {error}" if isinstance(error, (Missing, suite.Absent)) else f"{name}: {error}", flush=True)
            status = 2
        except KeyError:
            print(f"{name}: there is no such server")
            status = 2
    return status


if __name__ == "__main__":
    sys.exit(main())
