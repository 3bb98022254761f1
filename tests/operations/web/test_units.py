"""Pages of units: keeping the list, chasing a period's returns, summing them, and what a head is shown of them."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from operations.domain.returns import accept_submission, roll_up_return, save_draft, start_return, submit_return
from operations.domain.units import add_units
from operations.models import Notice, Submission, Unit
from tests.clients import signed_in
from tests.factories.people import make_administrator, make_head, make_officer
from tests.factories.reference import make_agency
from tests.factories.reporting import Story, cells, figures, make_story
from tests.factories.units import UnitStory, make_unit_story, put_accepted, unit_rows

pytestmark = pytest.mark.django_db
Status = Submission.Status


@pytest.fixture
def told(monkeypatch) -> UnitStory:
    """Two units and the central office; the clock of the pages stands at a moment when the period is open."""
    told = make_unit_story()
    monkeypatch.setattr("django.utils.timezone.now", lambda: told.story.at)
    return told


def at(story: Story, page: str = "return-units", **more) -> str:
    return reverse(f"operations:{page}", kwargs={"pk": story.expected_return.pk, **more})


def text(response) -> str:
    return " ".join(response.content.decode().split())


# --- keeping units ---


def test_an_officer_pastes_a_list_of_units_copied_from_a_spreadsheet():
    story = make_story()
    client = signed_in(story.officer)
    address = reverse("operations:agency-units-add", args=[story.agency.code])
    assert client.get(address).status_code == 200
    response = client.post(address, {"units": "0201\tУправление по городу\tCity\n\n0202\tУправление по области\n"})
    assert response.status_code == 302
    assert dict(Unit.objects.values_list("code", "name_en")) == {
        "0201": "City",
        "0202": "",
        "central": "Central office",
    }
    listed = client.get(reverse("operations:units"), follow=True)
    assert "Управление по области" in listed.content.decode()


def test_a_faulty_list_comes_back_as_it_was_with_every_fault_and_its_line(told: UnitStory):
    address = reverse("operations:agency-units-add", args=[told.story.agency.code])
    pasted = "code;name_ru\nnorth;Север\nx y;Пробел\n=2+5;Формула\n;Без кода"
    response = signed_in(told.story.officer).post(address, {"units": pasted})
    shown = text(response)
    assert response.status_code == 422
    for line in (2, 3, 4, 5):
        assert f"Line {line}:" in shown
    assert "Пробел" in shown
    assert Unit.objects.count() == 3


@pytest.mark.parametrize("pasted", ["", " ; ;", 'a;"unclosed', "a;b;c;d", "code;phone\na;1", "a;\x00", "а1;Кириллица"])
def test_what_is_no_list_of_units_is_refused_with_words(pasted: str):
    story = make_story()
    address = reverse("operations:agency-units-add", args=[story.agency.code])
    response = signed_in(story.officer).post(address, {"units": pasted})
    assert response.status_code == 422
    assert "error-summary" in text(response)
    assert not Unit.objects.exists()


def test_a_unit_is_renamed_retired_and_restored(told: UnitStory):
    client, unit = signed_in(make_administrator()), told.units["north"]
    page = reverse("operations:unit", args=[unit.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"name_ru": "", "name_en": "North"}).status_code == 422
    assert client.post(page, {"name_ru": "Северное", "name_en": "North"}).status_code == 302
    for act, is_active in (("retire", False), ("restore", True)):
        address = reverse("operations:unit-act", args=[unit.pk, act])
        assert client.get(address).status_code == 200
        assert client.post(address).status_code == 302
        unit.refresh_from_db()
        assert (unit.is_active, unit.name_ru) == (is_active, "Северное")
    central = reverse("operations:unit-act", args=[told.units["central"].pk, "retire"])
    assert client.post(central).status_code == 422


def test_units_of_others_are_not_there():
    told = make_unit_story()
    agency, unit = told.story.agency, told.units["north"]
    for person in (make_officer(make_agency("BY")), make_head("BY"), told.story.planner):
        client = signed_in(person)
        assert client.get(reverse("operations:agency-units", args=[agency.code])).status_code == 403
        assert client.get(reverse("operations:unit", args=[unit.pk])).status_code == 404
    head = signed_in(told.story.head)
    assert head.get(reverse("operations:unit", args=[unit.pk])).status_code == 200
    assert head.post(reverse("operations:unit", args=[unit.pk]), {"name_ru": "X"}).status_code == 403


# --- the way from the units to the head ---


def test_the_chase_list_accepts_all_clean_returns_and_reminds_the_rest(told: UnitStory):
    story = told.story
    north = told.submit("north", {"ACT03": 5})
    client = signed_in(story.second_officer)
    shown = text(client.get(at(story)))
    assert "0 of 2 units" in shown
    assert "Name unit-south" in shown
    assert client.post(at(story, "return-units-remind")).status_code == 302
    assert set(Notice.objects.values_list("user__username", flat=True)) == {"unit-south"}
    client.post(at(story, "return-units-accept"), {"all": "1"})
    north.refresh_from_db()
    assert (north.status, north.decided_by) == (Status.ACCEPTED, story.second_officer)
    assert "1 of 2 units" in text(client.get(at(story)))


def test_nobody_accepts_what_he_entered_himself_however_he_asks(told: UnitStory):
    story = told.story
    own = told.submit("central")
    client = signed_in(story.officer)
    assert f'value="{own.pk}"' not in text(client.get(at(story)))
    client.post(at(story, "return-units-accept"), {"submission": [own.pk]})
    client.post(at(story, "return-units-accept"), {"all": "1"})
    own.refresh_from_db()
    assert own.status == Status.SUBMITTED


def test_the_sum_is_looked_at_before_it_is_taken(told: UnitStory):
    story = told.story
    client = signed_in(story.officer)
    assert client.post(at(story, "return-units-sum")).status_code == 422
    assert signed_in(story.head).post(at(story, "return-units-sum")).status_code == 403
    assert not story.expected_return.submissions.exists()
    told.accept("north", {"ACT03": 5})
    shown = text(client.get(at(story, "return-units-sum")))
    assert "1 of 2 units" in shown
    assert "Department south" in shown
    assert client.post(at(story, "return-units-sum")).status_code == 302
    draft = story.expected_return.submissions.get()
    assert cells(draft)["ACT03.TOTAL"] == 5
    assert "Summed from:" in text(client.get(at(story, "return")))
    assert "nothing would change" in text(client.get(at(story, "return-units-sum")))


def test_a_figure_typed_over_the_sum_needs_a_tick(told: UnitStory):
    story = told.story
    told.accept("north", {"ACT03": 5})
    draft = roll_up_return(expected_return=story.expected_return, actor=story.officer, at=story.at)
    inputs = figures(story.expected_return, {"ACT03": 50}, rest=None)
    draft = save_draft(submission=draft, figures=inputs, revision=None, actor=story.officer, at=story.at)
    client = signed_in(story.officer)
    response = client.post(at(story, "return-units-sum"), {"revision": draft.revision})
    assert response.status_code == 422
    assert "typed by hand" in text(response)
    stale = client.post(at(story, "return-units-sum"), {"revision": draft.revision - 1, "confirmed": "1"})
    assert stale.status_code == 409
    assert cells(draft)["ACT03.TOTAL"] == 50
    client.post(at(story, "return-units-sum"), {"revision": draft.revision, "confirmed": "1"})
    assert cells(draft)["ACT03.TOTAL"] == 5


def test_the_head_sees_how_many_units_stand_behind_the_sum_and_reads_their_figures(told: UnitStory):
    story = told.story
    accepted = told.accept("north", {"ACT03": 5})
    waiting = told.submit("south", {"ACT03": 7})
    draft = roll_up_return(expected_return=story.expected_return, actor=story.officer, at=story.at)
    submit_return(submission=draft, actor=story.officer, at=story.at)
    head = signed_in(story.head)
    shown = text(head.get(at(story, "return")))
    assert "1 of 2 units" in shown
    assert "Department south" in shown
    assert text(head.get(at(story))).count("unit-submissions") == 1
    assert head.get(reverse("operations:unit-submission", args=[accepted.pk])).status_code == 200
    assert head.get(reverse("operations:unit-submission", args=[waiting.pk])).status_code == 404
    assert head.get(reverse("operations:return", args=[waiting.expected_return_id])).status_code == 404
    for page, more in (("return-units-figures", {}), ("submission-units", {"number": 1})):
        response = head.get(at(story, page, **more) + "?group=activity")
        assert response.status_code == 200
        by_unit = {row.unit.code: [cell.value for cell in row.cells] for row in response.context["rows"]}
        place = [column.code for column in response.context["columns"]].index("ACT03")
        assert (by_unit["north"][place], by_unit["south"][place]) == (5, None)
        assert response.context["sums"][place].value == 5
    for address, answer in (("return-units-remind", 403), ("return-units-accept", 403), ("return-units-sum", 409)):
        assert head.post(at(story, address)).status_code == answer
    planner = signed_in(story.planner)
    assert "1 of 2 units" in text(planner.get(at(story, "return")))
    assert "Department south" not in text(planner.get(at(story, "return")))
    assert planner.get(at(story)).status_code == 403


def test_corrections_of_units_after_the_sum_are_seen_on_the_return(told: UnitStory):
    story = told.story
    told.accept("north", {"ACT03": 5})
    draft = roll_up_return(expected_return=story.expected_return, actor=story.officer, at=story.at)
    submission = submit_return(submission=draft, actor=story.officer, at=story.at)
    accept_submission(submission=submission, actor=story.head, at=story.at)
    told.accept("south", {"ACT03": 1})
    shown = text(signed_in(story.head).get(at(story, "return")))
    assert "1 unit has had other figures accepted since." in shown


def test_a_breakdown_is_told_by_unit_and_strange_parameters_do_no_harm(told: UnitStory):
    story = told.story
    told.accept("north", {"ACT03": 5})
    client = signed_in(story.officer)
    shown = client.get(at(story, "return-units-figures") + "?indicator=ACT03")
    assert len(shown.context["columns"]) > 1
    for query in ("?indicator=NOPE", "?group=%00", "?group=rights"):
        assert client.get(at(story, "return-units-figures") + query).status_code == 200


def test_a_units_officer_finds_and_sends_the_own_return_alone(told: UnitStory):
    story, client = told.story, signed_in(told.officers["north"])
    listed = client.get(reverse("operations:returns", args=[story.operation.slug]))
    assert [row.expected_return for row in listed.context["rows"]] == [told.owed("north")]
    assert client.get(reverse("operations:return", args=[told.owed("south").pk])).status_code == 404
    assert client.get(at(story, "return")).status_code == 404
    assert client.get(at(story)).status_code == 404
    own = told.owed("north").pk
    assert client.post(reverse("operations:return-act", args=[own, "nil"])).status_code == 302
    officers = signed_in(story.officer).get(reverse("operations:returns", args=[story.operation.slug]))
    assert [row.expected_return for row in officers.context["rows"]] == [story.expected_return]


def test_the_return_of_an_agency_without_units_says_nothing_of_units(monkeypatch):
    story = make_story()
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.at)
    start_return(expected_return=story.expected_return, actor=story.officer, at=story.at)
    assert "Returns of the units" not in text(signed_in(story.officer).get(at(story, "return")))
    assert "No unit" in text(signed_in(story.officer).get(at(story)))


# --- 83 units ---


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["return-units", "return-units-figures", "return-units-sum", "return"])
def test_83_units_take_as_many_queries_as_three(monkeypatch, name: str):
    story = make_story()
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.at)
    client = signed_in(story.second_officer)
    client.get("/")
    counts = []
    for first, last in ((0, 3), (3, 83)):
        codes = [f"d{number:02}" for number in range(first, last)]
        added = add_units(agency=story.agency, units=unit_rows(*codes), actor=story.officer, at=story.at)
        clerk = make_officer(story.agency, username=f"clerk-{first}", unit=added[0])
        made = put_accepted(story, added[: 2 + first * 20], {"ACT03": 2}, by=clerk)
        Submission.objects.filter(pk__in=[row.pk for row in made[1::2]]).update(status=Status.SUBMITTED)
        counts.append(queries(client, at(story, name)))
    assert counts[0] == counts[1]
    assert counts[1] < 45
