"""Autobahn|Testsuite itself: the PyPI package, unmodified, in a Python 2.7 environment of its own under .peers/."""

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
ENVIRONMENT = os.path.join(ROOT, ".peers", "autobahn")
VERSION = "25.10.1"
# The last series that can still make a Python 2.7 environment from 2.7 itself.
VIRTUALENV = "virtualenv==20.15.1"
CASES = 517


class Absent(Exception):
    """Nothing here can run the suite; the message says what is missing."""


class Broken(Exception):
    """The suite could be installed here, but was not."""


def python27():
    """A CPython 2.7 with zlib and ssl: $PYTHON27, then pyenv's, then the PATH's."""
    pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    candidates = [os.environ.get("PYTHON27"), *sorted(glob.glob(os.path.join(pyenv, "versions/2.7.*/bin/python2.7")))]
    candidates += [shutil.which(name) for name in ("python2.7", "python2")]
    probe = "import sys, zlib, ssl; assert sys.version_info[:2] == (2, 7)"
    for candidate in filter(None, candidates):
        try:
            if subprocess.run([candidate, "-c", probe], capture_output=True, timeout=60).returncode == 0:
                return candidate
        except (OSError, subprocess.TimeoutExpired):
            pass
    raise Absent("there is no Python 2.7 with zlib and ssl (pyenv has one; $PYTHON27 can name it)")


def install():
    """Makes the environment unless it is there; returns its interpreter."""
    python = os.path.join(ENVIRONMENT, "bin", "python")
    if not is_installed(python):
        base = python27()
        if not shutil.which("gcc"):
            raise Absent("gcc is missing: one dependency of the suite (wsaccel) has no ready-made build")
        print(f"installing autobahntestsuite {VERSION} in {os.path.relpath(ENVIRONMENT)}", flush=True)
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        with tempfile.TemporaryDirectory() as tools:
            pip(base, "--target", tools, VIRTUALENV)
            command([base, "-m", "virtualenv", "-q", ENVIRONMENT], PYTHONPATH=tools)
        pip(python, "-c", os.path.join(HERE, "constraints.txt"), f"autobahntestsuite=={VERSION}")
        if not is_installed(python):
            raise Broken(f"the suite does not answer with version {VERSION} and {CASES} cases after its installation")
    return python


def is_installed(python):
    check = (
        "import autobahntestsuite, autobahntestsuite.case as case;"
        f"assert (autobahntestsuite.version, len(case.Cases)) == ('{VERSION}', {CASES})"
    )
    try:
        return subprocess.run([python, "-W", "ignore", "-c", check], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def pip(python, *arguments):
    command([python, "-m", "pip", "--disable-pip-version-check", "install", "-q", *arguments])


def command(words, **environment):
    done = subprocess.run(
        words, env={**os.environ, **environment}, capture_output=True, text=True, errors="replace", timeout=900)
    if done.returncode != 0:
        raise Broken(f"`{' '.join(words[:4])} …` failed: {done.stderr.strip()[-500:]}")


def wstest(python, mode, specification, folder):
    """The command that runs the suite in this mode; writes the specification it needs into `folder`."""
    path = os.path.join(folder, "specification.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(specification, file, indent=1)
    # Without web port 0 a fuzzing server would open an HTTP server on port 8080 too.
    return [python, "-W", "ignore", os.path.join(HERE, "launch_wstest.py"), "-m", mode, "-s", path, "-u", "0"]


if __name__ == "__main__":
    try:
        print(install())
    except (Absent, Broken) as error:
        sys.exit(f"{error}")
