"""What the suite found, against what it is expected to find: decides, does nothing."""

import ast
import collections
import json
import os
import re

# The first two are what a peer must reach: INFORMATIONAL cases have no right answer.
PASSING = ("OK", "INFORMATIONAL")

Verdict = collections.namedtuple("Verdict", "behavior close")

# Shell-like: what the run as a whole ends with is the largest of its parts.
PASSED, FAILED, INCOMPLETE = 0, 1, 2


def order(case):
    """Sorts 1.10 behind 1.9."""
    return [int(part) for part in case.split(".")]


def read_report(folder, agent):
    """The verdicts of a report folder, by case; what else the suite measured does not count."""
    with open(os.path.join(folder, "index.json"), encoding="utf-8") as file:
        cases = json.load(file).get(agent, {})
    return {case: Verdict(entry["behavior"], entry["behaviorClose"]) for case, entry in cases.items()}


HEADING = "case\tbehavior\tclose"


def read_sheet(path):
    """A sheet of expected verdicts. Raises ValueError, with the line, for what is none."""
    sheet = {}
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    if not lines or lines[0] != HEADING:
        raise ValueError(f"{path}: the first line is not the heading")
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != 3 or not re.fullmatch(r"[0-9]+(\.[0-9]+)+", cells[0]) or cells[0] in sheet:
            raise ValueError(f"{path}:{number}: not a case with two verdicts, or a second time")
        sheet[cells[0]] = Verdict(*cells[1:])
    return sheet


def sheet_text(verdicts):
    rows = [f"{case}\t{verdicts[case].behavior}\t{verdicts[case].close}" for case in sorted(verdicts, key=order)]
    return "\n".join([HEADING, *rows]) + "\n"


def planned_cases(log):
    """The cases that the suite said it would run; None before it said so."""
    found = re.search(r"^Cases = (\[.*\])$", log, re.MULTILINE)
    return [str(case) for case in ast.literal_eval(found[1])] if found else None


def started_cases(log):
    """The cases that the suite has begun, in order."""
    return re.findall(r"^Running test case ID ([0-9.]+) ", log, re.MULTILINE)


class Judgement:
    """`status`, `summary` in one line, and `problems`, a line for each cell that is not as it must be."""

    def __init__(self, found, expected, planned, is_whole):
        """`is_whole`: all cases of the sheet had to run, not a selection."""
        self.problems = []
        missing = [case for case in planned if case not in found]
        compared = sorted(set(planned) | (set(expected) if is_whole else set()), key=order)
        faults = differences = 0
        for case in compared:
            if case not in planned:
                differences += 1
                self.problems.append(f"{case}: in the sheet, but the suite has no such case")
                continue
            if case not in found:
                self.problems.append(f"{case}: did not run")
                continue
            if case not in expected:
                differences += 1
                self.problems.append(f"{case}: not in the sheet of expected verdicts")
            for column in Verdict._fields:
                cell = getattr(found[case], column)
                wanted = getattr(expected[case], column) if case in expected else None
                faults += cell not in PASSING
                if wanted is not None and cell != wanted:
                    differences += 1
                    self.problems.append(f"{case}: {column} is {cell}, expected {wanted}")
                elif cell not in PASSING:
                    self.problems.append(f"{case}: {column} is {cell}")
        self.status = INCOMPLETE if missing or not planned else FAILED if faults or differences else PASSED
        self.summary = " || ".join([
            f"{len(found)}/{len(planned)} cases",
            "behavior: " + counts(verdict.behavior for verdict in found.values()),
            "close: " + counts(verdict.close for verdict in found.values()),
            f"{differences} differ from the sheet" if differences else "as expected" if planned else "nothing to run",
        ] + ([f"{len(missing)} missing"] if missing else []))


def counts(cells):
    """`OK 298 | INFORMATIONAL 3`: what passes first, the rest by name."""
    counted = collections.Counter(cells)
    rest = sorted(set(counted) - set(PASSING))
    return " | ".join(f"{name} {counted[name]}" for name in [*PASSING, *rest])
