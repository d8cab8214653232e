"""Child processes of the benchmark: started on a core, watched in /proc, ended by their own id and no other way."""

import os
import signal
import socket
import subprocess
import threading
import time

TICKS = os.sysconf("SC_CLK_TCK")


class Child:
    """One process in a session of its own, so that a Ctrl-C in the terminal reaches the benchmark alone."""

    def __init__(self, command, log, core=None, environment=None, stdout=None):
        pinned = ["taskset", "-c", str(core)] if core is not None else []  # taskset becomes the command: same id
        with open(log, "wb") as errors:
            self._process = subprocess.Popen(
                pinned + command, stdin=subprocess.DEVNULL, stdout=stdout or errors, stderr=errors,
                env={**os.environ, **(environment or {})}, start_new_session=True,
            )
        self.pid = self._process.pid
        self.log = log
        self.code = None
        self.cpu_seconds = None

    def poll(self):
        """The exit code once it has ended (negative: by that signal), with its CPU time in `cpu_seconds`."""
        if self.code is None:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self.code = self._process.returncode = os.waitstatus_to_exitcode(status)
                self.cpu_seconds = usage.ru_utime + usage.ru_stime
        return self.code

    def wait(self, seconds):
        """Its exit code, or None when it still runs after that time."""
        end = time.monotonic() + seconds
        while self.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        return self.code

    def stop(self):
        """SIGTERM, three seconds, SIGKILL. The process is gone afterwards."""
        for number, patience in ((signal.SIGTERM, 3), (signal.SIGKILL, 10)):
            if self.poll() is None:
                os.kill(self.pid, number)  # not yet waited for, so the id is still its own
                self.wait(patience)

    def last_words(self):
        with open(self.log, "rb") as file:
            lines = file.read()[-2000:].decode("utf-8", "replace").strip().splitlines()
        return " / ".join(lines[-3:]) or "it said nothing"


def cpu_seconds(pid):
    """User and system time of a living process, from /proc/PID/stat; None when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()  # the name before it may hold spaces
    except (FileNotFoundError, ProcessLookupError):
        return None
    return (int(fields[11]) + int(fields[12])) / TICKS


class CPUWatch:
    """Reads the CPU time of processes 20 times a second; what the measured window was is known only afterwards."""

    def __init__(self, *pids):
        self.readings = {pid: [] for pid in pids}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        self._thread.join()

    def _run(self):
        while True:
            for pid, readings in self.readings.items():
                used = cpu_seconds(pid)
                if used is not None:
                    readings.append((time.time(), used))
            if self._stopped.wait(0.05):
                return


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False
