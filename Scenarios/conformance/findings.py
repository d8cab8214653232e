#!/usr/bin/env python3
"""Repeats every finding of findings.toml by hand and writes what was sent and what came back to Reports/conformance/findings.md.

  findings.py [--check] [PEER ...]

findings.toml says, for each, the peer, the cases that report it, what the specification says, and the octets (as
reproduce.py takes them). `expect` is a regular expression that the events must match, so that a finding that no longer
holds, in a newer version of the library, is seen: it is named and the exit code is 1. --check writes nothing, nor does a
choice of peers. What is not on this machine is skipped, and the page says so.
"""

import argparse
import concurrent.futures
import contextlib
import os
import re
import subprocess
import sys
import tomllib

import reproduce
from implementations import HERE, ROOT, Failed, Missing, client, server

SOURCE = os.path.join(HERE, "findings.toml")
PAGE = os.path.join(ROOT, "Reports", "conformance", "findings.md")
KEYS = {"peer", "role", "cases", "rule", "finding", "verdict", "octets", "expect", "header", "raw", "wait", "path", "note"}
NEEDED = {"peer", "role", "cases", "rule", "finding", "verdict", "octets", "expect"}
# Conversations at once; most of their time is waiting.
AT_ONCE = 6
# A table's cell; the script shows the rest.
MOST_OCTETS = 40


def load():
    with open(SOURCE, "rb") as file:
        found = tomllib.load(file)
    for entry in found["finding"]:
        unknown, missing = set(entry) - KEYS, NEEDED - set(entry)
        if unknown or missing:
            raise Failed(f"{SOURCE}: {entry.get('peer')} {entry.get('cases')}: {', '.join(sorted(unknown | missing))}?")
    return found


def run(entry):
    options = {key: entry[key] for key in ("header", "raw", "wait") if key in entry}
    if entry["role"] == "server":
        return reproduce.with_server(entry["peer"], entry["octets"], entry.get("path", ""), **options)
    return reproduce.with_client(entry["peer"], entry["octets"], **options)


def versions_of(entries):
    """(role, peer): what it calls itself; a peer that is not here is left out. Builds what has to be built, once."""
    versions = {}
    for key in dict.fromkeys((entry["role"], entry["peer"]) for entry in entries):
        with contextlib.suppress(Missing):
            versions[key] = (server if key[0] == "server" else client)(key[1]).version
    return versions


def attempt(entry, versions):
    """The conversation, or why there was none."""
    if (entry["role"], entry["peer"]) not in versions:
        return Missing("not on this machine")
    # A port that was free may be taken by the time that the server wants it.
    for _ in range(3):
        try:
            return run(entry)
        except (Failed, OSError, subprocess.SubprocessError) as error:
            problem = error
    return problem


def cell(text):
    return text.replace("|", "\\|").replace("\n", "<br>")


def octets(text):
    """`sent 81 02 …` cut to what a cell holds."""
    words = text.split(" ")
    return text if len(words) <= MOST_OCTETS + 1 else " ".join(words[:MOST_OCTETS]) + " …"


def sent(entry):
    lines = [f"`{line}`" for line in ([entry["path"]] if entry.get("path") else []) + list(entry.get("header", []))]
    return "<br>".join([*lines, *(f"`{word if len(word) < 300 else word[:297] + '…'}`" for word in entry["octets"])])


def received(conversation):
    """What came back, as octets; texts as text."""
    if conversation.frames.startswith(b"HTTP/"):
        head = conversation.frames.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        lines = head[:6]
    else:
        lines = []
        for line in [octets(text[5:]) for _, text in conversation.events if text.startswith("got  ")]:
            if not line.startswith("end of TCP") and not line.startswith("nothing"):
                lines.append(line)
        if len(lines) > 4:
            lines = [*lines[:3], f"… {len(lines) - 3} more"]
    lines += [f"{text[5:]} after {seconds:.1f} s" for seconds, text in conversation.events if text.startswith("got  end")]
    lines += [text.strip() for _, text in conversation.events if text.startswith("     nothing more")]
    return "<br>".join(f"`{line}`" for line in lines) or "nothing"


def command(entry):
    words = ["reproduce.py", entry["role"], entry["peer"]]
    words += ["--path", f"'{entry['path']}'"] if "path" in entry else []
    for line in entry.get("header", []):
        words += ["--header", f"'{line}'"]
    words += ["--raw"] if entry.get("raw") else []
    return " ".join([*words, *(f"'{word}'" for word in entry["octets"])])


def page(found, results, versions):
    lines = [
        "# What the suite finds in public implementations", "",
        "Written by `python3 Scenarios/conformance/findings.py`, which sends the octets below itself, without the suite, and notes",
        "what comes back. Octets are hexadecimal; `:81:6869` stands for a frame with that first octet and payload, masked with",
        "37fa213d for a server (`Scenarios/conformance/reproduce.py --help`). A row is about the version in the heading, as the",
        "programs in `Scenarios/conformance` use it.", "",
    ]
    lines += [*found.get("preface", "").strip().splitlines(), ""] if found.get("preface") else []
    for role in ("server", "client"):
        for peer in dict.fromkeys(entry["peer"] for entry in found["finding"] if entry["role"] == role):
            lines += [f"## {peer} as {role}", "", f"{versions.get((role, peer), 'not on this machine')}", "",
                      "| cases | finding | the rule | sent | came back | verdict |", "|---|---|---|---|---|---|"]
            for index, entry in enumerate(found["finding"]):
                if (entry["role"], entry["peer"]) != (role, peer):
                    continue
                finding = entry["finding"] + (f" {entry['note']}" if "note" in entry else "")
                cells = [entry["cases"], finding, entry["rule"], sent(entry), results.get(index, "not run"), entry["verdict"]]
                lines.append("| " + " | ".join(map(cell, cells)) + " |")
            lines.append("")
    if found.get("epilogue"):
        lines += [*found["epilogue"].strip().splitlines(), ""]
    return "\n".join(lines).rstrip() + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peers", nargs="*", metavar="PEER", help="only these; then nothing is written")
    parser.add_argument("--check", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    found = load()
    entries = found["finding"]
    chosen = [index for index, entry in enumerate(entries) if not arguments.peers or entry["peer"] in arguments.peers]
    versions, results, status = versions_of([entries[index] for index in chosen]), {}, 0
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        attempts = pool.map(lambda index: attempt(entries[index], versions), chosen)
        for index, conversation in zip(chosen, attempts):
            entry = entries[index]
            title = f"{entry['peer']} {entry['role']} {entry['cases']}"
            if isinstance(conversation, Exception):
                print(f"{title}: {'SKIPPED: ' if isinstance(conversation, Missing) else ''}{conversation}")
                status = max(status, 0 if isinstance(conversation, Missing) else 2)
                continue
            results[index] = received(conversation)
            if re.search(entry["expect"], conversation.text, re.DOTALL):
                print(f"{title}: repeated", flush=True)
            else:
                print(f"{title}: NOT REPEATED: {entry['finding']}\n  {command(entry)}\n{conversation.text}")
                status = max(status, 1)
    if not arguments.check and not arguments.peers:
        os.makedirs(os.path.dirname(PAGE), exist_ok=True)
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(page(found, results, versions))
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Failed, tomllib.TOMLDecodeError) as error:
        sys.exit(f"findings.py: {error}")
