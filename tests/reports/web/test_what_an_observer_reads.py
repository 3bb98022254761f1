"""Numbers about persons that were not released are looked for on every page and in every file of an observer."""

import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse

from operations.models import Operation, User
from reports.domain import cells as c
from reports.domain.public_numbers import freeze_edition
from reports.models import Report
from tests.clients import signed_in
from tests.factories.explored import accepted_return
from tests.factories.operations import make_approved_plan, make_operation, make_period
from tests.factories.people import make_administrator, make_head, make_observer, make_officer, make_planner
from tests.factories.reference import load_reference
from tests.factories.reports import count
from tests.reports.domain.test_public_numbers import AT, snapshot_of
from tests.reports.rendering.coded_report import report, stage_table, year_table

pytestmark = pytest.mark.django_db
#: About persons, by what was reported; 60 013 was released, 60 029 is hidden beside a small number.
CANARIES = {"ADM01": 70_001, "ACT04": 70_003, "ACT04.citizenship_group:AM": 70_009, "VIO01": 70_019, "VIO07": 70_027}
HARMLESS = 51_407
RELEASED, HIDDEN = 60_013, 60_029
STAGES = {"AM": {"1": 4, "2": HIDDEN}, "BY": {"1": 30_011, "2": 30_013}}
OF_ONE = "operation=illegal-2026&indicator={}&rows=state&columns=stage"
ASKED = [
    OF_ONE.format("ADM01"),
    OF_ONE.format("ADM01") + "&view=bar",
    OF_ONE.format("VIO07") + "&view=share",
    OF_ONE.format("VIO01") + "&rows=agency_kind",
    "operation=illegal-2026&indicator=ACT04&breakdown=citizenship_group&rows=category&columns=state",
    "operation=illegal-2026&indicator=ACT01&indicator=ACT04&indicator=VIO01&rows=indicator&columns=stage",
    "operation=illegal-2026&operation=illegal-2028&indicator=ADM01&rows=operation&columns=state&view=line",
]
COMPARED = ["", "?state=AM", "?stage=1&with=illegal-2026&with_stage=2", "?group=violations"]


@pytest.fixture(scope="module", autouse=True)
def published(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Two years of results with canaries, and one released report that hides."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_reference()
        for year in (2026, 2028):
            operation = make_operation(year)
            for stage in make_approved_plan(operation).stages.order_by("number"):
                period = make_period(stage)
                for state in ("AM", "BY"):
                    accepted_return(period, state, {**CANARIES, "ACT01": HARMLESS})
            count(operation)
            if year == 2026:
                released(operation)
        yield
        transaction.set_rollback(True)


def released(operation) -> None:
    told = report(stage_table(STAGES), year_table("RU", c.number(RELEASED), c.missing("not_reported")))
    told["source_submissions"] = [1]  # the year began with one return; others were accepted since
    snapshot = snapshot_of(told, operation)
    freeze_edition(snapshot, approval=snapshot.approval)
    Report.objects.filter(pk=snapshot.report_id).update(status=Report.Status.PUBLISHED, published_at=AT)


def words(client: Client, address: str) -> str:
    """The text of a page, whatever stands between its words."""
    return " ".join(client.get(address).content.decode().replace("\xa0", " ").replace("&nbsp;", " ").split())


def numbers_in(content: bytes) -> set[str]:
    """Every number of a file or a page, whatever stands between its thousands; in a workbook, of all its parts."""
    if content[:2] == b"PK":
        archive = zipfile.ZipFile(io.BytesIO(content))
        content = b"\n".join(archive.read(name) for name in archive.namelist())
    text = content.decode("utf-8-sig").replace("&nbsp;", "\u00a0").replace("&#160;", "\u00a0")
    joined = re.sub(r"(?<=[0-9])[\u00a0\u202f ,](?=[0-9]{3}(?![0-9]))", "", text)
    return set(re.findall(r"[0-9]+", joined))


def sums() -> set[str]:
    """The canaries and what they come to over states, stages and years."""
    return {str(value * times) for value in CANARIES.values() for times in (1, 2, 4, 8)}


def reading_in(language: str, user: User) -> Client:
    """A client of a user who has chosen the language."""
    user.language = language
    user.save(update_fields=["language"])
    return signed_in(user)


def doors() -> Iterator[str]:
    for query in ASKED:
        yield f"{reverse('reports:explorer')}?{query}"
        for format in ("csv", "xlsx", "json", "sdmx-csv", "sdmx-ml", "sdmx-structure"):
            yield f"{reverse('reports:explorer-file', args=[format])}?{query}"
    yield reverse("reports:dashboard", args=["illegal-2026"])
    yield reverse("reports:dashboard", args=["illegal-2028"])
    for query in COMPARED:
        yield reverse("reports:comparison", args=["illegal-2026"]) + query
        for format in ("csv", "xlsx"):
            yield reverse("reports:comparison-file", args=["illegal-2026", format]) + query
    yield reverse("reports:history")
    yield reverse("reports:releases")
    yield reverse("reports:feed")
    yield reverse("reports:reports")
    yield reverse("reports:report", args=[Report.objects.get().pk])
    yield reverse("operations:money", args=["illegal-2026"])
    yield reverse("operations:completeness", args=["illegal-2026"])
    yield "/api/v1/totals/?operation=illegal-2026"
    for code in ("ADM01", "ACT04", "VIO01", "VIO07"):
        yield f"/api/v1/totals/?indicator={code}"
    yield "/api/v1/reports/"


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("make", [make_observer, make_administrator])
def test_no_number_about_persons_is_anywhere_that_was_not_released(make, language: str):
    client = reading_in(language, make())
    assert client.get(reverse("reports:explorer") + f"?{ASKED[0]}").context["LANGUAGE_CODE"] == language
    opened = 0
    for door in doors():
        answer = client.get(door)
        found = numbers_in(answer.content)
        assert not found & sums(), door
        assert str(HIDDEN) not in found, door
        opened += answer.status_code == 200
    assert opened > 40


def test_the_search_finds_the_numbers_where_they_may_be_read():
    """The same doors, opened by who takes part: the test above looks in the right places."""
    for who in (make_planner(), make_head("KZ"), make_officer()):
        client = signed_in(who)
        silent = [one for one in doors() if "ADM01" in one and not numbers_in(client.get(one).content) & sums()]
        assert [one for one in silent if "sdmx-structure" not in one] == [], "a structure holds codes alone"


def test_what_was_released_stands_in_the_explorer_as_it_was_and_leads_no_further():
    query = "operation=illegal-2026&indicator=ADM01&indicator=ACT01&rows=indicator&columns=state&state=RU&state=AM"
    page = signed_in(make_observer()).get(f"{reverse('reports:explorer')}?{query}").content.decode()
    assert str(RELEASED) in numbers_in(page.encode())
    assert "not published" not in page.split("<table")[0]
    assert "Figures about persons, as published" in page
    lineage = reverse("reports:explorer-lineage")
    assert f"{lineage}?operation=illegal-2026&amp;indicator=ADM01" not in page
    assert f"{lineage}?operation=illegal-2026&amp;indicator=ACT01" in page
    asked = f"{lineage}?operation=illegal-2026&indicator=ADM01&state=AM"
    assert signed_in(make_observer()).get(asked).status_code == 404
    assert signed_in(make_head("AM")).get(asked).status_code == 200


def test_that_figures_have_moved_is_told_of_those_that_follow_and_not_of_the_released():
    """Whoever takes part looks at the figures of today; an observer looks at what was released."""
    Operation.objects.filter(slug="illegal-2026").update(data_version=F("data_version") + 2)
    query, told = OF_ONE.format("ADM01"), "the figures below are those of today"
    page = signed_in(make_planner()).get(f"{reverse('reports:explorer')}?{query}").content.decode()
    assert "The figures have moved" in page
    assert told in page
    page = signed_in(make_observer()).get(f"{reverse('reports:explorer')}?{query}").content.decode()
    assert "The figures have moved" in page
    assert told not in page
    assert "they stay as released until a new report is released" in page
    harmless = signed_in(make_observer()).get(f"{reverse('reports:explorer')}?{OF_ONE.format('ACT01')}")
    assert told in harmless.content.decode()


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", ["Figures about persons, as published", "Nothing about persons is shown before it is released."]),
        ("ru", ["Сведения о лицах — в опубликованном виде", "До опубликования такие сведения не показываются."]),
    ],
)
def test_an_observer_is_told_in_the_language_chosen_why_figures_about_persons_stand_still(language: str, says: list):
    observer = reading_in(language, make_observer())
    told = [
        f"{reverse('reports:explorer')}?{OF_ONE.format('ADM01')}",
        reverse("reports:dashboard", args=["illegal-2026"]),
        reverse("reports:comparison", args=["illegal-2026"]),
    ]
    for address in told:
        text = words(observer, address)
        assert all(one in text for one in says), address
        assert says[0] not in words(reading_in(language, make_planner()), address), "who takes part sees what is"
    assert says[0] not in words(observer, f"{reverse('reports:explorer')}?{OF_ONE.format('ACT01')}")


def test_an_observer_reads_in_russian_which_figures_do_not_follow():
    Operation.objects.filter(slug="illegal-2026").update(data_version=F("data_version") + 2)
    text = words(reading_in("ru", make_observer()), f"{reverse('reports:explorer')}?{OF_ONE.format('ADM01')}")
    assert "Данные изменились" in text
    assert re.search("принято [0-9]+ донесени[ейя]", text)
    assert "Показатели о лицах ниже этого не отражают: они остаются такими, как опубликованы" in text


def test_what_the_release_hides_is_marked_as_hidden():
    query = OF_ONE.format("ADM01")
    found = signed_in(make_observer()).get(f"{reverse('reports:explorer-file', args=['json'])}?{query}").json()
    states = [cell["amounts"][0]["state"] for cells in found["cells"] for cell in cells]
    assert "suppressed" in states
    assert "not_reported" not in states


def test_numbers_that_have_nothing_to_do_with_persons_are_everybodys():
    client = signed_in(make_observer())
    page = client.get(f"{reverse('reports:explorer')}?{OF_ONE.format('ACT01')}")
    assert str(HARMLESS) in numbers_in(page.content)
    rows = client.get("/api/v1/totals/?operation=illegal-2026").json()["results"]
    assert {row["indicator"] for row in rows} == {"ACT01"}
