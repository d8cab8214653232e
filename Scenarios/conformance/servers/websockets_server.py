"""System under test: Python `websockets`, echoing every message. Usage: websockets_server.py PORT

Set as in the library's own Autobahn harness: permessage-deflate as it is by default, a message limit above the 16 MiB
that Autobahn sends. Keep-alive pings are off, because a suite counts the control frames that it gets.
"""

import asyncio
import logging
import os
import sys

# The library refuses messages of more than 4096 fragments by default, Autobahn's 9.3 sends 65537. Read at import.
os.environ.setdefault("WEBSOCKETS_MAX_FRAGMENTS", "100000")

from websockets.asyncio.server import serve  # noqa: E402
from websockets.exceptions import ConnectionClosed  # noqa: E402

MESSAGE_LIMIT = 64 * 1024 * 1024


async def echo(connection):
    try:
        async for message in connection:
            await connection.send(message)
    except ConnectionClosed:
        pass


async def main(port):
    # Each violation would be logged with its traceback.
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    async with serve(echo, "127.0.0.1", port, max_size=MESSAGE_LIMIT, ping_interval=None) as server:
        print(f"listening on ws://127.0.0.1:{port}", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: websockets_server.py PORT")
    try:
        asyncio.run(main(int(sys.argv[1])))
    except KeyboardInterrupt:
        pass
