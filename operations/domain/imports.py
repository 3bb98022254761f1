"""Bringing returns in from files and other systems: the same way as by hand, for many returns at once.

Rows are resolved to cells of returns that the person may enter; every fault of every row is reported together and then
nothing is stored. What is stored goes through the verbs of `returns`, as drafts: an import never submits. Whatever is
not the person's to enter looks exactly like what does not exist.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from operations.domain.access import refusal, standing, visible_to
from operations.domain.errors import BadInput, DomainError, NotAllowed, Problem, Text
from operations.domain.figures import MAX_NOTE, BadNumber, FigureInput, cell_input, json_value, parse_value
from operations.domain.return_layout import CellKey, Layout, UnknownCell, layout_of
from operations.domain.returns import save_draft, start_return
from operations.domain.screening import clean, text_problems
from operations.domain.submission_workflow import is_officer_of
from operations.models import Figure, ImportBatch, Operation, Return, Submission, User

MOST_ROWS = 200_000
COLUMNS = ("state", "agency", "period", "indicator", "category", "value")
OPTIONAL_COLUMNS = ("status", "note")


@dataclass(frozen=True)
class ImportRow:
    """One row as it came: texts, and the value as a text (from CSV) or an integer (from JSON). `place` names it."""

    place: str
    cells: Mapping[str, Any]

    def text(self, column: str) -> str:
        return clean(str(self.cells.get(column) or ""))


@dataclass
class Resolved:
    """What the rows of one return come to."""

    expected_return: Return
    draft: Submission | None
    figures: dict[CellKey, FigureInput] = field(default_factory=dict)
    places: dict[CellKey, str] = field(default_factory=dict)


class BadImport(BadInput):
    """The rows cannot be imported; nothing was stored. `batch` is the record of the attempt."""

    code = "bad_import"
    message = _("The import was refused; nothing was stored.")

    def __init__(self, problems: Iterable[Problem], batch: ImportBatch | None = None) -> None:
        super().__init__(problems)
        self.batch = batch


def may_import(user: Any, *, at: dt.datetime) -> bool:
    """Officers import returns of their own agencies; the command imports for the operator."""
    held = standing(user, at)
    return held.is_system or bool(held.agencies)


def import_rows(
    *,
    rows: Sequence[ImportRow],
    operation: Operation,
    file_name: str,
    sha256: str,
    actor: User,
    at: dt.datetime,
    dry_run: bool = False,
) -> ImportBatch:
    """Stores the rows as drafts, all or nothing, and answers the record with its counts.

    Raises `BadImport` with every fault, after keeping a record of the refusal. A dry run stores the record alone.
    Whoever serves no agency enters nothing anywhere and gets `NotAllowed`.
    """
    if not may_import(actor, at=at):
        raise NotAllowed
    resolver = _Resolver(operation, actor, at)
    resolved = resolver.resolve(rows)
    summary = {"rows": len(rows), "returns": len(resolved), **_differences(resolved)}

    def record(status: str) -> ImportBatch:
        return ImportBatch.objects.create(
            operation=operation,
            file_name=file_name[:200],
            sha256=sha256,
            status=status,
            summary={**summary, "problems": len(resolver.problems)},
            imported_by=actor,
            imported_at=at,
        )

    if resolver.problems:
        raise BadImport(resolver.problems, record(ImportBatch.Status.REFUSED))
    if dry_run:
        return record(ImportBatch.Status.CHECKED)
    try:
        with transaction.atomic():
            _store(resolved, actor=actor, at=at)
            return record(ImportBatch.Status.IMPORTED)
    except DomainError as error:
        problem = Problem(code=error.code, message=str(error))
        raise BadImport([problem], record(ImportBatch.Status.REFUSED)) from error


def _store(resolved: Iterable[Resolved], *, actor: User, at: dt.datetime) -> None:
    ordered = sorted(resolved, key=lambda found: found.expected_return.pk)
    # all rows are locked first, in one order, so that two imports never wait for each other
    list(
        Return.objects.select_for_update().filter(pk__in=[found.expected_return.pk for found in ordered]).order_by("pk")
    )
    for found in ordered:
        draft = found.draft or start_return(expected_return=found.expected_return, actor=actor, at=at)
        save_draft(submission=draft, figures=found.figures.values(), revision=None, actor=actor, at=at)


def _differences(resolved: Iterable[Resolved]) -> dict[str, int]:
    """How many cells are new, changed, emptied and unchanged against the drafts as they are."""
    counts = {"new": 0, "changed": 0, "emptied": 0, "unchanged": 0}
    drafts = {found.draft.pk: found for found in resolved if found.draft is not None}
    stored: dict[int, dict[CellKey, Figure]] = defaultdict(dict)
    for figure in Figure.objects.filter(submission__in=drafts):
        stored[figure.submission_id][figure.indicator_id, figure.category_id] = figure
    for found in resolved:
        present = stored[found.draft.pk] if found.draft is not None else {}
        for key, given in found.figures.items():
            counts[_difference(present.get(key), given)] += 1
    return counts


def _difference(present: Figure | None, given: FigureInput) -> str:
    if given.state is None:
        return "unchanged" if present is None else "emptied"
    if present is None:
        return "new"
    is_same = (present.state, present.value, present.note) == (given.state, given.value, given.note)
    return "unchanged" if is_same else "changed"


class _Resolver:
    """Finds what each row means; keeps every fault with the row's place and column."""

    def __init__(self, operation: Operation, actor: User, at: dt.datetime) -> None:
        self.operation, self.actor, self.at = operation, actor, at
        self.problems: list[Problem] = []
        self.layouts: dict[int, Layout] = {}
        self.returns = self._enterable()
        self.drafts = self._newest()
        self.resolved: dict[int, Resolved | None] = {}

    def resolve(self, rows: Sequence[ImportRow]) -> list[Resolved]:
        if not rows:
            self._fault(Problem(code="empty", message=_("There is no row to import.")))
        if len(rows) > MOST_ROWS:
            self._fault(
                Problem(code="too_many_rows", message=_("At most %(limit)s rows at once.") % {"limit": MOST_ROWS})
            )
            return []
        for row in rows:
            self._row(row)
        return [found for found in self.resolved.values() if found is not None]

    def _enterable(self) -> dict[tuple[str, str, str], Return]:
        """The agencies' returns that the person may enter, by state, agency (code or kind) and period."""
        rows = Return.objects.filter(period__operation=self.operation, unit__isnull=True)
        rows = visible_to(rows, self.actor, at=self.at).select_related(
            "period", "agency__state", "agency__kind", "form"
        )
        found: dict[tuple[str, str, str], Return] = {}
        for row in rows:
            if self.actor.is_system or is_officer_of(self.actor, row, self.at):
                state, period = row.agency.state.code, row.period.code
                found[state, row.agency.code, period] = found[state, row.agency.kind.code, period] = row
        return found

    def _newest(self) -> dict[int, Submission]:
        """By return, its newest submission."""
        rows = Submission.objects.filter(expected_return__in={row.pk for row in self.returns.values()})
        return {row.expected_return_id: row for row in rows.order_by("expected_return_id", "number")}

    def _row(self, row: ImportRow) -> None:
        expected_return = self._find_return(row)
        if expected_return is None:
            return
        if expected_return.pk not in self.resolved:
            self.resolved[expected_return.pk] = self._open(row, expected_return)
        found = self.resolved[expected_return.pk]
        layout = self._layout(expected_return)
        key = self._find_cell(row, layout)
        if key is None or found is None:
            return
        if key in found.places:
            message = _("The same cell is given at %(other)s.")
            self._add(row, "indicator", "duplicate", message % {"other": found.places[key]})
            first = ImportRow(found.places[key], {})
            self._add(first, "indicator", "duplicate", message % {"other": row.place})
            return
        found.places[key] = row.place
        figure = self._figure(row, key, layout, expected_return)
        if figure is not None:
            found.figures[key] = figure

    def _find_return(self, row: ImportRow) -> Return | None:
        state, agency, period = (row.text(column) for column in ("state", "agency", "period"))
        found = self.returns.get((state, agency, period))
        if found is not None:
            return found
        states = {key[0] for key in self.returns}
        agencies = {key[:2] for key in self.returns}
        if state not in states:
            self._add(row, "state", "unknown_state", _("There is no such state here."))
        elif (state, agency) not in agencies:
            self._add(row, "agency", "unknown_agency", _("There is no such agency in this state."))
        else:
            self._add(row, "period", "unknown_period", _("Nothing is expected of the agency for this period."))
        return None

    def _open(self, row: ImportRow, expected_return: Return) -> Resolved | None:
        """The draft into which the rows go; a return that takes no entries now is a fault of its first row."""
        newest = self.drafts.get(expected_return.pk)
        refused: DomainError | None
        if newest is None:
            refused = refusal(expected_return, "start", self.actor, at=self.at)
        elif newest.status == Submission.Status.DRAFT:
            newest.expected_return = expected_return
            refused = refusal(newest, "save_draft", self.actor, at=self.at)
        else:
            self._add(
                row,
                "period",
                "not_a_draft",
                _("This return has been submitted already: recall it, or open a correction, and import again."),
            )
            return None
        if refused is not None:
            self._add(row, "period", refused.code, refused.message)
            return None
        return Resolved(expected_return, newest)

    def _layout(self, expected_return: Return) -> Layout:
        if expected_return.form_id not in self.layouts:
            self.layouts[expected_return.form_id] = layout_of(expected_return.form)
        return self.layouts[expected_return.form_id]

    def _find_cell(self, row: ImportRow, layout: Layout) -> CellKey | None:
        code, category = row.text("indicator"), row.text("category")
        line = layout.by_code.get(code)
        if line is None or not line.is_entered:
            self._add(row, "indicator", "unknown_indicator", _("The form of this return has no such indicator."))
            return None
        try:
            return layout.find(code, category)
        except UnknownCell as unknown:
            if unknown.choices:
                text = _("The category exists in several breakdowns. Write one of: %(choices)s.")
                message: Text = text % {"choices": ", ".join(unknown.choices)}
            else:
                message = _("The indicator has no such category.")
            self._add(row, "category", "unknown_category", message)
            return None

    def _figure(self, row: ImportRow, key: CellKey, layout: Layout, expected_return: Return) -> FigureInput | None:
        indicator, raw = layout.by_id[key[0]].indicator, row.cells.get("value")

        def number() -> int | None:
            if raw is None or isinstance(raw, str):
                currency = expected_return.agency.state.currency
                return parse_value(raw or "", indicator=indicator, currency=currency, language=None)
            return json_value(raw, indicator=indicator)

        note = row.text("note")
        faults = list(text_problems(note, longest=MAX_NOTE)) if note else []
        for problem in faults:
            self._add(row, "note", problem.code, problem.message)
        try:
            return cell_input(key=key, status=row.text("status"), note=note, number=number)
        except BadNumber as error:
            column = {"unknown_status": "status", "note_required": "note"}.get(error.code, "value")
            self._add(row, column, error.code, error.message)
            return None

    def _add(self, row: ImportRow, column: str, code: str, message: Text) -> None:
        text = _("%(place)s, column %(column)s: %(message)s")
        self._fault(
            Problem(
                code=code,
                field=f"{row.place}.{column}",
                message=text % {"place": row.place, "column": column, "message": message},
            )
        )

    def _fault(self, problem: Problem) -> None:
        self.problems.append(problem)
