#!/usr/bin/env python3
"""Measures those findings about public implementations that no single conversation shows. Nothing of the suite is used.

  measured.py unread server|client NAME [--pings] [--most MIB]
        sends messages of 64 KiB (with --pings, pings of 125 octets), reads nothing, and prints the resident memory of the
        peer's processes as it goes, until the peer takes no more for two seconds or --most (128) MiB are sent: L-008, P-012
  measured.py together NAME
        1, 2, 4 and 16 connections of a server at once, each with two compressed messages of 128 KiB: how many get something
        else back than these two: D-045

Exit code: 0 measured, 1 it was not possible.
"""

import argparse
import os
import random
import select
import socket
import sys
import threading
import zlib

from implementations import Failed, Missing, client, running, scratch, server, serving
from reproduce import frame, head_of, split, switching, upgrade, visitor

CONNECTIONS = (1, 2, 4, 16)
ROUNDS = 4
SIZE = 128 << 10


def descendants():
    """The processes that this one has started, and theirs."""
    children = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="latin-1") as file:
                children.setdefault(int(file.read().rpartition(")")[2].split()[1]), []).append(int(name))
        except OSError:
            continue
    found = list(children.get(os.getpid(), []))
    for one in found:
        found += children.get(one, [])
    return found


def resident_mebibytes():
    pages = 0
    for one in descendants():
        try:
            with open(f"/proc/{one}/statm", encoding="ascii") as file:
                pages += int(file.read().split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGESIZE") >> 20


def unread(connection, masked, pings, most):
    """Sends until the peer takes no more."""
    one = frame(0x89, b"p" * 125, masked) * 512 if pings else frame(0x82, b"m" * (64 << 10), masked)
    connection.setblocking(False)
    total, rest, due = 0, memoryview(one), 0
    while total < most << 20:
        if total >= due:
            print(f"{total >> 20:5} MiB sent: {resident_mebibytes()} MiB resident", flush=True)
            due = max(1 << 20, due * 2)
        if not select.select([], [connection], [], 2)[1]:
            return print(f"{total >> 20:5} MiB sent: the peer takes no more, {resident_mebibytes()} MiB resident")
        try:
            count = connection.send(rest)
        except OSError as error:
            return print(f"{total >> 20:5} MiB sent: {error}")
        total += count
        rest = rest[count:] or memoryview(one)
    print(f"{total >> 20:5} MiB sent: {resident_mebibytes()} MiB resident, and it takes more")


def opened(url, header=()):
    authority = url.removeprefix("ws://")
    host, port = authority.split(":")
    connection = socket.create_connection((host, int(port)), 10)
    connection.sendall(upgrade(authority, header=header))
    head_of(connection)
    return connection


def picture(seed):
    """Runs of a few colours, which compress as a bitmap does."""
    numbers = random.Random(seed)
    colours = [numbers.randbytes(3) for _ in range(16)]
    octets = b""
    while len(octets) < SIZE:
        octets += numbers.choice(colours) * numbers.randint(1, 40)
    return octets[:SIZE]


def messages_of(octets):
    """The payloads of the data messages, as they came."""
    found, parts = [], []
    for first, payload, _ in split(octets)[0]:
        if first & 15 < 8:
            parts.append(payload)
            if first & 128:
                found.append(b"".join(parts))
                parts = []
    return found


def echoes_rightly(url, seed, start):
    with opened(url, ["Sec-WebSocket-Extensions: permessage-deflate"]) as connection:
        sent = [picture(2 * seed), picture(2 * seed + 1)]
        deflater = zlib.compressobj(6, zlib.DEFLATED, -15)
        octets = b"".join(
            frame(0xC2, (deflater.compress(one) + deflater.flush(zlib.Z_SYNC_FLUSH))[:-4], True) for one in sent)
        start.wait()
        connection.sendall(octets)
        connection.settimeout(2)
        came = b""
        try:
            while part := connection.recv(1 << 20):
                came += part
        except OSError:
            pass
    inflater = zlib.decompressobj(-15)
    try:
        return [inflater.decompress(one + b"\x00\x00\xff\xff") for one in messages_of(came)] == sent
    except zlib.error:
        return False


def together(url):
    for count in CONNECTIONS:
        results = []
        for number in range(ROUNDS):
            start = threading.Barrier(count)
            threads = [
                threading.Thread(target=lambda seed: results.append(echoes_rightly(url, seed, start)), args=[seed])
                for seed in range(number * count, (number + 1) * count)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        print(f"{count:3} at once: {results.count(False)} of {len(results)} get something else back", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    never = commands.add_parser("unread")
    never.add_argument("role", choices=["server", "client"])
    never.add_argument("name")
    never.add_argument("--pings", action="store_true")
    never.add_argument("--most", type=int, default=128, metavar="MIB")
    commands.add_parser("together").add_argument("name")
    given = parser.parse_args()
    with scratch() as folder:
        log = os.path.join(folder, "peer.log")
        if given.command == "together":
            with serving(server(given.name), log) as url:
                return together(url)
        if given.role == "server":
            with serving(server(given.name), log) as url, opened(url) as connection:
                return unread(connection, True, given.pings, given.most)
        peer = client(given.name)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            command = [*peer.command, f"ws://127.0.0.1:{listener.getsockname()[1]}", "measured"]
            with running(command, peer.environment, log):
                connection, head = visitor(listener)
                with connection:
                    connection.sendall(switching(head))
                    return unread(connection, False, given.pings, given.most)


if __name__ == "__main__":
    try:
        main()
    except (Failed, Missing, OSError, KeyError) as error:
        sys.exit(f"measured.py: {error}")
