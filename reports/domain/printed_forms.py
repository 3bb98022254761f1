"""The printable form of a return («Донесение»): empty, to be filled by hand, or with what one submission says.

A working paper and no report: nobody approves it here, so it carries no snapshot, no stamp and no mark of a draft, but
the number and version of its form, the period, the agency, and lines for the officer and the head of the agency. What
stands behind a number stands under it: the reason why one is not available, and what was said of a broken rule.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from operations.domain.breach_history import is_about_money
from operations.domain.breakdowns import breakdown_name
from operations.domain.period_names import return_name
from operations.domain.return_layout import CellKey, Layout, Line, layout_of
from operations.domain.wording import in_language, moment_text, money_text, number_text
from operations.models import (
    Breach,
    CellState,
    Figure,
    IndicatorGroup,
    Operation,
    PeriodKind,
    Return,
    ReturnForm,
    Submission,
)
from reports.domain import blocks
from reports.domain.cells import Cell, Text, blank, both, missing, money, number
from reports.domain.payload import Payload, assembled, operation_facts
from reports.domain.units import unit_text

DEFINITION = "return"
TITLE = both(ru="Донесение", en="Return")


def form_number(form: ReturnForm) -> str:
    """How a form is cited: kind of authority, kind of return, version (`internal_affairs/final/1`)."""
    return f"{form.agency_kind.code}/{form.period_kind}/{form.version}"


def empty_form(form: ReturnForm, *, operation: Operation, at: dt.datetime) -> Payload:
    """The form of a kind of authority with nothing filled in."""
    kind = form.agency_kind
    return _payload(
        form=form,
        operation=operation,
        subtitle=both(ru=kind.name_ru, en=kind.name_en),
        period=_in_both(lambda: PeriodKind(form.period_kind).label),
        facts=[_line("Орган", "Authority", "_" * 40, "_" * 40), _line("Период", "Period", "_" * 40, "_" * 40)],
        figures=None,
        currency="",
        at=at,
    )


def filled_form(expected_return: Return, submission: Submission | None, *, at: dt.datetime) -> Payload:
    """The return as one submission has it; without one, the empty form of this very return."""
    agency, period, unit = expected_return.agency, expected_return.period, expected_return.unit
    rows = Figure.objects.filter(submission=submission) if submission is not None else []
    name = both(ru=agency.name_ru, en=agency.name_en)
    if unit is not None:
        name = both(ru=f"{agency.name_ru}, {unit.name_ru}", en=f"{agency.name_en}, {unit.name_en}")
    return _payload(
        form=expected_return.form,
        operation=period.operation,
        subtitle=name,
        period=_in_both(lambda: return_name(period)),
        facts=list(_facts(expected_return, submission)),
        figures={(row.indicator_id, row.category_id): row for row in rows} if submission is not None else None,
        currency=agency.state.currency,
        broken=list(_answered(submission)) if submission is not None else [],
        at=at,
    )


def _payload(
    *,
    form: ReturnForm,
    operation: Operation,
    subtitle: Text,
    period: Text,
    facts: list[Text],
    figures: Mapping[CellKey, Figure] | None,
    currency: str,
    at: dt.datetime,
    broken: Sequence[Breach] = (),
) -> Payload:
    layout = layout_of(form)
    sections = [
        blocks.section(
            id="facts",
            number="1",
            title=both(ru="Сведения", en="Particulars"),
            blocks=[blocks.listing([_cited(form), *facts])],
        )
    ]
    for place, (group, lines) in enumerate(layout.groups(), start=2):
        sections.append(_group(place, group, lines, layout, figures, currency))
    if broken:
        said = [_said_of(breach, layout, currency) for breach in broken]
        sections.append(
            blocks.section(
                id="broken",
                number=str(len(sections) + 1),
                title=both(ru="Пояснения по контрольным соотношениям", en="What was said of broken rules"),
                blocks=[blocks.listing(said)],
            )
        )
    sections[-1]["blocks"] += [
        blocks.signature(post=both(ru="Исполнитель", en="Officer")),
        blocks.signature(post=both(ru="Руководитель органа", en="Head of the authority")),
        blocks.paragraph(both(ru="«___» ______________ 20___ г.", en="Date: ______________ 20___")),
    ]
    payload = assembled(
        definition=DEFINITION,
        operation=operation_facts(
            slug=operation.slug,
            year=operation.year,
            title=both(ru=operation.title_ru, en=operation.title_en),
            demonstration=operation.is_demonstration,
        ),
        title=TITLE,
        subtitle=subtitle,
        period=period,
        as_of=at.isoformat(),
        sections=sections,
    )
    return {**payload, "working_paper": True}


def _cited(form: ReturnForm) -> Text:
    """The form in words, and its number for whoever looks for it."""
    kind, period = form.agency_kind, _in_both(lambda: PeriodKind(form.period_kind).label)
    return _line(
        "Форма",
        "Form",
        f"{kind.name_ru}; {period['ru'].lower()}; редакция {form.version} ({form_number(form)})",
        f"{kind.name_en}; {period['en'].lower()}; version {form.version} ({form_number(form)})",
    )


def _answered(submission: Submission) -> Iterator[Breach]:
    """The broken rules that somebody explained or waived."""
    rows = submission.breaches.select_related("rule", "answered_by").order_by("rule__code")
    yield from rows.filter(status__in=(Breach.Status.EXPLAINED, Breach.Status.WAIVED))


def _said_of(breach: Breach, layout: Layout, currency: str) -> Text:
    """A broken rule with both sides' values, and the explanation or the waiver that let it through."""
    rule, who = breach.rule, breach.answered_by
    status = _in_both(lambda: Breach.Status(breach.status).label)
    left = _side(rule.left, breach.left_value, layout, currency)
    right = _side(rule.right, breach.right_value, layout, currency)
    return both(
        ru=f"{rule.code} {rule.message_ru}: {left['ru']} / {right['ru']}. "
        f"{status['ru']}: {breach.reason} ({who.name_ru if who else ''})",
        en=f"{rule.code} {rule.message_en}: {left['en']} / {right['en']}. "
        f"{status['en']}: {breach.reason} ({who.name_en if who else ''})",
    )


def _side(text: str, value: int, layout: Layout, currency: str) -> Text:
    """What a side of a rule comes to: a number, or an amount where it reads one."""
    if is_about_money(text, layout):
        ru, en = (money_text(value, currency=currency, language=language) for language in ("ru", "en"))
    else:
        ru, en = (number_text(value, language=language) for language in ("ru", "en"))
    return both(ru=ru, en=en)


def _facts(expected_return: Return, submission: Submission | None) -> Iterator[Text]:
    state = expected_return.agency.state
    yield _line("Государство", "State", state.short_ru, state.short_en)
    yield _line(
        "Представить до",
        "Due by",
        moment_text(expected_return.due_at, language="ru"),
        moment_text(expected_return.due_at, language="en"),
    )
    if submission is None:
        return
    status = _in_both(lambda: Submission.Status(submission.status).label)
    yield _line(
        f"Представление № {submission.number}",
        f"Submission No. {submission.number}",
        status["ru"].lower(),
        status["en"].lower(),
    )
    if submission.submitted_by is not None and submission.submitted_at is not None:
        who = submission.submitted_by
        yield _line(
            "Представил",
            "Submitted by",
            f"{who.name_ru}, {moment_text(submission.submitted_at, language='ru')}",
            f"{who.name_en}, {moment_text(submission.submitted_at, language='en')}",
        )
    if submission.on_behalf_of is not None:
        who = submission.on_behalf_of
        yield _line("Ответственный", "Responsible officer", who.name_ru, who.name_en)
    if submission.is_nil:
        yield both(ru="Нулевое донесение: отчитываться не о чем.", en="Nil return: there was nothing to report.")


def _group(
    place: int,
    group: IndicatorGroup,
    lines: list[Line],
    layout: Layout,
    figures: Mapping[CellKey, Figure] | None,
    currency: str,
) -> blocks.Block:
    title = _in_both(lambda: group.label)
    rows = [row for line in lines for row in _rows(line, layout, figures, currency)]
    table = blocks.table(
        id=f"group-{group.value}",
        caption=title,
        stub=both(ru="Показатель", en="Indicator"),
        columns=[blocks.column(heading=both(ru="Значение", en="Value"))],
        rows=rows,
        numbered=False,
        orientation="portrait",
    )
    return blocks.section(id=group.value, number=str(place), title=title, blocks=[table])


def _rows(
    line: Line, layout: Layout, figures: Mapping[CellKey, Figure] | None, currency: str
) -> Iterator[blocks.Block]:
    indicator = line.indicator
    money_in = (currency or "currency") if indicator.is_money else ""
    unit = unit_text(indicator.unit, currency if indicator.is_money else "")
    yield blocks.row(
        header=both(ru=f"{indicator.code} {indicator.name_ru}", en=f"{indicator.code} {indicator.name_en}"),
        code=indicator.code,
        unit=unit,
        level=line.depth,
        cells=[_cell(figures, (indicator.pk, layout.total.pk), money_in)],
        note=_note(figures, (indicator.pk, layout.total.pk)) if line.is_entered else _DERIVED,
    )
    for dimension in line.dimensions:
        name = _in_both(partial(breakdown_name, dimension.breakdown.code))
        for category in dimension.categories:
            yield blocks.row(
                header=both(ru=f"{name['ru']}: {category.name_ru}", en=f"{name['en']}: {category.name_en}"),
                unit=unit,
                level=line.depth + 1,
                cells=[_cell(figures, (indicator.pk, category.pk), money_in)],
                note=_note(figures, (indicator.pk, category.pk)),
            )


def _cell(figures: Mapping[CellKey, Figure] | None, key: CellKey, currency: str) -> Cell:
    if figures is None:
        return blank()
    figure = figures.get(key)
    if figure is None:
        return missing("not_reported")
    if figure.state != CellState.VALUE or figure.value is None:
        return missing(figure.state)
    return money(figure.value, currency=currency) if currency else number(figure.value)


_DERIVED = both(ru="Не заполняется: рассчитывается.", en="Not entered: it is derived.")


def _note(figures: Mapping[CellKey, Figure] | None, key: CellKey) -> Text | None:
    """What the officer noted at a cell, in the language in which it was written."""
    figure = figures.get(key) if figures is not None else None
    return both(ru=figure.note, en=figure.note) if figure is not None and figure.note else None


def _line(ru: str, en: str, said_ru: str, said_en: str) -> Text:
    return both(ru=f"{ru}: {said_ru}", en=f"{en}: {said_en}")


def _in_both(words: Callable[[], object]) -> Text:
    """The same words in both languages, whatever the reader's."""
    said = {}
    for language in ("ru", "en"):
        with in_language(language):
            said[language] = str(words())
    return both(ru=said["ru"], en=said["en"])
