"""What a report is called on pages, in lists and in letters, in the language that is active.

The kind alone does not tell two reports of one operation apart: a report on a stage names the stage, a national one the
state, and minutes the meeting with its day.
"""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from operations.domain.wording import NO_BREAK_SPACE, date_text, in_language
from operations.models import Meeting
from reports.domain.cells import Text, both
from reports.domain.definitions import definition_of
from reports.domain.texts import of_row
from reports.models import Report

#: The rows that a title reads.
NAMED_BY = ("operation", "stage", "state", "meeting__body")


def title_of(report: Report) -> str:
    """The kind of report and what it is about: «Отчёт об этапе, этап 2», «Протокол заседания № 3 от …»."""
    return ", ".join([_kind(report), *_about(report)])


def numbered_title_of(report: Report) -> str:
    """The same with the report's number; minutes have that of their meeting already."""
    kind = _kind(report)
    if report.meeting is None:
        number = _("No. %(number)s") % {"number": report.number}
        kind += " " + number.replace(" ", NO_BREAK_SPACE)
    return ", ".join([kind, *_about(report)])


def full_title_of(report: Report) -> str:
    """The title with the operation, for wherever reports of several operations meet.

    One that took the place of another has its number, which tells the two apart.
    """
    title = numbered_title_of(report) if report.number > 1 else title_of(report)
    return f"{title}, {_said(of_row(report.operation, 'title'))}"


def full_titles_of(report: Report) -> Text:
    """The full title in both languages, whoever reads it."""
    found = {}
    for language in ("ru", "en"):
        with in_language(language):
            found[language] = full_title_of(report)
    return both(ru=found["ru"], en=found["en"])


def _kind(report: Report) -> str:
    return str(definition_of(report).name) if report.meeting is None else _of_meeting(report.meeting)


def _of_meeting(meeting: Meeting) -> str:
    body = of_row(meeting.body, "short") if meeting.body.short_ru else of_row(meeting.body, "name")
    facts = {"number": meeting.number, "day": date_text(meeting.held_on, language=_language()), "body": _said(body)}
    if meeting.is_in_correspondence:
        return _("Record of decision No. %(number)s in correspondence of %(day)s (%(body)s)") % facts
    return _("Minutes of meeting No. %(number)s of %(day)s (%(body)s)") % facts


def _about(report: Report) -> list[str]:
    about = []
    if report.stage is not None:
        about.append(_("stage %(number)s") % {"number": report.stage.number})
    if report.state is not None:
        about.append(_said(of_row(report.state, "name")))
    return about


def _said(text: Text) -> str:
    return text["en"] if _language() == "en" else text["ru"]


def _language() -> str:
    return "en" if (get_language() or "ru").startswith("en") else "ru"
