"""What the samples say, as a table."""

import os
import platform
import shlex
import statistics
from dataclasses import dataclass

GOAL = 2.0
MiB = 1 << 20
NEEDS = {"deflate": "permessage-deflate", "tls": "the openssl command, for a certificate"}


@dataclass
class Row:
    attack: object
    # Attack ÷ quiet, of the valid repeats only.
    ratios: list
    quiet: float
    attacked: float
    outcomes: dict
    memory: int
    cpu: float
    rate: float
    errors: int
    invalid: int

    @property
    def unexpected(self):
        return {outcome: count for outcome, count in self.outcomes.items() if outcome not in self.attack.expected}

    @property
    def is_met(self):
        return (bool(self.ratios) and statistics.median(self.ratios) <= GOAL and not self.unexpected
                and self.memory <= self.attack.memory and self.errors == 0)


def summarize(samples, attacks):
    rows = []
    for attack in attacks:
        own = [sample for sample in samples if sample.attack == attack.name]
        if not own:
            continue
        valid = [sample for sample in own if sample.is_valid]
        outcomes = {}
        for sample in own:
            for outcome, count in sample.outcomes.items():
                outcomes[outcome] = outcomes.get(outcome, 0) + count
        seconds = sum(sample.seconds for sample in own)
        rows.append(Row(
            attack, [sample.ratio for sample in valid], statistics.median(sample.quiet_p99 for sample in valid or own),
            statistics.median(sample.p99 for sample in valid or own), outcomes, max(sample.memory for sample in own),
            statistics.median(sample.server_cpu for sample in own),
            sum(sample.sent for sample in own) / seconds if seconds else 0, sum(sample.errors for sample in own),
            len(own) - len(valid)))
    return rows


def outcome_text(row):
    if not row.outcomes:
        return "served on, at the pace it reads"
    order = sorted(row.outcomes.items(), key=lambda item: -item[1])
    return ", ".join(f"{outcome} ({count:,})" for outcome, count in order)


def ratio_text(row):
    if not row.ratios:
        return "no valid figure"
    middle = statistics.median(row.ratios)
    text = f"{middle:.2f}"
    if len(row.ratios) > 1:
        text += f" ({min(row.ratios):.2f}..{max(row.ratios):.2f})"
    return text if middle <= GOAL else f"**{text}**"


def markdown(rows, skipped, options, arguments, why):
    command = " ".join(["python3 Scenarios/hostile/hostile.py", *map(shlex.quote, arguments)]).strip()
    bounds = [f"{options.rate:g} MiB"] * bool(options.rate) + [f"{options.attempts:g} new connections"] * bool(options.attempts)
    rate = f"at most {' and '.join(bounds)} a second" if bounds else "as fast as it can"
    priorities = (
        "Server and generator run under SCHED_FIFO, the attacker below the generator, so that other work on the machine "
        "hardly counts." if options.realtime
        else "Real-time priorities are not permitted here: other work on the machine disturbs these figures.")
    lines = [
        "# Hostile load", "", f"    {command}", "",
        f"`wsserver echo` with its default settings and `--deflate {options.deflate}` on core 0; on core 1 100 quiet clients of "
        f"`wsbench run`, ten messages of 512 octets a second each, and the attacker, {rate}. "
        f"{options.repeats} repeats of {options.seconds:g} s alone and {options.seconds:g} s under attack, on a fresh server "
        f"each time. {priorities} Ratios are medians over the repeats, with their range. {platform.platform()}, "
        f"{os.cpu_count()} cores.", ""]
    if why:
        lines += [f"**Incomplete: {why}.**", ""]
    lines += ["| attack | what the attacker got | others' p99: alone → attacked | ratio (goal ≤ 2) | server memory: grew by, may grow by "
              "| server core | attacker sent | goal |", "|---|---|---|---|---|---|---|---|"]
    for row in rows:
        got = outcome_text(row) + (f"; unexpected: {row.unexpected}" if row.unexpected else "")
        lines.append(
            f"| {row.attack.about} | {got} | {row.quiet / 1000:.0f} → {row.attacked / 1000:.0f} µs | {ratio_text(row)} "
            f"| {row.memory / MiB:.1f}, {row.attack.memory / MiB:.0f} MiB: {row.attack.memory_why} | {row.cpu:.0%} "
            f"| {row.rate / MiB:.1f} MiB/s | {'met' if row.is_met else '**missed**'} |")
    for attack in skipped:
        lines.append(f"| {attack.about} | skipped: needs {NEEDS[attack.needs]} | | | | | | |")
    errors = [f"{row.attack.name}: {row.errors}" for row in rows if row.errors]
    lines += ["", "Errors and unanswered messages of the quiet clients: " + (", ".join(errors) or "none") + "."]
    invalid = [f"{row.attack.name}: {row.invalid}" for row in rows if row.invalid]
    if invalid:
        lines.append("Repeats left out because the generator had no time left: " + ", ".join(invalid) + ".")
    return "\n".join(lines) + "\n"
