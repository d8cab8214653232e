"""Tests of what makes conversations and compares them: python3 -m unittest discover -s Tests/Differential"""

import base64
import json
import os
import sys
import unittest
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import conversation
import differential
from conversation import Conversation, Expectation, Limits, step

SAMPLE = range(300)


def plan(number=0, limits=Limits()):
    return Conversation("test", number, limits)


class Planning(unittest.TestCase):
    def test_a_seed_and_a_number_are_a_conversation(self):
        self.assertEqual(plan(7).turns, plan(7).turns)
        self.assertEqual(plan(7).settings, plan(7).settings)
        self.assertNotEqual(plan(7).turns, plan(8).turns)

    def test_every_message_is_whole_before_a_close(self):
        for number in SAMPLE:
            drafted = plan(number)
            for role in ("client", "server"):
                expectation = Expectation()
                for side, steps in drafted.turns:
                    if side == role:
                        expectation.sent(steps)
                self.assertIsNone(expectation.message, f"conversation {number}, {role}")

    def test_every_text_is_utf_8(self):
        texts = 0
        for number in SAMPLE:
            drafted = plan(number)
            for role in ("client", "server"):
                expectation = Expectation()
                expectation.sent([step for side, steps in drafted.turns if side == role for step in steps])
                for kind, octets, _ in expectation.take():
                    if kind == "text":
                        octets.decode()
                        texts += 1
        self.assertGreater(texts, 100)

    def test_pieces_are_what_was_cut(self):
        drafted = plan()
        for octets in (b"", b"x", bytes(range(256)), bytes(100_000)):
            for _ in range(50):
                pieces = drafted.pieces(octets)
                self.assertEqual(b"".join(pieces), octets)
                self.assertNotIn(b"", pieces)

    def test_no_server_wants_larger_windows_than_its_client(self):
        for number in SAMPLE:
            client, server = (plan(number).settings[role]["deflate"] for role in ("client", "server"))
            for key in ("serverMaxWindowBits", "clientMaxWindowBits") if client else ():
                # 15 asks for nothing.
                self.assertTrue(server[key] == 15 or server[key] <= client[key], f"conversation {number}")

    def test_a_client_that_lacks_a_window_is_not_asked_for_it(self):
        asked = {}
        for smallest in (8, 9):
            asked[smallest] = set()
            for number in SAMPLE:
                drafted = plan(number, Limits(smallest_own_window=smallest))
                if drafted.ours == "server" and drafted.settings["server"]["deflate"]:
                    asked[smallest].add(drafted.settings["server"]["deflate"]["clientMaxWindowBits"])
        self.assertEqual({smallest: min(bits) for smallest, bits in asked.items()}, {8: 8, 9: 9})

    def test_a_sample_has_everything(self):
        kinds, windows, ours, cuts = set(), set(), set(), set()
        for number in SAMPLE:
            drafted = plan(number)
            ours.add(drafted.ours)
            for _, steps in drafted.turns:
                kinds |= {sent["kind"] for sent in steps}
                cuts |= {sent["frames"] for sent in steps}
            if drafted.settings["client"]["deflate"]:
                windows.add(drafted.settings["client"]["deflate"]["clientMaxWindowBits"])
        self.assertEqual(kinds, {"text", "binary", "continuation", "ping", "pong"})
        self.assertEqual((windows, ours), (set(range(8, 16)), {"client", "server"}))
        self.assertEqual(cuts, {1, 2, 3, 7})


class Expecting(unittest.TestCase):
    def test_fragments_are_one_message_behind_what_stands_between_them(self):
        expectation = Expectation()
        expectation.sent([step("text", b"a", fin=False), step("ping", b"p"), step("continuation", b"b", fin=False)])
        self.assertEqual(expectation.take(), [("ping", b"p", None)])
        expectation.sent([step("continuation", b""), step("close", b"bye", code=1000)])
        self.assertEqual(expectation.take(), [("text", b"ab", None), ("close", b"bye", 1000)])

    def test_a_close_without_a_code_is_seen_as_1005(self):
        expectation = Expectation()
        expectation.sent([step("close", b"")])
        self.assertEqual(expectation.take(), [("close", b"", 1005)])


class Puppet:
    """A side of a protocol of its own: each frame a line of JSON. Perfect, but for one fault."""

    name = "puppet"

    def __init__(self, fault=None):
        self.fault = fault

    def begin(self, settings):
        self.role, self.buffer, self.message, self.closed = settings["role"], b"", None, False
        self.is_open = False
        return (b"HELLO\n" if self.role == "client" else b""), []

    def send(self, steps):
        if self.fault == "loses a ping":
            steps = [sent for sent in steps if sent["kind"] != "ping"]
        self.closed = self.closed or any(sent["kind"] == "close" for sent in steps)
        return b"".join(self.line(sent) for sent in steps), []

    def line(self, sent):
        return json.dumps({**sent, "octets": base64.b64encode(sent["octets"]).decode()}).encode() + b"\n"

    def receive(self, pieces):
        self.buffer += b"".join(pieces)
        *lines, self.buffer = self.buffer.split(b"\n")
        events, answer = [], b""
        for line in lines:
            if not self.is_open:
                self.is_open = True
                events.append(("open", b"", None))
                answer += b"HELLO\n" if self.role == "server" else b""
                continue
            sent = json.loads(line)
            answer += self.frame({**sent, "octets": base64.b64decode(sent["octets"])}, events)
        if self.fault == "turns messages around":
            events.reverse()
        return answer, events

    def frame(self, sent, events):
        kind, octets = sent["kind"], sent["octets"]
        if kind in ("ping", "pong"):
            events.append((kind, octets, None))
            return self.line(step("pong", octets)) if kind == "ping" and self.fault != "sends no pong" else b""
        if kind == "close":
            code = sent["code"]
            events.append((kind, octets, 1005 if code is None else code))
            if self.closed:
                return b""
            return self.line(step("close", b"", code=4998 if self.fault == "answers another code" else code))
        if kind != "continuation":
            self.message = (kind, b"")
        self.message = (self.message[0], self.message[1] + octets)
        if sent["fin"]:
            kind, octets = self.message
            if self.fault == "alters an octet" and octets:
                octets = octets[:-1] + bytes([octets[-1] ^ 1])
            if self.fault == "takes text for binary":
                kind = "binary"
            if self.fault == "loses empty messages" and not octets:
                return b""
            events.append((kind, octets, None))
            if self.fault == "sees messages twice":
                events.append((kind, octets, None))
        return b""


class Comparing(unittest.TestCase):
    def differences(self, fault):
        found = 0
        for number in range(60):
            drafted = plan(number)
            exchange = differential.Exchange(drafted, {"client": Puppet(), "server": Puppet(fault)})
            try:
                exchange.hold()
            except differential.Difference:
                found += 1
        return found

    def test_perfect_sides_do_not_differ(self):
        self.assertEqual(self.differences(None), 0)

    def test_each_fault_is_a_difference(self):
        for fault in (
            "loses a ping", "turns messages around", "sends no pong", "answers another code", "alters an octet",
            "takes text for binary", "loses empty messages", "sees messages twice",
        ):
            with self.subTest(fault):
                self.assertGreater(self.differences(fault), 0)

    def test_a_difference_says_who_saw_what(self):
        exchange = differential.Exchange(plan(), {"client": Puppet(), "server": Puppet()})
        with self.assertRaisesRegex(differential.Difference, "^puppet as server saw nothing, expected close 1000 b'bye'$"):
            exchange.compare("server", [("close", b"bye", 1000)], [])
        with self.assertRaisesRegex(differential.Difference, "saw the error broken, expected nothing"):
            exchange.compare("server", [], [("error", b"broken", None)])


class Asking(unittest.TestCase):
    def ask(self, code):
        side = differential.Side("child", [sys.executable, "-c", code])
        try:
            return side.ask(send=[])
        finally:
            side.end()

    def test_an_answer_is_octets_and_events(self):
        answer = {"octets": "YQ==", "events": [{"kind": "close", "octets": "Yg==", "code": 1000}, {"kind": "open", "octets": ""}]}
        code = f"import sys; sys.stdin.readline(); print({json.dumps(answer)!r}, flush=True); sys.stdin.readline()"
        self.assertEqual(self.ask(code), (b"a", [("close", b"b", 1000), ("open", b"", None)]))

    def test_what_is_no_answer_breaks_the_run(self):
        for code in ("pass", "import sys; sys.stdin.readline(); print('nonsense')", "print('{}')"):
            with self.subTest(code), self.assertRaisesRegex(differential.Broken, "child does not answer"):
                self.ask(code)

    def test_a_side_that_hangs_breaks_the_run(self):
        with mock.patch.object(differential, "PATIENCE", 0), self.assertRaisesRegex(differential.Broken, "it hangs"):
            self.ask("import sys; sys.stdin.read()")

    def test_a_peer_that_is_not_there_is_absent_with_a_reason(self):
        peer = differential.Peer("none", [], probe=["/nonexistent/program"])
        self.assertIn("/nonexistent/program", peer.absent())
        peer = differential.Peer("none", [], probe=[sys.executable, "-c", "import no_such_module"])
        self.assertIn("no_such_module", peer.absent())
        self.assertIsNone(differential.Peer("some", [], probe=[sys.executable, "-c", ""]).absent())


if __name__ == "__main__":
    unittest.main()
