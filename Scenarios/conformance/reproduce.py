#!/usr/bin/env python3
"""Repeats one finding by hand: sends octets to a WebSocket server, or to a client that calls, and prints what comes back.

  reproduce.py server NAME|ws://HOST:PORT[/PATH] [--path /PATH] [--header 'Name: value'] [--raw] HEX [HEX ...]
  reproduce.py client NAME|PORT [--header 'Name: value'] [--raw] HEX [HEX ...]

NAME is a public implementation of implementations.py, which is started for it. After the handshake each HEX goes out as it
is, in a segment of its own: nothing here masks, frames or corrects. Blanks and line breaks inside HEX are left out,
`61*1000` repeats an octet, `@0.5` waits half a second, `fin` ends the sending side. A frame for a server has to be masked;
`:81:68656c6c6f` makes it: first octet, payload, masked with 37fa213d;
`:81:6869+:89:` is two in one segment. With --raw there is no handshake before the octets:
they are the request (or, for a client, the response).
`text:…` sends text as it is, with \\r\\n for the ends of lines; to a client its KEY becomes the Sec-WebSocket-Accept.
Nothing of the suite is used, so that a mistake in it cannot hide here.
"""

import argparse
import base64
import contextlib
import hashlib
import os
import re
import socket
import struct
import sys
import threading
import time
import urllib.parse

from implementations import CLIENT_NAMES, SERVER_NAMES, Failed, Missing, client, running, scratch, server, serving

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
MASK = bytes.fromhex("37fa213d")
NAMES = {0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"}


def accept(key):
    return base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()


def repeated(words):
    """`61*4 62` as the octets 61 61 61 61 62."""
    octets = b""
    for word in words.split():
        digits, _, count = word.partition("*")
        octets += bytes.fromhex(digits) * int(count or 1)
    return octets


def frame(first, payload, masked):
    length = len(payload)
    bit = 0x80 if masked else 0
    if length < 126:
        head = struct.pack("!BB", first, bit | length)
    elif length < 65536:
        head = struct.pack("!BBH", first, bit | 126, length)
    else:
        head = struct.pack("!BBQ", first, bit | 127, length)
    if not masked:
        return head + payload
    return head + MASK + bytes(octet ^ MASK[index % 4] for index, octet in enumerate(payload))


def octets_of(word, masked):
    if word.startswith(":") and "+:" in word:
        return b"".join(octets_of(":" + one, masked) for one in word[1:].split("+:"))
    if word.startswith("text:"):
        return word[5:].encode("latin-1").decode("unicode_escape").encode("latin-1")
    if word.startswith(":"):
        first, _, payload = word[1:].partition(":")
        return frame(int(first, 16), repeated(payload), masked)
    return repeated(word)


def shown(octets, most=96):
    text = octets[:most].hex(" ")
    return f"{text} … ({len(octets)} octets)" if len(octets) > most else text


def split(octets):
    """([(first octet, payload without its mask, whether it was masked)], the rest that is no whole frame)."""
    frames, at = [], 0
    while at + 2 <= len(octets):
        first, second = octets[at], octets[at + 1]
        length, head = second & 127, 2
        if length == 126 and at + 4 <= len(octets):
            length, head = struct.unpack_from("!H", octets, at + 2)[0], 4
        elif length == 127 and at + 10 <= len(octets):
            length, head = struct.unpack_from("!Q", octets, at + 2)[0], 10
        elif length > 125:
            break
        mask = b""
        if second & 128:
            mask, head = octets[at + head:at + head + 4], head + 4
        payload = octets[at + head:at + head + length]
        if len(payload) < length:
            break
        if mask:
            payload = bytes(octet ^ mask[index % 4] for index, octet in enumerate(payload))
        frames.append((first, payload, bool(mask)))
        at += head + length
    return frames, octets[at:]


def frames_of(octets):
    """What the octets say, frame by frame; a rest that is none is shown as it is."""
    lines = []
    frames, rest = split(octets)
    for first, payload, is_masked in frames:
        length = len(payload)
        words = [NAMES.get(first & 15, f"opcode {first & 15}"), "FIN" if first & 128 else "more", f"{length} octets"]
        words += [f"RSV{index}" for index, bit in ((1, 64), (2, 32), (3, 16)) if first & bit]
        if first & 15 == 8 and length >= 2:
            words.append(f"code {struct.unpack('!H', payload[:2])[0]} {payload[2:].decode(errors='replace')!r}")
        elif payload:
            words.append(repr(payload[:40]))
        lines.append("    " + ", ".join(words) + (", masked" if is_masked else ""))
    if rest:
        lines.append(f"    then {shown(rest)}")
    return lines


class Conversation:
    """Notes what arrives as it arrives, with the time since the beginning."""

    def __init__(self, connection, masked):
        self.connection, self.masked = connection, masked
        self.begin = time.monotonic()
        self.ended = threading.Event()
        self.head = b""
        self.frames = b""
        # (seconds, text)
        self.events = []
        self.is_over = False

    def say(self, text):
        if not self.is_over:
            self.events.append((time.monotonic() - self.begin, text))

    def read(self):
        try:
            while octets := self.connection.recv(1 << 20):
                self.say(f"got  {shown(octets)}")
                self.frames += octets
            self.say("got  end of TCP (FIN)")
        except ConnectionResetError:
            self.say("got  end of TCP (RST)")
        except OSError as error:
            self.say(f"got  nothing more: {error}")
        self.ended.set()

    def run(self, words, patience):
        threading.Thread(target=self.read, daemon=True).start()
        for word in words:
            if word.startswith("@"):
                time.sleep(float(word[1:]))
            elif word == "fin":
                self.connection.shutdown(socket.SHUT_WR)
                self.say("sent end of TCP (FIN)")
            else:
                octets = octets_of(word, self.masked)
                self.say(f"sent {shown(octets)}")
                try:
                    self.connection.sendall(octets)
                except OSError as error:
                    self.say(f"     which did not go out: {error}")
                time.sleep(0.02)  # A segment of its own.
        if not self.ended.wait(patience):
            self.say(f"     nothing more within {patience} s, the connection is open")
        # What our own end brings about is no event.
        self.is_over = True
        return self

    @property
    def text(self):
        lines = [self.head.decode("latin-1").strip(), ""] if self.head else []
        lines += [f"{seconds:7.3f}  {text}" for seconds, text in self.events]
        if self.frames.startswith(b"HTTP/"):
            return "\n".join([*lines, self.frames.partition(b"\r\n\r\n")[0].decode("latin-1")])
        return "\n".join([*lines, "as frames:", *(frames_of(self.frames) or ["    none"])])


def head_of(connection):
    """A request's or response's head; what came after it stays in the socket."""
    octets = b""
    while not octets.endswith(b"\r\n\r\n"):
        octet = connection.recv(1)
        if not octet:
            break
        octets += octet
    return octets


def upgrade(authority, path="/", header=()):
    """The request of a client."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {authority}", "Upgrade: websocket", "Connection: Upgrade",
             f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13", *header, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def connect(url, words, header=(), raw=False, wait=3):
    """A client's conversation with the server at `url`."""
    parts = urllib.parse.urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), 10) as connection:
        connection.settimeout(None)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        conversation = Conversation(connection, True)
        if not raw:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.sendall(upgrade(parts.netloc, path, header))
            conversation.head = head_of(connection)
        return conversation.run(words, wait)


def visitor(listener):
    """The connection of the client's one case and the head of its request, once it was told that there is one."""
    listener.settimeout(30)
    while True:
        connection = listener.accept()[0]
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = head_of(connection)
        if b"/getCaseCount" not in head and key_of(head):
            return connection, head
        with connection:
            if key_of(head):
                connection.sendall(switching(head) + frame(0x81, b"1", False) + frame(0x88, b"\x03\xe8", False))
                connection.settimeout(5)
                with contextlib.suppress(OSError):
                    while connection.recv(4096):
                        pass


def key_of(head):
    found = re.search(rb"(?im)^sec-websocket-key:[ \t]*(\S+)", head)
    return found and found[1]


def switching(head, header=()):
    """The 101 to a request."""
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
             f"Sec-WebSocket-Accept: {accept(key_of(head))}", *header, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def answer(listener, words, header=(), raw=False, wait=3):
    """Says that there is one case, then has a server's conversation with the client that runs it."""
    connection, head = visitor(listener)
    with connection:
        conversation = Conversation(connection, False)
        conversation.head = head
        if not raw:
            connection.sendall(switching(head, header))
        words = [word.replace("KEY", accept(key_of(head))) if word.startswith("text:") else word for word in words]
        return conversation.run(words, wait)


def with_server(name, words, path="", **options):
    """Starts a public implementation for one conversation."""
    with scratch() as folder, serving(server(name), os.path.join(folder, "server.log")) as url:
        return connect(url + path, words, **options)


def with_client(name, words, **options):
    peer = client(name)
    with socket.create_server(("127.0.0.1", 0)) as listener, scratch() as folder:
        command = [*peer.command, f"ws://127.0.0.1:{listener.getsockname()[1]}", "reproduce"]
        with running(command, peer.environment, os.path.join(folder, "client.log")):
            return answer(listener, words, **options)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("role", choices=["server", "client"])
    parser.add_argument("target", help="a name, the URL of a server, or the port on which to wait for a client")
    parser.add_argument("octets", nargs="*", metavar="HEX")
    parser.add_argument("--path", default="", help="of a public implementation (default: /)")
    parser.add_argument("--header", action="append", default=[], metavar="LINE", help="one more line of the request or response")
    parser.add_argument("--raw", action="store_true", help="no handshake before the octets")
    parser.add_argument("--wait", type=float, default=3, metavar="SECONDS", help="for an answer, after the last octets")
    given = parser.parse_intermixed_args()
    options = {"header": given.header, "raw": given.raw, "wait": given.wait}
    if given.role == "server":
        if given.target in SERVER_NAMES:
            found = with_server(given.target, given.octets, given.path, **options)
        else:
            found = connect(given.target, given.octets, **options)
    elif given.target in CLIENT_NAMES:
        found = with_client(given.target, given.octets, **options)
    else:
        with socket.create_server(("127.0.0.1", int(given.target))) as listener:
            found = answer(listener, given.octets, **options)
    print(found.text)


if __name__ == "__main__":
    try:
        main()
    except (Failed, Missing, OSError, ValueError) as error:
        sys.exit(f"reproduce.py: {error}")
