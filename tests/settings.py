"""The product's settings as tests run them: the same module, with an environment of its own.

Everything that would be written goes to a temporary folder. `tests/run.py` names the database; a bare `pytest` gets a
SQLite file. The passwords of test users are hashed quickly, and nobody is made to set up a second factor unless a
test turns that on.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _folder() -> Path:
    """One temporary folder for this process and the processes that it starts."""
    given = os.environ.get("TESTS_DIR")
    if given:
        return Path(given)
    folder = Path(tempfile.mkdtemp(prefix="illegal-tests-"))
    os.environ["TESTS_DIR"] = str(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


_here = _folder()
for _name, _value in {
    "SECRET_KEY": "known-to-everybody-and-used-by-tests-alone",
    "DATABASE_URL": f"sqlite:///{_here / 'db.sqlite3'}",
    "VAR_DIR": str(_here),
    "FRONTEND_DIR": str(ROOT / "var" / "frontend"),
    "STATIC_MANIFEST": "0",
    "HTTPS": "0",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "SITE_ADDRESS": "http://localhost",
    "SECOND_FACTOR_REQUIRED": "0",
    "API_RATE_USER": "100000/min",
    "API_RATE_ANONYMOUS": "100000/min",
    "LOG_LEVEL": "WARNING",
}.items():
    os.environ.setdefault(_name, _value)
# Playwright keeps an event loop in the thread that runs the tests; Django would take that for asynchronous code
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
# a test says what it means, whatever the developer's shell exports
os.environ["DEMO"] = os.environ.get("TESTS_DEMO", "0")

from illegal_ops.settings import *  # noqa: E402, F403
from illegal_ops.settings import STATIC_ROOT  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# the same person signs in hundreds of times; tests of the limits turn them on again
ACCOUNT_RATE_LIMITS = False
STATIC_ROOT.mkdir(parents=True, exist_ok=True)

# Django's test server looks for every address under the folder of files first where this is the root, which the site's
# own server never does: a page would be a directory the moment that its folder is made.
MEDIA_URL = "/no-files-are-served-here/"
