"""The headquarters' digest of a day: by state, what falls due, is overdue, was never sent, waits or was sent back.

It is told once a day to everybody at the headquarters, and only of operations in which anything of it stands. The page
of the digest is the same at any moment.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from django.db import transaction
from django.utils.translation import gettext

from operations.domain import outbox
from operations.domain.completeness import last_statuses, owed_returns
from operations.domain.moments import moscow_date
from operations.domain.wording import date_text, in_language
from operations.models import Membership, MemberState, Notice, Operation, PeriodKind, Return, Role, Submission, User

#: What falls due within so many days is told.
AHEAD = dt.timedelta(days=7)
TOPIC = "returns.digest"
_SUBJECT = (
    "Сводка по донесениям на {day}: срок в ближайшие 7 дней — {due}, просрочено — {overdue}, ждут решения — {waiting}, "
    "на доработке — {returned}, не представлено до закрытия — {missing}",
    "Returns on {day}: due within 7 days {due}, overdue {overdue}, waiting for a decision {waiting}, "
    "sent back {returned}, closed without a return {missing}",
)


@dataclass(frozen=True)
class StateDigest:
    """One state's returns: due soon, overdue, not submitted before their period closed, waiting, sent back.

    A situation report that was never sent is history once its day has closed; an official figure is missing for good.
    """

    state: MemberState
    due: list[Return] = field(default_factory=list)
    overdue: list[Return] = field(default_factory=list)
    missing: list[Return] = field(default_factory=list)
    waiting: list[Return] = field(default_factory=list)
    returned: list[Return] = field(default_factory=list)

    @property
    def is_nothing(self) -> bool:
        return not any(getattr(self, part) for part in PARTS)


PARTS = tuple(one.name for one in fields(StateDigest) if one.name != "state")


def digest(operation: Operation, *, at: dt.datetime) -> list[StateDigest]:
    """By state in the order of documents, states without anything left out. Three queries."""
    rows = owed_returns(operation).filter(period__opens_at__lte=at, due_at__lte=at + AHEAD)
    rows = rows.exclude(submissions__status=Submission.Status.ACCEPTED)
    last = last_statuses(rows)
    found: dict[int, StateDigest] = {}
    related = rows.select_related("period", "agency__state", "agency__kind")
    for row in related.order_by("agency__state__short_ru", "due_at", "agency__kind_id"):
        part = _part(row, last.get(row.pk), at)
        if part:
            one = found.setdefault(row.agency.state_id, StateDigest(row.agency.state))
            getattr(one, part).append(row)
    return list(found.values())


def _part(row: Return, last: str | None, at: dt.datetime) -> str:
    if last == Submission.Status.SUBMITTED:
        return "waiting"
    if last == Submission.Status.RETURNED:
        return "returned"
    if row.due_at > at:
        return "due"
    if row.closes_at >= at:
        return "overdue"
    return "" if row.period.kind == PeriodKind.OPERATIONAL else "missing"


def counts(found: Iterable[StateDigest]) -> dict[str, int]:
    """How many there are of each part in all states."""
    summed: dict[str, int] = defaultdict(int, dict.fromkeys(PARTS, 0))
    for one in found:
        for part in PARTS:
            summed[part] += len(getattr(one, part))
    return dict(summed)


def send_digests(*, at: dt.datetime) -> int:
    """Tells the headquarters of the day, once by Moscow's date; answers how many notices were written."""
    operations = Operation.objects.filter(periods__closes_at__gte=at - dt.timedelta(days=31)).distinct()
    return sum(_send(pk, at=at) for pk in operations.values_list("pk", flat=True))


@transaction.atomic
def _send(pk: int, *, at: dt.datetime) -> int:
    operation = Operation.objects.select_for_update().get(pk=pk)
    summed = counts(digest(operation, at=at))
    # what was missing yesterday and cannot be sent any more is no news by itself; beside other things it is told
    if not any(number for part, number in summed.items() if part != "missing"):
        return 0
    day = moscow_date(at)
    topic, address = f"{TOPIC}:{day:%Y-%m-%d}", f"/operations/{operation.slug}/returns/digest/"
    told = Notice.objects.filter(topic=topic, address=address).values("user")
    serving = Membership.objects.on(day).filter(role__in=(Role.HQ_PLANNER, Role.HQ_CHAIR)).values("user")
    people = User.objects.filter(pk__in=serving, is_active=True).exclude(pk__in=told)
    russian, english = (
        text.format(day=date_text(day, language=language), **summed)[:300]
        for text, language in zip(_SUBJECT, ("ru", "en"), strict=True)
    )
    written = [
        Notice.objects.create(
            user=person, topic=topic, subject_ru=russian, subject_en=english, address=address, created_at=at
        )
        for person in people.order_by("pk")
    ]
    for notice in written:
        outbox.send(topic=TOPIC, at=at, notice_id=notice.pk, operation_id=pk)
    return len(written)


def digest_text(operation: Operation, *, language: str, at: dt.datetime) -> str:
    """The digest as lines of a letter: for each state the counts of what there is."""
    found = digest(operation, at=at)
    lines = []
    with in_language(language):
        words = {
            "due": gettext("due within 7 days"),
            "overdue": gettext("overdue"),
            "missing": gettext("closed without a return"),
            "waiting": gettext("waiting for a decision"),
            "returned": gettext("sent back for revision"),
        }
        for one in found:
            name = one.state.short_en if language == "en" else one.state.short_ru
            parts = [f"{words[part]} {len(getattr(one, part))}" for part in PARTS if getattr(one, part)]
            lines.append(f"{name}: {', '.join(parts)}")
    return "\n".join(lines)
