"""The whole catalogue as code lists in both languages: what SDMX calls a structure is made of them.

Sums over a selection have codes that no list can hold beforehand: those in use are added to their concepts' lists.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from operations.domain.breakdowns import NAMES
from operations.domain.exchange_rates import DOLLAR
from operations.domain.standing_figures import OFFICIAL
from operations.models import (
    AgencyKind,
    Breakdown,
    Indicator,
    IndicatorGroup,
    MemberState,
    Operation,
    Qualifier,
    ReportingPeriod,
    Stage,
)
from reports.domain.cells import both, same
from reports.domain.explorer import INTERVAL
from reports.domain.statistical_codes import DEMONSTRATION, REGION, TOTAL, CodeLists, Item, category_code, unit_code
from reports.domain.texts import joined, of_row, period_name, stage_name, worded
from reports.domain.units import unit_text

_INVENTED = both(ru="Демонстрационные данные: показатели вымышлены", en="Demonstration data: the figures are invented")
Selections = Mapping[str, Mapping[str, tuple[str, ...]]]


def with_selections(known: CodeLists, selections: Selections) -> CodeLists:
    """The lists with the codes of selections (by concept and code, the members), each named by its members.

    A selection has no parent: its members have their own, and a hierarchy is added up.
    """
    lists = dict(known.lists)
    for concept, found in selections.items():
        items = {one.code: one for one in lists[concept]}
        lists[concept] += tuple(
            Item(
                code,
                joined([items[member].name for member in members], by=" + "),
                description=both(ru=f"Сумма по выборке: {', '.join(members)}", en=f"Sum over: {', '.join(members)}"),
            )
            for code, members in sorted(found.items())
        )
    return replace(known, lists=lists)


def code_lists(operations: Iterable[Operation] | None = None) -> CodeLists:
    """Reads the catalogue; `operations` are those that the reader may see, None is all. Seven queries."""
    known = list(Operation.objects.all() if operations is None else operations)
    indicators = list(Indicator.objects.select_related("part_of"))
    states = list(MemberState.objects.all())
    return CodeLists(
        lists={
            "OPERATION": tuple(_operations(known)),
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
            "STAGE": tuple(_stages(known)),
            "RETURN_PERIOD": tuple(_periods(known)),
            "UNIT_MEASURE": tuple(_units(indicators, states)),
            "QUALIFIER": tuple(Item(value, worded(Qualifier(value).label)) for value in Qualifier.values),
            "ORIGIN": (Item(DEMONSTRATION, _INVENTED),),
        }
    )


def _operations(operations: list[Operation]) -> list[Item]:
    return [
        Item(one.slug, of_row(one, "title"), description=_INVENTED if one.is_demonstration else None)
        for one in sorted(operations, key=lambda one: (one.year, one.slug))
    ]


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


def _stages(operations: list[Operation]) -> list[Item]:
    stages = Stage.objects.filter(plan__operation__in=operations)
    numbers = sorted(set(stages.values_list("number", flat=True)) | {1})
    whole = Item(TOTAL, both(ru="Операция в целом", en="The whole operation"))
    periodic = Item(INTERVAL, both(ru="Периодические донесения", en="Periodic returns"), TOTAL)
    return [whole, *(Item(str(number), stage_name(number), TOTAL) for number in numbers), periodic]


def _periods(operations: list[Operation]) -> list[Item]:
    """The returns of stages and of quarters and months; a code is the same period in every operation."""
    periods = ReportingPeriod.objects.filter(operation__in=operations, kind__in=OFFICIAL).select_related("stage")
    found = {one.code: period_name(one) for one in periods}
    whole = Item(TOTAL, both(ru="Все отчётные периоды", en="All reporting periods"))
    return [whole, *(Item(code, name, TOTAL) for code, name in sorted(found.items()))]


def _units(indicators: list[Indicator], states: list[MemberState]) -> list[Item]:
    units = [Item(unit_code(unit), unit_text(unit)) for unit in sorted({one.unit for one in indicators})]
    return units + [Item(currency, same(currency)) for currency in sorted({DOLLAR, *(one.currency for one in states)})]
