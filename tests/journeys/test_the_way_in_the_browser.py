"""The whole way in a real browser: from a plan nobody has written yet to the approved report as PDF in two languages.

Everybody works at a desk of their own and through pages alone; the database is only read, to compare what the pages
say with what is stored.
"""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from operations.domain.moments import moscow_date
from operations.models import PeriodKind, Plan, ReportingPeriod, Return, Submission, Total
from reports.domain import payload as p
from reports.domain.snapshots import current_snapshot, payload_of
from reports.models import Report
from reports.rendering.cells import shown
from tests.factories.people import Cast, make_officer
from tests.factories.reference import STATES, make_agency
from tests.journeys import pages
from tests.journeys.pages import Desks, press, send
from tests.reports.rendering.pages import plain, runs, text_of

pytestmark = pytest.mark.django_db(transaction=True)

KIND = "state_security"
#: What the officer reports, in the order of the form; the total of criminal cases is the sum of its kinds.
FIRST = {"ACT01": 1234}
CASES = {"CRM01": 23, "CRM02": 7, "CRM03": 5, "CRM04": 4, "CRM05": 3, "CRM06": 2, "CRM07": 1, "CRM08": 1}
EXPLANATION = "Five states have not sent their final returns yet."
TEXTS = {
    "summary": ("Операция проведена в два этапа.", "The operation was carried out in two stages."),
    "conclusions": ("Продолжить работу в следующем году.", "The work goes on in the year to come."),
}


@pytest.fixture
def desks(new_context: Callable[[], BrowserContext], live_server) -> Desks:
    return Desks(new_context)


@pytest.fixture
def people(cast: Cast) -> Cast:
    """The cast, and in every state one authority with one officer."""
    for code in STATES:
        make_officer(make_agency(code, KIND))
    return cast


def test_a_plan_becomes_an_approved_report_in_two_languages(desks: Desks, people: Cast, background_work):
    days = last_stages()
    slug = f"illegal-{days[-1].year}"
    draft_the_plan(desks.of("planner"), slug, days)
    agree_the_plan(desks, slug)
    approve_the_plan(desks.of("council-chair"), slug)
    expected_return = what_the_approval_brought_about(slug)
    enter_the_return(desks.of("officer-ru-state-security"), expected_return)
    accept_the_return(desks, expected_return)
    report = compose_the_report(desks.of("planner"), slug)
    approve_the_report(desks.of("council-chair"), report)
    for language in ("ru", "en"):
        pdf = downloaded_pdf(desks.of("planner"), report, language)
        compare(pdf, report, language)
    assert desks.logged() == []


def last_stages() -> list[dt.date]:
    """First and last days of two short stages of one year, of which the second ended so lately that its final
    return is due."""
    today = moscow_date(dt.datetime.now(dt.UTC))
    end = today - dt.timedelta(days=2)
    if end.timetuple().tm_yday < 10:
        end = dt.date(end.year - 1, 12, 31)
    return [end - dt.timedelta(days=before) for before in (7, 5, 2, 0)]


# --- the plan ---


def draft_the_plan(page: Page, slug: str, days: list[dt.date]) -> None:
    year = str(days[-1].year)
    page.goto("/operations/")
    press(page, "New operation")
    title = {"title_ru": f"Операция «Нелегал-{year}»", "title_en": f"Operation “Illegal-{year}”"}
    send(page, "Create", year=year, kind="annual", slug=slug, **title)
    press(page, "Start the plan")
    page.locator("#goal a").click()
    send(
        page, "Save", goal_ru="Пресечь каналы незаконной миграции", goal_en="Cut off the channels of illegal migration"
    )
    press(page, "Add an objective")
    send(page, "Save", text_ru="Выявлять организаторов", text_en="Find the organisers")
    for number, (start, end) in enumerate((days[:2], days[2:]), start=1):
        press(page, "Add a stage")
        send(
            page,
            "Save",
            kind="active",
            name_ru=f"Этап {number}",
            name_en=f"Stage {number}",
            start_date=start.isoformat(),
            end_date=end.isoformat(),
        )
    for number, indicator in enumerate(("CRM01", "WNT01"), start=1):
        with page.expect_navigation():
            page.locator("a[href*='/measure/new/']").click()
        send(
            page,
            "Save",
            text_ru=f"Мероприятие {number}",
            text_en=f"Measure {number}",
            timing="during_stage",
            stage={"label": f"{number}. Stage {number}"},
            responsible_kinds=[KIND],
            indicators=[indicator],
        )
    page.goto(f"/operations/{slug}/plan/")
    press(page, "Circulate for agreement")
    press(page, "Circulate for agreement")


def agree_the_plan(desks: Desks, slug: str) -> None:
    """Six heads agree; the remark of one is answered and the answer confirmed; a meeting records it."""
    board = f"/operations/{slug}/agreement/"
    for code in STATES:
        page = desks.of(f"head-{code.lower()}")
        page.goto(board)
        press(page, "Answer on behalf of the state")
        remark = {"remarks-0-place": "1.1", "remarks-0-text": "Name the authority that leads."} if code == "KZ" else {}
        send(page, "Give the answer", answer="agreed_with_remarks" if remark else "agreed", **remark)
    planner, head = desks.of("planner"), desks.of("head-kz")
    planner.goto(board)
    press(planner, "Reply to a remark Kazakhstan, 1")
    send(planner, "Save the reply", disposition="taken", reply="The lead is named in the letter of invitation.")
    head.goto(board)
    expect(head.locator("#remarks ~ *")).to_contain_text("The lead is named")
    press(head, "Confirm the reply")
    chair = desks.of("hq-chair")
    chair.goto("/meetings/")
    press(chair, "New meeting")
    day = moscow_date(dt.datetime.now(dt.UTC)).isoformat()
    send(chair, "Save", body="IHQ", number="1", held_on=day, operation=slug)
    chair.goto(f"/operations/{slug}/plan/")
    press(chair, "Record the agreement")
    send(chair, "Record the agreement", meeting={"index": 1})
    press(chair, "Submit for approval")
    press(chair, "Submit for approval")
    assert Plan.objects.get().status == Plan.Status.SUBMITTED


def approve_the_plan(page: Page, slug: str) -> None:
    """The page shows the hash of the text that is approved; another's password approves nothing."""
    page.goto(f"/operations/{slug}/plan/")
    press(page, "Approve")
    expect(page.locator("form code")).to_have_text(Plan.objects.get().current_version.sha256)
    refuse_and_take_the_password(page)
    plan = Plan.objects.get()
    assert (plan.status, plan.in_force_version) == (Plan.Status.APPROVED, plan.current_version)


def refuse_and_take_the_password(page: Page) -> None:
    pages.fill(page, password="not the password")
    press(page, "Approve", within="main form")
    expect(page.locator(".govuk-error-message")).to_have_count(1)
    send(page, "Approve", password=pages.PASSWORD)


def what_the_approval_brought_about(slug: str) -> Return:
    """Periods of both stages and the quarters, and a final return of each state; the answer is Russia's."""
    periods = ReportingPeriod.objects.filter(operation__slug=slug)
    codes = set(periods.exclude(kind=PeriodKind.OPERATIONAL).values_list("code", flat=True))
    assert codes == {f"S{stage}-{kind}" for stage in (1, 2) for kind in ("FINAL", "FOLLOWUP")} | {
        f"Q{quarter}" for quarter in range(1, 5)
    }
    final = Return.objects.filter(period__code="S2-FINAL")
    assert sorted(final.values_list("agency__state__code", flat=True)) == sorted(STATES)
    return final.get(agency__state__code="RU")


# --- the return ---


def enter_the_return(page: Page, expected_return: Return) -> None:
    page.goto(f"/returns/{expected_return.pk}/")
    press(page, "Start")
    by_keyboard(page)
    press(page, "Save and go on to submitting")
    press(page, "Submit the return")
    submission = Submission.objects.get(expected_return=expected_return)
    assert submission.status == Submission.Status.SUBMITTED
    values = {figure.indicator.code: figure.value for figure in submission.figures.all()}
    assert values == {**dict.fromkeys(values, 0), **FIRST, **CASES}


def by_keyboard(page: Page) -> None:
    """The first figure is typed and left with Enter; the criminal cases come as a block; the rest is zero."""
    page.locator("[id='ACT01.TOTAL']").focus()
    page.keyboard.type("1234")
    page.keyboard.press("Enter")
    expect(pages.focused(page)).not_to_have_attribute("id", "ACT01.TOTAL")
    for name in page.locator("[data-grid] tr:not([hidden]) .ops-grid__input[id$='.TOTAL']").evaluate_all(
        "cells => cells.map(cell => cell.id)"
    ):
        if name.split(".")[0] not in FIRST | CASES:
            page.locator(f"[id='{name}']").focus()
            page.keyboard.type("0")
    page.locator("[id='CRM01.TOTAL']").focus()
    pages.paste(page, [str(value) for value in CASES.values()])
    expect(page.locator("[id='CRM08.TOTAL']")).to_have_value("1")


def accept_the_return(desks: Desks, expected_return: Return) -> None:
    """The sum is not there, the head accepts, the sum is there: in the table of sums and on the page of statistics."""
    head = desks.of("head-ru")
    slug = expected_return.period.operation.slug
    total = Total.objects.filter(indicator__code="ACT01", period=expected_return.period, basis=Total.Basis.ACCEPTED)
    assert not total.exists()
    head.goto(f"/returns/{expected_return.pk}/")
    press(head, "Accept")
    press(head, "Accept the return")
    assert [row.value for row in total] == [FIRST["ACT01"]]
    head.goto(f"/operations/{slug}/statistics/?group=activity")
    number = head.locator("a[href*='/explorer/lineage/'][href*='indicator=ACT01&'][href*='state=RU']")
    expect(number).to_have_text(pages.number(FIRST["ACT01"]))


# --- the report ---


def compose_the_report(page: Page, slug: str) -> Report:
    """The summary is written in the Russian page and the conclusions in the English one."""
    page.goto(f"/operations/{slug}/reports/")
    send(page, "Open a draft", definition="annual", operation=slug)
    pages.read_in(page, "ru")
    write(page, "summary", "Сохранить")
    pages.read_in(page, "en")
    write(page, "conclusions", "Save")
    press(page, "Submit for approval")
    press(page, "Submit for approval")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    send(page, "Submit for approval", explanation=EXPLANATION)
    report = Report.objects.get(definition="annual")
    assert (report.status, report.explanation) == (Report.Status.SUBMITTED, EXPLANATION)
    return report


def write(page: Page, section: str, button: str) -> None:
    ru, en = TEXTS[section]
    page.locator(f"#{section}-text_ru").fill(ru)
    page.locator(f"#{section}-text_en").fill(en)
    press(page, button, within=f"#section-{section}")


def approve_the_report(page: Page, report: Report) -> None:
    page.goto(f"/reports/{report.pk}/")
    press(page, "Approve")
    snapshot = current_snapshot(report)
    assert snapshot is not None
    expect(page.locator("form code")).to_have_text(snapshot.sha256)
    expect(page.locator("main")).to_contain_text(EXPLANATION)
    refuse_and_take_the_password(page)
    report.refresh_from_db()
    assert report.status == Report.Status.APPROVED


def downloaded_pdf(page: Page, report: Report, language: str) -> bytes:
    page.goto(f"/reports/{report.pk}/")
    in_language = page.get_by_role("cell", name=language.upper(), exact=True)
    rows = page.locator("main tbody tr").filter(has_text="PDF").filter(has=in_language)
    pages.await_rows(page, rows, count=1, seconds=180)
    return pages.downloaded(page, rows)


def compare(pdf: bytes, report: Report, language: str) -> None:
    """Every number of the frozen data stands in the file beside what it counts, and so does what was typed."""
    snapshot = current_snapshot(report)
    assert snapshot is not None
    payload, text = payload_of(snapshot), text_of(pdf)
    rows = [
        (plain(row["header"][language]), runs(row["cells"], language=language))
        for block in p.every_block(payload)
        if block["type"] == "table" and all(column["kind"] == "number" for column in block["columns"])
        for row in block["rows"]
    ]
    assert len(rows) > 20
    assert [row for row in rows if not stand_together(*row, text=text)] == []
    assert [header for header, found in rows if re.search(r"\b1\D?234\b", " ".join(found))]
    cards = [
        plain(shown(card["cell"], language=language).whole)
        for block in p.every_block(payload)
        if block["type"] == "key_figures"
        for card in block["cards"]
    ]
    assert [card for card in cards if card not in text] == []
    assert snapshot.sha256 in text
    for texts in TEXTS.values():
        assert texts[language == "en"] in text


def stand_together(header: str, numbers: list[str], *, text: str) -> bool:
    """Whether the numbers of a row follow its heading closely: a unit and marks of footnotes stand between."""
    for heading in re.finditer(re.escape(header), text):
        place = heading.end()
        for run in numbers:
            place = text.find(run, place, place + 40 + len(run))
            if place < 0:
                break
        else:
            return True
    return False
