"""The fingerprint of the renderer: everything that shapes a document is in it, and nothing else of the site."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from reports.rendering.fingerprint import DRAWN_WITH, wording_of

pytestmark = pytest.mark.once

_LOADED = """
import sys
from django.conf import settings
settings.configure(INSTALLED_APPS=[], USE_I18N=True)
import reports.rendering.outputs
for name in ("pdf", "xlsx", "docx", "html", "csv", "sdmx", "charts_apart"):
    __import__(f"reports.rendering.{name}")
print(*(name for name in sys.modules if name.startswith(("reports.", "operations.", "illegal_ops."))))
"""
CATALOGUE = """
#: operations/web/plans.py
msgid "Plans"
msgstr "Планы"

#: operations/web/reports.py reports/web/reports.py
#: reports/rendering/frames.py
#, python-format
msgid "Copy No. %(number)s"
msgstr "Экз. № %(number)s"

#: templates/documents/stamps.html
msgctxt "stamp"
msgid "APPROVED"
msgstr "УТВЕРЖДАЮ"
"""
NAMES = {"reports/rendering/frames.py", "templates/documents/stamps.html"}


def test_every_module_of_ours_that_a_drawing_process_loads_is_counted():
    base = Path(settings.BASE_DIR)
    said = subprocess.run([sys.executable, "-c", _LOADED], cwd=base, capture_output=True, text=True, check=True).stdout
    files = {f"{name.replace('.', '/')}.py" for name in said.split() if not name.startswith("reports.rendering")}
    assert {name for name in files if (base / name).exists()} <= set(DRAWN_WITH)
    assert all((base / name).exists() for name in DRAWN_WITH)


def test_the_wording_of_documents_is_counted_and_that_of_pages_alone_is_not():
    found = wording_of(CATALOGUE, NAMES)
    assert len(found) == 2
    assert wording_of(CATALOGUE.replace("Планы", "Планы операций"), NAMES) == found
    assert wording_of(CATALOGUE.replace("Экз.", "Экземпляр"), NAMES) != found
    assert wording_of(CATALOGUE.replace("УТВЕРЖДАЮ", "Утверждаю"), NAMES) != found


def test_where_else_a_word_is_used_changes_nothing():
    moved = CATALOGUE.replace("operations/web/reports.py", "operations/web/files.py")
    assert wording_of(moved, NAMES) == wording_of(CATALOGUE, NAMES)
