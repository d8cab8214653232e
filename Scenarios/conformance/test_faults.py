"""What faults.py decides: which cases flag a fault, which faults are tried, what is written of it."""

import contextlib
import io
import os
import tempfile
import unittest

import faults
from fault_runs import Bench, Fault, ListedCase, Outcome, every, identity, rows_in_role, unexpected, verdict, worst
from implementations import Failed, Missing

LISTED = [ListedCase.of(line) for line in (
    "server/F/F-012#text\tMUST\tparallel\ta text", "client/F/F-012#text\tMUST\tparallel\ta text",
    "server/F/F-002\tMUST\texclusive\tlengths", "client/H2/H-223\tMUST\tparallel\tblanks")]
BOTH = Fault("rsv-ignored", ("server", "client"), ("F-012", "H-223"), "takes | and ignores it")


def case(row, behavior="PASS", close=None, variant=None, is_unexpected=None):
    bad = behavior not in ("PASS", "SKIP", "INFO") or close not in (None, "PASS")
    return {"row": row, "variant": variant, "behavior": behavior, "close": close, "explanation": f"of {row}",
            "isUnexpected": bad if is_unexpected is None else is_unexpected}


class FakeBench(Bench):
    """A suite with given results by name of the run."""

    def __init__(self, answers):
        super().__init__("wsbench", "faulty-peer", "", 1, LISTED)
        self.answers, self.asked = answers, []

    def results(self, role, fault, only, name, secure=False, options=()):
        self.asked.append((name, only))
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Reading(unittest.TestCase):
    def test_a_fault_of_both_roles(self):
        fault = Fault.of("a-name\tboth\tF-001 M-002\twhat it does")
        self.assertEqual(fault, Fault("a-name", ("server", "client"), ("F-001", "M-002"), "what it does"))

    def test_a_fault_of_one_role(self):
        self.assertEqual(Fault.of("a-name\tclient\tH-200\twhat").roles, ("client",))

    def test_a_torn_line_is_refused(self):
        with self.assertRaises(ValueError):
            Fault.of("a-name both F-001")

    def test_a_case_of_the_list(self):
        self.assertEqual(LISTED[2], ListedCase("server", "F", "F-002", "exclusive"))
        self.assertEqual([one.row for one in LISTED], ["F-012", "F-012", "F-002", "H-223"])


class Verdicts(unittest.TestCase):
    def test_both_grades_are_one_word(self):
        for behavior, close, word in (
                ("PASS", None, "PASS"), ("PASS", "PASS", "PASS"), ("PASS", "NON-STRICT", "NON-STRICT"),
                ("NON-STRICT", "WRONG-CODE", "WRONG-CODE"), ("PASS", "DROPPED-BY-SUITE", "UNCLEAN"),
                ("PASS", "FAIL", "FAIL"), ("FAIL", "PASS", "FAIL"), ("TIMEOUT", "FAIL", "TIMEOUT"),
                ("CRASH", None, "CRASH"), ("SKIP", None, "SKIP"), ("INFO", None, "INFO"), ("INFO", "INFO", "INFO")):
            with self.subTest((behavior, close)):
                self.assertEqual(verdict(case("F-012", behavior, close)), word)

    def test_what_passed_was_skipped_or_expected_flags_nothing(self):
        for one in (case("F-012"), case("F-012", "SKIP"), case("F-012", "FAIL", is_unexpected=False),
                    case("F-012", "PASS", is_unexpected=True)):
            self.assertEqual(unexpected([one]), [])

    def test_a_case_that_accuses_the_clean_peer_flags_nothing(self):
        bad = case("F-012", "FAIL", variant="text")
        self.assertEqual(unexpected([bad]), [bad])
        self.assertEqual(unexpected([bad], {"F-012#text"}), [])
        self.assertEqual(unexpected([bad], {"F-012#binary"}), [bad])

    def test_the_plainest_of_several_is_the_worst_and_then_the_first(self):
        cases = [case("F-001", "NON-STRICT"), case("F-002", "FAIL"), case("F-003", "FAIL")]
        self.assertEqual(worst(cases)["row"], "F-002")
        self.assertIsNone(worst([]))


class Trying(unittest.TestCase):
    def test_only_rows_with_a_case_in_the_role_are_asked_for(self):
        self.assertEqual(rows_in_role(BOTH, "server", LISTED), ["F-012"])
        self.assertEqual(rows_in_role(BOTH, "client", LISTED), ["F-012", "H-223"])

    def test_a_row_of_its_own_flags_a_fault_without_a_second_run(self):
        bench = FakeBench({"server-rsv-ignored": [case("F-012", "FAIL", variant="text")]})
        outcome = bench.try_fault(BOTH, "server", set())
        self.assertEqual((identity(outcome.flagged), outcome.group), ("F-012#text", "F"))
        self.assertEqual(bench.asked, [("server-rsv-ignored", ["F-012"])])

    def test_the_group_is_asked_when_the_rows_see_nothing(self):
        bench = FakeBench({
            "client-rsv-ignored": [case("F-012"), case("H-223")],
            "client-rsv-ignored-group": [case("F-012"), case("F-099", "FAIL")]})
        outcome = bench.try_fault(BOTH, "client", set())
        self.assertEqual(bench.asked[1], ("client-rsv-ignored-group", ["F", "H2"]))
        self.assertIsNone(outcome.flagged)
        self.assertEqual(outcome.elsewhere["row"], "F-099")
        self.assertIn("only F-099 FAIL: of F-099", faults.complaint(outcome))

    def test_a_fault_without_cases_is_not_flagged_and_nothing_runs(self):
        bench = FakeBench({})
        outcome = bench.try_fault(Fault("odd", ("server",), ("H-223",), "what"), "server", set())
        self.assertIsNone(outcome.flagged)
        self.assertIn("none of H-223 has a case of a server", faults.complaint(outcome))

    def test_a_run_that_failed_is_not_flagged(self):
        outcome = FakeBench({"server-rsv-ignored": Failed("it ended")}).try_fault(BOTH, "server", set())
        self.assertIsNone(outcome.flagged)
        self.assertIn("it ended", faults.complaint(outcome))


class Choosing(unittest.TestCase):
    def setUp(self):
        self.faults = [Fault(f"{row.lower()}-{role}", (role,), (row,), "") for row in ("F-001", "F-002", "F-003", "P-001")
                       for role in ("server", "client")]

    def names(self, *words, **options):
        return [fault.name for fault in faults.chosen(self.faults, *words, **options)]

    def test_a_sample_has_something_of_every_group(self):
        self.assertEqual([one.name for one in every(self.faults, 4)], ["f-001-server", "f-003-server", "p-001-server"])
        self.assertEqual(every(self.faults, 1), self.faults)

    def test_names_are_chosen_by_globs(self):
        self.assertEqual(self.names(["p-*", "f-001-client"], 1, ["server", "client"]),
                         ["f-001-client", "p-001-server", "p-001-client"])

    def test_an_unknown_name_and_an_empty_choice_are_refused(self):
        for only, roles in ((["q-*"], ["server"]), (["*-client"], ["server"])):
            with self.subTest(only), self.assertRaises(Missing):
                faults.chosen(self.faults, only, 1, roles)

    def test_bad_options_are_refused(self):
        for words in (["--roles", "peer"], ["--roles", ""], ["--sample", "0"], ["--jobs", "-1"], ["--jobs", "two"]):
            with self.subTest(words), self.assertRaises(SystemExit), contextlib.redirect_stderr(io.StringIO()):
                faults.parsed(words)
        self.assertEqual(faults.parsed(["--roles", "client,server"]).roles, ["server", "client"])

    def test_ports_differ_and_none_is_given_to_outgoing_connections(self):
        bench = FakeBench({})
        ports = [bench.port() for _ in range(5)]
        self.assertEqual(len(set(ports)), 5)
        self.assertTrue(all(20_000 <= port < 30_000 for port in ports), ports)


class Programs(unittest.TestCase):
    def test_the_newest_that_was_built_is_taken(self):
        with tempfile.TemporaryDirectory() as folder:
            folders = [os.path.join(folder, name) for name in ("release", "debug", "other")]
            for age, place in enumerate(folders[:2]):
                os.makedirs(place)
                path = os.path.join(place, "tool")
                with open(path, "w", encoding="utf-8"):
                    pass
                os.chmod(path, 0o755)
                os.utime(path, (1000 - age, 1000 - age))
            self.assertEqual(faults.program("tool", None, folders), os.path.join(folders[0], "tool"))
            with self.assertRaises(Missing):
                faults.program("absent", None, folders)
            with self.assertRaises(Missing):
                faults.program("tool", os.path.join(folder, "absent"), folders)


class Report(unittest.TestCase):
    def setUp(self):
        flagged = case("F-012", "FAIL", variant="text")
        self.outcomes = [Outcome(BOTH, "server", "F", flagged), Outcome(BOTH, "client", "F"),
                         Outcome(BOTH, "client", "H2", flagged)]

    def test_totals_by_group_and_role(self):
        self.assertEqual(faults.totals(self.outcomes), [
            ["group", "server", "client"], ["F", "1 of 1", "0 of 1"], ["H2", "-", "1 of 1"], ["all", "1 of 1", "1 of 2"]])

    def test_a_line_for_each_fault_with_the_case_that_flagged_it(self):
        text = faults.report(self.outcomes, ["clean server: 3 cases"], 61)
        self.assertIn("| `rsv-ignored` | server | takes \\| and ignores it | F-012, H-223 | F-012#text | FAIL |", text)
        self.assertIn("| `rsv-ignored` | client | takes \\| and ignores it | F-012, H-223 | **nothing** | - |", text)
        self.assertIn("2 of 3 are flagged, in 61 s.", text)
        self.assertIn("- clean server: 3 cases", text)


if __name__ == "__main__":
    unittest.main()
