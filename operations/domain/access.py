"""Who may do what, and which rows a person sees: the one place that decides, for every door.

`refusal` answers why an act is refused (state, then who, then all unmet needs) or None; buttons, pages, the API,
imports, exports and jobs ask it. `visible_to` is the one row gate: another state's object is simply not there.
Both rest on `standing`: the roles that a person holds on a day, counted by Moscow's date.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from operations.domain.errors import BadInput, DomainError, NotAllowed, Problem, Unmet, WrongState
from operations.domain.moments import moscow_date
from operations.domain.person_numbers import about_persons
from operations.domain.transitions import Attempt, Who, workflow_of
from operations.models import (
    Agency,
    AgencyKind,
    AgendaItem,
    Agreement,
    ApiToken,
    Attendance,
    AuditEntry,
    Body,
    Breakdown,
    Category,
    ChairTerm,
    Contact,
    Decision,
    ExchangeProcedure,
    ImportBatch,
    Indicator,
    Job,
    Measure,
    Meeting,
    Membership,
    MemberState,
    Notice,
    Objective,
    Operation,
    Plan,
    PlanSection,
    PlanVersion,
    Query,
    Remark,
    ReportingPeriod,
    Return,
    ReturnForm,
    Role,
    Rule,
    Stage,
    StageWindow,
    Submission,
    Total,
    User,
)

if TYPE_CHECKING:
    from operations.domain.transitions import Transition

HEADQUARTERS = frozenset({Role.HQ_PLANNER, Role.HQ_CHAIR})


@dataclass(frozen=True)
class Standing:
    """What a person holds on a day: roles, the states headed, the agencies or units served, the council chair's office.

    `agencies` are served as a whole: an officer of a unit serves the unit alone, and neither its agency nor the others.
    """

    roles: frozenset[str]
    headed_states: frozenset[int]
    agencies: frozenset[int]
    agency_states: frozenset[int]
    is_council_chair: bool
    is_system: bool
    units: frozenset[int] = frozenset()
    unit_states: frozenset[int] = frozenset()

    @property
    def is_headquarters(self) -> bool:
        return bool(self.roles & HEADQUARTERS)

    @property
    def sees_all_states(self) -> bool:
        """Headquarters, the council chair and the chair's assistant look across states; so do jobs."""
        return self.is_system or self.is_headquarters or self.is_council_chair or Role.CHAIR_ASSISTANT in self.roles

    @property
    def takes_part(self) -> bool:
        """Whoever works on the figures of a state, or of all; others read numbers about persons as published."""
        return self.sees_all_states or bool(self.headed_states or self.agency_states or self.unit_states)

    @property
    def is_anybody(self) -> bool:
        return self.is_system or self.is_council_chair or bool(self.roles)


NOBODY = Standing(frozenset(), frozenset(), frozenset(), frozenset(), is_council_chair=False, is_system=False)


def standing(user: Any, at: dt.datetime) -> Standing:
    """The person's standing on the Moscow date of `at`; asked once per person object and day."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return NOBODY
    day = moscow_date(at)
    kept: dict[dt.date, Standing] = user.__dict__.setdefault("_standing", {})
    if day not in kept:
        kept[day] = _standing(user, day)
    return kept[day]


def _standing(user: User, day: dt.date) -> Standing:
    held = list(Membership.objects.on(day).filter(user=user).select_related("agency"))
    officers = [m for m in held if m.role == Role.AGENCY_OFFICER and m.agency is not None]
    of_agencies = [m for m in officers if m.unit_id is None]
    of_units = [m for m in officers if m.unit_id is not None]
    return Standing(
        roles=frozenset(m.role for m in held),
        headed_states=frozenset(m.state_id for m in held if m.role == Role.NATIONAL_HEAD and m.state_id),
        agencies=frozenset(m.agency.id for m in of_agencies),
        agency_states=frozenset(m.agency.state_id for m in of_agencies),
        is_council_chair=ChairTerm.objects.on(day).filter(holder=user).exists(),
        is_system=user.is_system,
        units=frozenset(m.unit_id for m in of_units),
        unit_states=frozenset(m.agency.state_id for m in of_units),
    )


def refusal(
    subject: Any,
    transition: "Transition | str",
    actor: Any,
    *,
    at: dt.datetime,
    given: Mapping[str, Any] | None = None,
) -> DomainError | None:
    """Why the act is refused, or None. Asked without `given`, it leaves out what only the attempt itself can meet."""
    workflow = workflow_of(type(subject))
    if isinstance(transition, str):
        transition = workflow[transition]
    attempt = Attempt(subject=subject, transition=transition, actor=actor, at=at, given=given or {})
    if transition.sources and workflow.status_of(subject) not in transition.sources:
        return WrongState()
    if not transition.who.test(attempt):
        return NotAllowed.but(transition.who.says)
    try:
        unmet = [problem for need in transition.needs for problem in need(attempt) if problem.blocks]
    except WrongState as wrong:  # a need may find that it is the wrong time altogether: a closed period, a second draft
        return wrong
    if unmet:
        return Unmet(unmet)
    asked = [] if given is None else [problem for ask in transition.asks for problem in ask(attempt)]
    return BadInput(asked) if asked else None


def may(subject: Any, transition: str, actor: Any, *, at: dt.datetime) -> bool:
    """Whether the act is open to the person now."""
    return refusal(subject, transition, actor, at=at) is None


# --- who: the predicates that workflow tables name ---


def holding(role: Role) -> Who:
    """Whoever holds the role on the day of the attempt."""
    return Who(lambda attempt: role in standing(attempt.actor, attempt.at).roles, Role(role).label)


HQ_PLANNER = holding(Role.HQ_PLANNER)
HQ_CHAIR = holding(Role.HQ_CHAIR)
ADMINISTRATOR = holding(Role.ADMINISTRATOR)
ANY_HEADQUARTERS = Who(
    lambda attempt: standing(attempt.actor, attempt.at).is_headquarters,
    _("staff of the International Headquarters"),
)
ANY_NATIONAL_HEAD = holding(Role.NATIONAL_HEAD)
COUNCIL_CHAIR = Who(
    lambda attempt: standing(attempt.actor, attempt.at).is_council_chair,
    _("the chair of the Coordination Council, within the term of office"),
)
SYSTEM = Who(lambda attempt: bool(attempt.actor.is_system), _("the system itself"))


def reauthenticated(attempt: Attempt) -> Iterable[Problem]:
    """An approval asks for the password or the second factor again; the door that checked it says so."""
    if not attempt.given.get("reauthenticated"):
        yield Problem(
            code="reauthentication_required",
            field="password",
            message=_("The password or the code is not right. Enter it again to confirm that it is you."),
        )


def commented(attempt: Attempt) -> Iterable[Problem]:
    """Returning, withdrawing and objecting need a word of explanation."""
    if not str(attempt.given.get("comment") or "").strip():
        yield Problem(code="required", field="comment", message=_("Say why: a comment is needed here."))


# --- which rows a person sees ---

Scope = Callable[[Standing, Any], Q]
_scopes: dict[type[models.Model], Scope] = {}


def scope(model: type[models.Model]) -> Callable[[Scope], Scope]:
    """Registers the row gate of a model; the gate answers a condition on that model's rows."""

    def register(function: Scope) -> Scope:
        if model in _scopes:
            raise ValueError(f"{model.__name__} has a row gate already")
        _scopes[model] = function
        return function

    return register


def visible_to(rows: type[models.Model] | models.QuerySet[Any], user: Any, *, at: dt.datetime) -> Any:
    """The rows that the person may see; a model without a gate of its own is visible to nobody."""
    queryset = rows if isinstance(rows, models.QuerySet) else rows._default_manager.all()
    seen = standing(user, at)
    if not seen.is_anybody:
        return queryset.none()
    gate = _scopes.get(queryset.model)
    if gate is None:
        return queryset.none()
    return queryset.filter(gate(seen, user))


EVERYTHING = Q()
NOTHING = Q(pk__in=[])
_SHARED_PLAN_STATES = [status for status in Plan.Status if status is not Plan.Status.DRAFT]


def _plan_gate(seen: Standing, prefix: str) -> Q:
    """Drafts are the headquarters' own; heads see what is circulated, everybody else what is or was in force."""
    if seen.sees_all_states:
        return EVERYTHING
    in_force = Q(**{f"{prefix}in_force_version__isnull": False})
    if seen.headed_states:
        return in_force | Q(**{f"{prefix}status__in": _SHARED_PLAN_STATES})
    return in_force


def plan_text_gate(seen: Standing, prefix: str) -> Q:
    """Plans whose working rows are the text that the person may read.

    The draft of an amendment is the headquarters' own, also while the version before it is in force; what is circulated
    is for the heads who agree it; everybody else reads the rows while they are the text in force.
    """
    if seen.sees_all_states:
        return EVERYTHING
    in_force = [Plan.Status.APPROVED, Plan.Status.CLOSED]
    circulated = [Plan.Status.IN_AGREEMENT, Plan.Status.AGREED, Plan.Status.SUBMITTED]
    return Q(**{f"{prefix}status__in": in_force + circulated if seen.headed_states else in_force})


@scope(Plan)
def _plans(seen: Standing, user: Any) -> Q:
    return _plan_gate(seen, "")


@scope(PlanVersion)
def _versions(seen: Standing, user: Any) -> Q:
    return _plan_gate(seen, "plan__")


def _plan_rows(path: str) -> Scope:
    """The gate of rows that are the plan's text; `path` leads to their plan."""
    return lambda seen, user: plan_text_gate(seen, path)


for _row in (Objective, Stage, PlanSection, ExchangeProcedure, Contact):
    scope(_row)(_plan_rows("plan__"))
scope(Measure)(_plan_rows("objective__plan__"))
scope(StageWindow)(_plan_rows("stage__plan__"))


@scope(Agreement)
def _agreements(seen: Standing, user: Any) -> Q:
    return EVERYTHING if seen.sees_all_states else Q(state__in=seen.headed_states)


@scope(Remark)
def _remarks(seen: Standing, user: Any) -> Q:
    return EVERYTHING if seen.sees_all_states else Q(agreement__state__in=seen.headed_states)


RIGHTS_BODY = "rights_body"


def return_gate(seen: Standing, prefix: str) -> Q:
    """Headquarters see the agencies' returns; a head those of the state, an officer those of the agency or unit.

    Rights returns go straight to the headquarters and never through a national head. The returns of an agency's units
    are its own working material: nobody outside the agency sees them, drafts least of all; what the units come to
    leaves it as the agency's return.
    """
    if seen.is_system:
        return EVERYTHING
    own = Q(**{f"{prefix}agency__in": seen.agencies}) | Q(**{f"{prefix}unit__in": seen.units})
    of_an_agency = Q(**{f"{prefix}unit__isnull": True})
    if seen.sees_all_states:
        return of_an_agency | own
    own_state = Q(**{f"{prefix}agency__state__in": seen.headed_states})
    rights = Q(**{f"{prefix}agency__kind__code": RIGHTS_BODY})
    return own | (own_state & of_an_agency & ~rights)


@scope(Return)
def _returns(seen: Standing, user: Any) -> Q:
    return return_gate(seen, "")


@scope(Submission)
def _submissions(seen: Standing, user: Any) -> Q:
    """A head also sees what the state's units had accepted: a sum of theirs rests on it. To read, never to decide."""
    if seen.is_system:  # an empty condition gives way to any other that it is joined with
        return EVERYTHING
    of_units = Q(
        expected_return__unit__isnull=False,
        expected_return__agency__state__in=seen.headed_states,
        status__in=(Submission.Status.ACCEPTED, Submission.Status.SUPERSEDED),
    ) & ~Q(expected_return__agency__kind__code=RIGHTS_BODY)
    return return_gate(seen, "expected_return__") | of_units


@scope(Query)
def _queries(seen: Standing, user: Any) -> Q:
    return return_gate(seen, "expected_return__")


@scope(Total)
def _totals(seen: Standing, user: Any) -> Q:
    """Accepted totals are common to all who take part; provisional ones are their state's, a rights body's its own.

    Whoever takes no part has numbers about persons from public editions alone, where disclosure control went over them.
    """
    if seen.sees_all_states:
        return EVERYTHING
    if not seen.takes_part:
        return Q(basis=Total.Basis.ACCEPTED) & ~Q(indicator__in=about_persons())
    rights = Q(agency_kind__code=RIGHTS_BODY)
    served = Agency.objects.filter(pk__in=seen.agencies, kind__code=RIGHTS_BODY).values("state")
    own = Q(state__in=seen.headed_states | seen.agency_states) & ~rights | rights & Q(state__in=served)
    return Q(basis=Total.Basis.ACCEPTED) | own


@scope(ImportBatch)
def _imports(seen: Standing, user: Any) -> Q:
    return EVERYTHING if seen.is_headquarters else Q(imported_by=user)


@scope(Job)
def _jobs(seen: Standing, user: Any) -> Q:
    return EVERYTHING if Role.ADMINISTRATOR in seen.roles or seen.is_system else Q(requested_by=user)


@scope(Notice)
def _notices(seen: Standing, user: Any) -> Q:
    return Q(user=user)


@scope(AuditEntry)
def _audit_entries(seen: Standing, user: Any) -> Q:
    """The whole trail for the administrator and the headquarters' chair; everybody else sees their own acts."""
    if Role.ADMINISTRATOR in seen.roles or Role.HQ_CHAIR in seen.roles or seen.is_system:
        return EVERYTHING
    return Q(actor=user)


@scope(User)
def _users(seen: Standing, user: Any) -> Q:
    return EVERYTHING if Role.ADMINISTRATOR in seen.roles or seen.is_headquarters else Q(pk=user.pk)


@scope(ApiToken)
def _tokens(seen: Standing, user: Any) -> Q:
    return EVERYTHING if Role.ADMINISTRATOR in seen.roles else Q(user=user)


def _common(seen: Standing, user: Any) -> Q:
    """The operations, the catalogue, the meetings and the calendar are the same for all who take part."""
    return EVERYTHING


for _model in (Agency, AgencyKind, Body, Breakdown, Category, Indicator, MemberState, ReturnForm, Rule):
    scope(_model)(_common)
for _part in (Operation, ReportingPeriod, Meeting, AgendaItem, Attendance, Decision):
    scope(_part)(_common)
