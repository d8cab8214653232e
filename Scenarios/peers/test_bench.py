"""Tests of the benchmark's arithmetic and of what its report says: python3 -m unittest discover Scenarios/peers"""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import bench
import figures
import report
from figures import NoSample, Sample


def sample(server, repeat, throughput, cpu=1.0, generator=0.5, case="echo", proc=None):
    return Sample(case, server, repeat, int(throughput * 5), 5.0, cpu, cpu if proc is None else proc, generator)


def stage(name, start, end, recorded=True, counters=None, values=None):
    return {"name": name, "start": start, "end": end, "recorded": recorded, "counters": counters or {}, "values": values or {}}


def result(*stages):
    return {"version": 1, "startedAt": 1000.0, "tool": {"name": "wsbench", "version": "1"}, "stages": list(stages)}


class Ratios(unittest.TestCase):
    def test_a_ratio_is_taken_to_the_floor_of_the_same_repeat(self):
        # The machine was half as fast in repeat 2, for both alike: the ratio does not move.
        found = figures.rows([
            sample("floor", 1, 1000), sample("ours", 1, 900),
            sample("floor", 2, 500), sample("ours", 2, 450),
        ], "echo", ["floor", "ours"])
        self.assertEqual(found[1]["throughput_ratio"], {"median": 0.9, "min": 0.9, "max": 0.9})
        self.assertAlmostEqual(found[1]["cpu_ratio"]["median"], 1 / 0.9)
        self.assertEqual(found[0]["throughput_ratio"]["median"], 1)

    def test_the_median_is_over_ratios_with_their_range(self):
        samples = [sample("floor", repeat, 100) for repeat in (1, 2, 3)]
        samples += [sample("ours", repeat, speed) for repeat, speed in ((1, 80), (2, 200), (3, 90))]
        row = figures.rows(samples, "echo", ["floor", "ours"])[1]
        self.assertEqual(row["throughput_ratio"], {"median": 0.9, "min": 0.8, "max": 2})
        self.assertEqual(row["pairs"], 3)

    def test_a_repeat_without_its_floor_is_no_pair(self):
        row = figures.rows([sample("ours", 1, 10), sample("floor", 2, 10), sample("ours", 2, 10)], "echo", ["ours"])[0]
        self.assertEqual((row["runs"], row["pairs"]), (2, 1))
        row = figures.rows([sample("ours", 1, 10)], "echo", ["ours"])[0]
        self.assertEqual((row["pairs"], row["throughput_ratio"], row["cpu_ratio"]), (0, None, None))

    def test_other_cases_and_absent_servers_make_no_row(self):
        self.assertEqual(figures.rows([sample("floor", 1, 10, case="other")], "echo", ["floor", "ours"]), [])

    def test_a_cpu_ratio_never_mixes_its_sources(self):
        floor = Sample("echo", "floor", 1, 1000, 1.0, None, 0.5, 0.5)
        ours = Sample("echo", "ours", 1, 1000, 1.0, 0.9, 1.0, 0.5)
        row = figures.rows([floor, ours], "echo", ["ours"])[0]
        self.assertEqual((row["cpu_source"], row["cpu_ratio"]["median"]), ("proc", 2))

    def test_k6_is_the_measure_of_the_generators(self):
        runs = [{"generator": name, "connections": connections, "repeat": repeat, "echoes": echoes, "cpu_seconds": 2.0}
                for name, connections, repeat, echoes in (
                    ("k6", 100, 1, 100), ("wsbench", 100, 1, 500), ("wsbench", 100, 2, 900), ("wsbench", 1000, 1, 70))]
        found = {(row["connections"], row["peer"]): row for row in figures.generator_rows(runs)}
        self.assertEqual(found[100, "k6"]["ratio"], {"median": 5, "min": 5, "max": 5})
        self.assertEqual(found[100, "k6"]["pairs"], 1)
        self.assertEqual(found[1000, "k6"]["pairs"], 0)


class Bottlenecks(unittest.TestCase):
    def test_a_busy_generator_before_an_idle_server_is_the_bottleneck(self):
        for generator, server, bound in ((0.95, 0.89, True), (0.95, 0.90, False), (0.94, 0.5, False), (None, 0.5, False)):
            with self.subTest(generator=generator, server=server):
                self.assertEqual(sample("ours", 1, 10, cpu=server, generator=generator).generator_bound, bound)

    def test_either_view_of_the_server_may_find_it_busy(self):
        self.assertFalse(sample("ours", 1, 10, cpu=0.5, proc=0.95, generator=1.0).generator_bound)

    def test_one_bound_run_marks_the_row_and_the_throughput(self):
        samples = [sample(name, repeat, 10) for name in ("floor", "ours") for repeat in (1, 2)]
        samples[3] = sample("ours", 2, 10, cpu=0.5, generator=1.0)
        row = figures.rows(samples, "echo", ["ours"])[0]
        self.assertEqual(row["generator_bound"], 1)
        self.assertIn("generator-bound in 1 of 2", "\n".join(report.server_table([row])))
        self.assertIn("[1.00 (1.00..1.00)]", "\n".join(report.server_table([row])))

    def test_a_bound_floor_makes_the_ratio_an_upper_limit(self):
        row = figures.rows([sample("floor", 1, 10, cpu=0.5, generator=1.0), sample("ours", 1, 5)], "echo", ["ours"])[0]
        self.assertIn("≤ 0.50", "\n".join(report.server_table([row])))

    def test_neither_busy_is_said(self):
        self.assertTrue(sample("ours", 1, 10, cpu=0.5, generator=0.5).neither_busy)
        self.assertFalse(sample("ours", 1, 10, cpu=0.9, generator=0.5).neither_busy)
        self.assertFalse(sample("ours", 1, 10, cpu=0.5, generator=0.9).neither_busy)


class ReadingResults(unittest.TestCase):
    def test_only_recorded_stages_count(self):
        found = figures.sample_from(result(
            stage("warmup", 0, 1, recorded=False, counters={"messages.received": 7, "errors.timeout": 1}),
            stage("a", 1, 2, counters={"messages.received": 10}, values={"server.cpu": 1.0, "generator.cpu": 0.2}),
            stage("b", 2, 5, counters={"messages.received": 50}, values={"server.cpu": 0.6, "generator.cpu": 0.4}),
        ), "echo", "ours", 1)
        self.assertEqual((found.messages, found.seconds, found.throughput), (60, 4, 15))
        self.assertAlmostEqual(found.server_cpu, 0.7)  # weighted by time
        self.assertAlmostEqual(found.generator_cpu, 0.35)
        self.assertAlmostEqual(found.cpu_per_message("wsbench"), 0.7 * 4 / 60)

    def test_the_busier_view_of_the_generator_counts(self):
        one = result(stage("a", 0, 1, counters={"messages.received": 1}, values={"generator.cpu": 0.5}))
        self.assertEqual(figures.sample_from(one, "echo", "ours", 1, generator_cpu_proc=0.9).generator_cpu, 0.9)
        self.assertIsNone(figures.sample_from(one, "echo", "ours", 1).server_cpu)

    def test_errors_silence_and_missing_stages_are_no_sample(self):
        for stages in (
            [stage("a", 0, 1, counters={"messages.received": 9, "errors.mismatch": 2})],
            [stage("a", 0, 1)],
            [stage("a", 0, 1, recorded=False, counters={"messages.received": 9})],
            [stage("a", 1, 1, counters={"messages.received": 9})],
        ):
            with self.subTest(stages=stages), self.assertRaises(NoSample):
                figures.sample_from(result(*stages), "echo", "ours", 1)

    def test_the_window_is_in_seconds_since_1970(self):
        self.assertEqual(figures.window(result(stage("w", 0, 1, recorded=False), stage("a", 1, 6))), (1001.0, 1006.0))
        with self.assertRaises(NoSample):
            figures.window(result())


class CPUTime(unittest.TestCase):
    readings = [(0.0, 0.0), (1.0, 0.0), (2.0, 1.0), (3.0, 1.5), (4.0, 1.5)]

    def test_cpu_time_is_interpolated_between_readings(self):
        self.assertAlmostEqual(figures.cpu_between(self.readings, 1, 3), 0.75)
        self.assertAlmostEqual(figures.cpu_between(self.readings, 1.5, 2.0), 1.0)
        self.assertAlmostEqual(figures.cpu_between(self.readings, 0, 4), 1.5 / 4)

    def test_readings_that_do_not_cover_the_window_say_nothing(self):
        self.assertIsNone(figures.cpu_between(self.readings, 2, 5))
        self.assertIsNone(figures.cpu_between(self.readings, -1, 3))
        self.assertIsNone(figures.cpu_between(self.readings, 3, 3))
        self.assertIsNone(figures.cpu_between([], 0, 1))


class Order(unittest.TestCase):
    def test_another_server_begins_each_round(self):
        self.assertEqual([figures.rotated(["a", "b", "c"], turn)[0] for turn in range(4)], ["a", "b", "c", "a"])
        self.assertEqual(sorted(figures.rotated(["a", "b", "c"], 2)), ["a", "b", "c"])
        self.assertEqual(figures.rotated([], 3), [])


class Verdicts(unittest.TestCase):
    def results(self, *samples, failures=()):
        return {"failures": list(failures), "cases": [{"rows": figures.rows(samples, "echo", ["floor", "ours"])}]}

    def test_exit_codes(self):
        bound = Sample("echo", "ours", 1, 10, 1.0, None, None, 1.0)
        self.assertEqual(bench.exit_code(self.results(sample("floor", 1, 10), sample("ours", 1, 10))), 0)
        self.assertEqual(bench.exit_code(self.results(sample("floor", 1, 10))), 0)
        self.assertEqual(bench.exit_code(self.results(sample("floor", 1, 10), failures=["x"])), 3)
        self.assertEqual(bench.exit_code(self.results(sample("ours", 1, 10))), 6)
        # Without the server's CPU nothing tells that the generator was the bottleneck.
        self.assertEqual(bench.exit_code(self.results(sample("floor", 1, 10), bound)), 0)

    def test_a_throughput_of_the_generator_still_leaves_the_cpu_ratio(self):
        found = self.results(sample("floor", 1, 10), sample("ours", 1, 10, cpu=0.5, generator=1.0))
        self.assertEqual(bench.exit_code(found), 0)


class WholeFiles(unittest.TestCase):
    def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.json")
            report.write_whole(path, "one")
            report.write_whole(path, "two")
            with open(path, encoding="utf-8") as file:
                self.assertEqual(file.read(), "two")
            self.assertEqual(os.listdir(folder), ["a.json"])


if __name__ == "__main__":
    unittest.main()
