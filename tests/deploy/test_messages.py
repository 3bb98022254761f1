"""The build fails on a text without a Russian translation, on a doubtful one, and on one that nobody says any more."""

import ast
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "deploy"))

from messages import COPIED, ROOT, faults

pytestmark = pytest.mark.once


def catalogue(**texts: str | tuple[str, ...]) -> Catalog:
    made = Catalog(locale="ru")
    for text, translation in texts.items():
        made.add(text, translation, locations=[("page.html", 1)])
    return made


def test_a_full_translation_has_no_faults():
    source = catalogue(Plan="", Stage="")
    assert faults(catalogue(Plan="План", Stage="Этап"), source) == []


def test_missing_empty_and_unknown_entries_are_named():
    found = faults(catalogue(Plan="", Return="Отчёт"), catalogue(Plan="", Stage=""))
    assert found == [
        "not translated: 'Plan' (page.html)",
        "not in the catalogue: 'Stage' (page.html)",
        "no longer in the source: 'Return'",
    ]


def test_a_plural_needs_all_its_forms():
    committed, source = Catalog(locale="ru"), Catalog(locale="ru")
    source.add(("%(n)s return", "%(n)s returns"), ("", ""), locations=[("page.html", 1)])
    committed.add(("%(n)s return", "%(n)s returns"), ("%(n)s отчёт", "", ""))
    assert len(faults(committed, source)) == 1


def test_a_fuzzy_entry_is_named():
    committed = catalogue(Plan="План")
    committed["Plan"].flags.add("fuzzy")
    assert faults(committed, catalogue(Plan="")) == ["fuzzy: 'Plan' (page.html)"]


def test_no_text_to_translate_stands_inside_an_f_string_where_the_collector_does_not_see_it():
    files = [file for name in COPIED for file in sorted((ROOT / name).rglob("*.py"))]
    assert len(files) > 300
    found = {str(file.relative_to(ROOT)): translated_in_f_strings(file.read_text()) for file in files}
    assert {name: lines for name, lines in found.items() if lines} == {}


def translated_in_f_strings(source: str) -> list[int]:
    calls = (
        call
        for text in ast.walk(ast.parse(source))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
    )
    return [call.lineno for call in calls if getattr(call.func, "id", "") in TRANSLATING]


TRANSLATING = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext"}


def test_a_text_inside_an_f_string_is_found():
    assert translated_in_f_strings("""name = f"{number} {_('in force')}" """) == [1]
    assert translated_in_f_strings("""words = _("in force")\nname = f"{number} {words}" """) == []
