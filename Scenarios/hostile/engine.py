"""Many scripted connections in one process: each is a generator that says what it waits for, over one epoll."""

import collections
import errno
import heapq
import os
import select
import socket
import time

# A write is at most this long, so that the attacker never keeps its core from the generator for long inside the kernel.
PIECE = 16 * 1024


class Gone(Exception):
    """The server ended the connection: `how` is "closed" or "reset"."""

    def __init__(self, how):
        super().__init__(how)
        self.how = how


class Bucket:
    """Lets so much pass in a second, or all when `rate` is None. A pause leaves credit for `credit`, not more."""

    def __init__(self, rate, credit, now=time.monotonic):
        self._rate, self._credit, self._now, self._free_at = rate, credit, now, 0.0

    def take(self, count):
        """Books `count`; how many seconds to wait before more is due."""
        if self._rate is None:
            return 0.0
        now = self._now()
        self._free_at = max(self._free_at, now - self._credit / self._rate) + count / self._rate
        return max(0.0, self._free_at - now)


class Connection:
    """One socket. Its methods are generators, for scripts to `yield from`."""

    def __init__(self, engine, port, receive_buffer=None):
        self._engine = engine
        self.unread = b""
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._address = ("127.0.0.1", port)

    def connect(self):
        code = self.socket.connect_ex(self._address)
        if code == errno.EINPROGRESS:
            yield self.socket, select.EPOLLOUT, None
            code = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise Gone("refused" if code == errno.ECONNREFUSED else "reset")

    def send(self, data, patience=None):
        """Sends all of it at the engine's rate. Raises TimeoutError when the server takes nothing for `patience` seconds."""
        view = memoryview(data)
        while view:
            try:
                count = self.socket.send(view[:PIECE])
            except BlockingIOError:
                if not (yield self.socket, select.EPOLLOUT, patience):
                    raise TimeoutError from None
                continue
            except OSError:
                raise Gone("reset") from None
            self._engine.sent += count
            view = view[count:]
            wait = self._engine.bucket.take(count)
            if wait > 0.001:
                yield None, 0, wait

    def receive(self, patience=None):
        """What has come, at least one byte. Raises Gone at the end, TimeoutError after `patience` seconds."""
        while True:
            try:
                data = self.socket.recv(256 * 1024)
            except BlockingIOError:
                if not (yield self.socket, select.EPOLLIN, patience):
                    raise TimeoutError from None
                continue
            except OSError:
                raise Gone("reset") from None
            if not data:
                raise Gone("closed")
            self._engine.received += len(data)
            return data

    def read(self, count, patience=None):
        while len(self.unread) < count:
            self.unread += yield from self.receive(patience)
        data, self.unread = self.unread[:count], self.unread[count:]
        return data

    def read_head(self, patience=None):
        while b"\r\n\r\n" not in self.unread:
            self.unread += yield from self.receive(patience)
        head, _, self.unread = self.unread.partition(b"\r\n\r\n")
        return head

    def drop(self):
        self.socket.close()


class Engine:
    def __init__(self, rate, attempts=None):
        """At most `rate` bytes and `attempts` new connections a second, beyond the first ones."""
        self.bucket = Bucket(rate, PIECE)
        self.attempts = Bucket(attempts, 1)
        self.sent = self.received = 0
        self.outcomes = collections.Counter()
        self._epoll = select.epoll()
        self._waiting = {}  # descriptor -> script
        self._timers = []  # (when, number, script)
        self._deadlines = {}  # script -> number of its live timer
        self._number = 0

    def start(self, script):
        self._step(script, None)

    def run(self, until):
        """Runs the scripts until none is left or `until()` says so."""
        while (self._waiting or self._timers) and not until():
            wait = 0.1
            if self._timers:
                wait = min(wait, max(0.0, self._timers[0][0] - time.monotonic()))
            for descriptor, _ in self._epoll.poll(wait):
                script = self._forget(descriptor)
                if script:
                    self._step(script, True)
            now = time.monotonic()
            while self._timers and self._timers[0][0] <= now:
                _, number, script, descriptor = heapq.heappop(self._timers)
                if self._deadlines.get(script) != number:
                    continue
                if descriptor is not None:
                    self._forget(descriptor)
                self._step(script, False)

    def _forget(self, descriptor):
        script = self._waiting.pop(descriptor, None)
        if script:
            try:
                self._epoll.unregister(descriptor)
            except OSError:
                pass  # closed meanwhile
        return script

    def _step(self, script, value):
        self._deadlines.pop(script, None)
        try:
            waited, events, seconds = script.send(value)
        except StopIteration:
            return
        descriptor = None
        if waited is not None:
            descriptor = waited.fileno()
            self._waiting[descriptor] = script
            self._epoll.register(descriptor, events)
        if seconds is not None:
            self._number += 1
            self._deadlines[script] = self._number
            heapq.heappush(self._timers, (time.monotonic() + seconds, self._number, script, descriptor))


def raise_descriptor_limit():
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def own_cpu_seconds():
    times = os.times()
    return times.user + times.system
