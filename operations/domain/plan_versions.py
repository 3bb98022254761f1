"""Versions of a plan: freezing the working rows into bytes, putting them back, and what differs between two.

A version («редакция») is canonical JSON and its SHA-256. It is never changed: agreements and the approval are bound to
that hash. Discarding an amendment writes the version in force back over the working rows, row by row with the same
ids, because periods and returns refer to them.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models

from operations.domain.plan_content import (
    Content,
    canonical_bytes,
    frozen_content,
    interval_of,
    sha256_of,
    working_content,
)
from operations.domain.transitions import Attempt
from operations.models import (
    AgencyKind,
    Body,
    Contact,
    ExchangeProcedure,
    Indicator,
    Measure,
    MemberState,
    Objective,
    Plan,
    PlanSection,
    PlanVersion,
    Stage,
    StageWindow,
    User,
)

_SETS: dict[str, type[models.Model]] = {
    "responsible_kinds": AgencyKind,
    "responsible_states": MemberState,
    "responsible_bodies": Body,
    "co_executor_kinds": AgencyKind,
    "co_executor_bodies": Body,
    "indicators": Indicator,
}


def freeze(attempt: Attempt) -> None:
    """The effect of `circulate`: a new version of the working rows; an unapproved version before it lapses."""
    plan: Plan = attempt.subject
    lapse_unapproved(plan, at=attempt.at)
    plan.current_version = _store(plan, actor=attempt.actor, at=attempt.at)
    plan.agreed_at_meeting = None
    attempt.noted.update(version=plan.current_version.number, sha256=plan.current_version.sha256)


def lapse_unapproved(plan: Plan, *, at: dt.datetime) -> None:
    """What nobody approved and nobody can any more: agreements to it count no longer."""
    plan.versions.filter(approved_at__isnull=True, lapsed_at__isnull=True).update(lapsed_at=at)
    if plan.current_version is not None:
        plan.current_version.refresh_from_db()


def _store(plan: Plan, *, actor: User, at: dt.datetime) -> PlanVersion:
    content = canonical_bytes(working_content(plan))
    number = (plan.versions.aggregate(last=models.Max("number"))["last"] or 0) + 1
    return PlanVersion.objects.create(
        plan=plan, number=number, content=content, sha256=sha256_of(content), frozen_at=at, frozen_by=actor
    )


def restore(attempt: Attempt) -> None:
    """The effect of `discard_amendment`: the working rows are again what the version in force says."""
    plan: Plan = attempt.subject
    lapse_unapproved(plan, at=attempt.at)
    in_force = plan.in_force_version
    if in_force is None:
        raise ValueError("no version is in force")
    plan.current_version = in_force
    content = frozen_content(in_force)
    plan.goal_ru, plan.goal_en = content["goal"]["ru"], content["goal"]["en"]
    plan.interval = interval_of(content)
    plan.amendment_reason = content["amendment_reason"]
    _Restoring(plan, content).carry_out()
    attempt.noted["version"] = in_force.number


class _Restoring:
    """One restoration: what is gone from the version goes, what is in it comes back under its own id."""

    def __init__(self, plan: Plan, content: Content) -> None:
        self.plan, self.content = plan, content
        self.states = {row.code: row for row in MemberState.objects.all()}
        self.bodies = {row.code: row for row in Body.objects.all()}

    def carry_out(self) -> None:
        measures = [m | {"objective": o["id"]} for o in self.content["objectives"] for m in o["measures"]]
        windows = [w | {"stage": s["id"]} for s in self.content["stages"] for w in s["windows"]]
        # whatever refers goes before what it refers to, and comes back after it
        _drop(Measure.objects.filter(objective__plan=self.plan), measures)
        _drop(StageWindow.objects.filter(stage__plan=self.plan), windows)
        _drop(self.plan.exchange_procedures.all(), self.content["procedures"])
        _drop(self.plan.contacts.all(), self.content["contacts"])
        self._stages()
        for kept in self.content["objectives"]:
            _put(Objective, kept["id"], plan=self.plan, position=kept["position"], **_texts("text", kept))
        for kept in windows:
            _put(StageWindow, kept["id"], stage_id=kept["stage"], **self._window(kept))
        for kept in self.content["procedures"]:
            _put(ExchangeProcedure, kept["id"], plan=self.plan, position=kept["position"], **_texts("text", kept))
        for kept in self.content["contacts"]:
            _put(Contact, kept["id"], plan=self.plan, **self._contact(kept))
        self._measures(measures)
        _drop(self.plan.objectives.all(), self.content["objectives"])
        self._sections()

    def _stages(self) -> None:
        """Numbers are unique in a plan, so they step aside before they are given out again."""
        stages = self.plan.stages.all()
        kept_ids = [kept["id"] for kept in self.content["stages"]]
        Measure.objects.filter(objective__plan=self.plan).exclude(stage__in=kept_ids).update(stage=None)
        stages.exclude(pk__in=kept_ids).delete()
        for place, stage in enumerate(stages, start=1):
            stages.filter(pk=stage.pk).update(number=10_000 + place)
        for kept in self.content["stages"]:
            dates = {"start_date": _day(kept["start"]), "end_date": _day(kept["end"])}
            names = _texts("name", kept) | {"codename": kept["codename"], "kind": kept["kind"]}
            _put(Stage, kept["id"], plan=self.plan, number=kept["number"], **names, **dates)

    def _window(self, kept: dict[str, Any]) -> dict[str, Any]:
        return {
            "state": self.states[kept["state"]],
            "codename": kept["codename"],
            "start_date": _day(kept["start"]),
            "end_date": _day(kept["end"]),
        }

    def _contact(self, kept: dict[str, Any]) -> dict[str, Any]:
        return {
            "state": self.states.get(kept["state"]),
            "body": self.bodies.get(kept["body"]),
            "telephone": kept["telephone"],
            "email": kept["email"],
            **_texts("name", kept),
            **_texts("post", kept),
        }

    def _measures(self, measures: list[dict[str, Any]]) -> None:
        rows = {kept["id"]: _put(Measure, kept["id"], **_measure(kept)) for kept in measures}
        for kept in measures:
            rows[kept["id"]].predecessors.set(kept["predecessors"])
            for name, model in _SETS.items():
                getattr(rows[kept["id"]], name).set(model._default_manager.filter(code__in=kept[name]))

    def _sections(self) -> None:
        for kept in self.content["sections"]:
            written = self.plan.sections.filter(kind=kept["kind"]).first()
            pk = kept["id"] or (written.pk if written else None)
            if pk is not None:
                _put(PlanSection, pk, plan=self.plan, kind=kept["kind"], **_texts("text", kept))


def _measure(kept: dict[str, Any]) -> dict[str, Any]:
    return {
        "objective_id": kept["objective"],
        "position": kept["position"],
        "timing": kept["timing"],
        "stage_id": kept["stage"],
        "copied_from": Measure.objects.filter(pk=kept["copied_from"]).first(),
        "start_date": _day(kept["start"]),
        "end_date": _day(kept["end"]),
        **_texts("text", kept),
        **_texts("expected_result", kept),
    }


def _drop(rows: models.QuerySet[Any], kept: Iterable[dict[str, Any]]) -> None:
    rows.exclude(pk__in=[item["id"] for item in kept]).delete()


def _put(model: type[models.Model], pk: int, **values: Any) -> Any:
    """The row under its own id, with one revision more, so that an edit begun before is recognised as stale."""
    row: Any = model._default_manager.filter(pk=pk).first() or model(pk=pk, revision=0)
    for name, value in values.items():
        setattr(row, name, value)
    row.revision += 1
    row.save()
    return row


def _texts(stem: str, kept: dict[str, Any]) -> dict[str, str]:
    return {f"{stem}_ru": kept[stem]["ru"], f"{stem}_en": kept[stem]["en"]}


def _day(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None
