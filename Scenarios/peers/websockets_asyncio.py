"""Peer: Python websockets on asyncio's own loop, echoing every message. Usage: websockets_asyncio.py PORT"""

import asyncio
import sys

from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

MESSAGE_LIMIT = 64 * 1024 * 1024


async def echo(connection):
    try:
        async for message in connection:
            await connection.send(message)
    except ConnectionClosed:
        pass


async def main(port):
    # asyncio sets TCP_NODELAY on its sockets. No keep-alive pings: no other peer sends any.
    options = {"compression": None, "max_size": MESSAGE_LIMIT, "ping_interval": None}
    async with serve(echo, "127.0.0.1", port, **options) as server:
        await server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: websockets_asyncio.py PORT")
    asyncio.run(main(int(sys.argv[1])))
