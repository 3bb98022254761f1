"""A figure is corrected after the report that used it was published: the totals move, the report stays as it is."""

import re
import time
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from operations.domain.totals import mismatches
from operations.models import Figure, Job, Return, Submission, Total
from reports.domain import reports
from reports.domain.snapshots import current_snapshot
from reports.models import Document, Report
from tests.factories.people import Cast
from tests.factories.reports import final_return, make_results
from tests.journeys import pages
from tests.journeys.pages import Desks, press, send

pytestmark = pytest.mark.django_db(transaction=True)
OFFICER = "officer-ru-internal-affairs"


@pytest.fixture
def desks(new_context: Callable[[], BrowserContext], live_server) -> Desks:
    return Desks(new_context)


def published(cast: Cast) -> Report:
    """The annual report on two stages of results, approved and published just now."""
    now, operation = timezone.now(), make_results()
    report = reports.compose_report(definition="annual", operation=operation, actor=cast.planner, at=now)
    report = reports.submit_report(report=report, explanation="Пояснено", actor=cast.planner, at=now)
    snapshot = current_snapshot(report)
    assert snapshot is not None
    report = reports.approve_report(
        report=report, snapshot_sha256=snapshot.sha256, reauthenticated=True, actor=cast.council_chair, at=now
    )
    return reports.publish_report(report=report, figures_cleared=True, actor=cast.hq_chair, at=now)


def test_a_correction_after_publication_moves_the_totals_and_leaves_the_report_byte_for_byte(
    desks: Desks, cast: Cast, background_work
):
    report = published(cast)
    expected_return = final_return(report.operation)
    before = figure(expected_return)
    await_documents()
    pdf, frozen, files = pdf_of(desks.of("planner"), report), content_of(report), documents_of(report)
    assert pdf.startswith(b"%PDF")

    reopen(desks, expected_return)
    correct(desks.of(OFFICER), expected_return, before + 11)
    assert (figure(expected_return), total(expected_return)) == (before, before), "what was accepted stands meanwhile"
    accept(desks.of("head-ru"), expected_return)

    assert (figure(expected_return), total(expected_return)) == (before + 11, before + 11)
    assert mismatches() == []
    vintages = Submission.objects.filter(expected_return=expected_return).order_by("number")
    assert [one.status for one in vintages] == ["superseded", "accepted"]
    assert Figure.objects.get(submission=vintages[0], indicator__code="ACT01").value == before
    assert pdf_of(desks.of("planner"), report) == pdf
    assert content_of(report) == frozen
    assert documents_of(report)[: len(files)] == files
    pages_say_that_figures_have_moved(desks.of("planner"), report, expected_return, before)
    assert desks.logged() == []


def await_documents() -> None:
    """Until everything that the approval and the publication asked for is drawn."""
    for _second in range(400):
        if not Job.objects.filter(status__in=[Job.Status.QUEUED, Job.Status.RUNNING]).exists():
            return
        time.sleep(1)
    raise AssertionError("the documents were not drawn in time")


def figure(expected_return: Return) -> int:
    found = Figure.objects.get(
        submission__expected_return=expected_return, submission__status="accepted", indicator__code="ACT01"
    )
    assert found.value is not None
    return found.value


def total(expected_return: Return) -> int:
    rows = Total.objects.filter(
        period=expected_return.period, state__code="RU", indicator__code="ACT01", basis=Total.Basis.ACCEPTED
    )
    return sum(row.value for row in rows)


def content_of(report: Report) -> tuple[str, bytes]:
    snapshot = current_snapshot(report)
    assert snapshot is not None
    return snapshot.sha256, bytes(snapshot.content)


def documents_of(report: Report) -> list[tuple]:
    rows = Document.objects.filter(snapshot__report=report).order_by("pk")
    return list(rows.values_list("pk", "sha256"))


def pdf_of(page: Page, report: Report) -> bytes:
    """The full edition in Russian, as the page of the report hands it out."""
    page.goto(f"/reports/{report.pk}/")
    rows = page.locator("main tbody tr").filter(has_text="PDF")
    rows = rows.filter(has=page.get_by_role("cell", name="RU", exact=True))
    return pages.downloaded(page, rows.first)


def reopen(desks: Desks, expected_return: Return) -> None:
    """The officer cannot correct what a report used; the chair of the headquarters lets it be done."""
    officer, chair = desks.of(OFFICER), desks.of("hq-chair")
    officer.goto(f"/returns/{expected_return.pk}/")
    expect(officer.get_by_role("link", name="Исправить показатели", exact=True)).to_have_count(0)
    chair.goto(f"/returns/{expected_return.pk}/")
    pages.read_in(chair, "en")
    press(chair, "Reopen for correction")
    send(chair, "Reopen for correction", reason="The agency found an error in the number of officers.")


def correct(page: Page, expected_return: Return, value: int) -> None:
    page.goto(f"/returns/{expected_return.pk}/")
    pages.read_in(page, "en")
    press(page, "Correct the figures")
    send(page, "Correct the figures", reason="One unit was counted twice.")
    for cell in page.locator("[data-grid] .ops-grid__input[id$='.TOTAL']").all():
        if not cell.input_value():
            cell.fill("0")
    page.locator("[id='ACT01.TOTAL']").fill(str(value))
    press(page, "Save and go on to submitting")
    press(page, "Submit the return")


def accept(page: Page, expected_return: Return) -> None:
    """From the list of work to the page that shows the change and its reason, and there the decision."""
    page.goto("/")
    pages.read_in(page, "en")
    with page.expect_navigation():
        page.locator(f"main a[href='/returns/{expected_return.pk}/decide/']").click()
    expect(page.locator("main")).to_contain_text("One unit was counted twice.")
    expect(page.locator("[id='ACT01.TOTAL']")).to_contain_text("+11")
    press(page, "Accept", within="#decision form:first-of-type")


def pages_say_that_figures_have_moved(page: Page, report: Report, expected_return: Return, before: int) -> None:
    slug = report.operation.slug
    for address in (
        f"/reports/{report.pk}/",
        f"/operations/{slug}/statistics/?group=activity",
        f"/returns/{expected_return.pk}/",
    ):
        page.goto(address)
        pages.read_in(page, "en")
        expect(page.locator("main")).to_contain_text("The figures have moved")
    page.goto(f"/operations/{slug}/statistics/?group=activity&stage=1")
    shown = page.locator("a[href*='/explorer/lineage/'][href*='indicator=ACT01&'][href*='state=RU']")
    expect(shown).to_have_text(pages.number(before + 11))
    page.goto(f"/returns/{expected_return.pk}/compare/?from=1&to=2")
    row = page.locator("main tr").filter(has_text=re.compile(r"\bACT01\s"))
    expect(row.locator("td").nth(0)).to_have_text(pages.number(before))
    expect(row.locator("td").nth(1)).to_have_text(pages.number(before + 11))
