"""What stands behind the doors, built once: people in every role, and rows of one state in every state of a workflow.

"Own" is Russia's internal affairs authority, "other" is Kazakhstan: `officer` and `head` belong to the first.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from operations.domain.calendar_feed import open_feed
from operations.domain.moments import moscow_date
from operations.domain.tokens import create_token
from operations.domain.units import add_units
from operations.models import (
    Agency,
    AgencyKind,
    AgendaItem,
    Agreement,
    Attendance,
    ChairTerm,
    Contact,
    Decision,
    ExchangeProcedure,
    Holiday,
    ImportBatch,
    Job,
    Measure,
    MemberState,
    Operation,
    Plan,
    Remark,
    ReopenedPeriod,
    ReportingPeriod,
    StageWindow,
    Submission,
    User,
)
from reports.rendering import store
from tests.clients import signed_in
from tests.factories import people
from tests.factories.operations import (
    make_approved_plan,
    make_meeting,
    make_operation,
    make_period,
    make_plan,
    make_return,
    make_submission,
    make_version,
)
from tests.factories.reference import load_reference, make_agency, state
from tests.permission_matrix.bodies import body_of
from tests.permission_matrix.doors import Door
from tests.permission_matrix.exchange import make_exchange
from tests.permission_matrix.papers import FILE, make_reports
from tests.permission_matrix.statistics import make_statistics
from tests.permission_matrix.threads import make_threads

NOBODYS = {
    "pk": 999_999_999,
    "batch": 999_999_999,
    "slug": "illegal-1999",
    "number": 999,
    "code": "XX",
    "sequence": 999_999_999,
    "token_key": "0" * 15,
    # what no row is recognised by: any real one will do
    "act": "submit",
    "kind": "measure",
    "name": "submit",
    "part": "item",
    "period": "Q9",
    "section": "summary",
    "state": "RU",
}
#: Nobody's rows behind doors whose arguments are spelt in a way of their own.
NOBODYS_BEHIND: dict[str, Mapping[str, Any]] = {
    "operations:job": {"pk": uuid.UUID(int=1)},
    "operations:job-cancel": {"pk": uuid.UUID(int=1)},
    "operations:job-retry": {"pk": uuid.UUID(int=1)},
    "api-jobs-detail": {"pk": uuid.UUID(int=1)},
    "api-agencies-detail": {"code": "xx-none"},
    "api-task-forces-detail": {"code": "TF-XX-YY"},
    "operations:list-act": {"act": "confirm-receipt"},
    "api-indicators-detail": {"code": "XXX99"},
    "operations:indicator": {"code": "XXX99"},
    "operations:rule": {"code": "XXX99"},
    "reports:form-empty": {"format": "pdf"},
    "reports:comparison-file": {"format": "csv"},
    "reports:explorer-file": {"format": "csv"},
    "operations:rule-propose": {"code": "XXX99"},
    "operations:rule-act": {"code": "XXX99", "version": 9},
    "api-published-figures-detail": {"code": "F999"},
    "api-published-figures-correct": {"code": "F999"},
    "operations:calendar-feed": {"secret": "nobody"},
}


@dataclass
class World:
    """People by role and, by the name of a subject, the arguments that lead to it."""

    users: dict[str, User | None]
    subjects: dict[str, Mapping[str, Any]]
    clients: dict[str, Client] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for role, user in self.users.items():
            anonymous = Client(headers={"accept-language": "en"})
            self.clients[role] = anonymous if user is None else signed_in(user)

    def address(self, door: Door, subject: str) -> str:
        """The address of the door that leads to the subject; `-` where it leads to none, `missing` to nobody's.

        A door that is several doors in one says which after a bar: `return-draft|act=submit`.
        """
        name, *parts = subject.split("|")
        said = dict(part.split("=") for part in parts)
        given = {**NOBODYS, **NOBODYS_BEHIND.get(door.name, {}), **self.subjects[name], **said}
        return reverse(door.name, kwargs={name: given[name] for name in door.arguments})

    def knock(self, role: str, method: str, door: Door, subject: str, *, described: str | None = None) -> Any:
        """What the role is answered. `described` names the subject whose body is sent, when it is another one."""
        address = self.address(door, subject)
        body = body_of(door.name, self.subjects[(described or subject).split("|")[0]])
        store.put(FILE)
        client = self.clients[role]
        client.cookies.pop("messages", None)  # what an earlier knock left to be shown on the next page
        if "/api/" in address:
            headers = {"If-Match": ", ".join(f'"{number}"' for number in range(1, 10))}
            return client.generic(method, address, body.as_json(), content_type="application/json", headers=headers)
        if method == "GET":
            return client.get(address)
        return client.generic(method, address, body.as_form(), content_type="application/x-www-form-urlencoded")


def build() -> World:
    """Everything, in the transaction of the caller."""
    load_reference()
    own, other = make_agency("RU"), make_agency("KZ")
    users: dict[str, User | None] = {
        "anonymous": None,
        "observer": people.make_observer(),
        "officer": people.make_officer(own),
        "other_officer": people.make_officer(other),
        "head": people.make_head("RU"),
        "other_head": people.make_head("KZ"),
        "planner": people.make_planner(),
        "hq_chair": people.make_hq_chair(),
        "council_chair": people.make_council_chair(),
        "assistant": people.make_assistant(),
        "admin": people.make_administrator(),
    }
    officer = users["officer"]
    assert officer is not None
    subjects: dict[str, Mapping[str, Any]] = {"missing": {}, "-": {}}
    subjects |= {
        "figure": {"code": "F012"},
        "state": {"code": "RU"},
        "chair-term": {
            "pk": ChairTerm.objects.get().pk,
            "tomorrow": f"{moscow_date(timezone.now()) + dt.timedelta(days=1)}",
        },
        "agency": {"code": own.code},
        "indicator": {"code": "VIO01"},
        "rule": {"code": "R05"},
        "rule-in-force": {"code": "R05", "version": 1},
    }
    subjects |= {**_plans(), **_rows_of_a_draft(), **_agreements(users), **_meeting()}
    subjects |= _returns(own, officer, "return")
    subjects |= _returns(
        make_agency("RU", "rights_body"), people.make_officer(make_agency("RU", "rights_body")), "rights"
    )
    subjects |= _units(own, officer)
    subjects |= make_threads(users, subjects["return-accepted"])
    subjects |= make_reports(users)
    subjects |= make_exchange(users)
    subjects |= make_statistics(users)
    batch = ImportBatch.objects.create(
        operation=Operation.objects.get(slug="illegal-2026"),
        file_name="figures.csv",
        status=ImportBatch.Status.IMPORTED,
        imported_by=officer,
        imported_at=timezone.now(),
    )
    subjects["upload"] = _uploaded_workbook(subjects["return-draft"], officer)
    subjects |= {"import": {"pk": batch.pk}, **_calendar(own, users)}
    job = Job.objects.create(kind="sample", requested_by=officer, created_at=timezone.now())
    token, _secret = create_token(owner=officer, label="system", scopes=["read"], actor=officer, at=timezone.now())
    subjects |= {"job": {"pk": job.pk}, "token": {"token_key": token.token_key}}
    subjects["calendar"] = {"secret": open_feed(actor=officer, at=timezone.now())}
    return World(users, subjects)


def _calendar(agency: Agency, users: Mapping[str, User | None]) -> dict[str, Mapping[str, Any]]:
    """A period that is open and one that is closed for the own authority, a reopening of it, a holiday."""
    period = ReportingPeriod.objects.select_related("operation").get(code="return-0")
    plan, now = Plan.objects.get(operation=period.operation), timezone.now()
    closed = make_period(plan.stages.get(number=1), code="closed")
    closed.due_at, closed.closes_at = now - dt.timedelta(days=20), now - dt.timedelta(days=10)
    closed.opens_at = now - dt.timedelta(days=30)
    closed.save()
    make_return(closed, agency)
    earlier = {"reason": "Сбой связи", "opened_by": users["planner"], "opened_at": now - dt.timedelta(days=9)}
    reopening = ReopenedPeriod.objects.create(
        period=closed, agency=agency, expires_at=now - dt.timedelta(days=8), **earlier
    )
    holiday = Holiday.objects.create(state=state("RU"), day=dt.date(2030, 1, 7))
    rows = {"period": period, "period-closed": closed}
    return {
        **{name: {"pk": row.pk, "slug": row.operation.slug, "code": row.code} for name, row in rows.items()},
        "reopening": {"pk": reopening.pk},
        "holiday": {"pk": holiday.pk},
    }


def _uploaded_workbook(draft: Mapping[str, Any], officer: User) -> Mapping[str, Any]:
    """A workbook of the draft that was checked; its file is not kept, so its owner is led to upload it again."""
    batch = ImportBatch.objects.create(
        operation=Operation.objects.get(slug=draft["slug"]),
        file_name="return.xlsx",
        status=ImportBatch.Status.CHECKED,
        summary={"return": draft["pk"]},
        imported_by=officer,
        imported_at=timezone.now(),
    )
    return {**draft, "batch": batch.pk}


def _plans() -> dict[str, Mapping[str, Any]]:
    """A plan in every status, each in a year of its own; the one in force is that of `approved`."""
    found = {}
    for year, status in enumerate((one for one in Plan.Status if one != Plan.Status.APPROVED), start=2030):
        plan = make_plan(make_operation(year), status=status)
        if status != Plan.Status.DRAFT:
            make_version(plan)
        found[f"plan-{status}".replace("_", "-")] = _plan_arguments(plan)
    plan = make_approved_plan(make_operation(2026))
    measure = Measure.objects.filter(objective__plan=plan)[0]
    # the own authority answers for it, the other one does not
    measure.responsible_states.set([state("RU")])
    measure.responsible_kinds.set(AgencyKind.objects.filter(code="internal_affairs"))
    in_force = {"slug": plan.operation.slug, "pk": measure.pk}
    return {
        **found,
        "measure": in_force,
        "plan-approved": _plan_arguments(plan),
        "operation-new": {"slug": make_operation(2041).slug},
    }


def _agreements(users: Mapping[str, User | None]) -> dict[str, Mapping[str, Any]]:
    """In the plan that is being agreed: a letter that waits for a second person, and remarks of the own state."""
    plan = Plan.objects.get(status=Plan.Status.IN_AGREEMENT)
    common = {"version": plan.current_version, "given_at": timezone.now()}
    letter = Agreement.objects.create(
        state=state("BY"), answer="agreed", method="letter", letter_number="1", given_by=users["planner"], **common
    )
    answer = Agreement.objects.create(state=state("RU"), answer="agreed_with_remarks", given_by=users["head"], **common)
    asked = Remark.objects.create(agreement=answer, text="Уточнить сроки")
    replied = Remark.objects.create(
        agreement=answer,
        text="Уточнить исполнителей",
        disposition="taken",
        reply="Уточнено",
        replied_by=users["planner"],
        replied_at=timezone.now(),
    )
    rows = {"letter": letter.pk, "remark": asked.pk, "remark-replied": replied.pk}
    named = {"plan": plan.pk, "letter": letter.pk, "remark": asked.pk, "replied": replied.pk}
    found = {name: {"slug": plan.operation.slug, "pk": pk} for name, pk in rows.items()}
    return {**found, "plan-in-agreement": {**_plan_arguments(plan), **named}, "agreement": {"pk": answer.pk}}


def _rows_of_a_draft() -> dict[str, Mapping[str, Any]]:
    """Rows of the plan that is being drafted, as the editor names them."""
    plan = Plan.objects.get(status=Plan.Status.DRAFT)
    objective, stage = plan.objectives.get(), plan.stages.get(number=2)
    procedure = ExchangeProcedure.objects.create(plan=plan, position=1, text_ru="Обмениваться сведениями ежедневно")
    rows: dict[str, Any] = {
        "objective": objective,
        "measure": objective.measures.get(),
        "stage": stage,
        "procedure": procedure,
        "window": StageWindow.objects.create(
            stage=stage, state=state("RU"), start_date=stage.start_date, end_date=stage.end_date
        ),
        "contact": Contact.objects.create(plan=plan, state=state("RU"), name_ru="Дежурный"),
    }
    shared = {"slug": plan.operation.slug, "plan": plan.pk, "objective": objective.pk, "stage": stage.pk}
    return {f"row-{kind}": {**shared, "kind": kind, "pk": row.pk} for kind, row in rows.items()}


def _meeting() -> dict[str, Mapping[str, Any]]:
    """A meeting of the headquarters with an item and a decision, which Russia carries out."""
    meeting = make_meeting(Operation.objects.get(slug="illegal-2026"))
    item = AgendaItem.objects.create(meeting=meeting, position=1, title_ru="Итоги этапа")
    decision = Decision.objects.create(item=item, position=1, text_ru="Принять к сведению")
    decision.responsible_states.add(MemberState.objects.get(code="RU"))
    present = Attendance.objects.create(meeting=meeting, state=MemberState.objects.get(code="RU"), name_ru="А. А. А.")
    return {
        "meeting": {"pk": meeting.pk, "item": item.pk, "decision": decision.pk},
        "agenda-item": {"pk": item.pk},
        "attendance": {"pk": present.pk},
        "meeting-decision": {"pk": meeting.pk, "part": "decision", "number": decision.pk},
        "decision": {"pk": decision.pk},
    }


def _plan_arguments(plan: Plan) -> Mapping[str, Any]:
    version = plan.current_version
    return {
        "pk": plan.pk,
        "slug": plan.operation.slug,
        "number": 1,
        "sha256": version.sha256 if version is not None else "",
    }


def _returns(agency: Any, officer: User, kind: str) -> dict[str, Mapping[str, Any]]:
    """Returns of the agency, one for each status of their latest submission; the period is open."""
    plan = Plan.objects.get(operation__slug="illegal-2026")
    found = {}
    for index, status in enumerate((None, *Submission.Status)):
        period = make_period(plan.stages.first(), code=f"{kind}-{index}")
        _open(period)
        expected = make_return(period, agency)
        name = f"{kind}-{status}" if status else f"{kind}-new"
        found[name] = {"pk": expected.pk, "slug": plan.operation.slug, "number": 1}
        if status:
            make_submission(expected, entered_by=officer, status=status)
    return found


def _units(agency: Agency, officer: User) -> dict[str, Mapping[str, Any]]:
    """Two units of the own authority, one of which had its return accepted, and the authority's return over them."""
    plan = Plan.objects.get(operation__slug="illegal-2026")
    period = make_period(plan.stages.first(), code="units")
    _open(period)
    expected = make_return(period, agency)
    rows = [{"code": code, "name_ru": f"Отдел {code}"} for code in ("north", "south")]
    units = {unit.code: unit for unit in add_units(agency=agency, units=rows, actor=officer, at=timezone.now())}
    clerk = people.make_officer(agency, username="clerk", unit=units["north"])
    owed = period.returns.get(unit=units["north"])
    accepted = make_submission(owed, entered_by=clerk, status=Submission.Status.ACCEPTED)
    draft = make_submission(expected, entered_by=officer)
    return {
        "unit": {"pk": units["north"].pk},
        "unit-accepted": {"pk": accepted.pk},
        "unit-return": {"pk": owed.pk, "number": 1},
        "return-over-units": {"pk": expected.pk, "number": draft.number},
    }


def _open(period: ReportingPeriod) -> None:
    """The period is open whenever the test runs."""
    now = timezone.now()
    period.opens_at, period.due_at = now - dt.timedelta(days=5), now + dt.timedelta(days=5)
    period.closes_at = now + dt.timedelta(days=15)
    period.save()
