"""The parts of these scripts that decide something."""

import json
import os
import tempfile
import unittest

import accounted
import autobahn_sheets
import measured
import reproduce
from implementations import Failed


class Octets(unittest.TestCase):
    def test_a_repeated_octet_and_blanks(self):
        self.assertEqual(reproduce.octets_of("81 02 61*2", True), b"\x81\x02aa")

    def test_a_frame_for_a_server_is_masked_and_for_a_client_is_not(self):
        self.assertEqual(reproduce.octets_of(":81:6869", True), bytes.fromhex("818237fa213d5f93"))
        self.assertEqual(reproduce.octets_of(":81:6869", False), b"\x81\x02hi")

    def test_each_form_of_the_length(self):
        for count, head in ((125, "827d"), (126, "827e007e"), (65535, "827effff"), (65536, "827f0000000000010000")):
            with self.subTest(count):
                octets = reproduce.octets_of(f":82:61*{count}", False)
                self.assertEqual(octets, bytes.fromhex(head) + b"a" * count)

    def test_frames_are_named_and_a_torn_one_is_shown(self):
        lines = reproduce.frames_of(bytes.fromhex("c1026869 8802 03ea 8105 68"))
        self.assertEqual([line.strip() for line in lines], [
            "text, FIN, 2 octets, RSV1, b'hi'", "close, FIN, 2 octets, code 1002 ''", "then 81 05 68"])

    def test_what_comes_back_masked_is_read(self):
        self.assertIn("b'hi', masked", reproduce.frames_of(bytes.fromhex("818237fa213d5f93"))[0])


class Measured(unittest.TestCase):
    def test_messages_are_put_together_of_fragments_with_each_form_of_the_length(self):
        parts = [(0x01, b"a" * 125), (0x89, b"ping"), (0x00, b"b" * 126), (0x80, b"c" * 65536), (0x82, b"")]
        octets = b"".join(reproduce.frame(first, payload, False) for first, payload in parts)
        self.assertEqual(measured.messages_of(octets), [b"a" * 125 + b"b" * 126 + b"c" * 65536, b""])

    def test_a_message_that_does_not_end_is_none(self):
        self.assertEqual(measured.messages_of(reproduce.frame(0x01, b"begun", False)), [])
        self.assertEqual(measured.messages_of(b"\x81"), [])


class Accounts(unittest.TestCase):
    def test_rows_are_read_one_by_one_and_in_ranges(self):
        self.assertEqual(accounted.rows_of("C-020, F-007 to F-009, Autobahn 7.1.5"), {"C-020", "F-007", "F-008", "F-009"})
        self.assertEqual(accounted.rows_of("beside C-046"), set())
        self.assertEqual(accounted.rows_of("beside every failure"), set())

    def test_what_no_finding_names_and_what_no_case_shows_any_more(self):
        cases = [{"row": row, "behavior": grade} for row, grade in
                 (("C-020", "FAIL"), ("C-021", "FAIL"), ("C-022", "PASS"), ("C-023", "SKIP"))]
        cases.append({"row": "C-024", "behavior": "PASS", "close": "UNCLEAN"})
        findings = [{"cases": "C-020"}, {"cases": "C-022 to C-023"}]
        unnamed, gone = accounted.compare(cases, findings)
        self.assertEqual([case["row"] for case in unnamed], ["C-021", "C-024"])
        self.assertEqual(gone, findings[1:])


class Sheets(unittest.TestCase):
    def test_a_sheet_is_read_as_it_was_written_in_the_order_of_its_cases(self):
        rows = {"1.10": ["OK", "OK", "1000"], "1.9": ["FAILED", "UNCLEAN", "-"]}
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "sheet.tsv")
            autobahn_sheets.write_sheet(path, rows)
            self.assertEqual(autobahn_sheets.read_sheet(path), rows)
            with open(path, encoding="utf-8") as file:
                self.assertEqual([line.split("\t")[0] for line in file], ["case", "1.9", "1.10"])

    def test_a_sheet_with_a_torn_line_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "sheet.tsv")
            with open(path, "w", encoding="utf-8") as file:
                file.write(autobahn_sheets.HEADING + "\n1.1.1\tOK\n")
            with self.assertRaises(Failed):
                autobahn_sheets.read_sheet(path)

    def test_an_index_is_reduced_to_its_cells_and_only_to_autobahn_ids(self):
        entry = {"behavior": "OK", "behaviorClose": "OK", "duration": 3, "remoteCloseCode": None, "reportfile": "x"}
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "index.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"a": {"1.1.1": entry, "F-001": entry}}, file)
            self.assertEqual(autobahn_sheets.rows_of_index(path), {"1.1.1": ["OK", "OK", "-"]})

    def test_differences_name_the_cell_and_the_missing_case(self):
        sheet = {"1.1.1": ["OK", "OK", "1000"], "1.1.2": ["OK", "OK", "1000"]}
        rows = {"1.1.1": ["OK", "UNCLEAN", "1000"]}
        self.assertEqual(list(autobahn_sheets.differences(rows, sheet)), [
            ("1.1.1", "close", "OK", "UNCLEAN"), ("1.1.2", "case", "there", "absent")])

    def test_an_explanation_holds_for_what_its_globs_name(self):
        lines = [["*", "6.4.*", "behavior", "OK", "NON-STRICT", "because"]]
        self.assertEqual(autobahn_sheets.explained(lines, "gorilla", "6.4.1", "behavior", "OK", "NON-STRICT"), "because")
        self.assertIsNone(autobahn_sheets.explained(lines, "gorilla", "6.5.1", "behavior", "OK", "NON-STRICT"))
        self.assertIsNone(autobahn_sheets.explained(lines, "gorilla", "6.4.1", "close", "OK", "NON-STRICT"))


if __name__ == "__main__":
    unittest.main()
