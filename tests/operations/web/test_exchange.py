"""The pages of the exchange: what they show and to whom, the steps of a list, the grid of complaints."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from operations.domain import complaints, lists, registers, task_forces
from operations.domain.moments import moscow_date
from operations.domain.returns import accept_submission, save_draft, start_return, submit_return
from operations.models import ComplaintAccount, ListVerification, TaskForceAccount
from tests.clients import signed_in
from tests.factories.exchange import Exchange, counts, day, noon
from tests.factories.operations import make_interval, make_period, make_plan, make_return, make_submission
from tests.factories.people import make_head, make_officer, make_planner
from tests.factories.reference import make_agency, state
from tests.factories.reporting import figures

pytestmark = pytest.mark.django_db
BASE = "/operations/illegal-2026"


def page_of(user, language: str = "en") -> Client:
    user.language = language
    user.save()
    return signed_in(user, language=language)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def ago(days: int) -> str:
    return (moscow_date(timezone.now()) - dt.timedelta(days=days)).isoformat()


@pytest.fixture
def exchange(reference) -> Exchange:
    return Exchange()


# --- lists ---


def test_an_officer_records_a_list_and_the_other_state_takes_it_to_the_answer(exchange: Exchange):
    sender, partner = page_of(exchange.sender), page_of(exchange.partner)
    assert "Record a list that was sent" in text(sender.get(f"{BASE}/lists/"))
    given = {"received_by": "RU", "number": "12/7", "entries": "1 200", "sent_on": ago(30), "due_date": ago(1)}
    made = sender.post(f"{BASE}/lists/new/", given)
    row = ListVerification.objects.get()
    assert (made.status_code, made["Location"], row.entries) == (302, f"/lists/{row.pk}/", 1200)
    shown = text(partner.get(f"/lists/{row.pk}/"))
    assert "Confirm the receipt" in shown
    assert "Overdue" in shown
    assert "Confirm the receipt" not in text(sender.get(f"/lists/{row.pk}/")).split("Outcomes")[0].split("Next step")[0]
    partner.post(f"/lists/{row.pk}/confirm-receipt/", {"received_on": ago(20), "revision": 1})
    form = text(partner.get(f"/lists/{row.pk}/record-outcomes/"))
    assert 'name="PENDING" value="1200"' in form
    told = {"as_of": ago(3), **counts(LEFT=1000, PENDING=100), "revision": 2}
    refused = partner.post(f"/lists/{row.pk}/record-outcomes/", told)
    assert refused.status_code == 422
    assert "The outcomes add up to 1100 and the list has 1200 entries" in text(refused)
    assert 'name="LEFT" value="1000"' in text(refused)
    told |= {"NOT_FOUND": 100}
    assert partner.post(f"/lists/{row.pk}/record-outcomes/", told).status_code == 302
    refused = partner.post(f"/lists/{row.pk}/answer/", {"answered_on": ago(0), "revision": 3})
    assert "100 entries are still being checked" in text(refused)
    given = {"answered_on": ago(0), "revision": 3, "reason": "Сведения запрошены"}
    assert partner.post(f"/lists/{row.pk}/answer/", given).status_code == 302
    assert "Сведения запрошены" in text(sender.get(f"/lists/{row.pk}/"))


def test_a_step_on_an_older_revision_keeps_what_was_typed(exchange: Exchange):
    row = exchange.send()
    given = {"number": "12/8", "entries": "5", "sent_on": ago(30), "revision": 7}
    refused = page_of(exchange.sender).post(f"/lists/{row.pk}/change/", given)
    assert refused.status_code == 409
    assert "Somebody else has changed this" in text(refused)
    assert 'value="12/8"' in text(refused)
    assert 'name="revision" value="1"' in text(refused)


def test_a_doubtful_reason_is_confirmed_and_personal_data_is_not(exchange: Exchange):
    row, client = exchange.send(), page_of(exchange.sender)
    refused = client.post(f"/lists/{row.pk}/withdraw/", {"reason": "Просил Иванов И.И.", "revision": 1})
    assert "Why this is no personal data" in text(refused)
    refused = client.post(f"/lists/{row.pk}/withdraw/", {"reason": "ИИН 900101300123", "revision": 1})
    assert refused.status_code == 422
    given = {"reason": "Просил Иванов И.И.", "screening_reason": "Исполнитель", "revision": 1}
    assert client.post(f"/lists/{row.pk}/withdraw/", given).status_code == 302


def test_the_register_shows_pairs_of_states_in_both_languages_at_a_constant_cost(
    exchange: Exchange, django_assert_max_num_queries
):
    planner = make_planner()
    for number in range(3):
        exchange.record(exchange.received(f"3/{number}"), day(6, 1), counts(LEFT=40, PENDING=60))
    client = page_of(planner, "ru")
    with django_assert_max_num_queries(32) as few:
        shown = client.get(f"{BASE}/lists/")
    assert "Казахстан – Россия" in text(shown)
    for number in range(3, 12):
        exchange.record(exchange.received(f"3/{number}"), day(6, 1), counts(LEFT=40, PENDING=60))
    with django_assert_max_num_queries(len(few)):
        shown = client.get(f"{BASE}/lists/")
    narrowed = text(page_of(planner).get(f"{BASE}/lists/?from=KZ&to=BY"))
    assert "There are no lists here that you may see." in narrowed


def test_a_return_shows_its_lists_and_says_when_the_register_left_it_behind(exchange: Exchange):
    row = exchange.record(exchange.received(entries=40), day(5, 20), counts(NOT_FOUND=40))
    expected = exchange.expected(2)
    at = expected.period.due_at - dt.timedelta(days=1)
    officer = page_of(exchange.partner)
    assert "INF05 – <strong>40</strong>" in text(officer.get(f"/returns/{expected.pk}/"))
    draft = start_return(expected_return=expected, actor=exchange.partner, at=at)
    draft = save_draft(submission=draft, figures=figures(expected), revision=None, actor=exchange.partner, at=at)
    sent = submit_return(submission=draft, actor=exchange.partner, at=at)
    accept_submission(submission=sent, actor=exchange.partner_head, at=at)
    assert "differs from the accepted figure" not in text(officer.get(f"/returns/{expected.pk}/"))
    exchange.record(row, day(8, 1), counts(LEFT=10, NOT_FOUND=30))
    shown = text(officer.get(f"/returns/{expected.pk}/"))
    assert "The register of lists differs from the accepted figure" in shown
    behind = text(officer.get(f"/returns/{expected.pk}/lists/"))
    assert f'href="/lists/{row.pk}/"' in behind
    assert "Differs" in behind
    assert "differs from the accepted figures" in text(page_of(exchange.planner).get(f"{BASE}/lists/"))
    assert "Correct the return: the register of lists has changed" in text(officer.get("/"))


def test_a_list_of_others_looks_as_if_it_did_not_exist(exchange: Exchange):
    row = exchange.send()
    stranger = page_of(make_head("TJ"))
    assert stranger.get(f"/lists/{row.pk}/").status_code == 404
    assert stranger.get(f"/lists/{row.pk}/withdraw/").status_code == 404
    assert row.number not in text(stranger.get(f"{BASE}/lists/"))


# --- complaints ---


def grid(**given: str) -> dict[str, str]:
    return {name.replace("__", "."): value for name, value in given.items()}


def test_an_officer_fills_the_grid_and_every_fault_is_told_at_its_cell(exchange: Exchange):
    make_interval(exchange.operation, quarter=1)
    officer = page_of(make_officer(make_agency("RU", "rights_body")))
    address = f"{BASE}/complaints/ru-rights-body/Q1/"
    assert officer.get(address).status_code == 200
    wrong = grid(
        FORCE__ombudsman__carried_over="0",
        FORCE__ombudsman__received="5",
        FORCE__ombudsman__examined="1",
        FORCE__ombudsman__pending="3",
        OTHER__consulate__received="1.234",
        revision="0",
    )
    refused = officer.post(address, wrong)
    assert refused.status_code == 422
    shown = text(refused)
    assert 'id="FORCE.ombudsman.pending-error"' in shown
    assert 'id="OTHER.consulate.received-error"' in shown
    assert 'value="1.234"' in shown
    assert not ComplaintAccount.objects.exists()
    right = {**wrong, "FORCE.ombudsman.pending": "4", "OTHER.consulate.received": "", "empty_is_zero": "1"}
    assert officer.post(address, right).status_code == 302
    assert ComplaintAccount.objects.count() == 40
    assert ComplaintAccount.objects.get(category__code="FORCE", channel="ombudsman").pending == 4
    stale = officer.post(address, right)
    assert stale.status_code == 409
    assert "Somebody else has changed this" in text(stale)


def test_what_was_pending_stands_in_the_grid_of_the_next_period(exchange: Exchange):
    agency = make_agency("RU", "rights_body")
    officer, first = make_officer(agency), make_interval(exchange.operation, quarter=1)
    make_interval(exchange.operation, quarter=2)
    complaints.keep_accounts(
        agency=agency,
        period=first,
        rows={("FORCE", "ombudsman"): {"carried_over": 0, "received": 9, "examined": 2, "pending": 7}},
        revision=0,
        actor=officer,
        at=first.due_at,
    )
    shown = text(page_of(officer).get(f"{BASE}/complaints/ru-rights-body/Q2/"))
    assert 'name="FORCE.ombudsman.carried_over" value="7"' in shown


def test_the_headquarters_see_where_the_account_and_the_return_differ(exchange: Exchange):
    agency = make_agency("RU", "rights_body")
    officer = make_officer(agency)
    final = make_period(make_plan(exchange.operation).stages.get(number=1))
    expected = make_return(final, agency)
    make_submission(expected, entered_by=officer, status="submitted", values={"RGT01": 9, "RGT02": 2})
    complaints.keep_accounts(
        agency=agency,
        period=final,
        rows={("FORCE", "ombudsman"): {"carried_over": 0, "received": 8, "examined": 2, "pending": 6}},
        revision=0,
        actor=officer,
        at=final.due_at,
    )
    planner = page_of(exchange.planner)
    for address in (f"/returns/{expected.pk}/", f"{BASE}/complaints/"):
        assert "Differs" in text(planner.get(address))
    head = page_of(exchange.partner_head)
    assert head.get(f"{BASE}/complaints/").status_code == 404
    assert "Complaints" not in text(head.get(f"{BASE}/lists/")).split("Parts of the exchange")[1].split("</nav>")[0]


# --- task forces ---


def test_a_task_force_is_made_and_its_head_accounts_for_it(exchange: Exchange):
    planner = page_of(exchange.planner)
    given = {"name_ru": "Группа", "name_en": "The group", "states": ["RU", "KZ"]}
    made = planner.post(f"{BASE}/task-forces/new/", given)
    body = task_forces.task_forces(exchange.planner, at=timezone.now()).get()
    assert made["Location"] == f"{BASE}/task-forces/{body.pk}/"
    head = page_of(exchange.partner_head)
    assert "The group" in text(head.get(f"{BASE}/task-forces/"))
    account = {"start_date": ago(40), "end_date": ago(9), "carried_over": "0", "taken_up": "5", "settled": "2"}
    refused = head.post(f"{BASE}/task-forces/{body.pk}/accounts/new/", {**account, "still_open": "2"})
    assert refused.status_code == 422
    assert "settled and still open make 4" in text(refused)
    assert head.post(f"{BASE}/task-forces/{body.pk}/accounts/new/", {**account, "still_open": "3"}).status_code == 302
    row = TaskForceAccount.objects.get()
    changed = {**account, "settled": "3", "still_open": "2", "revision": row.revision}
    assert head.post(f"{BASE}/task-forces/{body.pk}/accounts/{row.pk}/", changed).status_code == 302
    assert "Still open" in text(head.get(f"{BASE}/task-forces/{body.pk}/"))
    assert "Task force" in text(planner.get("/meetings/new/")) or "The group" in text(planner.get("/meetings/new/"))


# --- the registers ---


def test_the_page_of_the_registers_says_how_fresh_each_reading_is(exchange: Exchange):
    now = timezone.now()
    for code, hours in (("RU", 1), ("KZ", 6)):
        registers.keep_reading(
            state=state(code),
            as_of=now - dt.timedelta(hours=hours),
            persons=1000,
            actor=make_officer(make_agency(code)),
            at=now,
        )
    shown = text(page_of(exchange.planner).get(f"{BASE}/register/"))
    for words in ("Fresh", "Stale", "Missing", "2 of 6", "2,000"):
        assert words in shown
    own = text(page_of(exchange.sender_head).get(f"{BASE}/register/"))
    assert "Kazakhstan" in own
    assert "Russia" not in own.split("<main")[1].split("</main")[0]


def test_a_historical_operation_has_no_exchange(exchange: Exchange):
    exchange.operation.origin = "historical"
    exchange.operation.save()
    planner = page_of(exchange.planner)
    for part in ("lists", "complaints", "task-forces", "register"):
        assert planner.get(f"{BASE}/{part}/").status_code == 404


def test_a_list_sent_on_a_day_still_to_come_is_refused_with_words(exchange: Exchange):
    given = {"received_by": "RU", "number": "9", "entries": "1e3", "sent_on": "2099-01-01"}
    refused = page_of(exchange.sender).post(f"{BASE}/lists/new/", given)
    assert refused.status_code == 422
    assert "Enter a whole number, for example 1234 or 1 234." in text(refused)
    given["entries"] = "5"
    assert "This day is still to come." in text(page_of(exchange.sender).post(f"{BASE}/lists/new/", given))
    assert lists.may_send(exchange.operation, exchange.sender, at=noon(12, 20))
