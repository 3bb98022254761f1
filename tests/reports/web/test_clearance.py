"""The page where figures of a press release are cleared, and what a release takes over from the one before."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from operations.models import Return
from reports.domain import definitions, reports
from reports.domain.clearance import candidates, cleared_figures
from reports.models import ClearedFigure, Report
from tests.clients import signed_in
from tests.factories.people import Cast
from tests.factories.reports import AT, make_report, make_results
from tests.reports.web.test_reports import page

pytestmark = pytest.mark.django_db


def number(report: Report, code: str) -> int:
    return next(one.value for one in candidates(report) if one.indicator.code == code)


def clear(report: Report, cast: Cast, *codes: str) -> None:
    for code in codes:
        value = number(report, code)
        reports.clear_figure(report=report, figure=code, value=value, actor=cast.hq_chair, at=AT)


def approved_release(cast: Cast, *codes: str) -> Report:
    """A press release that was approved with these figures cleared."""
    report = make_report("draft", definition="press")
    clear(report, cast, *codes)
    report = reports.submit_report(report=report, explanation="Пояснено", actor=cast.planner, at=AT)
    return reports.approve_report(
        report=report,
        snapshot_sha256=report.snapshots.get().sha256,
        reauthenticated=True,
        actor=cast.council_chair,
        at=AT,
    )


def test_the_chair_clears_a_figure_and_takes_the_clearance_back(cast: Cast):
    report = make_report("draft", definition="press")
    chair, address = signed_in(cast.hq_chair), page(report, "cleared-figures")
    posted = {"figure": "VIO01", "value": str(number(report, "VIO01")), "act": "clear"}
    assert chair.post(address, {**posted, "value": "1"}).status_code == 409
    assert chair.post(address, {**posted, "value": "١٢"}).status_code == 409
    assert chair.post(address, {**posted, "figure": "XXX01"}).status_code == 422
    assert not ClearedFigure.objects.exists()
    assert chair.post(address, posted).status_code == 302
    assert "Withdraw" in chair.get(address).content.decode()
    assert chair.post(address, {"figure": "VIO01", "act": "unclear"}).status_code == 302
    assert chair.post(address, {"figure": "VIO01", "act": "unclear"}).status_code == 422
    assert not ClearedFigure.objects.exists()


def test_whoever_may_not_clear_sees_the_figures_without_a_button(cast: Cast):
    report = make_report("draft", definition="press")
    planner, address = signed_in(cast.planner), page(report, "cleared-figures")
    shown = planner.get(address).content.decode()
    assert "VIO01" in shown and 'name="act"' not in shown
    assert planner.post(address, {"act": "clear", "figure": "VIO01", "value": "1"}).status_code == 403
    annual = make_report("draft", operation=report.operation)
    assert planner.get(page(annual, "cleared-figures")).status_code == 404


def test_the_page_asks_the_same_number_of_questions_however_much_is_cleared(cast: Cast):
    earlier = approved_release(cast, "VIO01")
    report = make_report("draft", definition="press", operation=earlier.operation)
    chair, address = signed_in(cast.hq_chair), page(report, "cleared-figures")
    chair.get(address)
    with CaptureQueriesContext(connection) as few:
        chair.get(address)
    clear(report, cast, "VIO01", "CRM01", "ACT01")
    with CaptureQueriesContext(connection) as more:
        chair.get(address)
    assert len(more) == len(few)


def test_a_release_begins_with_what_was_cleared_for_the_one_before_and_still_stands(cast: Cast):
    earlier = approved_release(cast, "VIO01", "CRM01", "ACT01")
    ClearedFigure.objects.filter(report=earlier, indicator__code="CRM01").update(value=1)  # what it was then
    report = make_report("draft", definition="press", operation=earlier.operation)
    carried = {one.indicator.code for one in candidates(report) if one.is_carried_over}
    assert carried == {"VIO01", "ACT01"}
    assert cleared_figures(report) == [], "nothing is in the release before it is confirmed"
    assert "cleared_before" in {one.code for one in definitions.definition_of(report).checklist(report, AT)}
    chair, address = signed_in(cast.hq_chair), page(report, "cleared-figures")
    shown = chair.get(address).content.decode()
    assert "cleared for the release before, to be confirmed" in shown
    assert "the figure has changed since" in shown
    assert signed_in(cast.planner).post(address, {"act": "confirm"}).status_code == 403
    assert chair.post(address, {"act": "confirm"}).status_code == 302
    assert {one.indicator.code for one in cleared_figures(report)} == carried
    assert "cleared_before" not in {one.code for one in definitions.definition_of(report).checklist(report, AT)}


def test_a_release_that_nobody_approved_hands_nothing_on(cast: Cast):
    earlier = make_report("draft", definition="press")
    clear(earlier, cast, "VIO01")
    report = make_report("draft", definition="press", operation=earlier.operation)
    assert not any(one.earlier for one in candidates(report))


def test_a_press_release_binds_no_return_and_an_annual_report_does(cast: Cast):
    operation = make_results()
    release = make_report("draft", definition="press", operation=operation)
    clear(release, cast, "VIO01")
    make_report("approved", definition="press", operation=operation)
    reported = Return.objects.filter(period__operation=operation, reported_at__isnull=False)
    assert not reported.exists()
    make_report("approved", operation=operation)
    assert reported.exists()


def test_the_palette_of_a_press_release_offers_cleared_figures_and_shows_apart_which_are_not(cast: Cast):
    report = make_report("draft", definition="press")
    clear(report, cast, "VIO01")
    planner = signed_in(cast.planner)
    shown = planner.get(page(report, "figures")).content.decode()
    assert shown.count("data-cite=") == 1 and 'data-cite="{{VIO01}}"' in shown
    offered, _heading, waiting = shown.partition("Not cleared: cannot be cited yet")
    assert "VIO02" in waiting and "VIO02" not in offered
    assert 'name="state"' not in shown and "{{VIO01:KZ}}" not in shown, "a state's number is no release's"
    assert page(report, "cleared-figures") in shown
    shown = planner.get(page(report, "figures"), {"q": "vio02"}).content.decode()
    assert "No cleared figure has such a code or name." in shown and "VIO02" in shown
    annual = make_report("draft", operation=report.operation)
    assert "Not cleared" not in planner.get(page(annual, "figures")).content.decode()


def test_the_palette_says_that_a_cleared_figure_has_moved(cast: Cast):
    report = make_report("draft", definition="press")
    clear(report, cast, "VIO01")
    ClearedFigure.objects.update(value=1_234)
    shown = signed_in(cast.planner).get(page(report, "compose")).content.decode()
    assert "cleared as 1,234; the figure has changed since" in shown and "data-cite=" not in shown


def test_the_preview_names_what_is_not_cleared_as_it_is_typed(cast: Cast):
    report = make_report("draft", definition="press")
    typed = {"text_ru": "Выявлено {{VIO01}} и {{VIO02}}", "text_en": "", "revision": "0"}
    clear(report, cast, "VIO01")
    answer = signed_in(cast.planner).post(page(report, "preview-section", "lead"), typed)
    shown = answer.content.decode()
    assert "The text cites VIO02, which is not a cleared figure." in shown
    assert "The text cites VIO01," not in shown
