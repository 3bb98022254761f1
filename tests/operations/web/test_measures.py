"""From a measure to its indicators, to the returns and figures, and back; and how far a measure is."""

import datetime as dt
from typing import Any

import pytest

from operations.domain import operations, plans, returns
from operations.domain.errors import BadInput, NotAllowed, Stale, WrongState
from operations.domain.plan_accounts import accounts_of, how_far_is, own_account
from operations.models import AgencyKind, Measure, MeasureAccount, Plan, Return
from tests.clients import signed_in
from tests.factories import plans as made
from tests.factories.people import Cast, make_officer
from tests.factories.reference import make_agency
from tests.operations.web.test_plans import at, text

pytestmark = pytest.mark.django_db
DONE = {"progress": "done", "account_ru": "Исполнено", "account_en": "Carried out"}


def account(measure: Measure, actor: Any, **values: Any) -> MeasureAccount:
    measure = Measure.objects.get(pk=measure.pk)
    own = own_account(measure, actor, at=made.moment())
    return plans.give_account(
        measure=measure, revision=own.revision, values={**DONE, **values}, actor=actor, at=made.moment()
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
    assert [one.state and one.state.code for one in measure.accounts.all()] == [None, "RU"]


def test_every_side_has_a_status_of_its_own_and_the_measure_is_done_when_all_are(cast: Cast) -> None:
    measure = made_measure(cast, states=["RU", "KZ"], kinds=["internal_affairs"])
    account(measure, cast.heads["RU"])
    account(measure, cast.heads["KZ"], progress="in_progress")
    far = how_far_is(Measure.objects.get(pk=measure.pk))
    assert (far.status, far.done, far.sides) == ("in_progress", 1, 2)
    account(measure, cast.heads["KZ"], account_ru="Исполнено и здесь")
    far = how_far_is(Measure.objects.get(pk=measure.pk))
    assert (far.status, far.done, far.sides) == ("done", 2, 2)
    assert {one.state.code: one.account_ru for one in far.accounts} == {
        "RU": "Исполнено",
        "KZ": "Исполнено и здесь",
    }


def test_a_measure_that_one_side_could_not_do_is_not_done(cast: Cast) -> None:
    measure = made_measure(cast, states=["RU", "KZ"], kinds=["internal_affairs"])
    account(measure, cast.heads["RU"])
    account(measure, cast.heads["KZ"], progress="not_done", account_ru="Нет технической возможности")
    assert how_far_is(measure).status == "not_done"
    account(measure, cast.planner)
    assert how_far_is(Measure.objects.get(pk=measure.pk)).status == "done"  # the headquarters' word stands for all


def test_a_measure_that_names_no_state_is_answered_for_by_every_state_that_takes_part(cast: Cast) -> None:
    measure = made_measure(cast, states=[], kinds=["internal_affairs"], absent=("TJ",))
    assert account(measure, cast.heads["AM"]).state.code == "AM"
    with pytest.raises(NotAllowed):
        account(measure, cast.heads["TJ"])


def test_an_account_leaves_the_approved_text_alone_also_while_an_amendment_is_drafted(cast: Cast) -> None:
    measure = made_measure(cast, states=["RU"], kinds=["internal_affairs"])
    plan = Plan.objects.get()
    before = bytes(plan.in_force_version.content)
    account(measure, cast.planner)
    assert bytes(Plan.objects.get().in_force_version.content) == before
    plans.amend_plan(plan=Plan.objects.get(), comment="Новая задача", actor=cast.planner, at=made.moment())
    assert account(measure, cast.heads["RU"], progress="in_progress").progress == "in_progress"
    page = at(plan, "plan/measures", measure.pk, "account")
    assert signed_in(cast.heads["RU"]).get(page).status_code == 200


def test_a_measure_that_comes_with_an_amendment_has_no_account_yet(cast: Cast) -> None:
    measure = made_measure(cast, states=["RU"], kinds=["internal_affairs"])
    plans.amend_plan(plan=Plan.objects.get(), comment="Новая задача", actor=cast.planner, at=made.moment())
    new = plans.add_row(
        plan=Plan.objects.get(),
        kind="measure",
        values={"objective": measure.objective_id, "text_ru": "Ещё", "text_en": "More", "timing": "permanent"},
        actor=cast.planner,
        at=made.moment(),
    )
    with pytest.raises(WrongState):
        account(new, cast.planner)


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


def test_the_second_of_two_accounts_of_one_side_meets_the_first_and_other_sides_do_not(cast: Cast) -> None:
    measure = made_measure(cast, states=["RU"], kinds=["internal_affairs"])
    officer = make_officer(make_agency("RU", "internal_affairs"))
    account(measure, cast.heads["RU"], account_ru="Первый", account_en="The first")
    with pytest.raises(Stale):
        plans.give_account(measure=measure, revision=0, values=DONE, actor=officer, at=made.moment())
    address = at(Plan.objects.get(), "plan/measures", measure.pk, "account")
    conflict = signed_in(officer).post(address, DONE | {"account_en": "The second", "revision": 0})
    assert conflict.status_code == 409
    assert "The first" in text(conflict) and "The second" in text(conflict)
    assert plans.give_account(measure=measure, revision=0, values=DONE, actor=cast.planner, at=made.moment())


def test_an_account_by_form_is_shown_on_the_measure_and_in_the_plan(cast: Cast) -> None:
    measure = made_measure(cast, states=["RU"], kinds=["internal_affairs"])
    plan, head = Plan.objects.get(), signed_in(cast.heads["RU"])
    page = at(plan, "plan/measures", measure.pk)
    assert "Give an account" in text(head.get(page))
    assert "Give an account" not in text(signed_in(cast.observer).get(page))
    done = head.post(f"{page}account/", DONE | {"revision": 0})
    assert done.status_code == 302
    shown = text(signed_in(cast.observer).get(page))
    assert "Carried out" in shown and "Done" in shown
    assert "Done" in text(head.get(at(plan, "plan")))
    assert head.post(f"{page}account/", {"revision": 1}).status_code == 422


def test_a_measure_leads_to_its_indicators_and_they_lead_back(cast: Cast) -> None:
    make_agency("RU", "internal_affairs")
    measure = made_measure(cast, states=["RU"], kinds=["internal_affairs"])
    plan, client = Plan.objects.get(), signed_in(cast.planner)
    page = at(plan, "plan/measures", measure.pk)
    assert 'href="/indicators/VIO01/"' in text(client.get(page))
    assert 'href="/indicators/VIO01/"' in text(client.get(at(plan, "plan")))
    indicator = text(client.get("/indicators/VIO01/"))
    for link in (page, at(plan, "returns") + "?indicator=VIO01", at(plan, "statistics"), "/history/?indicator=VIO01"):
        assert f'href="{link}' in indicator
    narrowed = client.get(at(plan, "returns"), {"indicator": "VIO01"})
    assert narrowed.status_code == 200 and 'href="/indicators/VIO01/"' in text(narrowed)
    assert client.get(at(plan, "returns"), {"indicator": "VIO01\x00"}).status_code in (200, 400)
    assert 'href="/indicators/VIO01/"' in text(client.get(at(plan, "statistics"), follow=True))


def test_the_figures_of_a_return_lead_to_their_indicators(cast: Cast) -> None:
    agency = make_agency("RU", "internal_affairs")
    made.approved_plan(cast)
    final = Return.objects.get(agency=agency, period__code="S1-FINAL")
    officer = make_officer(agency)
    submission = returns.start_return(expected_return=final, actor=officer, at=made.moment(dt.date(2026, 6, 26)))
    page = text(signed_in(officer).get(f"/returns/{final.pk}/submissions/{submission.number}/"))
    assert 'href="/indicators/VIO01/"' in page


def test_an_indicator_does_not_tell_of_measures_in_a_draft_that_the_reader_cannot_see(cast: Cast) -> None:
    plan = made.drafted_plan(cast)
    measure = Measure.objects.first()
    page = at(plan, "plan/measures", measure.pk)
    assert page in text(signed_in(cast.planner).get("/indicators/VIO01/"))
    assert page not in text(signed_in(cast.observer).get("/indicators/VIO01/"))
    assert signed_in(cast.observer).get(page).status_code == 404


def test_a_copied_measure_and_its_source_lead_to_each_other(cast: Cast) -> None:
    plan = made.drafted_plan(cast)
    source = Measure.objects.first()
    values = {"slug": "illegal-2027", "kind": "annual", "year": 2027, "title_ru": "Н", "title_en": "I"}
    operation = operations.create_operation(values=values, actor=cast.planner, at=made.moment())
    copy = operations.copy_plan(operation=operation, source=plan, actor=cast.planner, at=made.moment())
    row = Measure.objects.get(objective__plan=copy, copied_from=source)
    here, there = at(plan, "plan/measures", source.pk), at(copy, "plan/measures", row.pk)
    client = signed_in(cast.planner)
    assert here in text(client.get(there)) and there in text(client.get(here))


def made_measure(cast: Cast, *, states: list[str], kinds: list[str], absent: tuple[str, ...] = ()) -> Measure:
    """A measure of a plan in force with that responsible side."""
    made.approved_plan(cast, absent=absent)
    measure = Measure.objects.order_by("position")[0]
    measure.responsible_states.set([made.state(code) for code in states])
    measure.responsible_kinds.set(AgencyKind.objects.filter(code__in=kinds))
    return measure
