"""A copy of the database comes back as it was, and nothing is overwritten by mistake."""

import stat

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection


def people() -> set[str]:
    return set(get_user_model().objects.values_list("username", flat=True))


@pytest.fixture
def somebody(transactional_db):
    get_user_model().objects.create_user(username="somebody", password="unused")
    return people()


def test_a_copy_comes_back_as_it_was(somebody, tmp_path, capsys):
    copy = tmp_path / "copy"
    call_command("backup", copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    get_user_model().objects.create_user(username="later", password="unused")
    call_command("restore", copy, force=True)
    assert people() == somebody


def test_a_database_that_holds_something_is_not_replaced_unless_forced(somebody, tmp_path):
    copy = tmp_path / "copy"
    call_command("backup", copy)
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", copy)
    assert people() == somebody


def test_a_copy_never_overwrites_a_file(somebody, tmp_path):
    copy = tmp_path / "copy"
    copy.write_text("precious")
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", copy)
    assert copy.read_text() == "precious"


def test_a_file_that_is_no_copy_is_refused(somebody, tmp_path):
    nonsense = tmp_path / "nonsense"
    nonsense.write_bytes(b"anything else at all")
    with pytest.raises(CommandError, match=f"not a copy of a {connection.vendor}"):
        call_command("restore", nonsense, force=True)
    assert people() == somebody
