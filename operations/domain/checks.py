"""Everything that a return can get wrong, found in one pass: empty cells, sums of breakdowns, parts, broken rules.

What contradicts itself on the face of the form (a part above its whole, a breakdown that does not add up) is a problem
of the cells and has to be mended. What breaks a rule is a breach: a warning is explained, a block mended or waived.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from operations.domain.breach_history import is_about_money
from operations.domain.breakdowns import breakdown_name
from operations.domain.errors import Problem
from operations.domain.return_layout import CellKey, Dimension, Layout, Line, UnknownCell, layout_of
from operations.domain.rule_language import Reference, parse, references
from operations.domain.rules import Broken, Cell, Lookup, Reading, cell_lookup, judge, needs_scope, places
from operations.domain.standing_figures import cells_of, earlier_cells, state_cells
from operations.domain.wording import money_text, number_text
from operations.models import Breach, Indicator, Rule, Submission

_ANSWERED = {
    Rule.Severity.BLOCK: (Breach.Status.WAIVED,),
    Rule.Severity.WARN: (Breach.Status.WAIVED, Breach.Status.EXPLAINED),
}


@dataclass(frozen=True)
class Findings:
    """What is wrong with a return: `problems` have to be mended, `broken` rules mended or answered."""

    problems: tuple[Problem, ...]
    broken: tuple[Broken, ...]


def check_return(submission: Submission, *, layout: Layout | None = None) -> Findings:
    """All problems and all broken rules of a submission as it stands, in a constant number of queries."""
    expected_return = submission.expected_return
    layout = layout or layout_of(expected_return.form)
    cells = cells_of(submission)
    rules = applicable_rules(expected_return.period.kind, layout)
    problems = [*_empty_cells(layout, cells), *_breakdowns(layout, cells), *_parts(layout, cells, rules)]
    look = _lookup(submission, layout, cells, rules)
    broken = tuple(found for rule in rules if (found := judge(rule, look)) is not None)
    return Findings(tuple(problems), broken)


def shown_findings(submission: Submission) -> Findings:
    """The findings of a submission, once for this object and revision: a page shows them and asks whether they hinder.

    An act works on a row of its own, so that what it rests on is always checked anew.
    """
    kept: dict[int, Findings] = submission.__dict__.setdefault("_shown_findings", {})
    if submission.revision not in kept:
        kept[submission.revision] = check_return(submission)
    return kept[submission.revision]


def judge_by(submission: Submission, rules: list[Rule], *, layout: Layout) -> dict[int, Broken]:
    """The breaches of just these rules by a submission as it stands, by the rule's key; for trying a rule."""
    look = _lookup(submission, layout, cells_of(submission), rules)
    return {rule.pk: found for rule in rules if (found := judge(rule, look)) is not None}


def applicable_rules(period_kind: str, layout: Layout) -> list[Rule]:
    """The rules in force for the kind of period that look at something on the form."""
    return [
        rule
        for rule in Rule.objects.filter(is_active=True).order_by("code")
        if period_kind in rule.applies_to and any(reference.code in layout.by_code for reference in places(rule))
    ]


def unanswered(submission: Submission, findings: Findings) -> Iterator[Problem]:
    """The broken rules that still stand in the way of submitting: answers hold for the values they were given for."""
    answers = {breach.rule_id: breach for breach in submission.breaches.all()}
    layout = layout_of(submission.expected_return.form) if findings.broken else None
    for broken in findings.broken:
        breach = answers.get(broken.rule.pk)
        if breach is not None and _is_answered(breach, broken):
            continue
        yield breach_problem(broken, currencies=_currencies(broken.rule, submission, layout))


def is_same(breach: Breach, broken: Broken) -> bool:
    return (breach.left_value, breach.right_value) == (broken.left, broken.right)


def _currencies(rule: Rule, submission: Submission, layout: Layout | None) -> tuple[str | None, str | None]:
    """By side, the currency of the state where the side comes to an amount of money."""
    currency = submission.expected_return.agency.state.currency
    left, right = (
        currency if layout is not None and is_about_money(text, layout) else None for text in (rule.left, rule.right)
    )
    return left, right


def breach_problem(broken: Broken, *, currencies: tuple[str | None, str | None]) -> Problem:
    """A breach as a problem of the page: what the rule says, both sides, and what would settle it."""
    rule = broken.rule
    message = rule.message_en if _language() == "en" else rule.message_ru
    if rule.severity == Rule.Severity.BLOCK:
        text = _("%(code)s: %(message)s (%(left)s against %(right)s). Correct the figures, or ask for a waiver.")
    else:
        text = _("%(code)s: %(message)s (%(left)s against %(right)s). Correct the figures, or explain them.")
    return Problem(
        code="rule_broken" if rule.severity == Rule.Severity.BLOCK else "rule_unexplained",
        field=f"breach.{rule.code}",
        href=f"#breach-{rule.code}",
        message=text
        % {
            "code": rule.code,
            "message": message,
            "left": _amount(broken.left, currencies[0]),
            "right": _amount(broken.right, currencies[1]),
        },
    )


def _is_answered(breach: Breach, broken: Broken) -> bool:
    return breach.status in _ANSWERED[Rule.Severity(broken.rule.severity)] and is_same(breach, broken)


def _empty_cells(layout: Layout, cells: Mapping[CellKey, Cell]) -> Iterator[Problem]:
    for key in layout.required:
        if key not in cells:
            yield _cell_problem(
                layout,
                key,
                "required",
                _("%(cell)s is empty. Enter a number (0 if there were none) or choose why there is none."),
            )


def _breakdowns(layout: Layout, cells: Mapping[CellKey, Cell]) -> Iterator[Problem]:
    for line in layout.lines:
        whole = cells.get((line.indicator.pk, layout.total.pk))
        for dimension in line.dimensions if line.is_entered else ():
            yield from _breakdown(layout, line, dimension, whole, cells)


def _breakdown(
    layout: Layout, line: Line, dimension: Dimension, whole: Cell | None, cells: Mapping[CellKey, Cell]
) -> Iterator[Problem]:
    """Categories exclude one another: they never exceed the whole, and make it up when all of them are given."""
    given = [cells.get((line.indicator.pk, category.pk)) for category in dimension.categories]
    known = [cell for cell in given if cell is not None and cell[0] is Reading.VALUE]
    if not known or whole is None or whole[0] is not Reading.VALUE:
        return
    total = sum(value for _reading, value in known)
    is_complete = all(cell is not None and cell[0] in (Reading.VALUE, Reading.NOT_APPLICABLE) for cell in given)
    if total > whole[1] or (is_complete and total != whole[1]):
        key = (line.indicator.pk, layout.total.pk)
        text = _(
            "%(breakdown)s: the categories of %(cell)s add up to %(sum)s, and the total says %(total)s. "
            "Correct one or the other."
        )
        yield Problem(
            code="breakdown_sum",
            field=layout.address(key),
            href=f"#{layout.address(key)}",
            message=text
            % {
                "cell": line.indicator.code,
                "breakdown": breakdown_name(dimension.breakdown.code),
                "sum": _number(total),
                "total": _number(whole[1]),
            },
        )


def _parts(layout: Layout, cells: Mapping[CellKey, Cell], rules: Iterable[Rule]) -> Iterator[Problem]:
    """A part of an indicator does not exceed the whole, category by category; both cells are named."""
    ruled = [{reference.code for reference in places(rule)} for rule in rules]
    for line in layout.lines:
        whole_line = layout.by_id.get(line.indicator.part_of_id or 0)
        if whole_line is None:
            continue
        for category_id in layout.categories:
            part_key, whole_key = (line.indicator.pk, category_id), (whole_line.indicator.pk, category_id)
            part, whole = cells.get(part_key), cells.get(whole_key)
            if part is None or whole is None or Reading.VALUE is not part[0] or Reading.VALUE is not whole[0]:
                continue
            is_ruled = any({line.indicator.code, whole_line.indicator.code} <= codes for codes in ruled)
            if part[1] > whole[1] and not (category_id == layout.total.pk and is_ruled):
                text = _("%(cell)s is part of something smaller than itself. Correct one or the other.")
                yield _cell_problem(layout, part_key, "part_exceeds_whole", text)
                text = _("%(cell)s is smaller than one of its parts. Correct one or the other.")
                yield _cell_problem(layout, whole_key, "part_exceeds_whole", text)


def _cell_problem(layout: Layout, key: CellKey, code: str, text: object) -> Problem:
    line, category = layout.by_id[key[0]], layout.categories[key[1]]
    name = _name(line.indicator) if category is layout.total else f"{_name(line.indicator)}, {_name(category)}"
    address = layout.address(key)
    return Problem(code=code, field=address, href=f"#{address}", message=str(text) % {"cell": name})


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "ru"


def _amount(value: int, currency: str | None) -> str:
    return money_text(value, currency=currency, language=_language()) if currency else _number(value)


def _number(value: int) -> str:
    return number_text(value, language=_language())


def _name(row: object) -> str:
    name = str(getattr(row, f"name_{_language()}"))
    return str(_("%(code)s “%(name)s”") % {"code": row.code, "name": name}) if isinstance(row, Indicator) else name


def _lookup(submission: Submission, layout: Layout, cells: dict[CellKey, Cell], rules: list[Rule]) -> Lookup:
    expected_return = submission.expected_return
    scopes: dict[str, Mapping[CellKey, Cell]] = {"": cells}
    if needs_scope(rules, "prev"):
        scopes["prev"] = earlier_cells(expected_return)
    if needs_scope(rules, "state"):
        scopes["state"] = state_cells(expected_return, cells)
    foreign = _foreign_indicators(layout, rules)

    def key_of(reference: Reference) -> CellKey | None:
        if reference.code in layout.by_code:
            try:
                return layout.find(reference.code, reference.category, reference.breakdown)
            except UnknownCell:
                return None
        indicator = foreign.get(reference.code)
        return None if indicator is None else (indicator, layout.total.pk)

    return cell_lookup(
        keys=key_of,
        asked=lambda reference: reference.code in layout.by_code and layout.by_code[reference.code].is_entered,
        scopes=scopes,
    )


def _foreign_indicators(layout: Layout, rules: Iterable[Rule]) -> dict[str, int]:
    """Indicators that rules name and this form does not ask for: an earlier period's form may have asked."""
    named = {
        reference.code
        for rule in rules
        for text in (rule.left, rule.right)
        for _s, reference in references(parse(text))
    }
    missing = named - layout.by_code.keys()
    return dict(Indicator.objects.filter(code__in=missing).values_list("code", "pk")) if missing else {}
