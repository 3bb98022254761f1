"""A green run hides no hole: what was skipped is named, and where nobody watches a skip fails the run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUITE = """
import pytest

def test_something():
    assert True

@pytest.mark.parametrize("n", [1])
def test_a_skip(n):
    pytest.skip("no such server here")
"""

pytestmark = pytest.mark.once


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    suite = folder / "test_suite.py"
    suite.write_text(SUITE)
    quiet = {name: value for name, value in os.environ.items() if name not in ("CI", "TESTS_MISSING")}
    plugins = ["-p", "no:django", "-p", "no:playwright", "-p", "tests.summary", "-c", os.devnull]
    command = [sys.executable, "-m", "pytest", *plugins, "--rootdir", str(folder), str(suite)]
    return subprocess.run(command, cwd=ROOT, env={**quiet, **environment}, capture_output=True, text=True, check=False)


def test_what_was_skipped_is_named_with_its_reason(tmp_path):
    finished = run(tmp_path)
    assert finished.returncode == 0
    assert "test_suite.py::test_a_skip[1]: no such server here" in finished.stdout
    assert "1 passed, 1 skipped" in finished.stdout.splitlines()[-1]


def test_a_skip_fails_the_run_where_nobody_watches(tmp_path):
    assert run(tmp_path, CI="true").returncode == 1


def test_a_whole_database_that_is_missing_is_named_too(tmp_path):
    finished = run(tmp_path, TESTS_MISSING="everything on PostgreSQL: it is not installed")
    assert "everything on PostgreSQL: it is not installed" in finished.stdout
