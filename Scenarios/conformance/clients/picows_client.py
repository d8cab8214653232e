"""System under test: picows as a client of a fuzzing server. Usage: picows_client.py URL AGENT

Its `websockets` interface, as in servers/picows_server.py. Asks /getCaseCount, echoes in each /runCase until the server
closes, asks for /updateReports.
"""

import asyncio
import logging
import sys

from picows.websockets.asyncio.client import connect

MESSAGE_LIMIT = 64 * 1024 * 1024


def dial(url):
    return connect(url, max_size=MESSAGE_LIMIT, ping_interval=None, proxy=None)


async def run_case(url):
    try:
        async with dial(url) as connection:
            async for message in connection:
                await connection.send(message)
    except Exception as error:  # noqa: BLE001 (whatever a violation raises is the library's answer to it)
        print(f"{url}: {type(error).__name__}", file=sys.stderr)


async def main(url, agent):
    logging.disable(logging.CRITICAL)
    async with dial(f"{url}/getCaseCount") as connection:
        count = int(await connection.recv())
    for number in range(1, count + 1):
        await run_case(f"{url}/runCase?case={number}&agent={agent}")
    await run_case(f"{url}/updateReports?agent={agent}")
    print(f"{count} cases")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: picows_client.py URL AGENT")
    asyncio.run(main(*sys.argv[1:]))
