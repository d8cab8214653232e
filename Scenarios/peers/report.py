"""The benchmark's results as files: JSON with everything, Markdown with the ratios. Whole files only."""

import json
import os
import tempfile

from figures import CROSS_CHECK_TOLERANCE


def write(folder, results):
    os.makedirs(folder, exist_ok=True)
    write_whole(os.path.join(folder, "results.json"), json.dumps(results, indent=2, sort_keys=True) + "\n")
    write_whole(os.path.join(folder, "README.md"), markdown(results))


def write_whole(path, text):
    """Writes beside the file and renames: a reader sees the old file or the new one, never a part."""
    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def ratio(spread):
    if spread is None:
        return "–"
    return f"{spread['median']:.2f} ({spread['min']:.2f}..{spread['max']:.2f})"


def notes(row):
    found = []
    if row["generator_bound"]:
        bound = row["generator_bound"]
        found.append(f"generator-bound in {bound} of {row['runs']}: throughput says nothing")
    elif row["floor_generator_bound"]:
        bound = row["floor_generator_bound"]
        found.append(f"floor generator-bound in {bound} of {row['pairs']}: throughput at most this")
    if row["neither_busy"]:
        found.append(f"neither side busy in {row['neither_busy']} of {row['runs']}")
    check = row["cpu_proc_over_wsbench"]
    if check and abs(check["median"] - 1) > CROSS_CHECK_TOLERANCE:
        found.append(f"/proc says {check['median']:.2f} of the CPU time that wsbench says")
    if row["cpu_source"] == "proc":
        found.append("CPU from /proc")
    return "; ".join(found)


def server_table(rows):
    lines = [
        "| server | throughput ÷ floor | server CPU per message ÷ floor | pairs | |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        throughput = ratio(row["throughput_ratio"])
        if row["generator_bound"]:
            throughput = f"[{throughput}]"
        elif row["floor_generator_bound"] and row["throughput_ratio"]:
            throughput = f"≤ {throughput}"
        name = f"**{row['server']}**" if row["server"] == "ours" else row["server"]
        lines.append(f"| {name} | {throughput} | {ratio(row['cpu_ratio'])} | {row['pairs']} | {notes(row)} |")
    return lines


def generator_table(rows):
    lines = ["| connections | against | echoes per CPU second, wsbench ÷ k6 | pairs |", "|---|---|---|---|"]
    lines += [f"| {row['connections']} | {row['peer']} | {ratio(row['ratio'])} | {row['pairs']} |" for row in rows]
    return lines


def markdown(results):
    machine, options = results["machine"], results["options"]
    lines = [
        "# Echo servers, measured against the floor",
        "",
        f"`{results['command']}` wrote this page and `results.json`, which also has every single run and the absolute",
        "figures. They are left out here: on a shared machine only ratios of interleaved runs mean something.",
        "",
        "- The floor is `Scenarios/peers/floor/floor.c`: the least work that an echo over sockets can be, in C.",
        "- A figure is the median of the ratios to the floor **in the same repeat**, with the least and the greatest.",
        "  Throughput: more is better. CPU per message: less is better.",
        "- `[…]`: the generator was the bottleneck (its CPU >= 95 % while the server's < 90 %), so the throughput is the",
        "  generator's, not the server's; the CPU ratio still holds. `≤`: that was so for the floor's run only, so the",
        "  floor could have done more, and the true ratio is at most this. \"Neither side busy\": both waited, or other",
        "  processes had the cores; such a run compares throughput badly.",
        "- Every server is one process with one loop (Go: `GOMAXPROCS=1`), without compression.",
        "",
        f"{results['date']}, {machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
        f"Linux {machine['kernel']}, {placement(options)}.",
        f"{options['repeats']} repeats of {options['seconds']:g} s after {options['warmup']:g} s of warm-up.",
    ]
    if results["ended"] != "complete":
        lines += ["", f"**This run is not complete: {results['ended']}.**"]
    for case in results["cases"]:
        lines += ["", f"## {case['name']}", "", case["about"], ""]
        lines += server_table(case["rows"]) if case["rows"] else ["No run of this case succeeded."]
    if results["generators"] is not None:
        lines += ["", "## k6", "", results["generators"]["about"], ""]
        lines += generator_table(results["generators"]["rows"])
    lines += ["", "## Versions", ""]
    lines += [f"- {name}: {version}" for name, version in results["versions"].items()]
    if results["skipped"]:
        lines += ["", "## Skipped", ""] + [f"- {name}: {reason}" for name, reason in results["skipped"].items()]
    if results["failures"]:
        lines += ["", "## Runs without a figure", ""]
        for failure in results["failures"]:
            lines.append(f"- {failure['case']}, {failure['server']}, repeat {failure['repeat']}: {failure['reason']}")
    return "\n".join(lines) + "\n"


def placement(options):
    if options["pin"] is None:
        return "servers and generator on any core"
    return f"server on core {options['pin'][0]}, generator on core {options['pin'][1]}"


def progress(sample):
    """One sample as a line a person reads while waiting."""
    parts = [f"{sample.throughput:11,.0f} msg/s"]
    source = "wsbench" if sample.server_cpu else "proc"
    cost = sample.cpu_per_message(source)
    if cost:
        parts.append(f"{cost * 1e6:9.2f} µs CPU/msg")
    cores = sample.server_cpu if source == "wsbench" else sample.server_cpu_proc
    if cores is not None:
        parts.append(f"server {cores:.2f}")
    if sample.generator_cpu is not None:
        parts.append(f"generator {sample.generator_cpu:.2f}")
    if sample.generator_bound:
        parts.append("generator-bound")
    if sample.neither_busy:
        parts.append("neither side busy")
    return "  ".join(parts)
