"""The public implementations that the suite is tried on: how each is found, built and started, as server and as client.

What is not there raises Missing, with what would bring it. Looks in .peers/ at the top of the repository, made by
`install`, then on the PATH.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "peers"))

from peers import ROOT, Missing, output_of, stale, tool  # noqa: E402

SERVERS = os.path.join(HERE, "servers")
CLIENTS = os.path.join(HERE, "clients")
BUILT = os.path.join(ROOT, ".build", "conformance-peers")
ENVIRONMENT = os.path.join(ROOT, ".peers")
# Exact versions: a finding that names them can be repeated.
MODULES = ["websockets==17.4", "picows==2.3.1", "aiohttp==3.14.5"]
PACKAGES = "nodejs node-ws golang-go golang-github-gorilla-websocket-dev gcc libc6-dev libwebsockets-dev chromium"


@dataclass
class Peer:
    """One program: a server takes a port, a client the URL of a fuzzing server and the name it gives itself."""

    name: str
    version: str
    command: list
    environment: dict = field(default_factory=dict)


def install():
    """Makes .peers/ with the Python libraries, at exactly the versions above. What is there already is left alone."""
    python = os.path.join(ENVIRONMENT, "bin", "python")
    if not os.path.exists(python):
        output_of([sys.executable, "-m", "venv", ENVIRONMENT])
    output_of([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *MODULES])


def python_peer(name, script):
    python = tool("python3", "WSBENCH_PEERS_PYTHON")
    ask = ("import importlib.metadata, platform\n"
           f"print('{name}', importlib.metadata.version('{name}') + ', Python', platform.python_version())")
    try:
        version = output_of([python, "-c", ask])
    except Missing as error:
        raise Missing(f"no {name} for {python}: `public.py --install` brings it") from error
    return Peer(name, version, [python, script])


def node_peer(script):
    node = tool("node", "WSBENCH_PEERS_NODE")
    path = os.pathsep.join(filter(None, [os.environ.get("NODE_PATH"), "/usr/share/nodejs"]))
    environment = {"NODE_PATH": path}
    try:
        library = json.loads(output_of([node, "-p", "JSON.stringify(require('ws/package.json').version)"], environment))
    except Missing as error:
        raise Missing("no ws for Node.js: Debian's package is node-ws") from error
    return Peer("node-ws", f"ws {library}, Node.js {output_of([node, '--version'])}", [node, script], environment)


def gorilla_peer(folder, binary):
    go = tool("go", "WSBENCH_PEERS_GO")
    if not os.path.isdir("/usr/share/gocode/src/github.com/gorilla/websocket"):
        raise Missing("no gorilla/websocket: Debian's package is golang-github-gorilla-websocket-dev")
    source, built = os.path.join(folder, "gorilla", "main.go"), os.path.join(BUILT, binary)
    if stale(built, source):
        os.makedirs(BUILT, exist_ok=True)
        environment = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOTOOLCHAIN": "local", "GOFLAGS": ""}
        output_of([go, "build", "-o", built, source], environment)
    version = f"gorilla/websocket {packaged('golang-github-gorilla-websocket-dev')}, {output_of([go, 'version']).split()[2]}"
    return Peer("gorilla", version, [built])


def libwebsockets_peer(source, binary):
    compiler, built = tool("cc", "WSBENCH_PEERS_CC"), os.path.join(BUILT, binary)
    if not os.path.exists("/usr/include/libwebsockets.h"):
        raise Missing("no libwebsockets: Debian's package is libwebsockets-dev")
    if stale(built, source):
        os.makedirs(BUILT, exist_ok=True)
        output_of([compiler, "-O2", "-Wall", "-Wextra", "-o", built, source, "-lwebsockets"])
    # The client keeps what it cannot send for as long as there is memory: a machine of 24 GiB had none left (F-025#deflate).
    return Peer("libwebsockets", f"libwebsockets {packaged('libwebsockets-dev')}", ["prlimit", f"--data={2 << 30}", built])


def chromium():
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        raise Missing("no chromium on the PATH; $CHROMIUM can name one")
    return Peer("chromium", output_of([found, "--version"]), [sys.executable, os.path.join(CLIENTS, "chromium_client.py")])


def packaged(package):
    try:
        return output_of(["dpkg-query", "-W", "-f", "${Version}", package])
    except Missing:
        return "of unknown version"


def server(name):
    """The server of this name, built. Raises Missing; KeyError for a name that there is not."""
    return {
        "websockets": lambda: python_peer("websockets", os.path.join(SERVERS, "websockets_server.py")),
        "picows": lambda: python_peer("picows", os.path.join(SERVERS, "picows_server.py")),
        "aiohttp": lambda: python_peer("aiohttp", os.path.join(SERVERS, "aiohttp_server.py")),
        "node-ws": lambda: node_peer(os.path.join(SERVERS, "node_ws_server.js")),
        "gorilla": lambda: gorilla_peer(SERVERS, "gorilla-server"),
        "libwebsockets": lambda: libwebsockets_peer(os.path.join(SERVERS, "libwebsockets_server.c"), "libwebsockets-server"),
    }[name]()


def client(name):
    """The client of this name, built. Raises Missing; KeyError for a name that there is not."""
    return {
        "websockets": lambda: python_peer("websockets", os.path.join(CLIENTS, "websockets_client.py")),
        "picows": lambda: python_peer("picows", os.path.join(CLIENTS, "picows_client.py")),
        "aiohttp": lambda: python_peer("aiohttp", os.path.join(CLIENTS, "aiohttp_client.py")),
        "node-ws": lambda: node_peer(os.path.join(CLIENTS, "node_ws_client.js")),
        "gorilla": lambda: gorilla_peer(CLIENTS, "gorilla-client"),
        "libwebsockets": lambda: libwebsockets_peer(os.path.join(CLIENTS, "libwebsockets_client.c"), "libwebsockets-client"),
        "chromium": chromium,
    }[name]()


SERVER_NAMES = ["websockets", "picows", "aiohttp", "node-ws", "gorilla", "libwebsockets"]
CLIENT_NAMES = [*SERVER_NAMES, "chromium"]


class Failed(Exception):
    """A program that should have run did not; the message says how."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# A `timeout` around a script ends what it started, too.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


@contextlib.contextmanager
def running(command, environment, log):
    """A child in a session of its own, ended with all that it started when the block ends."""
    with open(log, "wb") as output:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            env={**os.environ, **environment})
    try:
        yield child
    finally:
        for end, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
            # Its group is its own, and outlives it as long as something that it started does.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, end)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(patience)
                break


def last_words(log):
    with open(log, encoding="utf-8", errors="replace") as file:
        return " / ".join(file.read().strip().splitlines()[-3:])[-500:]


@contextlib.contextmanager
def serving(peer, log):
    """The URL of this server, once it has said that it listens."""
    port = free_port()
    with running([*peer.command, str(port)], peer.environment, log) as child:
        end = time.monotonic() + 30
        while not re.search(rb"^listening on ws://", read(log), re.MULTILINE):
            if child.poll() is not None or time.monotonic() > end:
                raise Failed(f"{peer.name} does not listen: {last_words(log)}")
            time.sleep(0.05)
        yield f"ws://127.0.0.1:{port}"


def read(path):
    with open(path, "rb") as file:
        return file.read()


@contextlib.contextmanager
def scratch(keep=None):
    """A folder for logs: the one given, or one that goes with the block."""
    if keep:
        os.makedirs(keep, exist_ok=True)
        yield keep
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield folder
