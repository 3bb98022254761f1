"""The report room in a browser: a figure is cited, looked at, approved, published; the file that leaves is verified,
and one byte of it changed is noticed."""

import base64
import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from playwright.sync_api import BrowserContext, Page, expect

from reports.domain.snapshots import current_snapshot, payload_of
from reports.models import Document, Report
from tests.factories.people import PASSWORD, Cast
from tests.factories.reports import make_results
from tests.journeys import pages
from tests.journeys.pages import Desks, press, send
from tests.reports.rendering.pages import text_of

pytestmark = pytest.mark.django_db(transaction=True)
CITED = 1890


@pytest.fixture
def desks(new_context: Callable[[], BrowserContext], live_server) -> Desks:
    return Desks(new_context)


def test_a_cited_figure_goes_all_the_way_to_a_file_that_can_be_verified(desks: Desks, cast: Cast, background_work):
    operation = make_results()
    planner = desks.of("planner")
    report = write_with_a_figure(planner, operation.slug)
    submit(planner)
    approve(desks.of("council-chair"), report)
    publish(desks.of("hq-chair"), report)
    content = public_file(desks.of("planner"), report)
    assert f"Выявлено нарушений: {CITED:,}".replace(",", " ") in text_of(content).replace("\u00a0", " ")
    verify(desks.of("council-chair"), content)
    assert desks.logged() == []


def write_with_a_figure(page: Page, slug: str) -> Report:
    """A wrong reference is refused at its field; the palette puts in the right one; the preview shows its number."""
    page.set_default_timeout(60_000)  # all pages of a draft are drawn anew, charts and all
    page.goto(f"/operations/{slug}/reports/")
    send(page, "Open a draft", definition="annual", operation=slug)
    summary = page.locator("#section-summary")
    page.locator("#summary-text_en").fill("Violations found: {{VIO99}}")
    press(page, "Save", within="#section-summary")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Did you mean: VIO07")
    for language, words in (("ru", "Выявлено нарушений: "), ("en", "Violations found: ")):
        page.locator(f"#summary-text_{language}").fill(words)
        page.locator("#figures-q").fill("VIO01")
        page.locator(f"#summary-text_{language}").focus()
        page.keyboard.press("Control+End")
        page.get_by_role("button", name=re.compile(r"\{\{VIO01\}\}")).click()
        expect(page.locator(f"#summary-text_{language}")).to_have_value(words + "{{VIO01}}")
    expect(summary.locator(".ops-preview")).to_contain_text(f"Violations found: {CITED:,}")
    expect(summary.locator("[data-autosave-status]")).to_contain_text("Saved at")
    press(page, "Preview of all pages")
    expect(page.locator("article.ops-report")).to_contain_text(f"Violations found: {CITED:,}")
    press(page, "Back to the text")
    report = Report.objects.get(definition="annual")
    assert report.narratives.get(section="summary").text_en == "Violations found: {{VIO01}}"
    return report


def submit(page: Page) -> None:
    press(page, "Submit for approval")
    send(page, "Submit for approval", explanation="The rights bodies report later.")


def approve(page: Page, report: Report) -> None:
    page.goto(f"/reports/{report.pk}/")
    press(page, "Approve")
    send(page, "Approve", password=PASSWORD)
    snapshot = current_snapshot(report)
    assert snapshot is not None
    cited = [one for one in payload_of(snapshot)["summary"] if one.get("cited")]
    assert cited[0]["cited"][0]["cell"]["value"] == CITED


def publish(page: Page, report: Report) -> None:
    page.goto(f"/reports/{report.pk}/")
    press(page, "Publish")
    expect(page.locator("#clearance-heading")).to_be_visible()
    page.locator("[name='figures_cleared']").check()
    press(page, "Publish", within="main form")
    report.refresh_from_db()
    assert report.status == Report.Status.PUBLISHED


def public_file(page: Page, report: Report) -> bytes:
    """From the page of releases, as anybody gets it."""
    page.goto("/releases/")
    files = page.locator("main li").filter(has_text="PDF, RU")
    pages.await_rows(page, files, count=1, seconds=600)
    return pages.downloaded(page, files)


def verify(page: Page, content: bytes) -> None:
    """The file is dropped onto the page; then the same with one byte changed."""
    assert Document.objects.filter(edition="public", format="pdf", language="ru").exists()
    page.goto("/verify/")
    drop(page, content)
    expect(page.locator("main")).to_contain_text("Authentic")
    expect(page.locator("main")).to_contain_text("Public edition")
    cache.clear()
    place = len(content) // 2
    drop(page, content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    expect(page.locator("main")).to_contain_text("Altered")


DROP = """(place, text) => {
  const bytes = Uint8Array.from(atob(text), sign => sign.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "report.pdf", {type: "application/pdf"}));
  place.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


def drop(page: Page, content: bytes) -> None:
    """As a hand would drop it; the text of base 64 takes the bytes to the browser at once."""
    with page.expect_navigation(timeout=60_000):
        page.locator("[data-drop]").evaluate(DROP, base64.b64encode(content).decode())
