#!/usr/bin/env python3
"""Count the heap allocations of one echo, on the server and on the generator.

Runs each program under valgrind with few and with many echoes and divides the difference: what a program allocates to
start and to connect cancels out. Counts, not times, so a busy machine changes nothing.

    python3 Scenarios/peers/allocations.py

Needs valgrind. Exit codes: 0 counted, 2 bad usage, 3 a program did not run.
"""

import argparse
import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WSSERVER = os.environ.get("WSSERVER", os.path.join(ROOT, ".build/release/wsserver"))
WSBENCH = os.environ.get("WSBENCH", os.path.join(ROOT, ".build/release/wsbench"))


def fail(code, text):
    print(f"allocations.py: {text}", file=sys.stderr)
    sys.exit(code)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            fail(3, f"{process.args[0]} ended before it listened")
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1)
        except OSError:
            time.sleep(0.05)
    fail(3, "nothing listened within a minute")


def heap_allocations(record):
    """The number of blocks that valgrind's heap profiler saw allocated."""
    with open(record, encoding="utf-8") as file:
        return sum(place["tbk"] for place in json.load(file)["pps"])


def stripped(folder, program):
    """A copy without debug information, which valgrind 3.19 cannot read in Swift programs."""
    copy = os.path.join(folder, os.path.basename(program))
    subprocess.run(["strip", "--strip-debug", "-o", copy, program], check=True)
    return copy


def under_valgrind(record, command):
    return ["valgrind", "--tool=dhat", "-q", f"--dhat-out-file={record}"] + command


def echo(connection, count):
    """Opens a WebSocket by hand and has `count` messages of 20 bytes echoed, one at a time."""
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall(
        (
            "GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        ).encode()
    )
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(4096)
    payload = os.urandom(20)
    frame = bytes([0x82, 0x80 | 20, 0, 0, 0, 0]) + payload
    for _ in range(count):
        connection.sendall(frame)
        got = b""
        while len(got) < 22:
            got += connection.recv(22 - len(got))
        if got != b"\x82\x14" + payload:
            fail(3, "the echo differs")


def server_allocations(folder, wsserver, count):
    port = free_port()
    record = os.path.join(folder, f"server-{count}.json")
    command = [wsserver, "echo", "--listen", f"127.0.0.1:{port}", "--quiet"]
    process = subprocess.Popen(under_valgrind(record, command), stderr=subprocess.DEVNULL)
    try:
        with wait_for(port, process) as connection:
            connection.settimeout(60)
            echo(connection, count)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    return heap_allocations(record)


def generator_allocations(folder, wsbench, in_flight):
    """Returns the allocations and the echoes of a closed loop of eight seconds, whatever it has in flight."""
    port = free_port()
    server = subprocess.Popen([WSSERVER, "echo", "--listen", f"127.0.0.1:{port}", "--quiet"])
    record = os.path.join(folder, f"generator-{in_flight}.heap")
    result = os.path.join(folder, f"generator-{in_flight}.json")
    scenario = os.path.join(folder, f"generator-{in_flight}.yaml")
    # One sample for the whole run: the samples allocate, the messages must not.
    with open(scenario, "w", encoding="utf-8") as file:
        file.write(
            "wsbench: 1\n"
            f"server: {{ sample: {{ pid: {server.pid}, every: 1m, of: [cpu] }} }}\n"
            f'target: {{ url: "ws://127.0.0.1:{port}/echo" }}\n'
            "payloads: { message: { random: 20B, type: binary } }\n"
            "behaviours: { echo: { send: { payload: message, "
            f"closed: {{ in_flight: {in_flight} }} }}, expect: {{ reply: identical }} }} }}\n"
            "load: { stages: [ { name: open, connections: 10, over: 1s }, "
            "{ name: steady, hold: 7s } ] }\n"
            "valid_if: []\n"
        )
    try:
        wait_for(port, server).close()
        command = [wsbench, "run", scenario, "--quiet", "--loops", "1", "--json", result]
        subprocess.run(under_valgrind(record, command), check=True, timeout=300, stderr=subprocess.DEVNULL)
    except subprocess.SubprocessError as error:
        fail(3, f"the generator did not run: {error}")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
    with open(result, encoding="utf-8") as file:
        stages = json.load(file)["stages"]
    return heap_allocations(record), sum(stage["counters"]["messages.received"] for stage in stages)


def main():
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    for tool in ("valgrind", "strip"):
        if not shutil.which(tool):
            fail(3, f"{tool} is not installed (Debian: apt-get install valgrind binutils)")
    for program in (WSSERVER, WSBENCH):
        if not os.access(program, os.X_OK):
            fail(3, f"{program} is not there; run `make release` first")
    with tempfile.TemporaryDirectory() as folder:
        few, many = 1_000, 21_000
        wsserver, wsbench = stripped(folder, WSSERVER), stripped(folder, WSBENCH)
        small, large = (server_allocations(folder, wsserver, count) for count in (few, many))
        print(f"server:    {small} allocations for {few} echoes, {large} for {many}: "
              f"{(large - small) / (many - few):.5f} each")
        (small, few), (large, many) = (generator_allocations(folder, wsbench, in_flight) for in_flight in (1, 16))
        print(f"generator: {small} allocations for {few} echoes, {large} for {many}: "
              f"{(large - small) / max(1, many - few):.5f} each")


if __name__ == "__main__":
    main()
