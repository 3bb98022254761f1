"""What people call a reporting period: «Этап 1, день 3». Codes (`S1-D03`) stay in addresses, files and interfaces.

Read off the code that `periods` gives, so that a list of returns names its periods without another query.
"""

import re

from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext

from operations.domain.wording import in_language
from operations.models import PeriodKind, ReportingPeriod, Return

_STAGE = re.compile(r"S(?P<stage>\d+)-(?:D(?P<day>\d+)|FINAL|FOLLOWUP)")
_QUARTER = re.compile(r"Q(?P<quarter>[1-4])")
_MONTH = re.compile(r"M(0[1-9]|1[0-2])")


def period_name(period: ReportingPeriod) -> str:
    """The name in the reader's language; a period of another make is called by its code."""
    if quarter := _QUARTER.fullmatch(period.code):
        return gettext("Quarter %(quarter)s") % quarter.groupdict()
    if month := _MONTH.fullmatch(period.code):
        return _month_name(int(month[1]))
    found = _STAGE.fullmatch(period.code)
    if found is None:
        return period.code
    numbers = {"stage": found["stage"], "day": (found["day"] or "").lstrip("0")}
    if period.kind == PeriodKind.OPERATIONAL:
        return gettext("Stage %(stage)s, day %(day)s") % numbers
    if period.kind == PeriodKind.FINAL:
        return gettext("Stage %(stage)s, final") % numbers
    return gettext("Stage %(stage)s, follow-up") % numbers


def return_name(period: ReportingPeriod) -> str:
    """What a return of the period is called: «Итоговое донесение за этап 1»."""
    if quarter := _QUARTER.fullmatch(period.code):
        return gettext("Return of quarter %(quarter)s") % quarter.groupdict()
    if month := _MONTH.fullmatch(period.code):
        return gettext("Return of %(month)s") % {"month": _month_within(int(month[1]))}
    found = _STAGE.fullmatch(period.code)
    if found is None:
        return f"{period.get_kind_display()} {period.code}"
    numbers = {"stage": found["stage"], "day": (found["day"] or "").lstrip("0")}
    if period.kind == PeriodKind.OPERATIONAL:
        return gettext("Situation report of stage %(stage)s, day %(day)s") % numbers
    if period.kind == PeriodKind.FINAL:
        return gettext("Final return of stage %(stage)s") % numbers
    return gettext("Follow-up return of stage %(stage)s") % numbers


def return_and_whose(expected_return: Return, *, language: str) -> str:
    """What a notice says of a return: its name, whose it is, and in which operation."""
    whose, operation = expected_return.unit or expected_return.agency, expected_return.period.operation
    with in_language(language):
        named, title = (whose.name_ru, operation.title_ru)
        if language == "en":
            named, title = whose.name_en or named, operation.title_en or title
        return f"{return_name(expected_return.period)}, {named}. {title}"


def _month_name(month: int) -> str:
    """«Январь»: a name that stands alone begins with a capital in either language."""
    return capfirst(str(MONTHS[month]))


def _month_within(month: int) -> str:
    """The month inside a phrase: English keeps the capital, Russian does not."""
    name = str(MONTHS[month])
    return name if (get_language() or "").startswith("en") else name.lower()
