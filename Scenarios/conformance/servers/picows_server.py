"""System under test: picows, echoing every message. Usage: picows_server.py PORT

Its `websockets` interface, which assembles messages, checks UTF-8 and compresses. (The core interface hands out frames
and leaves all of that to its user, so that a finding there would be about this file.)
"""

import asyncio
import logging
import sys

from picows.websockets.asyncio.server import serve
from picows.websockets.exceptions import ConnectionClosed

MESSAGE_LIMIT = 64 * 1024 * 1024


async def echo(connection):
    try:
        async for message in connection:
            await connection.send(message)
    except ConnectionClosed:
        pass


async def main(port):
    logging.disable(logging.CRITICAL)
    async with serve(echo, "127.0.0.1", port, max_size=MESSAGE_LIMIT, ping_interval=None) as server:
        print(f"listening on ws://127.0.0.1:{port}", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: picows_server.py PORT")
    try:
        asyncio.run(main(int(sys.argv[1])))
    except KeyboardInterrupt:
        pass
