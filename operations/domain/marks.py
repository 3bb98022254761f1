"""What stands in a cell without a number, in tables of pages and documents alike, and what it means.

One vocabulary for all: zero, "not reported", "not applicable", "kept back by the agency" and "hidden for
confidentiality" are different statements, and a reader who has learnt a mark on a page finds the same one on paper.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Mark:
    """The sign in both languages, and its meaning in words; an empty place in a layout has neither."""

    russian: str
    english: str
    meaning: Promise | str = ""

    def text(self, language: str) -> str:
        return self.russian if language == "ru" else self.english


#: By the state of a cell, in the order in which a legend lists them.
MARKS = {
    "not_reported": Mark("…", "…", pgettext_lazy("mark", "not reported")),
    "not_applicable": Mark("х", "x", pgettext_lazy("mark", "not applicable")),
    "not_available": Mark("н/д", "n.d.", pgettext_lazy("mark", "no data; the agency has given the reason")),
    "not_published": Mark("н/о", "n.p.", pgettext_lazy("mark", "not published")),
    "withheld": Mark("н/р", "w", pgettext_lazy("mark", "not disclosed by the agency")),
    "suppressed": Mark("К", "K", pgettext_lazy("mark", "hidden for confidentiality")),
    "no_base": Mark("н/и", "n/a", pgettext_lazy("mark", "not computable: the base is zero")),
    "nothing_expected": Mark("—", "—", pgettext_lazy("mark", "nothing was expected")),
    "blank": Mark("", ""),
}
