"""The board of an agreement: answers, remarks, letters, reminders, and the meeting that it is recorded at."""

import pytest

from operations.domain import agreements
from operations.models import (
    Agreement,
    Meeting,
    Remark,
)
from tests.clients import signed_in
from tests.factories import plans as made
from tests.factories.people import Cast
from tests.operations.web.test_plans import at, text

pytestmark = pytest.mark.django_db


def test_remarks_are_answered_and_confirmed_on_the_board(cast: Cast) -> None:
    plan = made.circulated_plan(cast)
    head, planner = signed_in(cast.heads["KG"]), signed_in(cast.planner)
    typed = {"state": "KG", "answer": "agreed_with_remarks", "remarks-0-text": "Уточнить", "remarks-0-place": "1.1"}
    assert head.post(at(plan, "agreement/answer"), typed).status_code == 302
    remark = Remark.objects.get()
    reply = {"disposition": "taken", "reply": "Учтено"}
    assert planner.post(at(plan, "agreement/remarks", remark.pk), reply).status_code == 302
    assert signed_in(cast.heads["AM"]).post(at(plan, "agreement/remarks", remark.pk, "confirm")).status_code == 404
    assert "Confirm the reply" in text(head.get(at(plan, "agreement")))
    assert head.post(at(plan, "agreement/remarks", remark.pk, "confirm")).status_code == 302
    remark.refresh_from_db()
    assert remark.confirmed_by == cast.heads["KG"]


def test_a_states_words_are_read_by_that_state_and_the_headquarters(cast: Cast) -> None:
    plan = made.circulated_plan(cast)
    agreements.respond(
        plan=plan,
        state=made.state("BY"),
        answer="objected",
        comment="Внутренние доводы",
        actor=cast.heads["BY"],
        at=made.moment(),
    )
    for person, reads in ((cast.planner, True), (cast.heads["BY"], True), (cast.heads["AM"], False)):
        page = text(signed_in(person).get(at(plan, "agreement")))
        assert ("Внутренние доводы" in page) is reads
        assert "Objected" in page


def test_an_answer_without_its_comment_keeps_what_was_typed(cast: Cast) -> None:
    plan = made.circulated_plan(cast)
    typed = {"state": "BY", "answer": "objected", "remarks-1-text": "Сохраните это"}
    answer = signed_in(cast.heads["BY"]).post(at(plan, "agreement/answer"), typed)
    assert answer.status_code == 422
    assert "Сохраните это" in text(answer)
    assert not Agreement.objects.exists()


def test_a_letter_is_confirmed_by_somebody_else_on_the_board(cast: Cast) -> None:
    plan = made.circulated_plan(cast)
    letter = {"state": "TJ", "answer": "agreed", "method": "letter", "letter_number": "1", "letter_date": "2026-01-20"}
    planner = signed_in(cast.planner)
    assert planner.post(at(plan, "agreement/letter"), letter).status_code == 302
    pk = Agreement.objects.get().pk
    assert planner.post(at(plan, "agreement/letters", pk)).status_code == 403
    assert signed_in(cast.hq_chair).post(at(plan, "agreement/letters", pk)).status_code == 302


def test_the_board_offers_a_reminder_and_says_when_one_was_sent(cast: Cast) -> None:
    plan = made.circulated_plan(cast)
    made.agree_all(plan, cast, but=("KZ", "BY"))
    planner, address = signed_in(cast.planner), at(plan, "agreement")
    page = text(planner.get(address))
    assert page.count("Remind now") == 2 and "Remind all who are waited for" in page
    assert "Remind now" not in text(signed_in(cast.heads["KZ"]).get(address))
    sent = planner.post(f"{address}remind/", {"state": "KZ"})
    assert (sent.status_code, sent.headers["Location"]) == (302, f"{address}#state-KZ")
    page = text(planner.get(address))
    assert page.count("Remind now") == 1 and "A reminder was sent today." in page
    assert "Remind all who are waited for" not in page
    assert planner.post(f"{address}remind/", {"state": "KZ"}).status_code == 422
    assert planner.post(f"{address}remind/", {"state": "XX"}).status_code == 404
    assert planner.post(f"{address}remind/").status_code == 302
    assert planner.post(f"{address}remind/").status_code == 422


def test_the_agreement_is_recorded_at_a_meeting_of_the_headquarters_on_this_operation_or_on_none(cast: Cast) -> None:
    plan = made.circulated_plan(cast)
    made.agree_all(plan, cast)
    clerk = signed_in(cast.planner)
    for number, body, operation in ((1, "IHQ", ""), (2, "IHQ", plan.operation.slug), (3, "COUNCIL", "")):
        facts = {"body": body, "number": number, "held_on": "2026-02-10", "operation": operation}
        assert clerk.post("/meetings/new/", facts).status_code == 302
    chair = signed_in(cast.hq_chair)
    page = text(chair.get(at(plan, "plan/record-agreement")))
    assert "№ 1, 2026-02-10" in page and "№ 2, 2026-02-10" in page and "№ 3" not in page
    assert (
        chair.post(at(plan, "plan/record-agreement"), {"meeting": Meeting.objects.get(number=1).pk}).status_code == 302
    )
