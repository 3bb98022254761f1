"""From a measure to its indicators, to the returns and figures, and back; and how far a measure is."""

from typing import Any

import pytest

from operations.domain import operations, plans
from operations.domain.errors import BadInput, NotAllowed, Stale, WrongState
from operations.domain.plan_accounts import accounts_of
from operations.models import AgencyKind, Measure, Plan
from tests.factories import plans as made
from tests.factories.people import Cast, make_cast, make_officer
from tests.factories.reference import load_reference, make_agency
from tests.operations.web.test_plans import as_user, at, text

pytestmark = pytest.mark.django_db
DONE = {"progress": "done", "account_ru": "Исполнено", "account_en": "Carried out"}


@pytest.fixture
def cast() -> Cast:
    load_reference()
    return make_cast()


def account(measure: Measure, actor: Any, **values: Any) -> Measure:
    measure = Measure.objects.get(pk=measure.pk)
    return plans.give_account(
        measure=measure, revision=measure.revision, values={**DONE, **values}, actor=actor, at=made.moment()
    )


def test_the_responsible_side_gives_accounts_and_nobody_else(cast: Cast) -> None:
    measure = made_measure(cast, states=["RU"], kinds=["internal_affairs"])
    allowed = [cast.planner, cast.hq_chair, cast.heads["RU"], make_officer(make_agency("RU", "internal_affairs"))]
    refused = [
        cast.heads["KZ"],
        make_officer(make_agency("KZ", "internal_affairs")),
        make_officer(make_agency("RU", "border_service")),
        cast.council_chair,
        cast.observer,
    ]
    for person in allowed:
        assert account(measure, person).progress == "done"
    for person in refused:
        with pytest.raises(NotAllowed):
            account(measure, person)
    assert len(accounts_of(measure)) == len(allowed)


def test_a_measure_that_names_no_state_is_answered_for_by_every_state_that_takes_part(cast: Cast) -> None:
    measure = made_measure(cast, states=[], kinds=["internal_affairs"], absent=("TJ",))
    assert account(measure, cast.heads["AM"]).revision > measure.revision
    with pytest.raises(NotAllowed):
        account(measure, cast.heads["TJ"])


def test_an_account_leaves_the_approved_text_alone_and_is_refused_while_the_plan_is_drafted(cast: Cast) -> None:
    measure = made_measure(cast, states=["RU"], kinds=["internal_affairs"])
    plan = Plan.objects.get()
    before = bytes(plan.in_force_version.content)
    account(measure, cast.planner)
    assert bytes(Plan.objects.get().in_force_version.content) == before
    plans.amend_plan(plan=Plan.objects.get(), comment="Новая задача", actor=cast.planner, at=made.moment())
    with pytest.raises(WrongState):
        account(measure, cast.planner)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"progress": ""}, "progress"),
        ({"progress": "finished"}, "progress"),
        ({"account_ru": "", "account_en": ""}, "account_ru"),
        ({"account_ru": "x" * 2001}, "account_ru"),
        ({"account_ru": "паспорт 4509 123456"}, "account_ru"),
    ],
)
def test_a_bad_account_is_an_error_of_its_field(cast: Cast, values: dict[str, str], field: str) -> None:
    measure = made_measure(cast, states=["RU"], kinds=["internal_affairs"])
    with pytest.raises(BadInput) as refused:
        account(measure, cast.planner, **values)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_the_second_of_two_accounts_meets_the_first(cast: Cast) -> None:
    measure = made_measure(cast, states=["RU"], kinds=["internal_affairs"])
    old = measure.revision
    account(measure, cast.heads["RU"], account_ru="Первый", account_en="The first")
    with pytest.raises(Stale):
        plans.give_account(measure=measure, revision=old, values=DONE, actor=cast.planner, at=made.moment())
    address = at(Plan.objects.get(), "plan/measures", measure.pk, "account")
    conflict = as_user(cast.planner).post(address, DONE | {"account_en": "The second", "revision": old})
    assert conflict.status_code == 409
    assert "The first" in text(conflict) and "The second" in text(conflict)


def test_an_account_by_form_is_shown_on_the_measure_and_in_the_plan(cast: Cast) -> None:
    measure = made_measure(cast, states=["RU"], kinds=["internal_affairs"])
    plan, head = Plan.objects.get(), as_user(cast.heads["RU"])
    page = at(plan, "plan/measures", measure.pk)
    assert "Give an account" in text(head.get(page))
    assert "Give an account" not in text(as_user(cast.observer).get(page))
    done = head.post(f"{page}account/", DONE | {"revision": measure.revision})
    assert done.status_code == 302
    shown = text(as_user(cast.observer).get(page))
    assert "Carried out" in shown and "Done" in shown
    assert "Done" in text(head.get(at(plan, "plan")))
    assert head.post(f"{page}account/", {"revision": measure.revision + 1}).status_code == 422


def test_a_measure_leads_to_its_indicators_and_they_lead_back(cast: Cast) -> None:
    make_agency("RU", "internal_affairs")
    measure = made_measure(cast, states=["RU"], kinds=["internal_affairs"])
    plan, client = Plan.objects.get(), as_user(cast.planner)
    page = at(plan, "plan/measures", measure.pk)
    assert 'href="/indicators/VIO01/"' in text(client.get(page))
    assert 'href="/indicators/VIO01/"' in text(client.get(at(plan, "plan")))
    indicator = text(client.get("/indicators/VIO01/"))
    for link in (page, at(plan, "returns") + "?indicator=VIO01", at(plan, "statistics"), "/history/?indicator=VIO01"):
        assert f'href="{link}' in indicator
    narrowed = client.get(at(plan, "returns"), {"indicator": "VIO01"})
    assert narrowed.status_code == 200 and 'href="/indicators/VIO01/"' in text(narrowed)
    assert client.get(at(plan, "returns"), {"indicator": "VIO01\x00"}).status_code in (200, 400)
    assert 'href="/indicators/VIO01/"' in text(client.get(at(plan, "statistics")))


def test_an_indicator_does_not_tell_of_measures_in_a_draft_that_the_reader_cannot_see(cast: Cast) -> None:
    plan = made.drafted_plan(cast)
    measure = Measure.objects.first()
    page = at(plan, "plan/measures", measure.pk)
    assert page in text(as_user(cast.planner).get("/indicators/VIO01/"))
    assert page not in text(as_user(cast.observer).get("/indicators/VIO01/"))
    assert as_user(cast.observer).get(page).status_code == 404


def test_a_copied_measure_and_its_source_lead_to_each_other(cast: Cast) -> None:
    plan = made.drafted_plan(cast)
    source = Measure.objects.first()
    values = {"slug": "illegal-2027", "kind": "annual", "year": 2027, "title_ru": "Н", "title_en": "I"}
    operation = operations.create_operation(values=values, actor=cast.planner, at=made.moment())
    copy = operations.copy_plan(operation=operation, source=plan, actor=cast.planner, at=made.moment())
    row = Measure.objects.get(objective__plan=copy, copied_from=source)
    here, there = at(plan, "plan/measures", source.pk), at(copy, "plan/measures", row.pk)
    client = as_user(cast.planner)
    assert here in text(client.get(there)) and there in text(client.get(here))


def made_measure(cast: Cast, *, states: list[str], kinds: list[str], absent: tuple[str, ...] = ()) -> Measure:
    """A measure of a plan in force with that responsible side."""
    made.approved_plan(cast, absent=absent)
    measure = Measure.objects.order_by("position")[0]
    measure.responsible_states.set([made.state(code) for code in states])
    measure.responsible_kinds.set(AgencyKind.objects.filter(code__in=kinds))
    return measure
