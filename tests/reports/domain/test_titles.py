"""What a report is called: two of one operation are told apart wherever they are listed."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from reports.domain.following import follow_minutes
from reports.domain.titles import full_title_of, numbered_title_of, title_of
from reports.models import Approval, Report
from tests.clients import signed_in
from tests.factories.minutes import AT, signed_meeting
from tests.factories.operations import make_operation
from tests.factories.people import Cast
from tests.factories.reference import state
from tests.factories.reports import make_report, make_results
from tests.reports.web.test_reports import CALM

pytestmark = pytest.mark.django_db


def minutes(cast: Cast, *, operation: str, **values: object) -> Approval:
    _snapshot, approval = follow_minutes(signed_meeting(cast, operation=operation, **values), at=AT)
    return approval


def test_minutes_name_their_meeting_in_lists_on_their_page_and_where_they_are_verified(cast: Cast):
    operation = make_operation()
    first, second = (minutes(cast, operation=operation.slug, number=number) for number in (1, 2))
    head = signed_in(cast.heads["KZ"])
    listed = head.get(reverse("reports:operation-reports", args=[operation.slug])).content.decode()
    for number, approval in ((1, first), (2, second)):
        name = f"Minutes of meeting No. {number} of 12 February 2026 (IHQ)"
        report = approval.snapshot.report
        assert name in listed
        assert head.get(reverse("reports:report", args=[report.pk])).content.decode().count(name) >= 2
        found = Client(**CALM).get(reverse("reports:verify"), {"code": approval.verification_code})
        assert f"{name}, {operation.title_en}" in found.content.decode()
        assert numbered_title_of(report) == title_of(report), "the meeting's number is the report's"


def test_in_russian_as_an_official_would_write(cast: Cast):
    operation = make_operation()
    held = minutes(cast, operation=operation.slug).snapshot.report
    by_letter = minutes(cast, operation=operation.slug, number=3, is_in_correspondence=True).snapshot.report
    with override("ru"):
        assert title_of(held) == "Протокол заседания №\u00a01 от 12 февраля 2026\u00a0г. (МШ)"
        assert title_of(by_letter) == "Протокол решения №\u00a03, принятого заочно 12 февраля 2026\u00a0г. (МШ)"


def test_a_report_names_its_stage_or_its_state_and_its_number(cast: Cast):
    operation = make_results()
    annual = make_report("draft", operation=operation)
    staged = Report(definition="stage", operation=operation, stage=operation.plan.stages.get(number=2), number=3)
    national = Report(definition="national", operation=operation, state=state("KZ"))
    with override("ru"):
        assert title_of(annual) == "Сводный годовой отчёт"
        assert numbered_title_of(annual) == "Сводный годовой отчёт №\u00a01"
        assert title_of(staged) == "Отчёт об этапе, этап 2"
        assert numbered_title_of(staged) == "Отчёт об этапе №\u00a03, этап 2"
        assert title_of(national) == "Отчёт национального штаба, Казахстан"
        assert full_title_of(annual) == f"Сводный годовой отчёт, {operation.title_ru}"
        assert full_title_of(staged) == f"Отчёт об этапе №\u00a03, этап 2, {operation.title_ru}", "it is not the first"
