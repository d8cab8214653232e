"""System under test: aiohttp as a client of a fuzzing server. Usage: aiohttp_client.py URL AGENT

As the library's own Autobahn harness, with compression offered (off by default) and the message limit raised. Asks
/getCaseCount, echoes in each /runCase until the server closes, asks for /updateReports.
"""

import asyncio
import sys

from aiohttp import ClientError, ClientSession, WSMsgType

MESSAGE_LIMIT = 64 * 1024 * 1024
LARGEST_WINDOW = 15


def dial(session, url):
    return session.ws_connect(url, max_msg_size=MESSAGE_LIMIT, compress=LARGEST_WINDOW)


async def run_case(session, url):
    try:
        async with dial(session, url) as connection:
            async for message in connection:
                if message.type is WSMsgType.TEXT:
                    await connection.send_str(message.data)
                elif message.type is WSMsgType.BINARY:
                    await connection.send_bytes(message.data)
                else:
                    break
    except (ClientError, ConnectionError, asyncio.TimeoutError) as error:
        print(f"{url}: {type(error).__name__}", file=sys.stderr)


async def main(url, agent):
    async with ClientSession() as session:
        async with dial(session, f"{url}/getCaseCount") as connection:
            count = int((await connection.receive()).data)
        for number in range(1, count + 1):
            await run_case(session, f"{url}/runCase?case={number}&agent={agent}")
        await run_case(session, f"{url}/updateReports?agent={agent}")
    print(f"{count} cases")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: aiohttp_client.py URL AGENT")
    asyncio.run(main(*sys.argv[1:]))
