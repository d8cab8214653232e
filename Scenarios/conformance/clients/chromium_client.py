"""System under test: headless Chromium as a client of a fuzzing server. Usage: chromium_client.py URL AGENT

Serves clients/chromium.html on loopback, opens it in a browser with a profile of its own, and ends the browser when the
page says that it has finished. $CHROMIUM names another browser of the family.
"""

import functools
import http.server
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
MOST_SECONDS = 3600
# Nothing but the page: no first-run pages, updates, accounts or other traffic of the browser's own.
QUIET = """
    --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --no-default-browser-check --mute-audio
    --disable-background-networking --disable-component-update --disable-default-apps --disable-extensions --disable-sync
    --metrics-recording-only --disable-domain-reliability --no-proxy-server
""".split()


class Page(http.server.BaseHTTPRequestHandler):
    def __init__(self, finished, *arguments):
        self.finished = finished
        super().__init__(*arguments)

    def do_GET(self):
        path = urllib.parse.urlsplit(self.path)
        body = b""
        if path.path == "/":
            with open(os.path.join(HERE, "chromium.html"), "rb") as file:
                body = file.read()
        self.send_response(200 if path.path in ("/", "/finished") else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if path.path == "/finished":
            self.finished.count = urllib.parse.parse_qs(path.query).get("count", ["?"])[0]
            self.finished.set()

    def log_message(self, *_):
        pass


def browse(browser, url, agent):
    finished = threading.Event()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Page, finished))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = f"http://127.0.0.1:{server.server_port}/?" + urllib.parse.urlencode({"url": url, "agent": agent})
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [browser, *QUIET, f"--user-data-dir={profile}", page]
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            waited = 0
            while not finished.wait(1):
                waited += 1
                if child.poll() is not None:
                    return f"the browser ended early with status {child.returncode}"
                if waited > MOST_SECONDS:
                    return "the page did not finish in time"
            print(f"{finished.count} cases")
            return None
        finally:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            server.shutdown()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: chromium_client.py URL AGENT")
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    sys.exit(browse(found, *sys.argv[1:]) if found else "there is no chromium")
