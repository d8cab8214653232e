"""PyPI `websockets` as one side of a conversation: its protocol without I/O, a JSON request and answer a line."""

import base64
import json
import logging
import sys

from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory, ServerPerMessageDeflateFactory
from websockets.frames import Close, Opcode
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

logging.getLogger("websockets").setLevel(logging.CRITICAL)

# zlib's raw deflate has no window of 2^8, so the library sends with nine bits at least and says so.
SMALLEST_OWN_WINDOW = 9


def limit(bits):
    return bits if bits < 15 else None


def factory(role, deflate):
    options = {
        "server_no_context_takeover": deflate["serverNoContextTakeover"],
        "client_no_context_takeover": deflate["clientNoContextTakeover"],
        "compress_settings": {"level": deflate["level"], "memLevel": deflate["memoryLevel"]},
    }
    server, client = deflate["serverMaxWindowBits"], deflate["clientMaxWindowBits"]
    if role == "client":
        own = limit(max(client, SMALLEST_OWN_WINDOW)) or True
        return ClientPerMessageDeflateFactory(server_max_window_bits=limit(server), client_max_window_bits=own, **options)
    own = limit(max(server, SMALLEST_OWN_WINDOW))
    return ServerPerMessageDeflateFactory(server_max_window_bits=own, client_max_window_bits=limit(client), **options)


class Side:
    def __init__(self, settings):
        role, deflate = settings["role"], settings["deflate"]
        extensions = [factory(role, deflate)] if deflate else []
        self.events = []
        self.message = None
        if role == "client":
            self.protocol = ClientProtocol(parse_uri("ws://127.0.0.1/"), extensions=extensions, max_size=None)
            self.protocol.send_request(self.protocol.connect())
        else:
            self.protocol = ServerProtocol(extensions=extensions, max_size=None)

    def receive(self, octets):
        self.protocol.receive_data(octets)
        for event in self.protocol.events_received():
            if isinstance(event, Request):
                self.protocol.send_response(self.protocol.accept(event))
                self.opened()
            elif isinstance(event, Response):
                self.opened()
            else:
                self.frame(event)
        if self.protocol.parser_exc:
            self.events.append({"kind": "error", "octets": encode(repr(self.protocol.parser_exc).encode())})

    def opened(self):
        error = self.protocol.handshake_exc
        kind, text = ("error", repr(error)) if error else ("open", "")
        self.events.append({"kind": kind, "octets": encode(text.encode())})

    def frame(self, frame):
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            if frame.opcode is not Opcode.CONT:
                self.message = ("text" if frame.opcode is Opcode.TEXT else "binary", bytearray())
            kind, octets = self.message
            octets += frame.data
            if frame.fin:
                self.events.append({"kind": kind, "octets": encode(octets)})
        elif frame.opcode is Opcode.CLOSE:
            close = Close.parse(frame.data)
            self.events.append({"kind": "close", "code": close.code, "octets": encode(close.reason.encode())})
        else:
            kind = "ping" if frame.opcode is Opcode.PING else "pong"
            self.events.append({"kind": kind, "octets": encode(frame.data)})

    def send(self, step):
        octets = base64.b64decode(step["octets"])
        if step["kind"] in ("text", "binary", "continuation"):
            self.send_fragment(step, octets)
        elif step["kind"] == "close":
            self.protocol.send_close(step["code"], octets.decode())
        elif step["kind"] == "ping":
            self.protocol.send_ping(octets)
        else:
            self.protocol.send_pong(octets)

    def send_fragment(self, step, octets):
        protocol = self.protocol
        agreed = protocol.extensions
        if step["kind"] != "continuation":
            # It compresses whatever it sends; without extensions a message goes as it is, and nothing else changes.
            self.sending = agreed if step["compress"] else []
        protocol.extensions = self.sending
        if step["kind"] == "text":
            protocol.send_text(octets, step["fin"])
        elif step["kind"] == "binary":
            protocol.send_binary(octets, step["fin"])
        else:
            protocol.send_continuation(octets, step["fin"])
        protocol.extensions = agreed

    def answer(self):
        events, self.events = self.events, []
        return {"octets": encode(b"".join(self.protocol.data_to_send())), "events": events}


def encode(octets):
    return base64.b64encode(octets).decode()


def main():
    side = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request.get("begin"):
                side = Side(request["begin"])
            for piece in request.get("receive", []):
                side.receive(base64.b64decode(piece))
            for step in request.get("send", []):
                side.send(step)
            answer = side.answer()
        except Exception as error:  # what it cannot do is an answer too
            answer = {"octets": "", "events": [{"kind": "error", "octets": encode(repr(error).encode())}]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
