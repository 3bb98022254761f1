"""The choices above a list, by which it is narrowed down."""

from collections.abc import Iterable
from typing import Any

from django import template

from operations.models import ReportingPeriod
from operations.web.tags import label, period_name

register = template.Library()


@register.inclusion_tag("components/choice.html")
def choice(
    name: str, words: str, options: Iterable[Any], chosen: Any, none: str = "", with_code: bool = False
) -> dict[str, Any]:
    """One labelled choice of a filter: `{% choice "state" _("State") states chosen.state _("All") %}`.

    An option is a pair of value and words, a row with a code, or a text that is both. `none` is what the empty choice
    is called; without it there is none. `with_code` puts a row's code before its name.
    """
    return {
        "name": name,
        "words": words,
        "none": none,
        "options": [(_value(one), _words(one, with_code=with_code)) for one in options],
        "chosen": "" if chosen is None else _value(chosen),
    }


def _value(one: Any) -> str:
    if isinstance(one, tuple):
        return str(one[0])
    return str(getattr(one, "code", one))


def _words(one: Any, *, with_code: bool) -> str:
    if isinstance(one, tuple):
        return str(one[1])
    if isinstance(one, ReportingPeriod):
        return period_name(one)
    if not hasattr(one, "code"):
        return str(one)
    return f"{one.code} {label(one)}" if with_code else label(one)
