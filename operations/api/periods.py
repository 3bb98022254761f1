"""The calendar of reporting: periods with their moments, holidays of the states, periods reopened for one authority."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.fields import CodeField, StrictDate, StrictMoment, StrictText
from operations.api.parameters import Choice, Code, Flag, Whole
from operations.api.resources import Resource, WorkflowResource
from operations.api.serializers import Nothing, Representation, StrictInput, TransitionsField
from operations.domain import holidays
from operations.domain.deadlines import Move
from operations.domain.period_adjustments import MOMENTS, adjust_period, restore_period
from operations.domain.reporting_calendar import reopenings_in_force
from operations.domain.tokens import TokenScope
from operations.models import (
    Agency,
    Holiday,
    MemberState,
    Operation,
    PeriodKind,
    ReopenedPeriod,
    ReportingPeriod,
    Return,
)


class StateDeadline(Representation):
    """The deadline of a state whose holidays are others than those of the common moments."""

    state = serializers.CharField()
    due_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()


class PeriodShown(Representation):
    """A period of an operation; interval periods belong to no stage.

    `due_at` and `closes_at` are the common moments; `differing` lists the states with others. What was adjusted by
    hand holds for all states.
    """

    id = serializers.IntegerField()
    operation = serializers.CharField(source="operation.slug")
    code = serializers.CharField()
    kind = serializers.CharField()
    stage = serializers.IntegerField(source="stage.number", default=None)
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    opens_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    is_official = serializers.BooleanField()
    adjusted_at = serializers.DateTimeField(allow_null=True)
    adjusted_by = serializers.CharField(source="adjusted_by.username", default=None)
    adjustment_reason = serializers.CharField()
    differing = StateDeadline(many=True)
    transitions = TransitionsField()


class AdjustmentInput(StrictInput):
    """The three moments of a period, and why they are set by hand."""

    opens_at = StrictMoment()
    due_at = StrictMoment()
    closes_at = StrictMoment()
    reason = StrictText(max_length=2000, lines=True)
    screening_reason = StrictText(max_length=300, allow_blank=True, required=False)


class Periods(WorkflowResource):
    """The calendar of reporting, in the order in which periods fall due."""

    queryset = ReportingPeriod.objects.select_related("operation", "stage", "adjusted_by")
    serializer_class = PeriodShown
    ordering = ("due_at", "id")
    parameters = {
        "operation": Code(lookup="operation__slug", model=Operation, code="slug"),
        "kind": Choice(lookup="kind", choices=PeriodKind.values),
        "stage": Whole(lookup="stage__number"),
    }
    write_scope = TokenScope.PLANS
    is_revised = False
    transitions = {"adjust": AdjustmentInput, "restore": Nothing}

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Every row brings along the states whose deadline is another: one query for a whole page."""
        rows = args[0] if args else ()
        _attach_differing(rows if kwargs.get("many") else [rows] if isinstance(rows, ReportingPeriod) else ())
        return super().get_serializer(*args, **kwargs)

    def carry_out(self, row: ReportingPeriod, name: str, given: dict[str, Any]) -> None:
        who: dict[str, Any] = {"actor": self.actor, "at": self.at}
        if name == "restore":
            restore_period(period=row, **who)
            return
        moments = {one: given.pop(one) for one in MOMENTS}
        adjust_period(period=row, moments=moments, **given, **who)


def _attach_differing(periods: Iterable[Any]) -> None:
    listed = list(periods)
    by_period: dict[int, list[dict[str, Any]]] = defaultdict(list)
    common = {period.pk: period.due_at for period in listed}
    rows = Return.objects.filter(period__in=list(common), unit__isnull=True).order_by("agency__state__code", "due_at")
    for period, state, due, closes in rows.values_list(
        "period_id", "agency__state__code", "due_at", "closes_at"
    ).distinct():
        if due != common[period]:
            by_period[period].append({"state": state, "due_at": due, "closes_at": closes})
    for period in listed:
        period.differing = by_period[period.pk]


# --- holidays ---


class HolidayShown(Representation):
    """A day off of a state: its working days leave it out."""

    id = serializers.IntegerField()
    state = serializers.CharField(source="state.code")
    day = serializers.DateField()
    name_ru = serializers.CharField()
    name_en = serializers.CharField()


class HolidaysInput(StrictInput):
    """Days off to enter for one state."""

    state = CodeField(MemberState)
    days = serializers.ListField(child=StrictDate(), min_length=1, max_length=holidays.MOST_DAYS)
    name_ru = StrictText(max_length=120, allow_blank=True, required=False)
    name_en = StrictText(max_length=120, allow_blank=True, required=False)


class MoveShown(Representation):
    """A deadline that moves: of a return, or (`return` null) the common one of a period."""

    operation = serializers.CharField()
    period = serializers.CharField()
    agency = serializers.CharField(allow_null=True)
    due_before = serializers.DateTimeField()
    due_after = serializers.DateTimeField()


class MovesShown(Representation):
    """What a change of holidays moved, or (`dry_run`) would move."""

    dry_run = serializers.BooleanField()
    days = serializers.ListField(child=serializers.DateField())
    moved = MoveShown(many=True)


class Holidays(Resource):
    """The holidays of the states, the earliest first. A change answers which deadlines it moves."""

    queryset = Holiday.objects.select_related("state")
    serializer_class = HolidayShown
    ordering = ("day", "id")
    parameters = {
        "state": Code(lookup="state__code", model=MemberState),
        "year": Whole(lookup="day__year"),
    }
    write_scope = TokenScope.PLANS
    inputs = {"create": HolidaysInput}
    outputs = {"create": MovesShown, "destroy": MovesShown}

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enters days off of a state; with `dry_run=true` only answers what would move."""
        values = self.input(HolidaysInput)
        state = values.pop("state")
        return self._change(state, "add_holidays", values, status=201)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Removes a day off; with `dry_run=true` only answers what would move."""
        row = self.get_object()
        return self._change(row.state, "remove_holidays", {"days": [row.day]}, status=200)

    create.parameters = destroy.parameters = {"dry_run": Flag(lookup="")}  # type: ignore[attr-defined]

    def _change(self, state: MemberState, name: str, values: dict[str, Any], *, status: int) -> Response:
        is_trial = bool(self.asked.get("dry_run"))
        if is_trial:
            moved = holidays.preview(state=state, name=name, values=values, actor=self.actor, at=self.at)
        elif name == "add_holidays":
            moved = holidays.add_holidays(state=state, values=values, actor=self.actor, at=self.at)
        else:
            moved = holidays.remove_holidays(state=state, days=values["days"], actor=self.actor, at=self.at)
        shown = {
            "dry_run": is_trial,
            "days": sorted(set(values["days"])),
            "moved": [_move(one) for one in (*moved.periods, *moved.returns)],
        }
        return Response(MovesShown(shown).data, status=200 if is_trial else status)


def _move(move: Move) -> dict[str, Any]:
    period = move.row.period if isinstance(move.row, Return) else move.row
    return {
        "operation": period.operation.slug,
        "period": period.code,
        "agency": move.row.agency.code if isinstance(move.row, Return) else None,
        "due_before": move.before.due_at,
        "due_after": move.after.due_at,
    }


# --- reopenings ---


class ReopeningShown(Representation):
    """A period that headquarters reopened for one authority; `POST /returns/<id>/reopen-period/` makes one."""

    id = serializers.IntegerField()
    operation = serializers.CharField(source="period.operation.slug")
    period = serializers.CharField(source="period.code")
    state = serializers.CharField(source="agency.state.code")
    agency = serializers.CharField(source="agency.code")
    expires_at = serializers.DateTimeField()
    reason = serializers.CharField()
    opened_by = serializers.CharField(source="opened_by.username")
    opened_at = serializers.DateTimeField()


class Reopenings(Resource):
    """Reopened periods of the authorities whose returns the caller may see; `in_force=true` leaves out the expired."""

    queryset = ReopenedPeriod.objects.select_related("period__operation", "agency__state", "opened_by")
    serializer_class = ReopeningShown
    ordering = ("-opened_at", "-id")
    parameters = {
        "operation": Code(lookup="period__operation__slug", model=Operation, code="slug"),
        "period": Code(lookup="period__code", model=ReportingPeriod),
        "agency": Code(lookup="agency__code", model=Agency),
        "in_force": Flag(lookup=""),
    }

    def get_queryset(self) -> Any:
        if self.action != "list":
            return super().get_queryset()
        in_force = self.asked.pop("in_force", None)
        rows = super().get_queryset()
        if in_force is None:
            return rows
        held = reopenings_in_force(at=self.at).values("pk")
        return rows.filter(pk__in=held) if in_force else rows.exclude(pk__in=held)
