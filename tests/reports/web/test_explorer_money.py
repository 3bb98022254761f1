"""Money in the explorer: in the states' own currencies, and converted where the address asks for it, by which rates."""

import csv
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from operations.domain import exchange_rates
from operations.models import ExchangeRate, PeriodKind, ReportingPeriod, Total
from tests.clients import signed_in
from tests.factories.explored import make_explored
from tests.factories.people import make_planner
from tests.factories.reference import load_reference
from tests.factories.reports import AT
from tests.reports.web.test_explorer import file, numbers, shown

pytestmark = pytest.mark.django_db
OWN = "operation=illegal-2026&indicator=ADM04&rows=state&columns=stage&state=AM&state=RU"
IN_DOLLARS = f"{OWN}&currency=USD"
UNITS = {"AMD": "400", "RUB": "80"}


@pytest.fixture(scope="module", autouse=True)
def explored(django_db_setup, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        load_reference()
        make_explored(2026, states=("AM", "RU"))
        yield
        transaction.set_rollback(True)


@pytest.fixture
def planner() -> Client:
    return signed_in(make_planner())


@pytest.fixture
def rates() -> list[ExchangeRate]:
    """A rate of both currencies on the last day of each stage."""
    periods = ReportingPeriod.objects.filter(kind=PeriodKind.FINAL).order_by("end_date")
    return [
        ExchangeRate.objects.create(
            currency=currency, day=period.end_date, units_per_usd=units, source=f"Банк {currency}", added_at=AT
        )
        for period in periods
        for currency, units in UNITS.items()
    ]


def in_dollars(state: str, units: str) -> int:
    minor = sum(
        Total.objects.filter(
            basis=Total.Basis.ACCEPTED, indicator__code="ADM04", state__code=state, category__breakdown=None
        ).values_list("value", flat=True)
    )
    return round(Decimal(minor) / Decimal(units))


def test_the_address_converts_and_the_page_names_each_rate_with_its_day_and_source(planner: Client, rates):
    page = shown(planner, IN_DOLLARS)
    assert {in_dollars("AM", "400"), in_dollars("RU", "80")} <= set(numbers(page))
    assert "money converted to USD" in page
    assert "1 USD = 400 AMD" in page and "(Банк AMD)" in page and "1 USD = 80 RUB" in page
    assert "currency=USD" in page.split("The address of this table")[0][-400:]


def test_a_sum_over_currencies_is_one_number_when_it_is_converted(planner: Client, rates):
    query = "operation=illegal-2026&indicator=ADM04&state=AM&state=RU"
    assert len(numbers(shown(planner, query))) == 2
    [together] = numbers(shown(planner, f"{query}&currency=USD"))
    assert abs(together - in_dollars("AM", "400") - in_dollars("RU", "80")) <= 1


def test_files_follow_the_address(planner: Client, rates):
    on_page = sorted(numbers(shown(planner, IN_DOLLARS)))
    lines = list(csv.DictReader(io.StringIO(file(planner, "csv", IN_DOLLARS).decode("utf-8-sig")), delimiter=";"))
    amounts = [line["Value"] for line in lines if line["Status of the figure"] == "value"]
    assert all(re.fullmatch(r"\d+\.\d\d", amount) for amount in amounts), "cents are written out"
    assert sorted(int(amount.replace(".", "")) for amount in amounts) == on_page
    assert {line["Currency"] for line in lines} == {"USD"}
    assert "1 USD = 400 AMD" in lines[0]["Rates used"]
    parsed = json.loads(file(planner, "json", IN_DOLLARS))
    assert parsed["exchange"]["currency"] == "USD"
    assert {one["source"] for one in parsed["exchange"]["rates"]} == {"Банк AMD", "Банк RUB"}
    book = openpyxl.load_workbook(io.BytesIO(file(planner, "xlsx", IN_DOLLARS)))
    assert book.sheetnames == ["Table", "Data", "Question", "Rates used"]
    coded = list(csv.DictReader(io.StringIO(file(planner, "sdmx-csv", IN_DOLLARS).decode())))
    assert {line["UNIT_MEASURE"] for line in coded} == {"USD"}


def test_what_lacks_a_rate_stays_as_it_was_reported_and_is_named(planner: Client, rates):
    own = numbers(shown(planner, "operation=illegal-2026&indicator=ADM04&state=AM"))
    ExchangeRate.objects.filter(currency="AMD").delete()
    page = shown(planner, "operation=illegal-2026&indicator=ADM04&state=AM&currency=USD")
    assert numbers(page) == own
    assert "Some amounts cannot be converted" in page and "AMD" in page
    assert json.loads(file(planner, "json", IN_DOLLARS))["exchange"]["missing"] == ["AMD"]


def test_a_corrected_rate_changes_the_conversion_and_no_stored_amount(planner: Client, rates):
    query = "operation=illegal-2026&indicator=ADM04&state=RU&stage=1"
    stored, before = numbers(shown(planner, query)), numbers(shown(planner, f"{query}&currency=USD"))
    first = next(one for one in rates if one.currency == "RUB")
    exchange_rates.correct_rate(
        rate=first, values={"units_per_usd": "40", "source": "Уточнение"}, actor=make_planner(), at=AT
    )
    assert numbers(shown(planner, query)) == stored
    [after] = numbers(shown(planner, f"{query}&currency=USD"))
    assert abs(after - 2 * before[0]) <= 1


def test_only_money_is_converted_and_to_a_currency_on_offer(planner: Client):
    page = shown(planner, "operation=illegal-2026&indicator=VIO01&currency=USD", status=400)
    assert "Only money is converted" in page
    assert "On offer: USD, AMD" in shown(planner, f"{OWN}&currency=EUR", status=400)


def test_counts_beside_money_stay_counts_and_lead_to_their_own_lineage(planner: Client, rates):
    query = "operation=illegal-2026&indicator=ADM04&indicator=VIO01&rows=indicator&columns=state&state=RU&currency=USD"
    page = shown(planner, query)
    lineage = reverse("reports:explorer-lineage")
    assert f"{lineage}?operation=illegal-2026&amp;indicator=VIO01&amp;state=RU&quot;" not in page
    counted = planner.get(f"{lineage}?operation=illegal-2026&indicator=VIO01&state=RU")
    assert counted.status_code == 200
    converted = planner.get(f"{lineage}?operation=illegal-2026&indicator=ADM04&state=RU&currency=USD")
    assert "1 USD = 80 RUB" in converted.content.decode().replace("\xa0", " ")
    assert "currency=USD" in page and "indicator=VIO01&amp;state=RU&amp;currency=USD" not in page


def test_converting_costs_one_query(planner: Client, rates):
    def queries(query: str) -> int:
        shown(planner, query)
        with CaptureQueriesContext(
            connection,
        ) as found:
            shown(planner, query)
        return len(found)

    assert queries(IN_DOLLARS) == queries(OWN) + 1


def test_a_share_of_an_amount_is_in_units_of_its_currency_like_the_amount(planner: Client):
    query = "operation=illegal-2026&indicator=ADM04&rows=state&columns=stage&state=AM&state=RU&view=share"
    amounts = {
        stage: sum(
            Total.objects.filter(
                basis=Total.Basis.ACCEPTED, indicator__code="ADM04", state__code="RU", period__stage__number__in=stage
            ).values_list("value", flat=True)
        )
        for stage in ((1,), (1, 2))
    }
    part, whole = (f"{minor / 100:,.2f}" for minor in amounts.values())
    assert f"{part} of {whole} RUB" in shown(planner, query)
    lines = list(csv.DictReader(io.StringIO(file(planner, "csv", query).decode("utf-8-sig")), delimiter=";"))
    [line] = [one for one in lines if (one["state_code"], one["stage_code"]) == ("RU", "1")]
    assert [round(100 * float(line[name])) for name in ("Part", "of whole")] == list(amounts.values())
    assert line["Value"] == line["Part"]


def test_a_converted_amount_is_no_share_of_one_that_lacks_a_rate(planner: Client, rates):
    query = "operation=illegal-2026&indicator=ADM04&rows=state&columns=stage&state=AM&state=RU&view=share&currency=USD"
    shares = {state: cells[0]["share"] for state, cells in by_state(planner, query).items()}
    assert shares["AM"] and shares["RU"]
    ExchangeRate.objects.filter(currency="AMD").latest("day").delete()
    [first, _second, together] = by_state(planner, query)["AM"]
    assert (first["amounts"][0]["currency"], together["amounts"][0]["currency"]) == ("USD", "AMD")
    assert first["share"] is None, "dollars of drams"
    assert by_state(planner, query)["RU"][0]["share"] == shares["RU"]


def by_state(client: Client, query: str) -> dict[str, list[dict]]:
    """The cells of each state's row."""
    found = json.loads(file(client, "json", query))
    rows = [one["place"]["state"]["code"] for one in found["rows"]]
    return dict(zip(rows, found["cells"], strict=True))
