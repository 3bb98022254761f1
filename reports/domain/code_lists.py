"""The whole catalogue as code lists in both languages: what SDMX calls a structure is made of them."""

from operations.domain.breakdowns import NAMES
from operations.domain.exchange_rates import DOLLAR
from operations.models import (
    AgencyKind,
    Breakdown,
    Indicator,
    IndicatorGroup,
    MemberState,
    Operation,
    Qualifier,
    Stage,
)
from reports.domain.cells import both, same
from reports.domain.statistical_codes import REGION, TOTAL, CodeLists, Item, category_code, unit_code
from reports.domain.texts import of_row, stage_name, worded
from reports.domain.units import unit_text


def code_lists() -> CodeLists:
    """Reads the catalogue. Six queries."""
    indicators = list(Indicator.objects.select_related("part_of"))
    states = list(MemberState.objects.all())
    return CodeLists(
        lists={
            "OPERATION": tuple(_operations()),
            "REF_AREA": (
                Item(REGION, both(ru="Регион ОДКБ", en="CSTO region")),
                *(Item(one.code, of_row(one, "short"), REGION) for one in states),
            ),
            "INDICATOR": tuple(_indicators(indicators)),
            "CATEGORY": tuple(_categories()),
            "AGENCY_KIND": (
                Item(TOTAL, both(ru="Все органы", en="All bodies")),
                *(Item(one.code, of_row(one, "name"), TOTAL) for one in AgencyKind.objects.all()),
            ),
            "STAGE": tuple(_stages()),
            "UNIT_MEASURE": tuple(_units(indicators, states)),
            "QUALIFIER": tuple(Item(value, worded(Qualifier(value).label)) for value in Qualifier.values),
        }
    )


def _operations() -> list[Item]:
    return [Item(one.slug, of_row(one, "title")) for one in Operation.objects.order_by("year", "slug")]


def _indicators(indicators: list[Indicator]) -> list[Item]:
    groups = [Item(f"group_{code}", worded(IndicatorGroup(code).label)) for code in IndicatorGroup.values]
    return groups + [
        Item(
            one.code,
            of_row(one, "name"),
            one.part_of.code if one.part_of else f"group_{one.group}",
            of_row(one, "definition") if one.definition_en or one.definition_ru else None,
        )
        for one in indicators
    ]


def _categories() -> list[Item]:
    items = [Item(TOTAL, both(ru="Всего", en="Total"))]
    for breakdown in Breakdown.objects.prefetch_related("categories"):
        items.append(Item(breakdown.code, worded(NAMES.get(breakdown.code, breakdown.code)), TOTAL))
        items += [
            Item(category_code(f"{breakdown.code}:{one.code}"), of_row(one, "name"), breakdown.code)
            for one in breakdown.categories.all()
        ]
    return items


def _stages() -> list[Item]:
    numbers = sorted(set(Stage.objects.values_list("number", flat=True)) | {1})
    whole = Item(TOTAL, both(ru="Операция в целом", en="The whole operation"))
    return [whole, *(Item(str(number), stage_name(number), TOTAL) for number in numbers)]


def _units(indicators: list[Indicator], states: list[MemberState]) -> list[Item]:
    units = [Item(unit_code(unit), unit_text(unit)) for unit in sorted({one.unit for one in indicators})]
    return units + [Item(currency, same(currency)) for currency in sorted({DOLLAR, *(one.currency for one in states)})]
