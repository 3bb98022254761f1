"""Settings are safe by default: nothing starts by accident without a secret, and production is strict."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READ = """
import json, django
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in
    ("DEMO", "DEBUG", "SECRET_KEY", "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECOND_FACTOR_REQUIRED",
     "ALLOWED_HOSTS", "SECURE_HSTS_SECONDS")}))
"""

pytestmark = pytest.mark.once


def read_settings(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "illegal_ops.settings", "VAR_DIR": str(folder)}
    command = [sys.executable, "-c", READ]
    return subprocess.run(command, cwd=ROOT, env={**plain, **environment}, capture_output=True, text=True, check=False)


def test_without_a_secret_key_nothing_but_the_demonstration_starts(tmp_path):
    refused = read_settings(tmp_path)
    assert refused.returncode != 0
    assert "SECRET_KEY is not set" in refused.stderr.splitlines()[-1]
    assert not list(tmp_path.iterdir())


def test_the_demonstration_keeps_its_own_key_where_only_the_owner_reads_it(tmp_path):
    first = json.loads(read_settings(tmp_path, DEMO="1").stdout)
    key = tmp_path / "demo-secret-key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert first["SECRET_KEY"] == key.read_text().strip()
    # from then on its commands need no environment
    again = json.loads(read_settings(tmp_path).stdout)
    assert again == first
    assert again["DEMO"] is True
    assert again["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1"]


def test_a_secret_key_makes_it_production_even_where_a_demonstration_was(tmp_path):
    read_settings(tmp_path, DEMO="1")
    production = json.loads(read_settings(tmp_path, SECRET_KEY="x" * 60).stdout)
    assert production["DEMO"] is False
    assert production["DEBUG"] is False
    assert production["SESSION_COOKIE_SECURE"] is True
    assert production["SECURE_SSL_REDIRECT"] is True
    assert production["SECURE_HSTS_SECONDS"] > 0
    assert production["SECOND_FACTOR_REQUIRED"] is True
    assert production["ALLOWED_HOSTS"] == []
