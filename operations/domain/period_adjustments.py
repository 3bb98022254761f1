"""Adjusting a period by hand: headquarters set its three moments, for all states alike, and say why.

What is adjusted, neither an amendment of the plan nor a change of holidays moves; `restore` gives the period back to
the rule of the plan. No act here makes anybody late afterwards: a due or closing moment is brought forward to a moment
ahead at the earliest, while a deadline that has passed may be extended. The returns of the period follow, and whoever
has still to submit one is told.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from operations.domain import entry, machine
from operations.domain.access import ANY_HEADQUARTERS
from operations.domain.deadlines import carry_out, common_holidays, holidays_by_state, moves_of_returns
from operations.domain.entry import Entry, Refused
from operations.domain.errors import BadInput, Problem, Stale, WrongState
from operations.domain.moments import MOSCOW, moscow_date
from operations.domain.notices import notify
from operations.domain.period_names import period_name
from operations.domain.periods import QUARTERS, WantedPeriod, is_quarter, wanted_periods
from operations.domain.screening import screened
from operations.domain.transitions import Attempt, Transition, Workflow
from operations.domain.wording import in_language, moment_text
from operations.models import Membership, Operation, PeriodKind, ReportingPeriod, Return, Role, Submission, User

MOMENTS = ("opens_at", "due_at", "closes_at")


def typed_moment(value: Any) -> dt.datetime | None:
    """A moment with its offset; without one it is read as the time in Moscow, as `2026-07-08T23:59`."""
    if value is None or value == "":
        return None
    try:
        taken = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise Refused("not_a_moment", _("This is no date with a time. Write it as 2026-12-31T23:59.")) from None
    if not entry.FIRST_YEAR <= taken.year <= entry.LAST_YEAR:
        raise Refused("implausible_year", _("The year has to lie between 2000 and 2100."))
    return taken if taken.tzinfo is not None else taken.replace(tzinfo=MOSCOW)


ENTRIES = tuple(Entry(name=name, take=typed_moment, is_required=True) for name in MOMENTS)


# --- needs and asks ---


def _not_reported(attempt: Attempt) -> Iterable[Problem]:
    """What was due when the annual report was approved stands in its account of timeliness, which is final."""
    approved_at = attempt.subject.operation.annual_report_approved_at
    if approved_at is not None and attempt.subject.due_at <= approved_at:
        raise WrongState(_("The approved annual report tells of this period: its moments are no longer changed."))
    return ()


def _is_adjusted(attempt: Attempt) -> Iterable[Problem]:
    if attempt.subject.adjusted_at is None:
        raise WrongState(_("The moments of this period are those of the rule already."))
    return ()


def _reasoned(attempt: Attempt) -> Iterable[Problem]:
    if not str(attempt.given.get("reason") or "").strip():
        yield Problem(code="required", field="reason", message=_("Give the reason."))


def _in_order(attempt: Attempt) -> Iterable[Problem]:
    """The moments are all there, in order, other than before, and take nothing away from anybody."""
    period: ReportingPeriod = attempt.subject
    try:
        new = taken_moments(attempt.given)
    except BadInput as error:
        yield from error.problems
        return
    before = {name: getattr(period, name) for name in MOMENTS}
    if new["due_at"] < new["opens_at"]:
        yield Problem(code="out_of_order", field="due_at", message=_("A period falls due after it opens."))
    if new["closes_at"] < new["due_at"]:
        yield Problem(code="out_of_order", field="closes_at", message=_("A period closes after it falls due."))
    if moscow_date(new["due_at"]) < period.end_date:
        yield Problem(
            code="before_the_end",
            field="due_at",
            message=_("A return cannot be due before the last day that its figures cover."),
        )
    for name in ("due_at", "closes_at"):
        if new[name] < before[name] and new[name] < attempt.at:
            yield Problem(
                code="in_the_past",
                field=name,
                message=_("This moment has passed: a deadline is brought forward to a moment ahead at the earliest."),
            )
    if new["opens_at"] > attempt.at and new["opens_at"] > before["opens_at"] and _is_begun(period):
        yield Problem(
            code="begun", field="opens_at", message=_("Returns of the period are begun: it cannot open later than now.")
        )
    if new == before:
        yield Problem(code="unchanged", field="due_at", message=_("These are the moments that the period has."))


def _is_begun(period: ReportingPeriod) -> bool:
    return Submission.objects.filter(expected_return__period=period).exists()


def taken_moments(given: Mapping[str, Any]) -> dict[str, dt.datetime]:
    """The three moments among what was given; raises `BadInput` with every fault."""
    columns, _sets = entry.take(ENTRIES, {name: given.get(name) for name in MOMENTS}, is_new=True)
    return columns


# --- effects ---


def _adjust(attempt: Attempt) -> None:
    period: ReportingPeriod = attempt.subject
    seen = attempt.given.get("seen")
    if seen and seen != fingerprint(period):
        raise Stale(current=period)
    period.adjusted_by, period.adjusted_at = attempt.actor, attempt.at
    period.adjustment_reason = attempt.given["reason"].strip()
    _move(attempt, taken_moments(attempt.given))


def _restore(attempt: Attempt) -> None:
    period: ReportingPeriod = attempt.subject
    rule = moments_by_rule(period)
    if rule is None:
        raise WrongState(_("The plan in force calls for no such period."))
    for name in ("due_at", "closes_at"):
        if getattr(rule, name) < min(getattr(period, name), attempt.at):
            raise WrongState(_("By the rule the period would have fallen due or closed already: it stays adjusted."))
    period.adjusted_by, period.adjusted_at, period.adjustment_reason = None, None, ""
    _move(attempt, {name: getattr(rule, name) for name in MOMENTS})


def _move(attempt: Attempt, new: Mapping[str, dt.datetime]) -> None:
    """Sets the moments; the returns of the period follow, and whoever still owes one is told."""
    period: ReportingPeriod = attempt.subject
    attempt.noted["before"] = {name: getattr(period, name).isoformat() for name in MOMENTS}
    for name in MOMENTS:
        setattr(period, name, new[name])
    period.save()
    moves = moves_of_returns(period.returns.all(), holidays_by_state(), at=attempt.at, moved={period.pk})
    carry_out(moves)
    attempt.noted["after"] = {name: new[name].isoformat() for name in MOMENTS}
    attempt.noted["returns_moved"] = len(moves)
    Operation.objects.filter(pk=period.operation_id).update(data_version=F("data_version") + 1)
    _tell(period, [move.row.pk for move in moves], at=attempt.at)


def _tell(period: ReportingPeriod, moved: list[int], *, at: dt.datetime) -> None:
    """Officers whose agency has still to submit the return."""
    owed = Return.objects.filter(pk__in=moved, first_submitted_at__isnull=True, unit__isnull=True)
    serving = Membership.objects.on(moscow_date(at)).filter(
        role=Role.AGENCY_OFFICER, unit__isnull=True, agency__in=owed.values("agency")
    )
    words = {"ru": "Изменён срок: {name} — представить не позднее {due}", "en": "New deadline: {name} is due by {due}"}
    spelt = {}
    for language, text in words.items():
        with in_language(language):
            name = f"{getattr(period.operation, f'title_{language}')}, {period_name(period)}"
            spelt[language] = text.format(name=name, due=moment_text(period.due_at, language=language))
    notify(
        User.objects.filter(pk__in=serving.values("user"), is_active=True).order_by("pk"),
        topic="period.adjusted",
        subject_ru=spelt["ru"][:300],
        subject_en=spelt["en"][:300],
        address=f"/operations/{period.operation.slug}/calendar/{period.code}/",
        at=at,
    )


def fingerprint(period: ReportingPeriod) -> str:
    """What an edit was made on: the moments as they stood on the page that was opened."""
    return " ".join(getattr(period, name).astimezone(MOSCOW).isoformat() for name in MOMENTS)


def moments_by_rule(period: ReportingPeriod) -> WantedPeriod | None:
    """What the plan's rule says of the period; None where the plan calls for no such period."""
    stages = [period.stage] if period.stage is not None else []
    by_month = QUARTERS if period.kind == PeriodKind.INTERVAL and not is_quarter(period) else frozenset()
    wanted = wanted_periods(year=period.operation.year, stages=stages, holidays=common_holidays(), by_month=by_month)
    return next((one for one in wanted if one.code == period.code), None)


PERIOD = Workflow(
    ReportingPeriod,
    Transition(
        name="adjust",
        label=_("Adjust the moments"),
        who=ANY_HEADQUARTERS,
        needs=(_not_reported,),
        asks=(_reasoned, screened("reason"), _in_order),
        effect=_adjust,
    ),
    Transition(
        name="restore",
        label=_("Give back to the rule"),
        who=ANY_HEADQUARTERS,
        needs=(_is_adjusted, _not_reported),
        effect=_restore,
    ),
    status_field="",
)


# --- the verbs ---


def adjust_period(
    *,
    period: ReportingPeriod,
    moments: Mapping[str, Any],
    reason: str,
    actor: User,
    at: dt.datetime,
    seen: str = "",
    screening_reason: str = "",
) -> ReportingPeriod:
    """`moments`: opens_at, due_at, closes_at. `seen` is the `fingerprint` of the page; `Stale` when it is an older one.

    `BadInput` lists what is missing, out of order, unchanged or in the past.
    """
    given = {name: moments.get(name) for name in MOMENTS}
    more = {"screening_reason": screening_reason} if screening_reason else {}
    changed: ReportingPeriod = machine.perform(
        period, "adjust", actor=actor, at=at, reason=reason, seen=seen, **given, **more
    )
    return changed


def restore_period(*, period: ReportingPeriod, actor: User, at: dt.datetime) -> ReportingPeriod:
    """Gives the period back to the rule of the plan; `WrongState` where that would make somebody late."""
    changed: ReportingPeriod = machine.perform(period, "restore", actor=actor, at=at)
    return changed
