"""What has to be looked at before a report is submitted: the checklist.

A text in one language only cannot be submitted at all. Everything else on the list (returns missing, breaches and
queries open, nothing said about rights) may be submitted with an explanation, which the approver reads.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from operations.domain.errors import Problem
from operations.domain.transitions import Attempt
from reports.domain.definitions import NarrativeSection, definition_of
from reports.domain.narratives import points_to_look_at
from reports.models import Report


def barring(report: Report, *, at: dt.datetime) -> list[Problem]:
    """What no explanation answers: half-written sections, and what the kind of report never lets through."""
    return [*half_written(report), *definition_of(report).barriers(report, at)]


def open_points(report: Report, *, at: dt.datetime) -> list[Problem]:
    """What may stay open with an explanation: figures cited without a number, and what the definition asks."""
    definition = definition_of(report)
    titles = {section.key: _title(section) for section in definition.narrative}
    return [*points_to_look_at(report, titles), *definition.checklist(report, at)]


def half_written(report: Report) -> Iterator[Problem]:
    """A document is printed in both languages, so a text is written in both or in neither."""
    definition = definition_of(report)
    for narrative in report.narratives.all():
        has_ru, has_en = bool(narrative.text_ru.strip()), bool(narrative.text_en.strip())
        section = definition.section(narrative.section)
        if has_ru == has_en or section is None:
            continue
        message = (
            _("The section “%(section)s” is written in Russian only.")
            if has_ru
            else _("The section “%(section)s” is written in English only.")
        )
        yield Problem(
            code="one_language_only",
            field=f"narratives.{narrative.section}",
            href=f"#section-{narrative.section}",
            message=message % {"section": _title(section)},
        )


def _title(section: NarrativeSection) -> str:
    return section.title["en" if (get_language() or "").startswith("en") else "ru"]


def narratives_in_both_languages(attempt: Attempt) -> Iterable[Problem]:
    return half_written(attempt.subject)


def checklist_clean_or_explained(attempt: Attempt) -> Iterable[Problem]:
    """Open points do not block once the report carries an explanation of them."""
    explanation = attempt.given.get("explanation") or attempt.subject.explanation
    if str(explanation).strip():
        return []
    return open_points(attempt.subject, at=attempt.at)
