"""Tests of what decides on the suite's verdicts: python3 -m unittest discover -s Tests/Autobahn"""

import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import verdicts
from verdicts import FAILED, INCOMPLETE, PASSED, Judgement, Verdict

OK = Verdict("OK", "OK")
INFORMATIONAL = Verdict("INFORMATIONAL", "INFORMATIONAL")


def judge(found, expected=None, planned=None, is_whole=False):
    return Judgement(found, found if expected is None else expected, list(found) if planned is None else planned, is_whole)


class Judging(unittest.TestCase):
    def test_what_is_ok_or_informational_and_as_expected_passes(self):
        judgement = judge({"1.1.1": OK, "7.1.6": INFORMATIONAL}, is_whole=True)
        self.assertEqual((judgement.status, judgement.problems), (PASSED, []))
        self.assertEqual(
            judgement.summary,
            "2/2 cases || behavior: OK 1 | INFORMATIONAL 1 || close: OK 1 | INFORMATIONAL 1 || as expected")

    def test_anything_else_fails_in_either_column_and_is_named(self):
        for cell in ("NON-STRICT", "UNIMPLEMENTED", "FAILED", "UNCLEAN", "WRONG CODE", "FAILED BY CLIENT", "new"):
            for column in ("behavior", "close"):
                with self.subTest(cell=cell, column=column):
                    judgement = judge({"1.1.1": OK._replace(**{column: cell})}, {"1.1.1": OK})
                    self.assertEqual(judgement.status, FAILED)
                    self.assertEqual(judgement.problems, [f"1.1.1: {column} is {cell}, expected OK"])
                    self.assertIn(f"{column}: OK 0 | INFORMATIONAL 0 | {cell} 1", judgement.summary)
                    self.assertIn("1 differ", judgement.summary)

    def test_a_fault_that_the_sheet_expects_is_still_a_fault(self):
        judgement = judge({"6.4.1": OK._replace(behavior="NON-STRICT")})
        self.assertEqual((judgement.status, judgement.problems), (FAILED, ["6.4.1: behavior is NON-STRICT"]))

    def test_both_columns_of_one_case_are_two_differences(self):
        judgement = judge({"1.1.1": Verdict("FAILED", "UNCLEAN")}, {"1.1.1": OK})
        self.assertEqual(len(judgement.problems), 2)

    def test_a_passing_cell_that_is_not_the_expected_one_fails(self):
        judgement = judge({"7.13.1": OK}, {"7.13.1": INFORMATIONAL})
        self.assertEqual(judgement.status, FAILED)

    def test_a_planned_case_that_did_not_run_makes_the_run_incomplete(self):
        judgement = judge({"1.1.1": OK}, {"1.1.1": OK, "1.1.2": OK}, ["1.1.1", "1.1.2"])
        self.assertEqual((judgement.status, judgement.problems), (INCOMPLETE, ["1.1.2: did not run"]))
        self.assertIn("1/2 cases", judgement.summary)
        self.assertIn("1 missing", judgement.summary)

    def test_a_selection_that_matches_nothing_judges_nothing(self):
        self.assertEqual(judge({}, {"1.1.1": OK}).status, INCOMPLETE)

    def test_a_case_without_expectation_fails(self):
        judgement = judge({"14.1": OK}, {}, ["14.1"])
        self.assertEqual(
            (judgement.status, judgement.problems), (FAILED, ["14.1: not in the sheet of expected verdicts"]))

    def test_a_whole_run_must_have_every_case_of_the_sheet_and_a_selection_not(self):
        sheet = {"1.1.1": OK, "1.1.2": OK}
        whole = judge({"1.1.1": OK}, sheet, is_whole=True)
        self.assertEqual((whole.status, whole.problems), (FAILED, ["1.1.2: in the sheet, but the suite has no such case"]))
        self.assertEqual(judge({"1.1.1": OK}, sheet).status, PASSED)

    def test_problems_come_in_the_order_of_the_cases(self):
        bad = Verdict("FAILED", "OK")
        judgement = judge({"10.1.1": bad, "2.10": bad, "2.9": bad}, {"2.9": OK, "2.10": OK, "10.1.1": OK})
        self.assertEqual([line.split(":")[0] for line in judgement.problems], ["2.9", "2.10", "10.1.1"])


class Sheets(unittest.TestCase):
    def read(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "sheet.tsv")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            return verdicts.read_sheet(path)

    def test_a_sheet_written_is_the_sheet_read(self):
        sheet = {"2.10": OK, "2.9": INFORMATIONAL, "10.1.1": Verdict("OK", "FAILED BY CLIENT")}
        text = verdicts.sheet_text(sheet)
        self.assertEqual(self.read(text), sheet)
        self.assertEqual([line.split("\t")[0] for line in text.splitlines()], ["case", "2.9", "2.10", "10.1.1"])

    def test_what_is_no_sheet_is_refused_with_its_line(self):
        head = verdicts.HEADING + "\n"
        for text, line in (
            ("", "heading"), ("1.1.1\tOK\tOK\n", "heading"), (head + "1.1.1\tOK\n", ":2:"),
            (head + "1.1.1\tOK\tOK\n\n", ":3:"), (head + "1.1.1\tOK\tOK\tOK\n", ":2:"), (head + "x\tOK\tOK\n", ":2:"),
            (head + "1.1.1\tOK\tOK\n1.1.1\tOK\tOK\n", ":3:"),
        ):
            with self.subTest(text=text), self.assertRaisesRegex(ValueError, line):
                self.read(text)

    def test_the_committed_sheets_have_all_cases_and_no_fault(self):
        for role in ("server", "client"):
            sheet = verdicts.read_sheet(os.path.join(os.path.dirname(verdicts.__file__), "expected", f"{role}.tsv"))
            self.assertEqual(len(sheet), 517)
            self.assertEqual({case for case, row in sheet.items() if row != OK}, {"7.1.6", "7.13.1", "7.13.2"})
            self.assertEqual({cell for row in sheet.values() for cell in row}, set(verdicts.PASSING))


class Reading(unittest.TestCase):
    LOG = (
        "Using explicit spec file 'x'\nOk, will run 2 test cases against 1 servers\nCases = ['1.1.1', u'6.4.1']\n"
        "Servers = [u'ws://127.0.0.1:1']\n"
        "Running test case ID 1.1.1 for agent ours from peer tcp4:127.0.0.1:1\n"
        "Running test case ID 6.4.1 for agent ours from peer tcp4:127.0.0.1:1\n"
    )

    def test_the_log_tells_what_is_planned_and_what_has_begun(self):
        self.assertEqual(verdicts.planned_cases(self.LOG), ["1.1.1", "6.4.1"])
        self.assertEqual(verdicts.started_cases(self.LOG), ["1.1.1", "6.4.1"])

    def test_a_log_cut_anywhere_tells_what_it_has(self):
        for end in range(len(self.LOG)):
            part = self.LOG[:end]
            self.assertIn(verdicts.planned_cases(part), (None, ["1.1.1", "6.4.1"]))
            self.assertEqual(verdicts.started_cases(part), ["1.1.1", "6.4.1"][:len(verdicts.started_cases(part))])

    def test_a_report_gives_both_verdicts_of_the_agent_named(self):
        entry = {"behavior": "OK", "behaviorClose": "UNCLEAN", "duration": 2, "remoteCloseCode": None}
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "index.json"), "w", encoding="utf-8") as file:
                json.dump({"ours": {"1.1.1": entry}, "another": {"1.1.2": entry}}, file)
            self.assertEqual(verdicts.read_report(folder, "ours"), {"1.1.1": Verdict("OK", "UNCLEAN")})
            self.assertEqual(verdicts.read_report(folder, "nobody"), {})


if __name__ == "__main__":
    unittest.main()
