"""Peer: picows on uvloop, echoing every frame. Usage: picows_uvloop.py PORT"""

import asyncio
import socket
import sys

import uvloop
from picows import WSListener, WSMsgType, ws_create_server

FRAME_LIMIT = 64 * 1024 * 1024


class Echo(WSListener):
    def on_ws_connected(self, transport):
        self.transport = transport
        transport.underlying_transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def on_ws_frame(self, transport, frame):
        kind = frame.msg_type
        if kind == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code(), frame.get_close_message())
            transport.disconnect()
        elif kind in (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION):
            # Frame by frame, as picows hands them out: a fragmented message comes back in the same fragments.
            transport.send(kind, frame.get_payload_as_memoryview(), fin=frame.fin)

    def pause_writing(self):
        # A reader that stalls stops being read: its answers would pile up here.
        self.transport.underlying_transport.pause_reading()

    def resume_writing(self):
        self.transport.underlying_transport.resume_reading()


async def main(port):
    server = await ws_create_server(lambda request: Echo(), "127.0.0.1", port, max_frame_size=FRAME_LIMIT)
    await server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: picows_uvloop.py PORT")
    uvloop.run(main(int(sys.argv[1])))
