# Python 2.7, run by the suite's own interpreter. Starts wstest with two adjustments and nothing else changed:
#  - listening sockets are bound to loopback (wstest would bind to every interface);
#  - standard output is flushed line by line, so that the log can be followed.
import os
import sys

sys.stdout = os.fdopen(sys.stdout.fileno(), 'w', 1)

from autobahntestsuite import choosereactor  # noqa: F401  (the suite wants this import first)
from twisted.internet import reactor

_listen_tcp = reactor.listenTCP


def _listen_on_loopback(port, factory, backlog=50, interface=''):
    return _listen_tcp(port, factory, backlog=backlog, interface=interface or '127.0.0.1')


# TLS too: Twisted's listenSSL goes through listenTCP.
reactor.listenTCP = _listen_on_loopback

from autobahntestsuite import wstest

wstest.run()
