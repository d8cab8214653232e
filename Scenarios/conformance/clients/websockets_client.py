"""System under test: Python `websockets` as a client of a fuzzing server. Usage: websockets_client.py URL AGENT

Asks /getCaseCount, echoes in each /runCase until the server closes, asks for /updateReports.
"""

import asyncio
import logging
import os
import sys

# The library refuses messages of more than 4096 fragments by default, Autobahn's 9.3 sends 65537. Read at import.
os.environ.setdefault("WEBSOCKETS_MAX_FRAGMENTS", "100000")

from websockets.asyncio.client import connect  # noqa: E402
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage  # noqa: E402

MESSAGE_LIMIT = 64 * 1024 * 1024


def dial(url):
    return connect(url, max_size=MESSAGE_LIMIT, ping_interval=None, proxy=None)


async def run_case(url):
    try:
        async with dial(url) as connection:
            async for message in connection:
                await connection.send(message)
    except (ConnectionClosed, InvalidHandshake, InvalidMessage, OSError):
        pass


async def main(url, agent):
    # Each violation would be logged with its traceback.
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    async with dial(f"{url}/getCaseCount") as connection:
        count = int(await connection.recv())
    for number in range(1, count + 1):
        await run_case(f"{url}/runCase?case={number}&agent={agent}")
    await run_case(f"{url}/updateReports?agent={agent}")
    print(f"{count} cases")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: websockets_client.py URL AGENT")
    asyncio.run(main(*sys.argv[1:]))
