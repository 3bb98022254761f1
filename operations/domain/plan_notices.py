"""Who is told of what happens to a plan, in both languages, in the transaction of the act itself."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import QuerySet

from operations.domain.moments import moscow_date
from operations.domain.notices import notify
from operations.domain.transitions import Attempt
from operations.models import ChairTerm, Membership, MemberState, Plan, Role, User

_WORDS: dict[str, tuple[str, str]] = {
    "circulate": ("План направлен на согласование: {ru}", "The plan is circulated for agreement: {en}"),
    "withdraw": ("План отозван с согласования: {ru}", "The plan is withdrawn from agreement: {en}"),
    "answered": ("{of_ru}: получен ответ по плану: {ru}", "{of_en} has answered on the plan: {en}"),
    "replied": ("Дан ответ на замечание к плану: {ru}", "A remark on the plan has a reply: {en}"),
    "submit": ("План представлен на утверждение: {ru}", "The plan is submitted for approval: {en}"),
    "approve": ("План утверждён: {ru}", "The plan is approved: {en}"),
    "return": ("План возвращён на доработку: {ru}", "The plan is returned for revision: {en}"),
}


def heads(plan: Plan, *, at: dt.datetime) -> QuerySet[User]:
    """Heads, deputies and acting heads of the states that take part, on that day."""
    held = Membership.objects.on(moscow_date(at)).filter(
        role=Role.NATIONAL_HEAD,
        state__participations__operation=plan.operation_id,
        state__participations__takes_part=True,
    )
    return User.objects.filter(pk__in=held.values("user"), is_active=True)


def holders(*roles: str, at: dt.datetime) -> QuerySet[User]:
    held = Membership.objects.on(moscow_date(at)).filter(role__in=roles)
    return User.objects.filter(pk__in=held.values("user"), is_active=True)


def council_chair(*, at: dt.datetime) -> QuerySet[User]:
    terms = ChairTerm.objects.on(moscow_date(at))
    return User.objects.filter(pk__in=terms.values("holder"), is_active=True)


def tell(what: str, people: Iterable[User], attempt: Attempt, *, page: str, of: MemberState | None = None) -> None:
    """Notifies everybody but whoever acts; `page` is the part of the operation's address, `of` the state."""
    operation = attempt.subject.operation
    russian, english = _WORDS[what]
    notify(
        [person for person in people if person.pk != attempt.actor.pk],
        topic=f"plan.{what}",
        subject_ru=russian.format(ru=operation.title_ru, of_ru=of.short_ru if of else "")[:300],
        subject_en=english.format(en=operation.title_en, of_en=of.short_en if of else "")[:300],
        address=f"/operations/{operation.slug}/{page}/",
        at=attempt.at,
    )
