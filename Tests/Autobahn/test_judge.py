"""Tests of the program around the suite, with children of its own making instead of the suite."""

import contextlib
import io
import json
import os
import sys
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import judge
import suite
import verdicts

FOREVER = "import threading; threading.Event().wait()"


class Children(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def process(self, code, name="child"):
        return judge.Process(name, [sys.executable, "-c", code], self.folder)

    def role(self):
        with mock.patch.object(judge, "RESULTS", self.folder):
            return judge.ServerRole(sys.executable, ["*"])

    def test_a_child_does_not_outlive_its_block(self):
        with self.process(FOREVER) as child:
            child.require()
        self.assertIsNotNone(child.child.returncode)

    def test_a_child_that_ended_early_is_quoted(self):
        with self.process("import sys; sys.exit('no such option')") as child:
            child.child.wait(60)
            with self.assertRaisesRegex(judge.Incomplete, "child ended early with status 1: no such option"):
                child.require()

    def test_a_child_that_never_listens_is_not_waited_for_once_it_ended(self):
        with self.process("pass") as child, self.assertRaises(judge.Incomplete):
            child.wait_for_port(judge.free_port(), self.role().stopped)

    def test_the_end_of_the_leader_ends_a_run(self):
        log = "print(\"Cases = ['1.1.1']\"); print('Running test case ID 1.1.1 for agent ours')"
        role = self.role()
        with self.process(log) as leader:
            role.follow(leader, leader)
        self.assertEqual(role.planned, ["1.1.1"])

    def test_a_leader_that_fails_makes_the_run_incomplete(self):
        with self.process("import sys; sys.exit(1)") as leader, self.assertRaises(judge.Incomplete):
            self.role().follow(leader, leader)

    def test_the_death_of_anybody_else_makes_the_run_incomplete(self):
        with self.process(FOREVER) as leader, self.process("pass", "server") as other:
            with self.assertRaisesRegex(judge.Incomplete, "server ended early with status 0"):
                self.role().follow(leader, leader, other)

    def test_an_interruption_ends_a_run(self):
        role = self.role()
        role.stopped.set()
        with self.process(FOREVER) as leader, self.assertRaisesRegex(judge.Incomplete, "interrupted"):
            role.follow(leader, leader)

    def test_a_case_that_never_ends_ends_the_run(self):
        with mock.patch.object(judge, "MOST_SECONDS_FOR_A_CASE", -1):
            with self.process(FOREVER) as leader, self.assertRaisesRegex(judge.Incomplete, "has not ended in time"):
                self.role().follow(leader, leader)

    def test_what_a_role_could_not_do_is_its_problem_and_incomplete(self):
        role = self.role()
        role.drive = lambda: (_ for _ in ()).throw(judge.Incomplete("nobody listens"))
        role.run()
        with contextlib.redirect_stdout(io.StringIO()) as said:
            self.assertEqual(judge.judge(role, is_whole=False), verdicts.INCOMPLETE)
        self.assertIn("nobody listens", said.getvalue())

    def test_what_a_broken_run_found_is_told_too_and_it_stays_incomplete(self):
        role = self.role()
        report = {"ours": {"1.1.1": {"behavior": "OK", "behaviorClose": "UNCLEAN"}}}

        def drive():
            os.makedirs(os.path.join(role.folder, "report"))
            with open(os.path.join(role.folder, "report", "index.json"), "w", encoding="utf-8") as file:
                json.dump(report, file)
            role.planned = ["1.1.1"]
            raise judge.Incomplete("it was cut off")

        role.drive = drive
        role.run()
        with contextlib.redirect_stdout(io.StringIO()) as said:
            self.assertEqual(judge.judge(role, is_whole=False), verdicts.INCOMPLETE)
        self.assertIn("it was cut off", said.getvalue())
        self.assertIn("1.1.1: close is UNCLEAN, expected OK", said.getvalue())


class Skipping(unittest.TestCase):
    def test_without_python_2_7_it_says_so_and_passes(self):
        nothing = {"PATH": "", "HOME": "/nonexistent", "PYENV_ROOT": "/nonexistent", "PYTHON27": ""}
        with mock.patch.dict(os.environ, nothing), mock.patch.object(suite, "ENVIRONMENT", "/nonexistent"):
            with mock.patch.object(sys, "argv", ["judge.py"]), contextlib.redirect_stdout(io.StringIO()) as said:
                self.assertEqual(judge.main(), 0)
        self.assertRegex(said.getvalue(), "^autobahn: SKIPPED, nothing was judged: there is no Python 2.7")

    def test_an_interpreter_of_another_version_is_none(self):
        nothing = {"PATH": "", "HOME": "/nonexistent", "PYENV_ROOT": "/nonexistent", "PYTHON27": sys.executable}
        with mock.patch.dict(os.environ, nothing), self.assertRaises(suite.Absent):
            suite.python27()


class Ports(unittest.TestCase):
    def test_no_port_is_given_twice(self):
        ports = [judge.free_port() for _ in range(20)]
        self.assertEqual(len(set(ports)), 20)


if __name__ == "__main__":
    unittest.main()
