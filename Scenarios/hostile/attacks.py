"""What hostile peers do, what must come of it, and how much memory the server's settings let it cost."""

import base64
import itertools
import os
import ssl
import struct
import zlib
from dataclasses import dataclass
from typing import Callable

from engine import Connection, Gone

KiB, MiB, GiB = 1 << 10, 1 << 20, 1 << 30

# The defaults of WebSocketConfiguration that bound what an attack may cost.
MESSAGE = 16 * MiB
FRAGMENTS = 131_072
HEAD = 64 * KiB
OUTBOX_HIGH_WATERMARK = 64 * KiB
# Four reads of the loop's receive buffer: what is answered before the watermark is looked at again.
ONE_TURN = 4 * 256 * KiB
# Objects, sockets and the allocator's rounding, for each connection; and once for the process.
CONNECTION = 16 * KiB
PROCESS = 8 * MiB
# What OpenSSL keeps during a handshake: buffers of a record each way, keys, the messages so far.
TLS_HANDSHAKE = 96 * KiB


@dataclass(frozen=True)
class Attack:
    name: str
    about: str
    # How many connections do it at once.
    connections: int
    # A script that does it once on a new connection and returns the outcome.
    script: Callable
    # What may come of it; anything else is a failure.
    expected: frozenset
    # What the settings let it cost in memory, in octets, and why.
    memory: int
    memory_why: str
    # The attack needs the server to negotiate permessage-deflate, or to speak TLS.
    needs: str = ""
    # Seconds that the attack goes on after the last measurement, to see what becomes of it.
    linger: float = 0


# MARK: octets


def frame(opcode, payload=b"", final=True, reserved=0, declared=None):
    """A client's frame. Its masking key is 0, so the payload is the same masked: the server unmasks it all the same."""
    length = len(payload) if declared is None else declared
    start = bytes([(0x80 if final else 0) | reserved | opcode])
    if length < 126:
        start += bytes([0x80 | length])
    elif length < 1 << 16:
        start += struct.pack(">BH", 0x80 | 126, length)
    else:
        start += struct.pack(">BQ", 0x80 | 127, length)
    return start + bytes(4) + payload


def request(path="/echo", *lines):
    key = base64.b64encode(os.urandom(16)).decode()
    head = [f"GET {path} HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", *lines, "", ""]
    return "\r\n".join(head).encode()


def bomb(size=GiB):
    """`size` zeros, compressed for a message: about a thousandth of it."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = bytes(MiB)
    parts = [deflater.compress(zeros) for _ in range(size // MiB)]
    parts.append(deflater.flush(zlib.Z_SYNC_FLUSH))
    return b"".join(parts)[:-4]


class Prepared:
    """Octets that take long to make, made at most once by the process that needs them."""

    def __init__(self, make):
        self._make, self._made = make, None

    def __call__(self):
        if self._made is None:
            self._made = self._make()
        return self._made


def bomb_in_fragments():
    octets, size = BOMB(), 16 * KiB
    pieces = [octets[start:start + size] for start in range(0, len(octets), size)]
    frames = [frame(0 if index else 2, piece, index == len(pieces) - 1, 0 if index else 0x40)
              for index, piece in enumerate(pieces)]
    return b"".join(frames)


BOMB = Prepared(bomb)
BOMB_MESSAGE = Prepared(lambda: frame(2, BOMB(), reserved=0x40))
BOMB_FRAGMENTS = Prepared(bomb_in_fragments)
EMPTY_FRAGMENTS = Prepared(lambda: frame(0, final=False) * 8192)
MILLION_FRAGMENTS = Prepared(lambda: frame(1, b"a", final=False) + frame(0, b"a", final=False) * 999_999)
PINGS = Prepared(lambda: frame(9, b"p" * 125) * 1024)
EMPTY_PINGS = Prepared(lambda: frame(9) * 8192)
LARGE_MESSAGE = Prepared(lambda: frame(2, bytes(MiB)))
HEADERS = Prepared(lambda: b"GET /echo HTTP/1.1\r\nHost: localhost\r\n" + b"X-Header: value\r\n" * 10_000 + b"\r\n")


# MARK: scripts


def opened(engine, port, *lines, receive_buffer=None):
    connection = Connection(engine, port, receive_buffer)
    try:
        yield from connection.connect()
        yield from connection.send(request("/echo", *lines))
        head = yield from connection.read_head(30)
        if not head.startswith(b"HTTP/1.1 101 "):
            raise Gone(head[9:12].decode())
        if lines and b"permessage-deflate" not in head:
            raise Gone("no deflate")
        return connection
    except (Gone, TimeoutError):
        connection.drop()
        raise


def close_code(connection, patience):
    """Reads frames up to a Close; its code, or how the connection ended without one."""
    while True:
        first, second = yield from connection.read(2, patience)
        length = second & 0x7F
        if length > 125:
            length = int.from_bytes((yield from connection.read(2 if length == 126 else 8, patience)), "big")
        payload = yield from connection.read(length, patience)
        if first & 0x0F == 8:
            return f"close {int.from_bytes(payload[:2], 'big')}" if payload else "close without code"


def listener(connection, outcome, hear):
    """Beside a script that sends: notes what the server says last, whatever the sender is waiting for."""
    ear = object.__new__(Connection)
    ear.__dict__.update(connection.__dict__, socket=connection.socket.dup())
    try:
        outcome.append((yield from hear(ear, None)))
    except Gone as gone:
        outcome.append(gone.how)
    finally:
        ear.drop()


def end_of_pongs(connection, patience):
    """Reads without looking, which is as fast as the server answers, but for a Close at the very end."""
    tail = b""
    try:
        while True:
            tail = (tail + (yield from connection.receive(patience)))[-127:]
    except Gone as gone:
        start = tail.rfind(b"\x88")
        is_close = start >= 0 and len(tail) >= start + 4 and len(tail) == start + 2 + tail[start + 1]
        return f"close {int.from_bytes(tail[start + 2:start + 4], 'big')}" if is_close else gone.how


def flooding(engine, port, octets, *lines, endless=False, patience=60, hear=close_code):
    """Sends `octets`, over and over if it is endless, until the server has its say."""
    connection = yield from opened(engine, port, *lines)
    outcome = []
    engine.start(listener(connection, outcome, hear))
    try:
        again = True
        while again and not outcome:
            for start in range(0, len(octets), 64 * KiB):
                if outcome:
                    break
                yield from connection.send(octets[start:start + 64 * KiB], patience)
            again = endless
        for _ in range(300):  # 30 s for the last word
            if outcome:
                break
            yield None, 0, 0.1
    except Gone as gone:
        for _ in range(10):
            if outcome:
                break
            yield None, 0, 0.1
        else:
            return gone.how
    except TimeoutError:
        return "held back"
    finally:
        connection.drop()
    return outcome[0] if outcome else "no answer"


DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate"


def bomb_message(engine, port):
    return (yield from flooding(engine, port, BOMB_MESSAGE(), DEFLATE))


def bomb_fragments(engine, port):
    return (yield from flooding(engine, port, BOMB_FRAGMENTS(), DEFLATE))


def empty_fragments(engine, port):
    start = frame(1, final=False)
    return (yield from flooding(engine, port, start + EMPTY_FRAGMENTS() * 64))


def million_fragments(engine, port):
    return (yield from flooding(engine, port, MILLION_FRAGMENTS()))


def ping_flood(engine, port):
    return (yield from flooding(engine, port, PINGS(), endless=True, hear=end_of_pongs))


def empty_ping_flood(engine, port):
    return (yield from flooding(engine, port, EMPTY_PINGS(), endless=True, hear=end_of_pongs))


TURNS = itertools.count()


def lengths(engine, port):
    """2^63 and 2^63-1, in turn; in both orders of fragment and whole message."""
    turn = next(TURNS) % 4
    connection = yield from opened(engine, port)
    try:
        yield from connection.send(frame(2, b"x", turn < 2, declared=(1 << 63) - turn % 2))
        outcome = yield from close_code(connection, 30)
        return f"2^63{'-1' if turn % 2 else ''}: {outcome}"
    finally:
        connection.drop()


def many_headers(engine, port):
    connection = Connection(engine, port)
    try:
        yield from connection.connect()
        yield from connection.send(HEADERS())
        head = yield from connection.read_head(30)
        return head[9:12].decode()
    finally:
        connection.drop()


def slow_handshake(engine, port):
    """A byte a second, begun at a random time so that 5,000 of them do not beat as one."""
    yield None, 0, int.from_bytes(os.urandom(2), "big") / 65536
    octets = request("/echo", "X: " + "x" * 1000)
    connection = Connection(engine, port)
    try:
        yield from connection.connect()
        for octet in octets:
            yield from connection.send(bytes([octet]))
            try:
                connection.unread += yield from connection.receive(1)
            except TimeoutError:
                continue
            return connection.unread[9:12].decode()
        return "no answer"
    finally:
        connection.drop()


def deaf_echo(engine, port):
    """Asks for echoes of 1 MiB and never reads."""
    connection = yield from opened(engine, port, receive_buffer=4096)
    try:
        while True:
            yield from connection.send(LARGE_MESSAGE(), 120)
    except Gone as gone:
        return gone.how
    except TimeoutError:
        return "held back for 120 s"
    finally:
        connection.drop()


def deaf_ping_flood(engine, port):
    connection = yield from opened(engine, port, receive_buffer=4096)
    try:
        while True:
            yield from connection.send(PINGS(), 120)
    except Gone as gone:
        return gone.how
    except TimeoutError:
        return "held back for 120 s"
    finally:
        connection.drop()


def client_hello():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    outgoing = ssl.MemoryBIO()
    try:
        context.wrap_bio(ssl.MemoryBIO(), outgoing).do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()


CLIENT_HELLO = Prepared(client_hello)


def tls_handshake(engine, port):
    """Lets the server do its part of a TLS handshake, the dear one, and leaves. The same octets each time cost nothing here."""
    connection = Connection(engine, port)
    try:
        yield from connection.connect()
        yield from connection.send(CLIENT_HELLO())
        record = yield from connection.read(1, 30)
        return "left after the server's part" if record == b"\x16" else f"record {record[0]}"
    finally:
        connection.drop()


ATTACKS = [
    Attack("bomb", "1 GiB of zeros in about 1 MiB of permessage-deflate, in one message; again and again",
           4, bomb_message, frozenset({"close 1009"}), 4 * (MESSAGE + CONNECTION) + MESSAGE + PROCESS,
           "a message for each connection, and one inflated", needs="deflate"),
    Attack("bomb-fragments", "the same in fragments of 16 KiB",
           4, bomb_fragments, frozenset({"close 1009"}), 4 * (MESSAGE + CONNECTION) + MESSAGE + PROCESS,
           "a message for each connection, and one inflated", needs="deflate"),
    Attack("empty-fragments", "continuation frames without payload and without end",
           4, empty_fragments, frozenset({"close 1008"}), 4 * CONNECTION + PROCESS, "no payload, so nothing to keep"),
    Attack("million-fragments", "a million fragments of one octet",
           4, million_fragments, frozenset({"close 1008"}), 4 * (2 * FRAGMENTS + CONNECTION) + PROCESS,
           "two octets for each fragment up to the limit"),
    Attack("lengths", "frames that declare 2^63 and 2^63-1 octets",
           4, lengths, frozenset({"2^63: close 1002", "2^63: close 1009", "2^63-1: close 1009"}),
           4 * CONNECTION + PROCESS, "nothing is kept for a declared length"),
    Attack("headers", "10,000 headers",
           4, many_headers, frozenset({"431"}), 4 * (HEAD + CONNECTION) + PROCESS, "a head for each connection"),
    Attack("slow-handshake", "5,000 opening handshakes at an octet a second each",
           5000, slow_handshake, frozenset({"408"}), 5000 * (HEAD + CONNECTION) + PROCESS,
           "a head for each connection", linger=12),
    Attack("ping-flood", "pings of 125 octets without end, the pongs read",
           8, ping_flood, frozenset(), 8 * (OUTBOX_HIGH_WATERMARK + ONE_TURN + CONNECTION) + PROCESS,
           "the high watermark and the answers of one turn for each connection"),
    Attack("empty-ping-flood", "pings without payload without end, the pongs read",
           8, empty_ping_flood, frozenset(), 8 * (OUTBOX_HIGH_WATERMARK + ONE_TURN + CONNECTION) + PROCESS,
           "the high watermark and the answers of one turn for each connection"),
    Attack("deaf-pings", "pings of 125 octets without end, the pongs never read",
           50, deaf_ping_flood, frozenset({"reset"}),
           50 * (OUTBOX_HIGH_WATERMARK + ONE_TURN + CONNECTION) + PROCESS,
           "the high watermark and the answers of one turn for each connection", linger=35),
    Attack("deaf-echoes", "echoes of 1 MiB asked for, none read",
           50, deaf_echo, frozenset({"reset"}),
           50 * (OUTBOX_HIGH_WATERMARK + MESSAGE + MESSAGE + CONNECTION) + PROCESS,
           "a message that arrives, and one that waits behind the high watermark, for each connection", linger=35),
    Attack("tls-handshakes", "TLS handshakes begun and left, 20 at a time",
           20, tls_handshake, frozenset({"left after the server's part"}), 20 * (TLS_HANDSHAKE + CONNECTION) + PROCESS,
           "a handshake for each connection", needs="tls"),
]
