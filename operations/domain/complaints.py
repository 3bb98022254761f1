"""Accounts of complaints: of each subject and receiving channel, carried over + received = examined + pending.

The rights body keeps them by period; they go straight to the headquarters and never through a national head. What is
carried over is what was pending at the end of the period before, or the difference is explained. Quarters follow on
quarters, and the periods of stages on one another: the two series are never added up.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from operations.domain import audit, entry
from operations.domain.access import EVERYTHING, RIGHTS_BODY, Standing, refusal, scope, standing
from operations.domain.entry import Entry
from operations.domain.errors import BadInput, DomainError, NotFound, Problem, Stale, WrongState
from operations.domain.period_names import period_name
from operations.domain.screening import screened
from operations.domain.standing_figures import OFFICIAL
from operations.domain.submission_workflow import posts
from operations.domain.transitions import Attempt, Transition, Who, Workflow
from operations.models import Agency, Category, ComplaintAccount, Operation, PeriodKind, ReportingPeriod, User

SUBJECTS = "complaint_category"
FIELDS = ("carried_over", "received", "examined", "pending")
MOST = 10_000_000
TWICE = _("This subject and channel come twice.")
#: A subject's code and a channel.
Key = tuple[str, str]
Rows = Mapping[Key, Mapping[str, Any]]
_ENTRIES = tuple(Entry(name=name, take=entry.count(most=MOST)) for name in FIELDS)


@scope(ComplaintAccount)
def _accounts(seen: Standing, user: Any) -> Q:
    """As rights returns: the body itself and the headquarters, never the head of the state."""
    return EVERYTHING if seen.sees_all_states else Q(agency__in=seen.agencies)


def _keeps(attempt: Attempt) -> bool:
    agency = attempt.subject.agency
    return agency.kind.code == RIGHTS_BODY and (agency.pk, None) in posts(attempt.actor, attempt.at)


def _period_has_begun(attempt: Attempt) -> Iterable[Problem]:
    period = attempt.subject.period
    if period.kind not in OFFICIAL:
        raise WrongState(_("Accounts of complaints follow quarters and stages, not situation reports."))
    if attempt.at < period.opens_at:
        raise WrongState(_("This period has not begun yet."))
    return ()


WORKFLOW = Workflow(
    ComplaintAccount,
    Transition(
        name="keep",
        label=_("Keep the accounts of complaints"),
        who=Who(_keeps, _("an officer of the rights body whose accounts they are")),
        needs=(_period_has_begun,),
        asks=(screened("explanation"),),
    ),
    status_field="",
)


# --- keeping ---


def keep_refusal(agency: Agency, period: ReportingPeriod, user: Any, *, at: dt.datetime) -> DomainError | None:
    """Why the person cannot keep the accounts of the agency for the period, or None."""
    return refusal(ComplaintAccount(agency=agency, period=period), "keep", user, at=at)


def keep_accounts(
    *,
    agency: Agency,
    period: ReportingPeriod,
    rows: Rows,
    revision: int,
    actor: User,
    at: dt.datetime,
    explanation: str = "",
    screening_reason: str = "",
) -> list[ComplaintAccount]:
    """Makes the rows the whole account of the period; a row without any number is not reported, and goes.

    `revision` is what `revision_of` said when the person looked; raises `Stale` when somebody was faster, and
    `BadInput` with every problem, its field being `SUBJECT.channel.column`. One audit entry.
    """
    subject = ComplaintAccount(agency=agency, period=period)
    given = {"explanation": explanation, "screening_reason": screening_reason}
    act = WORKFLOW.act_name(WORKFLOW["keep"])
    try:
        with transaction.atomic():
            list(Agency.objects.select_for_update().filter(pk=agency.pk))
            refused = refusal(subject, "keep", actor, at=at, given=given)
            if refused is not None:
                raise refused
            if revision != revision_of(agency, period):
                raise Stale
            taken = _taken(rows, base_of(agency, period), explanation)
            changed = _store(subject, taken, actor, at)
            audit.record(
                act=act,
                subject=agency,
                actor=actor,
                at=at,
                data={**given, "operation": period.operation.slug, "period": period.code, "changed": changed},
            )
    except DomainError as error:
        audit.record_refusal(act=act, subject=agency, actor=actor, at=at, error=error)
        raise
    return list(accounts_of(agency, period))


def _taken(rows: Rows, base: "Base", explanation: str) -> dict[Key, dict[str, int]]:
    known = {(code, channel) for code in subjects() for channel in ComplaintAccount.Channel.values}
    problems: list[Problem] = []
    taken: dict[Key, dict[str, int]] = {}
    for key, values in rows.items():
        place = ".".join(key)
        if key not in known:
            problems.append(
                Problem(code="unknown_code", field=place, message=_("There is no such subject or channel."))
            )
            continue
        try:
            columns, _sets = entry.take(_ENTRIES, values, is_new=True)
        except BadInput as error:
            problems += [
                Problem(code=one.code, field=f"{place}.{one.field}", message=one.message) for one in error.problems
            ]
            continue
        found = {name: columns.get(name) for name in FIELDS}
        if any(value is not None for value in found.values()):
            lacking = [name for name, value in found.items() if value is None]
            problems += _lacking(place, lacking) if lacking else _unbalanced(place, found)
            taken[key] = {name: value or 0 for name, value in found.items()}
    if not taken and not problems:
        problems.append(Problem(code="required", message=_("Nothing is entered.")))
    if not explanation.strip():
        problems += _not_carried(taken, base)
    if problems:
        raise BadInput(problems)
    return taken


def _lacking(place: str, names: Iterable[str]) -> list[Problem]:
    message = _("Fill in the whole row: 0 where there were none.")
    return [Problem(code="required", field=f"{place}.{name}", message=message) for name in names]


def _unbalanced(place: str, row: Mapping[str, Any]) -> list[Problem]:
    came, went = row["carried_over"] + row["received"], row["examined"] + row["pending"]
    if came == went:
        return []
    message = _(
        "Carried over and received make %(came)s, examined and pending make %(went)s: the two have to be equal."
    )
    return [Problem(code="unbalanced", field=f"{place}.pending", message=message % {"came": came, "went": went})]


def _not_carried(taken: Mapping[Key, Mapping[str, int]], base: "Base") -> Iterator[Problem]:
    if base.period is None:
        return
    for key in sorted(taken.keys() | base.pending.keys()):
        pending = base.pending.get(key, 0)
        carried = taken[key]["carried_over"] if key in taken else 0
        if carried != pending:
            yield Problem(
                code="carried_over_differs",
                field=f"{'.'.join(key)}.carried_over",
                message=_(
                    "At the end of the period before (%(period)s) %(count)s were pending. Carry over as many, or "
                    "explain the difference."
                )
                % {"period": period_name(base.period), "count": pending},
            )


def _store(subject: ComplaintAccount, taken: Mapping[Key, Mapping[str, int]], actor: User, at: dt.datetime) -> int:
    categories = subjects()
    stored = {(row.category.code, row.channel): row for row in accounts_of(subject.agency, subject.period)}
    changed = 0
    for key, values in taken.items():
        row = stored.pop(key, None)
        if row is not None and all(getattr(row, name) == value for name, value in values.items()):
            continue
        if row is None:
            row = ComplaintAccount(
                agency=subject.agency, period=subject.period, category=categories[key[0]], channel=key[1]
            )
        else:
            row.revision += 1
        for name, value in values.items():
            setattr(row, name, value)
        row.entered_by, row.entered_at = actor, at
        row.save()
        changed += 1
    for row in stored.values():
        row.delete()
    return changed + len(stored)


# --- reading ---


def subjects() -> dict[str, Category]:
    """The subjects of complaints by code, in the order of the catalogue."""
    rows = Category.objects.filter(breakdown__code=SUBJECTS).order_by("position")
    return {row.code: row for row in rows}


def accounts_of(agency: Agency, period: ReportingPeriod) -> QuerySet[ComplaintAccount]:
    rows = ComplaintAccount.objects.filter(agency=agency, period=period)
    return rows.select_related("category").order_by("category__position", "channel")


def revision_of(agency: Agency, period: ReportingPeriod) -> int:
    """A number that moves with every change of the accounts; 0 while there are none."""
    rows = ComplaintAccount.objects.filter(agency=agency, period=period).order_by("pk")
    found = 0
    for pk, revision in rows.values_list("pk", "revision"):
        found = (found * 31 + pk * 7 + revision) % 999_999_937
    return found


@dataclass(frozen=True)
class Base:
    """What the accounts of a period go on from: the period before in the series, and what was pending at its end."""

    period: ReportingPeriod | None = None
    pending: Mapping[Key, int] = field(default_factory=dict)


def base_of(agency: Agency, period: ReportingPeriod) -> Base:
    """The latest earlier period of the same series for which the agency kept accounts; over the years too."""
    earlier = _series(ReportingPeriod.objects.all(), period.kind).filter(
        operation__kind=period.operation.kind,
        end_date__lt=period.start_date,
        complaint_accounts__agency=agency,
    )
    found = earlier.order_by("-end_date", "-pk").first()
    if found is None:
        return Base()
    pending = {(row.category.code, row.channel): row.pending for row in accounts_of(agency, found)}
    return Base(found, {key: count for key, count in pending.items() if count})


def accountable_periods(operation: Operation, *, at: dt.datetime) -> list[ReportingPeriod]:
    """The quarters and the official periods of stages that have begun, in the order of time."""
    rows = ReportingPeriod.objects.filter(operation=operation, kind__in=OFFICIAL, opens_at__lte=at)
    return list(rows.order_by("start_date", "end_date", "pk"))


def rights_bodies(operation: Operation, user: Any, *, at: dt.datetime) -> list[Agency]:
    """The rights bodies whose accounts the person sees: all of them, or the one that the person serves."""
    rows = Agency.objects.filter(
        kind__code=RIGHTS_BODY,
        is_active=True,
        state__participations__operation=operation,
        state__participations__takes_part=True,
    ).select_related("state", "kind")
    held = standing(user, at)
    return list(rows if held.sees_all_states else rows.filter(pk__in=held.agencies))


def found_body(operation: Operation, code: str, user: Any, *, at: dt.datetime) -> Agency:
    """The rights body of that code, if the person sees its accounts; `NotFound` otherwise."""
    for agency in rights_bodies(operation, user, at=at):
        if agency.code == code:
            return agency
    raise NotFound


def _series(rows: QuerySet[ReportingPeriod], kind: str) -> QuerySet[ReportingPeriod]:
    if kind == PeriodKind.INTERVAL:
        return rows.filter(kind=PeriodKind.INTERVAL)
    return rows.filter(kind__in=[PeriodKind.FINAL, PeriodKind.FOLLOW_UP])
