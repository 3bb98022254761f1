"""Figures cited inside a text: `{{VIO01:KZ}}` is replaced by the number that the report's own tables show.

    citation = "{{" CODE [ "[" [ breakdown ":" ] category "]" ] [ ":" state ] [ "@" stage ] [ "/" year ] "}}"

`{{VIO01}}` is the region's number of the year, `{{VIO01:KZ}}` a state's, `{{ADM01[sex:F]:KZ@2}}` that of women in its
second stage, `{{VIO01/2024}}` the one of another year. What stands in double braces and begins with a letter is meant
as a citation and has to be one; anything else in braces (`{{7*7}}`) stays the text that it is. Nothing is evaluated.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.domain.errors import Problem
from reports.domain.cells import Cell

_PAIR = re.compile(r"\{\{([^{}]*)\}\}")
_CITATION = re.compile(
    r"(?P<indicator>[A-Z]{3}[0-9]{2})"
    r"(?:\[(?:(?P<breakdown>[A-Za-z_]{1,30}):)?(?P<category>[A-Za-z0-9_]{1,30})\])?"
    r"(?::(?P<state>[A-Z]{2}))?(?:@(?P<stage>[0-9]{1,2}))?(?:/(?P<year>[0-9]{4}))?"
)
#: How much of a faulty citation a message repeats.
_REPEATED = 40


@dataclass(frozen=True, kw_only=True)
class Citation:
    """A cited figure by its codes; an empty part is the margin, `stage` and `year` 0 are those of the report."""

    indicator: str
    breakdown: str = ""
    category: str = ""
    state: str = ""
    stage: int = 0
    year: int = 0

    def __str__(self) -> str:
        category = f"{self.breakdown}:{self.category}" if self.breakdown else self.category
        return "".join(
            (
                self.indicator,
                f"[{category}]" if category else "",
                f":{self.state}" if self.state else "",
                f"@{self.stage}" if self.stage else "",
                f"/{self.year}" if self.year else "",
            )
        )


def parsed(inner: str) -> Citation | None:
    """What stands between the braces as a citation; None where it is none."""
    found = _CITATION.fullmatch(inner.strip())
    if found is None:
        return None
    parts = found.groupdict(default="")
    return Citation(
        indicator=parts["indicator"],
        breakdown=parts["breakdown"],
        category=parts["category"],
        state=parts["state"],
        stage=int(parts["stage"] or 0),
        year=int(parts["year"] or 0),
    )


def citations(text: str) -> list[Citation]:
    """Every figure that a text cites, each once, in the order of the text."""
    found = (parsed(match.group(1)) for match in _PAIR.finditer(text))
    return list(dict.fromkeys(one for one in found if one is not None))


def spelling_problems(text: str, *, field: str) -> Iterator[Problem]:
    """Braces that are meant as a citation and are none: misspelt, nested, or never closed."""
    for match in _PAIR.finditer(text):
        inner = match.group(1).strip()
        if inner[:1].isalpha() and parsed(inner) is None:
            yield Problem(
                code="citation_syntax",
                field=field,
                message=_(
                    "“%(cited)s” is not the reference of a figure. Write, for example, {{VIO01}} for the region,"
                    " {{VIO01:KZ}} for a state, {{VIO01:KZ@2}} for its second stage or {{ADM01[sex:F]}} for a category."
                )
                % {"cited": shortened(match.group())},
            )
    rest = _PAIR.sub("", text)
    for sign in ("{{", "}}"):
        if sign in rest:
            yield Problem(
                code="citation_braces",
                field=field,
                message=_(
                    "“%(sign)s” stands alone or inside other braces. A figure is cited as {{VIO01:KZ}}: two braces"
                    " before, two after, none inside."
                )
                % {"sign": sign},
            )


def replaced(text: str, shown: Mapping[str, str]) -> str:
    """The text with each citation replaced by what is shown for it; one that is not known stays as it was typed."""

    def put(match: re.Match[str]) -> str:
        citation = parsed(match.group(1))
        return match.group() if citation is None else shown.get(str(citation), match.group())

    return _PAIR.sub(put, text)


def cited(citation: Citation, *, codes: Mapping[str, str], cell: Cell) -> dict[str, Any]:
    """An entry of a paragraph's `cited`: how the text names the figure, what it is of, and the figure itself."""
    return {"reference": str(citation), "codes": dict(codes), "cell": cell}


def cells_of(entries: Iterable[Mapping[str, Any]]) -> list[Cell]:
    return [entry["cell"] for entry in entries]


def shortened(text: str) -> str:
    return text if len(text) <= _REPEATED else f"{text[:_REPEATED]}…"
