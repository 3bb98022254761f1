"""A release's own page: open to everybody, with its files, how they are verified, and what became of it since."""

import datetime as dt

import pytest
from defusedxml.ElementTree import fromstring
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from operations.models import Operation
from reports.domain.releases import files_of
from reports.domain.snapshot_compare import moved_figures
from reports.domain.snapshots import current_snapshot
from reports.models import DisclosureControl, Report
from tests.clients import signed_in
from tests.factories.people import Cast
from tests.factories.reports import AT, VALUES, accept, count, final_return, make_report, make_results
from tests.reports.web.test_distribution import ATOM, drawn
from tests.reports.web.test_reports import CALM

pytestmark = pytest.mark.django_db
NEWER = "A newer release has taken the place of this one"
MOVED = "The figures have moved"


def shown(report: Report, client: Client | None = None) -> str:
    response = (client or Client(**CALM)).get(reverse("reports:release", args=[report.pk]))
    assert response.status_code == 200
    return response.content.decode()


def corrected(operation: Operation, **values: int) -> None:
    """Russia corrects its first stage."""
    expected = final_return(operation)
    accept(expected, {**VALUES, **values}, number=2)
    Operation.objects.filter(pk=operation.pk).update(data_version=operation.data_version + 1)
    count(operation)


def test_anybody_reads_the_page_with_its_public_files_and_how_they_are_verified(cast: Cast):
    report = make_report("published")
    full, public = drawn(report), drawn(report, b"public", edition="public", marking="open")
    approval = current_snapshot(report).approval
    for client in (Client(**CALM), signed_in(cast.observer)):
        page = shown(report, client)
        assert reverse("reports:public-document", args=[public.pk]) in page
        assert public.sha256 in page and full.sha256 not in page
        assert approval.snapshot_sha256 in page
        assert f"{reverse('reports:verify')}?code={approval.verification_code}" in page
        assert NEWER not in page and MOVED not in page
    own_page = f'href="{reverse("reports:report", args=[report.pk])}"'
    assert own_page not in shown(report) and own_page in shown(report, signed_in(cast.observer))


def test_what_is_not_published_has_no_such_page(cast: Cast):
    report = make_report("approved")
    for pk in (report.pk, report.pk + 1000):
        assert signed_in(cast.planner).get(reverse("reports:release", args=[pk])).status_code == 404


def test_list_and_feed_lead_to_the_page_and_a_reader_of_the_feed_meets_no_entry_twice(cast: Cast):
    report = make_report("published")
    address = reverse("reports:release", args=[report.pk])
    releases = Client(**CALM).get(reverse("reports:releases")).content.decode()
    assert f'href="{address}"' in releases
    assert f'id="release-{report.pk}"' in releases, "addresses that were sent before still lead there"
    entry = fromstring(Client(**CALM).get(reverse("reports:feed")).content).find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}link[@rel='alternate']").get("href").endswith(address)
    assert entry.find(f"{ATOM}id").text.endswith(f"{reverse('reports:releases')}#release-{report.pk}")
    assert (
        f'href="{address}"' in signed_in(cast.planner).get(reverse("reports:report", args=[report.pk])).content.decode()
    )


def test_a_release_leads_to_the_newer_one_and_that_to_those_before(cast: Cast):
    first = make_report("published")
    second = make_report("published", operation=first.operation)
    assert NEWER in shown(first) and f'href="{reverse("reports:release", args=[second.pk])}"' in shown(first)
    later = second.published_at + dt.timedelta(days=1)
    Report.objects.filter(pk=second.pk).update(published_at=later)
    entries = fromstring(Client(**CALM).get(reverse("reports:feed")).content).findall(f"{ATOM}entry")
    told = [dt.datetime.fromisoformat(entry.find(f"{ATOM}updated").text) for entry in entries]
    assert told == [later, later], "readers of the feed learn that the first one is replaced"
    assert NEWER not in shown(second) and f'href="{reverse("reports:release", args=[first.pk])}"' in shown(second)


def test_it_says_that_a_number_of_it_has_moved_unless_the_number_is_hidden_in_it(cast: Cast):
    operation = make_results()
    report = make_report("published", operation=operation)
    corrected(operation, VIO01=1)
    assert MOVED in shown(report)
    snapshot = current_snapshot(report)
    moved = moved_figures(snapshot, Operation.objects.get(pk=operation.pk), at=AT)
    DisclosureControl.objects.filter(snapshot=snapshot).update(hidden=[list(one.place) for one in moved])
    assert MOVED not in shown(report)


def test_it_asks_the_same_number_of_questions_however_many_came_before(cast: Cast):
    first = make_report("published")

    def queries(report: Report) -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(report)
        return len(captured)

    second = make_report("published", operation=first.operation)
    few = queries(second)
    third = make_report("published", operation=first.operation)
    assert queries(third) == few


def test_pages_to_read_come_before_data_to_reckon_with(cast: Cast):
    report = make_report("published")
    for number, (format, language) in enumerate([("csv", "ru"), ("json", "en"), ("pdf", "en"), ("pdf", "ru")]):
        drawn(report, bytes([number]), edition="public", marking="open", format=format, language=language)
    found = [(one.format, one.language) for one in files_of([report])[report.pk]]
    assert found == [("pdf", "ru"), ("pdf", "en"), ("csv", "ru"), ("json", "en")]
