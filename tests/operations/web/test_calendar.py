"""Pages of the reporting calendar: what is shown by both clocks, and what headquarters change of it."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from operations.domain.moments import moscow_moment
from operations.domain.reporting_calendar import closed_refusal
from operations.models import AuditEntry, Holiday, ReopenedPeriod, ReportingPeriod, Return, User
from tests.clients import signed_in
from tests.factories import plans as made
from tests.factories.operations import make_return
from tests.factories.people import Cast, make_cast, make_head, make_officer
from tests.factories.reference import load_reference, make_agency, make_unit, state

pytestmark = pytest.mark.django_db
JULY = moscow_moment(dt.date(2026, 7, 7), 12)


@pytest.fixture
def cast(monkeypatch) -> Cast:
    """The calendar of an approved plan, looked at when the final return of its first stage is open."""
    load_reference()
    for code in ("RU", "KZ"):
        make_officer(make_agency(code))
    Holiday.objects.create(
        state=state("KZ"), day=dt.date(2026, 7, 6), name_ru="День столицы", name_en="Capital City Day"
    )
    cast = make_cast()
    made.approved_plan(cast)
    monkeypatch.setattr("django.utils.timezone.now", lambda: JULY)
    return cast


def address(name: str, *more: str) -> str:
    return reverse(f"operations:{name}", args=["illegal-2026", *more])


def final() -> ReportingPeriod:
    return ReportingPeriod.objects.get(code="S1-FINAL")


def shown(client: Client, where: str) -> str:
    """The page with plain spaces, and without the marks that keep a date in one line."""
    page = re.sub(r'<span class="ops-whole">([^<]*)</span>', r"\1", client.get(where).content.decode())
    return " ".join(page.replace("\xa0", " ").split())


def test_the_calendar_shows_every_period_with_its_moments_and_what_came(cast: Cast):
    text = shown(signed_in(cast.planner), address("periods"))
    for code in ReportingPeriod.objects.values_list("code", flat=True):
        assert address("period", code) in text
    assert "2026-07-08 23:59 MSK" in text
    assert "0 of 2" in text


def test_a_state_with_other_holidays_has_its_own_deadline_below_the_common_one(cast: Cast):
    text = shown(signed_in(cast.planner), address("periods"))
    assert "<strong>Kazakhstan:</strong> <time" in text and "2026-07-09 23:59 MSK" in text
    assert "by its own holidays" in shown(signed_in(cast.planner), address("period", "S1-FINAL"))


@pytest.mark.parametrize(
    ("zone", "clock"),
    [
        ("Europe/Kaliningrad", "2026-07-08 22:59 UTC+2"),
        ("Asia/Almaty", "2026-07-09 01:59 UTC+5"),
        ("Asia/Kamchatka", "2026-07-09 08:59 UTC+12"),
    ],
)
def test_moments_are_shown_by_moscows_clock_and_the_readers(cast: Cast, zone: str, clock: str):
    User.objects.filter(pk=cast.planner.pk).update(time_zone=zone)
    text = shown(signed_in(cast.planner), address("periods"))
    assert "2026-07-08 23:59 MSK" in text and clock in text
    assert clock not in shown(signed_in(cast.hq_chair), address("periods"))


def sheet(client: Client, month: str) -> str:
    return shown(client, f"{address('periods')}?month={month}")


def cell(page: str, day: str) -> str:
    """The text of one day of a month's sheet, without its name, which a narrow window shows."""
    found = page[page.index(f'datetime="{day}"') :].split("</td>")[0]
    found = re.sub(r'<span class="ops-month__weekday">.*?</span>', "", found)
    return " ".join(re.sub(r"<[^>]*>", " ", found[found.index(">") + 1 :]).split())


def test_a_month_shows_what_opens_falls_due_and_closes_on_each_day(cast: Cast):
    page = sheet(signed_in(cast.planner), "2026-07")
    assert cell(page, "2026-07-08") == "8 Due 23:59 Stage 1, final 0 of 2"
    assert cell(page, "2026-07-18") == "18 Closes 23:59 Stage 1, final"
    assert cell(page, "2026-07-01") == "1 Opens 00:00 Quarter 3"
    assert cell(page, "2026-07-02") == "2"
    assert "today" in cell(page, "2026-07-07")
    assert f'href="{address("period", "S1-FINAL")}"' in page


def test_a_month_names_the_days_off_and_the_deadline_of_the_state_that_has_them(cast: Cast):
    page = sheet(signed_in(cast.planner), "2026-07")
    assert "Kazakhstan: Capital City Day" in cell(page, "2026-07-06")
    assert cell(page, "2026-07-09") == "9 Due 23:59 Stage 1, final Kazakhstan"


def test_in_a_month_the_readers_own_clock_stands_beside_moscows(cast: Cast):
    User.objects.filter(pk=cast.planner.pk).update(time_zone="Asia/Kamchatka")
    day = cell(sheet(signed_in(cast.planner), "2026-07"), "2026-07-08")
    assert day == "8 Due 23:59 2026-07-09 08:59 UTC+12 Stage 1, final 0 of 2"


def test_of_daily_situation_reports_a_month_shows_the_deadline_alone(cast: Cast):
    daily = ReportingPeriod.objects.filter(kind="operational").order_by("due_at")[1]
    page = sheet(signed_in(cast.planner), f"{daily.due_at:%Y-%m}")
    assert "Due 10:00 Stage 1, day 2" in cell(page, f"{daily.due_at:%Y-%m-%d}")
    assert "Opens 00:00 Stage 1, day 2" not in re.sub(r"<[^>]*>", " ", page)


def test_months_lead_to_each_other_within_the_calendar_and_no_further(cast: Cast):
    client = signed_in(cast.planner)
    now, july = (sheet(client, month).split('id="month"')[1] for month in ("now", "2026-07"))
    assert now == july
    assert "?month=2026-06" in sheet(client, "2026-07") and "?month=2026-08" in sheet(client, "2026-07")
    first = ReportingPeriod.objects.earliest("opens_at").opens_at + dt.timedelta(hours=3)
    assert "month=" in shown(client, address("periods")) and 'rel="prev"' not in sheet(client, f"{first:%Y-%m}")
    for nowhere in ("1999-01", "2026-13", "2026-7", "٢٠٢٦-٠٧", "2035-01", "", "%00", "next"):
        assert client.get(f"{address('periods')}?month={nowhere}").status_code == 404, nowhere


def test_a_month_takes_a_constant_number_of_queries(cast: Cast, django_assert_max_num_queries):
    client = signed_in(cast.planner)
    with django_assert_max_num_queries(20):
        sheet(client, "2026-07")


def test_an_officer_sees_the_counts_of_the_own_returns_only(cast: Cast):
    officer = User.objects.get(username="officer-ru-internal-affairs")
    text = shown(signed_in(officer), address("period", "S1-FINAL"))
    assert "0 of 1" in text and "Kazakhstan" not in text and "Adjust the moments" not in text


def moments(**changed: str) -> dict[str, str]:
    given = {"opens_at": "2026-06-15T00:00:00", "due_at": "2026-07-15T18:00:00", "closes_at": "2026-07-31T18:00:00"}
    return {**given, "reason": "Решение заседания", **changed}


def test_headquarters_adjust_a_period_and_give_it_back_to_the_rule(cast: Cast):
    client = signed_in(cast.planner)
    assert 'value="2026-07-08T23:59:59"' in shown(client, address("period-adjust", "S1-FINAL"))
    page = client.post(address("period-adjust", "S1-FINAL"), moments(), follow=True).content.decode()
    assert "Решение заседания" in page and "adjusted by hand" in page
    assert final().due_at == moscow_moment(dt.date(2026, 7, 15), 18)
    client.post(address("period-restore", "S1-FINAL"))
    assert final().adjusted_at is None
    assert f"{final().due_at:%d.%m}" == "08.07"


def test_what_was_typed_comes_back_with_what_is_wrong(cast: Cast):
    given = moments(due_at="2026-07-32", reason="")
    answer = signed_in(cast.planner).post(address("period-adjust", "S1-FINAL"), given)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="2026-07-32"' in text and "Write it as 2026-12-31T23:59" in text and "Give the reason" in text
    assert final().adjusted_at is None


def test_moments_that_somebody_set_meanwhile_are_not_overwritten(cast: Cast):
    client = signed_in(cast.planner)
    answer = client.post(address("period-adjust", "S1-FINAL"), moments(seen="an older page"))
    assert answer.status_code == 422 and final().adjusted_at is None


def test_a_doubt_about_personal_data_asks_for_a_word(cast: Cast):
    client, given = signed_in(cast.planner), moments(reason="По просьбе Иванова И.И.")
    answer = client.post(address("period-adjust", "S1-FINAL"), given)
    assert answer.status_code == 422 and 'name="screening_reason"' in answer.content.decode()
    answer = client.post(address("period-adjust", "S1-FINAL"), given | {"screening_reason": "Сотрудник штаба"})
    assert answer.status_code == 302


def test_a_closed_period_is_reopened_for_one_authority_which_sees_it(cast: Cast, monkeypatch):
    at = moscow_moment(dt.date(2026, 7, 25), 12)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    client, where = signed_in(cast.planner), address("period-reopen", "S1-FINAL")
    assert "Reopen for an authority" in shown(client, address("period", "S1-FINAL"))
    bad = client.post(where, {"agency": "nobody", "expires_at": "soon", "reason": ""})
    assert bad.status_code == 422 and "Choose an authority of the list" in bad.content.decode()
    given = {"agency": "ru-internal-affairs", "expires_at": "2026-07-28", "reason": "Сбой связи"}
    assert client.post(where, given).status_code == 302
    row = Return.objects.get(period=final(), agency__code="ru-internal-affairs")
    assert closed_refusal(row, at=moscow_moment(dt.date(2026, 7, 28), 23, 59)) is None
    assert closed_refusal(row, at=moscow_moment(dt.date(2026, 7, 29), 0, 1)) is not None
    officer = signed_in(User.objects.get(username="officer-ru-internal-affairs"))
    for page in (address("period", "S1-FINAL"), address("periods"), reverse("operations:return", args=[row.pk])):
        assert "28 July 2026" in shown(officer, page) or "2026-07-28" in shown(officer, page), page
    other = signed_in(User.objects.get(username="officer-kz-internal-affairs"))
    assert "Сбой связи" not in shown(other, address("period", "S1-FINAL"))
    assert ReopenedPeriod.objects.get().reason == "Сбой связи"


def test_a_period_is_reopened_for_no_authority_that_has_submitted_unless_a_unit_of_it_has_not(cast: Cast, monkeypatch):
    at = moscow_moment(dt.date(2026, 7, 25), 12)
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    client, where = signed_in(cast.planner), address("period-reopen", "S1-FINAL")
    assert 'value="kz-internal-affairs"' in shown(client, where)
    row = Return.objects.get(period=final(), agency__code="kz-internal-affairs")
    Return.objects.filter(pk=row.pk).update(first_submitted_at=JULY)
    assert 'value="kz-internal-affairs"' not in shown(client, where)
    given = {"agency": "kz-internal-affairs", "expires_at": "2026-07-28", "reason": "Сбой связи"}
    assert client.post(where, given).status_code == 422
    make_return(row.period, row.agency, unit=make_unit(row.agency, "north"))
    assert 'value="kz-internal-affairs"' in shown(client, where)


def test_nothing_is_reopened_while_the_period_is_open(cast: Cast):
    assert signed_in(cast.planner).get(address("period-reopen", "S1-FINAL")).status_code == 302
    head = signed_in(make_head("RU", "deputy-ru"))
    assert head.get(address("period-reopen", "S1-FINAL")).status_code == 403


# --- holidays ---


def change(name: str) -> str:
    return reverse("operations:holidays-change", args=["RU", name])


def test_holidays_are_listed_by_state_and_year(cast: Cast):
    client = signed_in(cast.planner)
    assert "Capital City Day" in shown(client, reverse("operations:holidays"))
    assert "Capital City Day" not in shown(client, f"{reverse('operations:holidays')}?year=2027")
    assert "Capital City Day" not in shown(client, f"{reverse('operations:holidays')}?state=RU")
    for wrong in ("?year=abc", "?year=20260", "?state=XX", "?state=%00"):
        assert client.get(f"{reverse('operations:holidays')}{wrong}").status_code == 400
    assert "Add holidays" not in shown(signed_in(cast.heads["RU"]), reverse("operations:holidays"))


def test_before_holidays_are_entered_it_is_shown_which_deadlines_move(cast: Cast):
    client, given = signed_in(cast.planner), {"days": "2026-07-08\n2026-10-23 – 2026-10-24", "name_en": "Days off"}
    text = client.post(change("add"), given).content.decode()
    assert "What would move" in text and "2026-11-04" in text and "2026-11-05" in text
    assert Holiday.objects.filter(state__code="RU").count() == 0
    answer = client.post(change("add"), given | {"confirmed": "1"})
    assert answer["Location"] == "/holidays/?state=RU&year=2026"
    assert Holiday.objects.filter(state__code="RU").count() == 3
    assert f"{final().due_at:%d.%m %H:%M}" == "09.07 20:59"
    assert AuditEntry.objects.filter(act="memberstate.add_holidays").exists()


def test_holidays_are_removed_after_a_look_at_what_moves(cast: Cast):
    client = signed_in(cast.planner)
    client.post(change("add"), {"days": "2026-10-23", "confirmed": "1"})
    assert "2026-10-23" in shown(client, f"{change('remove')}?year=2026")
    assert "What would move" in client.post(change("remove"), {"days": ["2026-10-23"]}).content.decode()
    client.post(change("remove"), {"days": ["2026-10-23"], "confirmed": "1"})
    assert not Holiday.objects.filter(state__code="RU").exists()


def test_a_day_that_is_none_comes_back_as_it_was_typed(cast: Cast):
    answer = signed_in(cast.planner).post(change("add"), {"days": "30.02.2026", "name_en": "Never"})
    assert answer.status_code == 422
    assert "30.02.2026" in answer.content.decode() and "Never" in answer.content.decode()


# --- the reader's clock ---


def test_a_reader_chooses_language_and_time_zone(cast: Cast):
    client, where = signed_in(cast.planner), reverse("operations:preferences")
    text = shown(client, where)
    for zone in range(2, 13):
        assert f"UTC+{zone} – " in text
    client.post(where, {"language": "ru", "time_zone": "Asia/Kamchatka"})
    person = User.objects.get(pk=cast.planner.pk)
    assert (person.language, person.time_zone) == ("ru", "Asia/Kamchatka")
    assert AuditEntry.objects.filter(act="user.preferences", actor=person).count() == 1
    for wrong in ({"language": "ru", "time_zone": "Mars/Base"}, {"language": "xx", "time_zone": "Asia/Omsk"}, {}):
        assert client.post(where, wrong).status_code == 422
    assert User.objects.get(pk=cast.planner.pk).time_zone == "Asia/Kamchatka"


def test_the_calendar_takes_a_constant_number_of_queries(cast: Cast, django_assert_max_num_queries):
    client = signed_in(cast.planner)
    client.get(address("periods"))
    with django_assert_max_num_queries(18):
        client.get(address("periods"))
