"""System under test: aiohttp's server, echoing every message. Usage: aiohttp_server.py PORT

As the documentation's first WebSocket example, with the message limit (4 MiB by default) above what Autobahn sends.
"""

import asyncio
import logging
import sys

from aiohttp import WSMsgType, web

MESSAGE_LIMIT = 64 * 1024 * 1024


async def echo(request):
    connection = web.WebSocketResponse(max_msg_size=MESSAGE_LIMIT)
    await connection.prepare(request)
    async for message in connection:
        if message.type is WSMsgType.TEXT:
            await connection.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await connection.send_bytes(message.data)
        else:
            break
    return connection


async def main(port):
    logging.disable(logging.CRITICAL)
    application = web.Application()
    application.router.add_get("/{path:.*}", echo)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print(f"listening on ws://127.0.0.1:{port}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: aiohttp_server.py PORT")
    try:
        asyncio.run(main(int(sys.argv[1])))
    except KeyboardInterrupt:
        pass
