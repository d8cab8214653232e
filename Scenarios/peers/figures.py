"""What the samples of a benchmark say: pure arithmetic, no process, no file.

A sample is one run of one case against one server. Every figure is a ratio to the floor's sample of the same repeat,
because an absolute time means nothing on a shared machine; the median and the range are taken over those ratios.
"""

from dataclasses import dataclass
from statistics import median
from typing import Optional

FLOOR = "floor"
# A generator this busy while the server is not has measured itself.
GENERATOR_SATURATED = 0.95
SERVER_SATURATED = 0.90
# Both ways of reading the server's CPU time should agree this well; /proc counts in ticks of 10 ms.
CROSS_CHECK_TOLERANCE = 0.10


class NoSample(Exception):
    """A run that ended in nothing to count; says why."""


@dataclass(frozen=True)
class Sample:
    case: str
    server: str
    repeat: int
    messages: int
    seconds: float
    # Cores used within the measured window, as the generator reports them and as /proc/PID/stat says from outside.
    server_cpu: Optional[float]
    server_cpu_proc: Optional[float]
    # The busier of two views, 1 = nothing left: the generator's own, and /proc against the cores it may use.
    generator_cpu: Optional[float]

    @property
    def throughput(self):
        return self.messages / self.seconds

    def cpu_per_message(self, source):
        cores = self.server_cpu if source == "wsbench" else self.server_cpu_proc
        return None if cores is None or cores <= 0 else cores * self.seconds / self.messages

    @property
    def generator_bound(self):
        busiest = [cores for cores in (self.server_cpu, self.server_cpu_proc) if cores is not None]
        if self.generator_cpu is None or not busiest:
            return False
        return self.generator_cpu >= GENERATOR_SATURATED and max(busiest) < SERVER_SATURATED

    @property
    def neither_busy(self):
        """In a closed loop one side should be busy; if not, they waited, or other processes had the cores."""
        busiest = [cores for cores in (self.server_cpu, self.server_cpu_proc) if cores is not None]
        if self.generator_cpu is None or not busiest:
            return False
        return self.generator_cpu < SERVER_SATURATED and max(busiest) < SERVER_SATURATED


def recorded_stages(result):
    return [stage for stage in result["stages"] if stage["recorded"] and stage["end"] > stage["start"]]


def window(result):
    """The measured window as (start, end) in seconds since 1970."""
    stages = recorded_stages(result)
    if not stages:
        raise NoSample("the result has no recorded stage")
    start = result["startedAt"]
    return start + min(stage["start"] for stage in stages), start + max(stage["end"] for stage in stages)


def mean_value(stages, name):
    """The mean of a stage value over the stages' time; None where a stage lacks it."""
    if any(name not in stage["values"] for stage in stages):
        return None
    spans = [stage["end"] - stage["start"] for stage in stages]
    return sum(stage["values"][name] * span for stage, span in zip(stages, spans)) / sum(spans)


def sample_from(result, case, server, repeat, server_cpu_proc=None, generator_cpu_proc=None):
    """Reads a sample from wsbench's result file; a run with errors or without echoes is none."""
    stages = recorded_stages(result)
    seconds = sum(stage["end"] - stage["start"] for stage in stages)
    messages = sum(stage["counters"].get("messages.received", 0) for stage in stages)
    errors = {}
    for stage in stages:
        for name, count in stage["counters"].items():
            if name.startswith("errors.") and count:
                errors[name] = errors.get(name, 0) + count
    if errors:
        raise NoSample(", ".join(f"{name}: {count}" for name, count in sorted(errors.items())))
    if not messages:
        raise NoSample("no message was answered")
    views = [view for view in (mean_value(stages, "generator.cpu"), generator_cpu_proc) if view is not None]
    return Sample(
        case, server, repeat, messages, seconds, mean_value(stages, "server.cpu"), server_cpu_proc,
        max(views) if views else None,
    )


def cpu_between(readings, start, end, slack=0.2):
    """Cores used between two times, from ascending readings (time, CPU seconds); None if they do not cover it."""
    if len(readings) < 2 or readings[0][0] > start + slack or readings[-1][0] < end - slack or end <= start:
        return None

    def at(time):
        before = readings[0]
        for after in readings[1:]:
            if after[0] >= time and after[0] > before[0]:
                share = max(0.0, (time - before[0]) / (after[0] - before[0]))
                return before[1] + share * (after[1] - before[1])
            before = after
        return before[1]

    return (at(end) - at(start)) / (end - start)


def rotated(items, turn):
    """The items in their order, begun at another one each turn, so that no one is always first."""
    shift = turn % len(items) if items else 0
    return items[shift:] + items[:shift]


def spread(values):
    """Median, least and greatest; None of nothing."""
    return {"median": median(values), "min": min(values), "max": max(values)} if values else None


def rows(samples, case, servers):
    """One row per server that has a sample of the case, in the order of `servers`."""
    of_case = [sample for sample in samples if sample.case == case]
    floors = {sample.repeat: sample for sample in of_case if sample.server == FLOOR}
    return [
        row(server, [sample for sample in of_case if sample.server == server], floors)
        for server in servers
        if any(sample.server == server for sample in of_case)
    ]


def row(server, samples, floors):
    pairs = [(sample, floors[sample.repeat]) for sample in samples if sample.repeat in floors]
    # One source for all pairs of a row: a ratio of two kinds of clock would be a ratio of nothing.
    reported = pairs and all(sample.server_cpu and floor.server_cpu for sample, floor in pairs)
    source = "wsbench" if reported else "proc"
    costs = [(sample.cpu_per_message(source), floor.cpu_per_message(source)) for sample, floor in pairs]
    checks = [sample.server_cpu_proc / sample.server_cpu for sample in samples
              if sample.server_cpu and sample.server_cpu_proc is not None]
    return {
        "server": server,
        "runs": len(samples),
        "pairs": len(pairs),
        "throughput": spread([sample.throughput for sample in samples]),
        "throughput_ratio": spread([sample.throughput / floor.throughput for sample, floor in pairs]),
        "cpu_source": source,
        "cpu_per_message": spread([cost for cost, _ in costs if cost]),
        "cpu_ratio": spread([cost / floor for cost, floor in costs if cost and floor]),
        "cpu_proc_over_wsbench": spread(checks),
        # Conservative: one bound pair is enough, for a median over bound and free pairs is neither.
        "generator_bound": sum(sample.generator_bound for sample in samples),
        "neither_busy": sum(sample.neither_busy for sample in samples),
        "floor_generator_bound": sum(floor.generator_bound for _, floor in pairs),
    }


GENERATORS = ("wsbench", "k6", "k6 measuring")


def generator_rows(runs):
    """How many times k6's echoes per CPU second wsbench makes, in the same repeat with as many connections."""
    def efficiency(run):
        return run["echoes"] / run["cpu_seconds"]

    found = []
    for connections in dict.fromkeys(run["connections"] for run in runs):
        of = {(run["generator"], run["repeat"]): run for run in runs if run["connections"] == connections}
        for peer in GENERATORS[1:]:
            pairs = [(run, of[peer, repeat]) for (generator, repeat), run in of.items()
                     if generator == "wsbench" and (peer, repeat) in of]
            found.append({
                "connections": connections,
                "peer": peer,
                "pairs": len(pairs),
                "ratio": spread([efficiency(own) / efficiency(other) for own, other in pairs]),
            })
    return found
