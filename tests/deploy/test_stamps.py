"""Set-up repeats a step when, and only when, something that the step was made from has changed."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "deploy"))

from stamps import Stamps, fingerprint

pytestmark = pytest.mark.once


def test_a_fingerprint_changes_with_content_name_and_text(tmp_path):
    file = tmp_path / "a"
    file.write_text("1")
    first = fingerprint([tmp_path, "x"])
    assert first == fingerprint([tmp_path, "x"])
    assert first != fingerprint([tmp_path, "y"])
    file.write_text("2")
    assert first != fingerprint([tmp_path, "x"])
    file.rename(tmp_path / "b")
    second = fingerprint([tmp_path, "x"])
    (tmp_path / "c").touch()
    assert second != fingerprint([tmp_path, "x"])


def test_a_missing_file_has_a_fingerprint_of_its_own(tmp_path):
    absent = fingerprint([tmp_path / "a"])
    (tmp_path / "a").touch()
    assert absent != fingerprint([tmp_path / "a"])


def test_a_stamp_is_fresh_until_it_is_forgotten_or_the_mark_differs(tmp_path):
    stamps = Stamps(tmp_path / "stamps")
    assert not stamps.is_fresh("step", "1")
    stamps.keep("step", "1")
    assert stamps.is_fresh("step", "1")
    assert not stamps.is_fresh("step", "2")
    stamps.forget("step", "unknown")
    assert not stamps.is_fresh("step", "1")
