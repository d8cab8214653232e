"""The servers that are compared: how each is found, built and started. What is not there is skipped with a reason."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import Optional

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILT = os.path.join(ROOT, ".build", "peers")


class Missing(Exception):
    """Why a server or tool cannot take part, and what would bring it."""


@dataclass
class Server:
    name: str
    # The command without the port, which is appended (or put where "PORT" stands).
    command: list
    version: str
    environment: dict = field(default_factory=dict)

    def on(self, port):
        if any("PORT" in word for word in self.command):
            return [word.replace("PORT", str(port)) for word in self.command]
        return self.command + [str(port)]


def output_of(command, environment: Optional[dict] = None):
    """What a short command prints; Missing when it fails or takes longer than two minutes."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
            env={**os.environ, **(environment or {})},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"{os.path.basename(command[0])} does not run: {error}") from error
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip().splitlines()
        raise Missing(f"{os.path.basename(command[0])} failed: {words[-1] if words else done.returncode}")
    return done.stdout.strip()


def tool(name, variable):
    """An executable: from the environment variable, from .peers/bin, or from PATH."""
    given = os.environ.get(variable)
    own = os.path.join(ROOT, ".peers", "bin", name)
    found = shutil.which(given) if given else own if os.access(own, os.X_OK) else shutil.which(name)
    if not found:
        raise Missing(f"{variable}={given} is not executable" if given else
                      f"no {name}: run Scenarios/peers/install-peers.sh or set {variable}")
    return found


def stale(built, source):
    return not os.path.exists(built) or os.path.getmtime(built) < os.path.getmtime(source)


def floor():
    compiler = tool("cc", "WSBENCH_PEERS_CC")
    source, built = os.path.join(HERE, "floor", "floor.c"), os.path.join(BUILT, "floor")
    if stale(built, source):
        os.makedirs(BUILT, exist_ok=True)
        output_of([compiler, "-O3", "-march=x86-64-v2", "-o", built, source, "-lcrypto"])
    return Server("floor", [built], output_of([compiler, "--version"]).splitlines()[0] + ", -O3 -march=x86-64-v2")


def ours():
    given = os.environ.get("WSSERVER")
    binary = shutil.which(given or os.path.join(ROOT, ".build", "release", "wsserver"))
    if not binary:
        raise Missing(f"WSSERVER={given} is not executable" if given else
                      ".build/release/wsserver is not built: swift build -c release --product wsserver")
    command = [binary, "echo", "--listen", "127.0.0.1:PORT", "--loops", "1", "--quiet"]
    return Server("ours", command, "wsserver echo --loops 1, of this repository")


def python_peer(name, script, modules):
    python = tool("python3", "WSBENCH_PEERS_PYTHON")
    ask = (f"import importlib.metadata, platform, {', '.join(modules)}\n"
           f"found = [name + ' ' + importlib.metadata.version(name) for name in {modules!r}]\n"
           "print(', '.join(found + ['Python ' + platform.python_version()]))")
    try:
        version = output_of([python, "-c", ask])
    except Missing as error:
        raise Missing(f"{error}: run Scenarios/peers/install-peers.sh or set WSBENCH_PEERS_PYTHON") from error
    return Server(name, [python, os.path.join(HERE, script)], version)


def picows():
    return python_peer("picows", "picows_uvloop.py", ["picows", "uvloop"])


def websockets():
    return python_peer("websockets", "websockets_asyncio.py", ["websockets"])


def node():
    node = tool("node", "WSBENCH_PEERS_NODE")
    path = os.pathsep.join(filter(None, [os.environ.get("NODE_PATH"), "/usr/share/nodejs"]))
    environment = {"NODE_PATH": path}
    try:
        library = json.loads(output_of([node, "-p", "JSON.stringify(require('ws/package.json').version)"], environment))
    except Missing as error:
        raise Missing("no ws for Node.js: run Scenarios/peers/install-peers.sh") from error
    command = [node, os.path.join(HERE, "node_ws.js")]
    return Server("node-ws", command, f"ws {library}, Node.js {output_of([node, '--version'])}", environment)


def gorilla():
    go = tool("go", "WSBENCH_PEERS_GO")
    source, built = os.path.join(HERE, "gorilla", "main.go"), os.path.join(BUILT, "gorilla")
    package = "/usr/share/gocode/src/github.com/gorilla/websocket"
    if not os.path.isdir(package):
        raise Missing("no gorilla/websocket: run Scenarios/peers/install-peers.sh")
    if stale(built, source):
        os.makedirs(BUILT, exist_ok=True)
        environment = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOTOOLCHAIN": "local", "GOFLAGS": ""}
        output_of([go, "build", "-o", built, source], environment)
    try:
        library = output_of(["dpkg-query", "-W", "-f", "${Version}", "golang-github-gorilla-websocket-dev"])
    except Missing:
        library = "of unknown version"
    version = f"gorilla/websocket {library}, {output_of([go, 'version']).split()[2]}, GOMAXPROCS=1"
    return Server("gorilla", [built], version, {"GOMAXPROCS": "1"})


# In the order of the report's rows. The floor comes first: without it there is no ratio.
SERVERS = {
    "floor": floor, "ours": ours, "picows": picows, "gorilla": gorilla, "node-ws": node, "websockets": websockets,
}


def wsbench():
    given = os.environ.get("WSBENCH")
    found = shutil.which(given or os.path.join(ROOT, ".build", "release", "wsbench"))
    if not found:
        raise Missing(f"WSBENCH={given} is not executable" if given else
                      ".build/release/wsbench is not built: swift build -c release --product wsbench")
    return found


def k6():
    return tool("k6", "WSBENCH_PEERS_K6")
