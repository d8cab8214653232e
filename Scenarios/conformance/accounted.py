#!/usr/bin/env python3
"""Compares what the suite found (public.py) with the findings that were repeated by hand (findings.toml, where [[measured]]
names those that its tables show).

  accounted.py [FOLDER]       FOLDER as public.py leaves it (default .build/conformance-public)

A line for each case that failed and that no finding of this peer names: a finding to repeat by hand, or a false accusation.
A line for each finding none of whose cases failed: it is gone, or the suite has stopped seeing it.
Exit code: 0 nothing of either, 1 something, 2 no results.
"""

import argparse
import json
import os
import re
import sys
import tomllib

from implementations import CLIENT_NAMES, HERE, ROOT, SERVER_NAMES

SOURCE = os.path.join(HERE, "findings.toml")
FAILED = {"FAIL", "TIMEOUT", "CRASH", "WRONG-CODE", "UNCLEAN"}
# A finding may be arguable, and the case no more than not strict.
SEEN = FAILED | {"NON-STRICT", "INFO"}


def rows_of(text):
    """The rows that `C-020, F-007 to F-009` names. `beside C-046`, `beside every failure`: seen there, but no failure of it."""
    rows = set()
    for first, last in re.findall(r"(?<!beside )\b([A-Z]-\d{3})(?: to ([A-Z]-\d{3}))?", text):
        group, start = first.split("-")
        end = last.split("-")[1] if last else start
        rows |= {f"{group}-{number:03}" for number in range(int(start), int(end) + 1)}
    return rows


def compare(cases, findings):
    """(cases that failed without a finding, findings without a case that failed) of one peer in one role."""
    failed = [case for case in cases if verdict(case) in FAILED]
    named = [(finding, rows_of(finding["cases"])) for finding in findings]
    unnamed = [case for case in failed if not any(case["row"] in rows for _, rows in named)]
    seen = {case["row"] for case in cases if {case["behavior"], case.get("close")} & SEEN}
    gone = [finding for finding, rows in named if rows and not rows & seen]
    return unnamed, gone


def verdict(case):
    """The one word for both grades, as the suite has it: the worse one."""
    return case["behavior"] if case["behavior"] != "PASS" else case.get("close") or "PASS"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=os.path.join(ROOT, ".build", "conformance-public"))
    folder = parser.parse_args().folder
    with open(SOURCE, "rb") as file:
        source = tomllib.load(file)
    findings = source["finding"] + source.get("measured", [])
    seen, status = 0, 0
    for role, names in (("server", SERVER_NAMES), ("client", CLIENT_NAMES)):
        for name in names:
            path = os.path.join(folder, f"{role}-{name}", "results.json")
            if not os.path.exists(path):
                continue
            seen += 1
            with open(path, encoding="utf-8") as file:
                cases = json.load(file)["cases"]
            of_peer = [one for one in findings if (one["role"], one["peer"]) == (role, name)]
            unnamed, gone = compare(cases, of_peer)
            for case in unnamed:
                variant = f"#{case['variant']}" if case.get("variant") else ""
                print(f"{role} {name}: {case['row']}{variant} {verdict(case)}: {case['title']}: {case['explanation']}")
            for finding in gone:
                print(f"{role} {name}: no case failed of: {finding['cases']}: {finding.get('finding', 'measured')}")
            print(f"{role} {name}: {len(cases)} cases, {len(unnamed)} failed without a finding, "
                  f"{len(gone)} of {len(of_peer)} findings without a case that failed")
            status = max(status, 1 if unnamed or gone else 0)
    return status if seen else 2


if __name__ == "__main__":
    sys.exit(main())
