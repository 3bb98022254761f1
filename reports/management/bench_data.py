"""Figures and totals by the million, made inside the database: operations year after year, all forms filled in.

The shape is that of a real year: every authority of six states returns both stages, their follow-up and each month, and
units stand below every authority until the wanted number of figures is reached. Totals are the sums of the figures, as
the accepting transaction would have kept them.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.utils import timezone

from operations.domain.moments import moscow_moment
from operations.domain.reference import load_reference
from operations.models import (
    Agency,
    AgencyKind,
    Category,
    Figure,
    Indicator,
    MemberState,
    Operation,
    Participation,
    PeriodKind,
    Plan,
    ReportingPeriod,
    Return,
    ReturnForm,
    Stage,
    Submission,
    Total,
    Unit,
    User,
)
from operations.workbooks.reference_files import read_folder

#: Special operations of years that are over: every return of them is due, and no year is taken.
FIRST_YEAR = 2006
_STAGES = ((1, 6), (2, 10))


@dataclass(frozen=True)
class Size:
    """So many figures, in so many operations."""

    figures: int
    operations: int


def fill(size: Size) -> int:
    """Adds operations until there are as many as wanted; answers how many figures there are then."""
    with _without_checks():
        actor, agencies = _people_and_agencies()
        held = Figure.objects.count()
        for place in range(size.operations):
            year = FIRST_YEAR + place
            if not Operation.objects.filter(slug=f"bench-{year}").exists():
                _add_year(year, actor, agencies)
                _add_units(year, (size.figures - held) // (size.operations - place))
                _add_totals(year)
                held = Figure.objects.count()
        _execute("ANALYZE")  # as the database's own housekeeping would have by then
    return held


def _people_and_agencies() -> tuple[User, list[Agency]]:
    if not AgencyKind.objects.exists():
        load_reference(sheets=read_folder(), at=timezone.now())
    actor = User.objects.filter(is_system=True).first()
    if actor is None:
        actor = User.objects.create(username="bench", name_ru="Замер", name_en="Bench", is_system=True)
    if not Agency.objects.exists():
        Agency.objects.bulk_create(
            Agency(code=f"{state.code}-{kind.pk}", state=state, kind=kind, name_ru=kind.name_ru, name_en=kind.name_en)
            for state in MemberState.objects.all()
            for kind in AgencyKind.objects.all()
        )
    return actor, list(Agency.objects.all())


def _add_year(year: int, actor: User, agencies: list[Agency]) -> None:
    """An operation with its periods, and every authority's returns of them, accepted and filled in."""
    titles = {"title_ru": f"Замер {year}", "title_en": f"Bench {year}"}
    operation = Operation.objects.create(slug=f"bench-{year}", year=year, kind=Operation.Kind.SPECIAL, **titles)
    Participation.objects.bulk_create(
        Participation(operation=operation, state=state) for state in MemberState.objects.all()
    )
    plan = Plan.objects.create(operation=operation, status=Plan.Status.APPROVED, created_by=actor)
    forms = {(form.agency_kind_id, form.period_kind): form for form in ReturnForm.objects.all()}
    periods = ReportingPeriod.objects.bulk_create(_periods(operation, plan))
    rows = [
        Return(
            period=period,
            agency=agency,
            form=forms[agency.kind_id, period.kind],
            due_at=period.due_at,
            closes_at=period.closes_at,
            first_submitted_at=period.due_at,
        )
        for period in periods
        for agency in agencies
        if (agency.kind_id, period.kind) in forms
    ]
    Return.objects.bulk_create(rows)
    first = Return.objects.filter(period__operation=operation).order_by("pk")[0]
    Submission.objects.create(
        expected_return=first,
        number=1,
        status=Submission.Status.ACCEPTED,
        entered_by=actor,
        started_at=first.due_at,
        submitted_at=first.due_at,
    )
    _copy_submission(first, Return.objects.filter(period__operation=operation).exclude(pk=first.pk))
    _add_figures(Return.objects.filter(period__operation=operation))


def _periods(operation: Operation, plan: Plan) -> list[ReportingPeriod]:
    """Both stages with their final and follow-up returns, and the twelve months."""
    year, found = operation.year, []
    for number, month in _STAGES:
        start, end = dt.date(year, month, 1), dt.date(year, month, 10)
        stage = Stage.objects.create(
            plan=plan,
            number=number,
            name_ru=f"Этап {number}",
            name_en=f"Stage {number}",
            start_date=start,
            end_date=end,
        )
        found.append(_period(operation, PeriodKind.FINAL, f"S{number}", start, end, stage))
        later = end + dt.timedelta(days=60)
        found.append(_period(operation, PeriodKind.FOLLOW_UP, f"S{number}-F", start, later, stage))
    for month in range(1, 13):
        start = dt.date(year, month, 1)
        end = dt.date(year, month, 28)
        found.append(_period(operation, PeriodKind.INTERVAL, f"M{month:02}", start, end, None))
    return found


def _period(
    operation: Operation, kind: str, code: str, start: dt.date, end: dt.date, stage: Stage | None
) -> ReportingPeriod:
    due = moscow_moment(end + dt.timedelta(days=14))
    return ReportingPeriod(
        operation=operation,
        kind=kind,
        stage=stage,
        code=code,
        start_date=start,
        end_date=end,
        opens_at=due - dt.timedelta(days=10),
        due_at=due,
        closes_at=due + dt.timedelta(days=10),
    )


def _add_units(year: int, wanted: int) -> None:
    """Returns of units, as many below every authority as make the wanted number of figures."""
    rows = Return.objects.filter(period__operation__slug=f"bench-{year}")
    own = Figure.objects.filter(submission__expected_return__in=rows).count()
    for place in range(max(wanted - own, 0) // max(own, 1)):
        code = f"u{place}"
        if not Unit.objects.filter(code=code).exists():
            Unit.objects.bulk_create(
                Unit(agency=agency, code=code, name_ru=code, name_en=code) for agency in Agency.objects.all()
            )
        unit = Unit.objects.filter(code=code, agency=models.OuterRef("agency")).values("pk")
        _insert(
            Return,
            rows.filter(unit__isnull=True).annotate(copied=models.Subquery(unit)),
            {"unit_id": "copied"},
        )
        first = Return.objects.filter(period__operation__slug=f"bench-{year}", unit__isnull=True).order_by("pk")[0]
        added = Return.objects.filter(period__operation__slug=f"bench-{year}", unit__code=code)
        _copy_submission(first, added)
        _add_figures(added)


def _insert(model: type[models.Model], rows: models.QuerySet[Any], replaced: dict[str, str]) -> None:
    """INSERT … SELECT of every column of `rows`, some replaced by an annotation; keys are the database's to give."""
    columns = [field for field in model._meta.concrete_fields if not field.primary_key]
    chosen = rows.order_by("pk").values_list(*(replaced.get(field.attname, field.attname) for field in columns))
    sql, parameters = chosen.query.sql_with_params()
    names = ", ".join(f'"{field.column}"' for field in columns)
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{model._meta.db_table}" ({names}) {sql}', parameters)


def _copy_submission(first: Return, rows: models.QuerySet[Return]) -> None:
    """The submission of the first return once more for each of the others."""
    columns = [field for field in Submission._meta.concrete_fields if not field.primary_key]
    wanted, parameters = rows.order_by().values("id").query.sql_with_params()
    names = ", ".join(f'"{field.column}"' for field in columns)
    values = ", ".join(
        'wanted."id"' if field.attname == "expected_return_id" else f's."{field.column}"' for field in columns
    )
    table = Submission._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" s, ({wanted}) wanted '  # noqa: S608
            f'WHERE s."expected_return_id" = %s ORDER BY wanted."id"',
            (*parameters, first.pk),
        )


def _add_figures(rows: models.QuerySet[Return]) -> None:
    """Every cell of every form, each with a number that its place makes."""
    wanted, parameters = rows.order_by().values("id").query.sql_with_params()
    names = {
        "submission": Submission._meta.db_table,
        "return": Return._meta.db_table,
        "form": ReturnForm.indicators.through._meta.db_table,
        "category": Category._meta.db_table,
        "breakdowns": Indicator.breakdowns.through._meta.db_table,
        "figure": Figure._meta.db_table,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO "{names["figure"]}" (submission_id, indicator_id, category_id, state, value, note)
            SELECT s.id, f.indicator_id, c.id, 'value', (s.id * 31 + f.indicator_id * 17 + c.id * 7) %% 1000, ''
            FROM "{names["submission"]}" s
            JOIN "{names["return"]}" r ON r.id = s.expected_return_id
            JOIN "{names["form"]}" f ON f.returnform_id = r.form_id
            JOIN "{names["category"]}" c ON c.breakdown_id IS NULL OR EXISTS (
                SELECT 1 FROM "{names["breakdowns"]}" b
                WHERE b.indicator_id = f.indicator_id AND b.breakdown_id = c.breakdown_id)
            WHERE r.id IN ({wanted})
            ORDER BY s.id, f.indicator_id, c.id
            """,  # noqa: S608 - our own tables
            parameters,
        )


def _add_totals(year: int) -> None:
    """The sums of the authorities' own figures, on both bases."""
    for basis in Total.Basis.values:
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                INSERT INTO "{Total._meta.db_table}"
                    (period_id, state_id, agency_kind_id, indicator_id, category_id, basis, value, returns)
                SELECT r.period_id, a.state_id, a.kind_id, f.indicator_id, f.category_id, %s, SUM(f.value), COUNT(*)
                FROM "{Figure._meta.db_table}" f
                JOIN "{Submission._meta.db_table}" s ON s.id = f.submission_id
                JOIN "{Return._meta.db_table}" r ON r.id = s.expected_return_id
                JOIN "{Agency._meta.db_table}" a ON a.id = r.agency_id
                JOIN "{ReportingPeriod._meta.db_table}" p ON p.id = r.period_id
                JOIN "{Operation._meta.db_table}" o ON o.id = p.operation_id
                WHERE r.unit_id IS NULL AND o.slug = %s
                GROUP BY r.period_id, a.state_id, a.kind_id, f.indicator_id, f.category_id
                """,  # noqa: S608 - our own tables
                (basis, f"bench-{year}"),
            )


@contextmanager
def _without_checks() -> Iterator[None]:
    """What is made here refers to what there is: checking each of ten million rows again would take the time."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            kept = cursor.execute("PRAGMA foreign_keys").fetchone()[0]
        off, on = "PRAGMA foreign_keys = OFF", f"PRAGMA foreign_keys = {kept}"
    elif _is_superuser():
        off, on = "SET session_replication_role = replica", "SET session_replication_role = DEFAULT"
    else:
        off = on = "SELECT 1"
    _execute(off)
    try:
        yield
    finally:
        _execute(on)


def _is_superuser() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
