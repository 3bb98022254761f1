"""Static files as a real site serves them: hashed names, and nothing that a page asks for is missing."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

ROOT = Path(__file__).resolve().parents[2]
STATIC_TAG = re.compile(r"""{%\s*static\s+["']([^"']+)["']""")

pytestmark = pytest.mark.once


def test_every_file_that_a_template_names_exists():
    named = {
        (name, page.relative_to(ROOT).as_posix())
        for page in (ROOT / "templates").rglob("*.html")
        for name in STATIC_TAG.findall(page.read_text(encoding="utf-8"))
    }
    assert named
    assert not [(name, page) for name, page in sorted(named) if finders.find(name) is None]


def test_all_files_can_be_collected_under_hashed_names(tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "DEMO": "1",
        "VAR_DIR": str(tmp_path),
        "FRONTEND_DIR": str(ROOT / "var" / "frontend"),
    }
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    finished = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert (tmp_path / "static" / "staticfiles.json").is_file()


def test_no_source_file_holds_an_address_of_a_package_registry():
    """Locks are installed from whichever mirror a machine has."""
    for name in ("requirements.lock", "requirements-dev.lock", "deploy/node.lock", "package-lock.json"):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8"), name
