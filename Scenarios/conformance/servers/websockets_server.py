"""System under test: Python `websockets`, echoing every message. Usage: websockets_server.py PORT

Set as in the library's own Autobahn harness: permessage-deflate as it is by default, a message limit above the 16 MiB
that Autobahn sends. Keep-alive pings are off, because a suite counts the control frames that it gets. The paths are
the fixtures that the library has a documented way for, in one server: no `/limit` and `/idle`.
"""

import asyncio
import json
import logging
import os
import sys
from urllib.parse import parse_qsl, urlsplit

# The library refuses messages of more than 4096 fragments by default, Autobahn's 9.3 sends 65537. Read at import.
os.environ.setdefault("WEBSOCKETS_MAX_FRAGMENTS", "100000")

from websockets.asyncio.server import basic_auth, serve  # noqa: E402
from websockets.exceptions import ConnectionClosed  # noqa: E402

MESSAGE_LIMIT = 64 * 1024 * 1024


async def echo(connection):
    async for message in connection:
        await connection.send(message)


async def close(connection):
    query = dict(parse_qsl(urlsplit(connection.request.path).query))
    try:
        # Without a code the library's method sends 1000.
        await connection.close(int(query.get("code", 1000)), query.get("reason", ""))
    except ConnectionClosed:
        raise
    except Exception:  # noqa: BLE001 (what it refuses to send)
        await connection.close(1011)


async def push(connection):
    await connection.send("pushed")
    await echo(connection)


async def text_only(connection):
    async for message in connection:
        if isinstance(message, bytes):
            return await connection.close(1003)
        await connection.send(message)


async def throw(connection):
    await connection.recv()
    raise RuntimeError("the application fails")


async def info(connection):
    target = urlsplit(connection.request.path)
    headers = [[name, value] for name, value in connection.request.headers.raw_items()]
    await connection.send(json.dumps({"path": target.path, "query": target.query or None, "headers": headers}))
    await echo(connection)


ENDPOINTS = {
    "/": echo, "/echo": echo, "/echo-deflate": echo, "/subproto": echo, "/origin": echo, "/auth": echo, "/redirect": echo,
    "/close": close, "/push": push, "/text-only": text_only, "/throw": throw, "/info": info,
}
check_password = basic_auth(realm="fixture", credentials=("user", "pass"))


def path_of(request):
    # Also of a target in absolute form, which the library hands on as it came.
    return urlsplit(request.path).path


async def process_request(connection, request):
    path = path_of(request)
    if path == "/origin":
        # The library's own check, which `serve(origins=…)` would have made for all paths.
        connection.protocol.origins = ["https://good.example", None]
        return None
    if path not in ENDPOINTS:
        return connection.respond(404, "Not found.\n")
    if path == "/auth":
        return await check_password(connection, request)
    if path == "/redirect":
        response = connection.respond(302, "See /echo.\n")
        response.headers["Location"] = "/echo"
        return response
    return None


def select_subprotocol(connection, offered):
    if path_of(connection.request) == "/subproto":
        return next((name for name in offered if name in ("chat", "superchat")), None)
    return None


async def handle(connection):
    try:
        await ENDPOINTS[path_of(connection.request)](connection)
    except ConnectionClosed:
        pass


async def main(port):
    # Each violation would be logged with its traceback.
    logging.getLogger("websockets").setLevel(logging.CRITICAL + 1)
    options = {"max_size": MESSAGE_LIMIT, "ping_interval": None}
    hooks = {"process_request": process_request, "select_subprotocol": select_subprotocol}
    async with serve(handle, "127.0.0.1", port, **options, **hooks) as server:
        print(f"listening on ws://127.0.0.1:{port}", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: websockets_server.py PORT")
    try:
        asyncio.run(main(int(sys.argv[1])))
    except KeyboardInterrupt:
        pass
