"""Task forces of two states: made by the headquarters, accounted for by the states, with their decisions."""

import pytest

from operations.domain import meetings, task_forces
from operations.domain.access import visible_to
from operations.domain.errors import BadInput, NotAllowed, NotFound, Stale, Unmet
from operations.models import Body, Operation, TaskForceAccount
from tests.factories.exchange import noon
from tests.factories.operations import make_operation
from tests.factories.people import make_head, make_hq_chair, make_observer, make_planner
from tests.factories.reference import load_reference, state

pytestmark = pytest.mark.django_db
AT = noon(10, 5)
NAMES = {"name_ru": "Рабочая группа", "name_en": "Task force"}


def made(*states: str) -> Body:
    values = {**NAMES, "states": list(states or ("RU", "TJ"))}
    return task_forces.create_task_force(values=values, actor=make_planner(), at=AT)


def account(body: Body, operation: Operation, *numbers, first="2026-07-01", last="2026-09-30", actor=None, **words):
    values = {"start_date": first, "end_date": last, **dict(zip(task_forces.COUNTS, numbers, strict=True)), **words}
    return task_forces.account_for_task_force(
        body=body, operation=operation, values=values, actor=actor or make_head("TJ"), at=AT
    )


def codes(refused) -> set[str]:
    return {problem.code for problem in refused.value.problems}


def test_the_headquarters_make_a_task_force_of_two_states(reference):
    assert made("TJ", "RU").code == "TF-RU-TJ"
    again = made()
    assert again.code == "TF-RU-TJ-2"
    assert set(again.states.all()) == {state("RU"), state("TJ")}
    for wrong in (["RU"], ["RU", "TJ", "KZ"], ["RU", "RU"]):
        with pytest.raises(BadInput) as refused:
            task_forces.create_task_force(values={**NAMES, "states": wrong}, actor=make_planner(), at=AT)
        assert codes(refused) == {"two_states"}
    with pytest.raises(NotAllowed):
        task_forces.create_task_force(values={**NAMES, "states": ["RU", "TJ"]}, actor=make_head("RU"), at=AT)


def test_loading_the_reference_data_again_leaves_a_task_force_alone(reference):
    body = made()
    load_reference()
    assert Body.objects.get(pk=body.pk).name_ru == "Рабочая группа"


def test_a_body_of_the_reference_data_is_not_renamed(reference):
    with pytest.raises(Unmet):
        task_forces.rename_task_force(body=Body.objects.get(code="IHQ"), values=NAMES, actor=make_planner(), at=AT)


def test_an_account_balances_lies_in_the_past_and_shares_no_day_with_another(reference):
    body, operation = made(), make_operation()
    with pytest.raises(BadInput) as refused:
        account(body, operation, 0, 9, 4, 4, first="2026-10-01", last="2026-10-06")
    assert codes(refused) == {"unbalanced", "in_the_future"}
    first = account(body, operation, 0, "9", 4, 5, first="2026-06-01", last="2026-06-30")
    with pytest.raises(BadInput) as refused:
        account(body, operation, 4, 0, 4, 0, first="2026-06-30")
    assert codes(refused) == {"overlap"}
    with pytest.raises(BadInput) as refused:
        account(body, operation, 4, 0, 4, 0)
    assert codes(refused) == {"carried_over_differs"}
    account(body, operation, 4, 0, 4, 0, note_ru="Один вопрос снят")
    assert task_forces.last_open(body, operation) == 0
    changed = task_forces.change_task_force_account(
        account=first, revision=1, values={"note_en": "First account"}, actor=make_head("RU", "second-ru"), at=AT
    )
    assert changed.note_en == "First account"
    with pytest.raises(Stale):
        task_forces.change_task_force_account(account=first, revision=1, values={}, actor=make_hq_chair(), at=AT)


def test_the_states_of_a_task_force_and_the_headquarters_see_it_and_account_for_it(reference):
    body, operation = made(), make_operation()
    row = account(body, operation, 0, 3, 1, 2, actor=make_planner("second-planner"))
    stranger = make_head("KZ")
    assert task_forces.task_forces(make_head("RU"), at=AT).get() == body
    for person in (stranger, make_observer()):
        assert not task_forces.task_forces(person, at=AT).exists()
        assert not visible_to(TaskForceAccount, person, at=AT).exists()
    with pytest.raises(NotAllowed):
        account(body, operation, 2, 0, 0, 2, first="2026-10-01", last="2026-10-02", actor=stranger)
    with pytest.raises(NotFound):
        task_forces.change_task_force_account(account=row, revision=1, values={}, actor=stranger, at=AT)


def test_its_meetings_are_recorded_like_any_others_and_their_decisions_followed_up(reference):
    body, planner = made(), make_planner()
    who = {"actor": planner, "at": AT}
    facts = {"body": body.code, "number": 1, "held_on": "2026-09-16"}
    meeting = meetings.create_meeting(values=facts, **who)
    item = meetings.add_agenda_item(meeting=meeting, values={"title_ru": "О сверке"}, **who)
    decisions = [
        meetings.record_decision(item=item, values={"text_ru": text, "responsible_states": ["RU"]}, **who)
        for text in ("Завершить проверку", "Согласовать порядок")
    ]
    meetings.report_on_decision(decision=decisions[0], revision=1, values={"progress": "done"}, **who)
    assert list(task_forces.decisions_of(body)) == decisions
    assert task_forces.open_decisions([body]) == {body.pk: 1}
