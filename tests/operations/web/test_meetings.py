"""Pages of meetings: corrections with both texts, the register of decisions, chairs; and who takes part."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from operations.domain import meetings
from operations.models import ChairTerm, Decision, Meeting, Membership, Participation, Role
from tests.clients import signed_in
from tests.factories import plans as made
from tests.factories.minutes import AT, recorded_meeting, signed_meeting
from tests.factories.people import PASSWORD, Cast, make_user

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


# --- the record ---


def test_a_part_is_corrected_and_taken_out_by_forms(cast: Cast) -> None:
    meeting, clerk = recorded_meeting(cast), signed_in(cast.planner)
    item = meeting.agenda.get()
    decision = item.decisions.last()
    page = text(clerk.get(f"/meetings/{meeting.pk}/"))
    for part, row in (("item", item), ("decision", decision), ("attendance", meeting.attendances.get())):
        assert f'href="/meetings/{meeting.pk}/{part}/{row.pk}/"' in page
        assert f'href="/meetings/{meeting.pk}/{part}/{row.pk}/remove/"' in page
    address = f"/meetings/{meeting.pk}/decision/{decision.pk}/"
    assert "Принять доклад к сведению" in text(clerk.get(address))
    typed = {"text_ru": "Одобрить доклад", "text_en": "To endorse the report", "revision": 1, "due_date": "2026-05-04"}
    assert clerk.post(address, typed).status_code == 302
    assert "To endorse the report" in text(clerk.get(f"/meetings/{meeting.pk}/"))
    assert "To endorse the report" in text(clerk.get(f"{address}remove/"))
    assert clerk.post(f"{address}remove/", {"revision": 2}).status_code == 302
    assert not Decision.objects.filter(pk=decision.pk).exists()


def test_items_and_decisions_are_moved_by_buttons_until_the_minutes_are_signed(cast: Cast) -> None:
    meeting, clerk = recorded_meeting(cast), signed_in(cast.planner)
    page = f"/meetings/{meeting.pk}/"
    first, second = meeting.agenda.get().decisions.all()
    drawn = text(clerk.get(page))
    assert f'action="{page}decision/{second.pk}/move/"' in drawn
    assert "Move up" in drawn and f"{page}item/{meeting.agenda.get().pk}/move/" in drawn
    moved = clerk.post(f"{page}decision/{second.pk}/move/", {"to": "1"})
    assert (moved.status_code, moved.headers["Location"]) == (302, f"{page}#decision-{second.pk}")
    assert list(meeting.agenda.get().decisions.all()) == [second, first]
    for to in ("", "0", "x", "²", "9" * 30):
        assert clerk.post(f"{page}decision/{second.pk}/move/", {"to": to}).status_code == 422
    assert clerk.post(f"{page}attendance/{meeting.attendances.get().pk}/move/", {"to": "1"}).status_code == 422
    assert "data-reorder" not in text(signed_in(cast.observer).get(page))
    meetings.sign_minutes(meeting=meeting, reauthenticated=True, actor=cast.hq_chair, at=AT)
    assert "data-reorder" not in text(clerk.get(page))
    assert clerk.post(f"{page}decision/{second.pk}/move/", {"to": "2"}).status_code == 422


def test_the_page_says_whose_signature_is_missing_and_the_successor_signs_with_the_ground(cast: Cast) -> None:
    meeting, successor = recorded_meeting(cast), make_user("successor")
    page = f"/meetings/{meeting.pk}/"
    assert "Not signed yet. To be signed by" in text(signed_in(cast.planner).get(page))
    Membership.objects.create(user=successor, role=Role.HQ_CHAIR, from_date=dt.date(2026, 1, 1))
    Membership.objects.filter(user=cast.hq_chair).update(until_date=dt.date(2026, 2, 28))
    assert "has left office" in text(signed_in(cast.planner).get(page))
    signer = signed_in(successor)
    assert f'href="{page}sign/"' in text(signer.get(page)) and f'href="{page}sign/"' in text(signer.get("/"))
    assert "You sign instead" in text(signer.get(f"{page}sign/"))
    refused = signer.post(f"{page}sign/", {"password": PASSWORD, "comment": ""})
    assert refused.status_code == 422 and 'href="#id_comment"' in refused.content.decode()
    assert signer.post(f"{page}sign/", {"password": PASSWORD, "comment": "Order of 1 March 2026"}).status_code == 302
    assert "Order of 1 March 2026" in text(signer.get(page))
    Meeting.objects.update(chaired_by=None, signed_at=None, signed_by=None)
    assert "until the record says who chaired" in text(signed_in(cast.planner).get(page))


def test_who_saves_an_older_part_sees_both_texts(cast: Cast) -> None:
    meeting = recorded_meeting(cast)
    item = meeting.agenda.get()
    address = f"/meetings/{meeting.pk}/item/{item.pk}/"
    signed_in(cast.planner).post(address, {"title_ru": "Первая правка", "title_en": "First", "revision": 1})
    answer = signed_in(cast.assistant).post(address, {"title_ru": "Вторая правка", "title_en": "Second", "revision": 1})
    page = text(answer)
    assert answer.status_code == 409
    assert "Первая правка" in page and "Вторая правка" in page
    again = {"title_ru": "Вторая правка", "title_en": "Second", "revision": 2}
    assert signed_in(cast.assistant).post(address, again).status_code == 302
    assert signed_in(cast.planner).post(f"{address}remove/", {"revision": 1}).status_code == 409


def test_who_saves_an_older_meeting_or_account_sees_both_texts(cast: Cast) -> None:
    meeting = recorded_meeting(cast)
    decision = Decision.objects.first()
    facts = {"body": "IHQ", "number": 1, "held_on": "2026-02-12", "minutes_number": "1-П", "chaired_by": "hq-chair"}
    first = signed_in(cast.planner).post(
        f"/meetings/{meeting.pk}/change/", facts | {"place_en": "Minsk", "revision": 1}
    )
    second = signed_in(cast.hq_chair).post(
        f"/meetings/{meeting.pk}/change/", facts | {"place_en": "Dushanbe", "revision": 1}
    )
    assert (first.status_code, second.status_code) == (302, 409)
    assert "Minsk" in text(second) and "Dushanbe" in text(second)
    told = {"progress": "done", "account_en": "Done by the planner", "revision": 1}
    assert signed_in(cast.planner).post(f"/decisions/{decision.pk}/", told).status_code == 302
    late = signed_in(cast.heads["KZ"]).post(f"/decisions/{decision.pk}/", told | {"account_en": "Done by the head"})
    assert late.status_code == 409
    assert "Done by the planner" in text(late) and "Done by the head" in text(late)


@pytest.mark.parametrize("typed", ["", "abc", "999999", "²"])
def test_a_decision_without_an_item_of_this_agenda_is_an_error_of_its_field(cast: Cast, typed: str) -> None:
    meeting = recorded_meeting(cast)
    form = {"item": typed, "text_ru": "Решение, которое не пропадёт"}
    answer = signed_in(cast.planner).post(f"/meetings/{meeting.pk}/add/decision/", form)
    assert answer.status_code == 422
    assert "Choose an item of this meeting" in text(answer)
    assert "Решение, которое не пропадёт" in text(answer)


LONG, BIDI = "я" * 1_000_000, "Москва\u202e"


@pytest.mark.parametrize(
    ("part", "field", "typed"),
    [
        ("item", "title_ru", "  "),
        ("item", "title_ru", LONG),
        ("item", "heard_ru", BIDI),
        ("attendance", "name_ru", ""),
        ("attendance", "state", "XX"),
        ("attendance", "post_ru", BIDI),
        ("decision", "text_ru", LONG),
        ("decision", "due_date", "2026-02-30"),
        ("decision", "due_date", "10/11/2026"),
        ("decision", "due_date", "0001-01-01"),
        ("decision", "due_date", "9999-01-01"),
        ("decision", "responsible_states", "XX"),
    ],
)
def test_a_bad_entry_of_the_record_is_an_error_of_its_field_and_the_rest_is_kept(
    cast: Cast, part: str, field: str, typed: str
) -> None:
    meeting = recorded_meeting(cast)
    item = meeting.agenda.get()
    rows = {"item": item, "attendance": meeting.attendances.get(), "decision": item.decisions.first()}
    good = {
        "item": {"title_ru": "О плане", "spoke_ru": "Что останется"},
        "attendance": {"state": "KZ", "name_ru": "А. Б.", "name_en": "Что останется"},
        "decision": {"item": item.pk, "text_ru": "Что останется", "text_en": "Что останется"},
    }
    for address, more in ((f"add/{part}/", {}), (f"{part}/{rows[part].pk}/", {"revision": 1})):
        answer = signed_in(cast.planner).post(f"/meetings/{meeting.pk}/{address}", good[part] | {field: typed} | more)
        assert answer.status_code == 422, address
        assert f'href="#id_{field}' in answer.content.decode(), address
        assert "Что останется" in text(answer), address


def test_a_signed_record_offers_no_correction(cast: Cast) -> None:
    meeting = signed_meeting(cast)
    item = meeting.agenda.get()
    clerk = signed_in(cast.planner)
    assert f"/meetings/{meeting.pk}/item/{item.pk}/" not in text(clerk.get(f"/meetings/{meeting.pk}/"))
    assert clerk.get(f"/meetings/{meeting.pk}/item/{item.pk}/").status_code == 422
    assert clerk.post(f"/meetings/{meeting.pk}/item/{item.pk}/remove/", {"revision": 1}).status_code == 422


def test_the_chair_of_the_council_is_named_at_the_meeting_that_elected_and_among_the_chairs(cast: Cast) -> None:
    ChairTerm.objects.all().delete()
    meeting = recorded_meeting(cast, body="COUNCIL", number=28)
    make_user("new-chair")
    values = {"holder": "new-chair", "state": "KG", "from_date": "2020-03-01", "until_date": "2090-03-01"}
    meetings.elect_chair(meeting=meeting, values=values, actor=cast.hq_chair, at=AT)
    reader = signed_in(cast.observer)
    assert "Name new-chair (Kyrgyzstan)" in text(reader.get(f"/meetings/{meeting.pk}/"))
    page = text(reader.get("/meetings/chairs/"))
    assert "Name new-chair" in page and "In office" in page
    assert f'href="/meetings/{meeting.pk}/"' in page
    assert 'href="/meetings/chairs/"' in text(reader.get("/meetings/"))


def test_the_term_of_a_chair_who_leaves_is_ended_by_a_form(cast: Cast) -> None:
    term = ChairTerm.objects.get()
    chair, page = signed_in(cast.hq_chair), f"/meetings/chairs/{term.pk}/end/"
    assert f'href="{page}"' in text(chair.get("/meetings/chairs/"))
    assert f'href="{page}"' not in text(signed_in(cast.planner).get("/meetings/chairs/"))
    typed = {"comment": "Left for another post", "revision": 1}
    refused = chair.post(page, {"until_date": "2100-01-01", **typed})
    assert refused.status_code == 422
    assert 'href="#id_until_date"' in refused.content.decode() and "Left for another post" in text(refused)
    assert chair.post(page, {"until_date": "2098-12-31", **typed}).status_code == 302
    assert ChairTerm.objects.get().until_date.year == 2098
    late = chair.post(page, {"until_date": "2097-12-31", **typed})
    assert late.status_code == 409 and "2098-12-31" in text(late)


# --- decisions ---


def test_a_head_finds_the_decision_in_my_work_and_says_how_far_it_is(cast: Cast) -> None:
    meeting = signed_meeting(cast)
    decision = Decision.objects.filter(responsible_states__code="KZ").get()
    head = signed_in(cast.heads["KZ"])
    assert f'href="/decisions/{decision.pk}/"' in text(head.get("/"))
    page = text(head.get(f"/meetings/{meeting.pk}/"))
    assert f'href="/decisions/{decision.pk}/"' in page and "Overdue" in page
    told = {"progress": "done", "account_ru": "Исполнено", "account_en": "The plan is agreed", "revision": 1}
    assert head.post(f"/decisions/{decision.pk}/", told).status_code == 302
    page = text(head.get(f"/meetings/{meeting.pk}/"))
    assert "The plan is agreed" in page and "Overdue" not in page
    assert f'href="/decisions/{decision.pk}/"' not in text(head.get("/"))
    assert signed_in(cast.heads["RU"]).get(f"/decisions/{decision.pk}/").status_code == 403


def test_minutes_to_sign_are_in_my_work_of_whoever_chaired(cast: Cast) -> None:
    meeting = recorded_meeting(cast)
    assert f'href="/meetings/{meeting.pk}/sign/"' in text(signed_in(cast.hq_chair).get("/"))
    assert "/sign/" not in text(signed_in(cast.planner).get("/"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"agree", "note"}),
        ("?standing=overdue", {"agree"}),
        ("?standing=done", set()),
        ("?standing=all&body=IHQ", {"agree", "note"}),
        ("?standing=all&body=COUNCIL", set()),
        ("?state=KZ", {"agree"}),
        ("?state=RU", set()),
        ("?state=XX", set()),
        ("?body=%00&state=%00", set()),
        ("?standing=none-such&page=99999999999999999999", {"agree", "note"}),
    ],
)
def test_the_register_of_decisions_is_narrowed(cast: Cast, query: str, found: set[str]) -> None:
    signed_meeting(cast)
    answer = signed_in(cast.observer).get(f"/decisions/{query}")
    words = {"agree": "To agree the plan of the operation", "note": "To take note of the report"}
    assert answer.status_code == 200
    assert {name for name, said in words.items() if said in text(answer)} == found


def test_lists_of_meetings_and_decisions_take_as_many_queries_for_many_as_for_one(cast: Cast) -> None:
    values = {"text_ru": "Ещё", "responsible_states": ["KZ", "RU"], "responsible_bodies": ["IHQ"]}
    item = recorded_meeting(cast).agenda.get()
    meetings.record_decision(item=item, values=values, actor=cast.planner, at=AT)
    head = signed_in(cast.heads["KZ"])
    pages = ("/meetings/", "/decisions/", f"/meetings/{Meeting.objects.get().pk}/", "/")
    before = [_queries(head, page) for page in pages]
    for number in range(2, 6):
        recorded_meeting(cast, number=number)
        meetings.record_decision(item=item, values=values, actor=cast.planner, at=AT)
    assert [_queries(head, page) for page in pages] == before


def _queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


# --- who takes part ---


def test_the_planner_says_which_state_does_not_take_part_and_it_is_not_waited_for(cast: Cast) -> None:
    plan = made.drafted_plan(cast)
    planner = signed_in(cast.planner)
    everybody = "/operations/illegal-2026/participants/"
    address = f"{everybody}TJ/"
    assert f'href="{everybody}"' in text(planner.get("/operations/illegal-2026/"))
    assert f'href="{address}"' in text(planner.get(everybody))
    typed = {"takes_part": "0", "absence_reason_ru": " ", "absence_reason_en": "By its own decision"}
    refused = planner.post(address, typed)
    assert refused.status_code == 422
    assert 'href="#id_absence_reason_ru"' in refused.content.decode() and "By its own decision" in text(refused)
    assert planner.post(address, typed | {"absence_reason_ru": "По решению государства"}).status_code == 302
    assert Participation.objects.filter(operation=plan.operation, takes_part=False).get().state.code == "TJ"
    page = text(signed_in(cast.observer).get(everybody))
    assert "By its own decision" in page and "participants/TJ" not in page


def test_nobody_changes_who_takes_part_while_the_plan_is_being_agreed(cast: Cast) -> None:
    made.circulated_plan(cast)
    planner = signed_in(cast.planner)
    page = text(planner.get("/operations/illegal-2026/participants/"))
    assert "Withdraw or amend it before you change who takes part" in page and "participants/TJ" not in page
    typed = {"takes_part": "0", "absence_reason_ru": "По решению"}
    assert planner.post("/operations/illegal-2026/participants/TJ/", typed).status_code == 422
    assert not Participation.objects.filter(takes_part=False).exists()
    assert signed_in(cast.heads["TJ"]).get("/operations/illegal-2026/participants/TJ/").status_code == 403


@pytest.mark.parametrize(
    "address", ["illegal-2026/participants/XX/", "none-such/participants/", "illegal-2024/participants/"]
)
def test_states_and_operations_that_are_not_there_are_not_found(cast: Cast, address: str) -> None:
    made.drafted_plan(cast)
    assert signed_in(cast.planner).get(f"/operations/{address}").status_code == 404
