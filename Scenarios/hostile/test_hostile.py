"""What can go wrong without a server: frames, pacing, scripts, percentiles, verdicts."""

import os
import socket
import sys
import threading
import unittest
import zlib

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peers")]

import attacks  # noqa: E402
import hostile  # noqa: E402
import report  # noqa: E402
from attacks import ATTACKS, Attack, frame  # noqa: E402
from engine import Bucket, Connection, Engine, Gone  # noqa: E402


def sample(attack="headers", ratio=1.0, **changes):
    values = {"attack": attack, "repeat": 1, "quiet_p99": 100.0, "p99": 100.0 * ratio, "generator_cpu": 0.1,
              "errors": 0, "memory": 1000, "server_cpu": 0.1, "sent": 1 << 20, "seconds": 1.0, "outcomes": {"431": 5}}
    return hostile.Sample(**{**values, **changes})


class Frames(unittest.TestCase):
    def test_lengths_take_as_many_octets_as_they_need(self):
        for length, start in [(0, b"\x82\x80"), (125, b"\x82\xfd"), (126, b"\x82\xfe\x00\x7e"), (65535, b"\x82\xfe\xff\xff"),
                              (65536, b"\x82\xff" + bytes(5) + b"\x01\x00\x00")]:
            self.assertEqual(frame(2, bytes(length)), start + bytes(4) + bytes(length))

    def test_a_declared_length_needs_no_octets(self):
        self.assertEqual(frame(2, b"x", declared=1 << 63), b"\x82\xff\x80" + bytes(7) + bytes(4) + b"x")

    def test_fragments_and_reserved_bits(self):
        self.assertEqual(frame(0, final=False)[0], 0x00)
        self.assertEqual(frame(2, reserved=0x40)[0], 0xC2)

    def test_a_bomb_inflates_to_its_size(self):
        octets = attacks.bomb(4 << 20)
        self.assertLess(len(octets), 8192)
        inflated = zlib.decompressobj(-15).decompress(octets + b"\x00\x00\xff\xff")
        self.assertEqual(inflated, bytes(4 << 20))


class Pacing(unittest.TestCase):
    def test_a_rate_holds_over_any_time_and_credit_does_not_grow(self):
        clock = [100.0]
        bucket = Bucket(1 << 20, 16 << 10, lambda: clock[0])
        for _ in range(64):
            clock[0] += bucket.take(16 << 10)
        self.assertAlmostEqual(clock[0], 101, delta=0.05)
        clock[0] += 1000
        waited = sum(bucket.take(16 << 10) for _ in range(3))
        self.assertGreater(waited, 0)

    def test_without_a_rate_nothing_waits(self):
        self.assertEqual(Bucket(None, 1).take(1 << 30), 0)


class Scripts(unittest.TestCase):
    """The engine against a server of three lines."""

    def serve(self, answer):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def run():
            peer, _ = listener.accept()
            with peer:
                while b"\r\n\r\n" not in peer.recv(65536):
                    pass
                peer.sendall(answer)

        thread = threading.Thread(target=run)
        thread.start()
        self.addCleanup(thread.join)
        return listener.getsockname()[1]

    def outcome(self, script, port):
        engine, outcomes = Engine(None), []

        def once():
            try:
                outcomes.append((yield from script(engine, port)))
            except Gone as gone:
                outcomes.append(gone.how)

        engine.start(once())
        engine.run(lambda: bool(outcomes))
        return outcomes[0]

    def test_a_close_frame_is_the_outcome(self):
        answer = b"HTTP/1.1 101 X\r\n\r\n" + b"\x81\x02hi" + b"\x88\x04\x03\xf0no"
        self.assertEqual(self.outcome(attacks.lengths, self.serve(answer))[-10:], "close 1008")

    def test_a_status_is_the_outcome(self):
        self.assertEqual(self.outcome(attacks.lengths, self.serve(b"HTTP/1.1 503 X\r\n\r\n")), "503")

    def test_an_end_without_words_is_the_outcome(self):
        self.assertIn(self.outcome(attacks.lengths, self.serve(b"")), ("closed", "reset"))

    def test_patience_ends(self):
        engine, outcomes = Engine(None), []
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def script():
            connection = Connection(engine, listener.getsockname()[1])
            yield from connection.connect()
            try:
                yield from connection.receive(0.01)
            except TimeoutError:
                outcomes.append("patience ended")
            connection.drop()

        engine.start(script())
        engine.run(lambda: False)
        self.assertEqual(outcomes, ["patience ended"])


class Figures(unittest.TestCase):
    def test_percentiles_of_values_and_counts(self):
        histogram = {"buckets": [10, 98, 20, 1, 30, 1]}
        self.assertEqual([hostile.percentile(histogram, share) for share in (0.5, 0.98, 0.99, 1)], [10, 10, 20, 30])
        with self.assertRaises(ValueError):
            hostile.percentile({"buckets": []}, 0.5)

    def test_a_generator_without_time_makes_a_sample_invalid(self):
        self.assertTrue(sample(generator_cpu=0.85).is_valid)
        self.assertFalse(sample(generator_cpu=0.86).is_valid)

    def test_a_goal_is_met_by_the_median_the_outcomes_and_the_memory(self):
        def is_met(*samples):
            return report.summarize(samples, ATTACKS)[0].is_met

        self.assertTrue(is_met(sample(ratio=1), sample(ratio=2), sample(ratio=9)))
        self.assertFalse(is_met(sample(ratio=1), sample(ratio=2.1), sample(ratio=9)))
        self.assertFalse(is_met(sample(outcomes={"431": 5, "200": 1})))
        self.assertFalse(is_met(sample(memory=1 << 30)))
        self.assertFalse(is_met(sample(errors=1)))
        self.assertFalse(is_met(sample(generator_cpu=0.99)))
        # A peer that is only held back has no outcome.
        self.assertTrue(is_met(sample("ping-flood", outcomes={})))

    def test_the_report_names_what_was_missed_and_skipped(self):
        options = hostile.parse(["--wsserver", sys.executable, "--wsbench", sys.executable])
        rows = report.summarize([sample(ratio=3), sample("lengths", outcomes={"2^63: close 1002": 1})], ATTACKS)
        skipped = [Attack("x", "a bomb", 1, None, frozenset(), 1, "", needs="deflate")]
        text = report.markdown(rows, skipped, options, ["--repeats", "1"], None)
        self.assertIn("    python3 Scenarios/hostile/hostile.py --repeats 1\n", text)
        self.assertIn("| **3.00** |", text)
        self.assertIn("| met |", text)
        self.assertIn("a bomb | skipped: needs permessage-deflate", text)


class Options(unittest.TestCase):
    def test_what_makes_no_sense_is_refused(self):
        binaries = ["--wsserver", sys.executable, "--wsbench", sys.executable]
        for bad in (["--only", "nothing"], ["--repeats", "0"], ["--rate", "-1"], ["--seconds", "0"]):
            with self.assertRaises(SystemExit) as refusal, open(os.devnull, "w", encoding="utf-8") as sys.stderr:
                hostile.parse(binaries + bad)
            sys.stderr = sys.__stderr__
            self.assertEqual(refusal.exception.code, 2)

    def test_every_attack_is_told_apart(self):
        self.assertEqual(len({attack.name for attack in ATTACKS}), len(ATTACKS))


if __name__ == "__main__":
    unittest.main()
