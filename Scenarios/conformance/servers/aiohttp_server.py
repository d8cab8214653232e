"""System under test: aiohttp's server, echoing every message. Usage: aiohttp_server.py PORT

As the documentation's first WebSocket example, with the message limit (4 MiB by default) above what Autobahn sends. The
paths are the conformance fixtures; aiohttp itself knows nothing of origins, so that `/origin` is not among them.
"""

import asyncio
import json
import logging
import sys

from aiohttp import WSMsgType, web

MESSAGE_LIMIT = 64 * 1024 * 1024
routes = web.RouteTableDef()


async def opened(request, **options):
    connection = web.WebSocketResponse(**{"max_msg_size": MESSAGE_LIMIT, **options})
    await connection.prepare(request)
    return connection


async def echo(connection):
    async for message in connection:
        if message.type is WSMsgType.TEXT:
            await connection.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await connection.send_bytes(message.data)
        else:
            break
    return connection


@routes.get("/")
@routes.get("/echo-deflate")
async def echo_deflate(request):
    return await echo(await opened(request))


@routes.get("/echo")
async def echo_plain(request):
    return await echo(await opened(request, compress=False))


@routes.get("/limit")
async def limit(request):
    return await echo(await opened(request, max_msg_size=1 << 20))


@routes.get("/subproto")
async def subprotocol(request):
    return await echo(await opened(request, protocols=("chat", "superchat")))


@routes.get("/auth")
async def auth(request):
    if request.headers.get("Authorization") != "Basic dXNlcjpwYXNz":
        raise web.HTTPUnauthorized(headers={"WWW-Authenticate": 'Basic realm="fixture"'})
    return await echo(await opened(request))


@routes.get("/redirect")
async def redirect(request):
    raise web.HTTPFound("/echo")


@routes.get("/close")
async def close(request):
    connection = await opened(request)
    try:
        # Without a code the library's method sends 1000.
        await connection.close(code=int(request.query.get("code", 1000)), message=request.query.get("reason", "").encode())
    except (ValueError, OverflowError):
        await connection.close(code=1011)
    return connection


@routes.get("/push")
async def push(request):
    connection = await opened(request)
    await connection.send_str("pushed")
    return await echo(connection)


@routes.get("/text-only")
async def text_only(request):
    connection = await opened(request)
    async for message in connection:
        if message.type is WSMsgType.BINARY:
            await connection.close(code=1003)
            break
        await connection.send_str(message.data)
    return connection


@routes.get("/throw")
async def throw(request):
    await (await opened(request)).receive()
    raise RuntimeError("the application fails")


@routes.get("/idle")
async def idle(request):
    # It pings each second and waits half of that for the pong.
    return await echo(await opened(request, heartbeat=1))


@routes.get("/info")
async def info(request):
    connection = await opened(request)
    headers = [[name, value] for name, value in request.headers.items()]
    await connection.send_json({"path": request.rel_url.raw_path, "query": request.rel_url.raw_query_string or None,
                                "headers": headers}, dumps=json.dumps)
    return await echo(connection)


async def main(port):
    logging.disable(logging.CRITICAL)
    application = web.Application()
    application.add_routes(routes)
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
