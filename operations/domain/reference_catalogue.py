"""Reference rows of the catalogue: states, bodies, kinds of agency, breakdowns, indicators, rules and forms."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from operations.domain.reference_rows import Cells
from operations.domain.reference_store import Record, Table
from operations.models import (
    AgencyKind,
    Body,
    Breakdown,
    Category,
    Indicator,
    IndicatorGroup,
    MemberState,
    PeriodKind,
    Rule,
)

STATES = Table(MemberState, lambda row: row.code)
BODIES = Table(Body, lambda row: row.code)
AGENCY_KINDS = Table(AgencyKind, lambda row: row.code)
BREAKDOWNS = Table(Breakdown, lambda row: row.code)
INDICATORS = Table(Indicator, lambda row: row.code)
# the files hold the first version of a rule; the ones that headquarters made are theirs
RULES = Table(Rule, lambda row: row.code if row.version == 1 else (row.code, row.version))

# counted from the register of list verifications, never entered by hand (design, section 3)
DERIVED = frozenset({"INF04", "INF05"})
INTERVAL_GROUPS = frozenset(
    {IndicatorGroup.INFORMATION_EXCHANGE, IndicatorGroup.MIGRATION_FLOWS, IndicatorGroup.PREVENTION}
)
OPERATORS = ("==", "<=", ">=", "requires")

_TERM = re.compile(r"([A-Z]{3}\d{2})(?:\[([^\]]*)\])?")


@dataclass(frozen=True)
class Known:
    """Every code that the files themselves define."""

    states: frozenset[str]
    agency_kinds: frozenset[str]
    breakdowns: frozenset[str]
    categories: frozenset[str]
    indicators: frozenset[str]
    figures: frozenset[str]


def categories_table() -> Table:
    """A category is recognised by its breakdown's code and its own; the codes are read once for a load."""
    codes = dict(Breakdown.objects.values_list("pk", "code"))
    return Table(Category, lambda row: (codes.get(row.breakdown_id), row.code))


def read_state(cells: Cells, known: Known) -> Record:
    names = ("short_en", "official_en", "short_ru", "official_ru", "genitive_ru", "currency", "time_zone")
    return _record(cells, {"alpha3": cells.name("alpha3"), **{name: cells.name(name) for name in names}})


def read_body(cells: Cells, known: Known) -> Record:
    return _record(
        cells,
        {
            "kind": cells.choice("kind", Body.Kind),
            "name_en": cells.name("name_en"),
            "name_ru": cells.name("name_ru"),
            "short_en": cells.text("short_en"),
            "short_ru": cells.text("short_ru"),
        },
    )


def read_agency_kind(cells: Cells, known: Known) -> Record:
    return _record(cells, {"name_en": cells.name("name_en"), "name_ru": cells.name("name_ru")})


def read_category(cells: Cells, known: Known) -> Record:
    breakdown, code = cells.name("breakdown"), cells.name("code")
    if code == Category.TOTAL:
        cells.fault(_("the code TOTAL stands for an indicator's own value"))
    values = {
        "code": code,
        "position": cells.integer("position"),
        "name_en": cells.name("name_en"),
        "name_ru": cells.name("name_ru"),
    }
    return Record(key=(breakdown, code), values=values, links={"breakdown": breakdown})


def total_category() -> Record:
    """The one category that no file lists: an indicator's own value."""
    values = {"code": Category.TOTAL, "position": 0, "name_en": "Total", "name_ru": "Всего"}
    return Record(key=(None, Category.TOTAL), values=values, links={"breakdown": None})


def breakdowns_of(records: Iterable[Record]) -> list[Record]:
    """The breakdowns in the order in which the categories name them."""
    codes = dict.fromkeys(record.links["breakdown"] for record in records)
    return [Record(key=code, values={"code": code}) for code in codes if code]


def read_definition(cells: Cells, known: Known) -> tuple[str, str]:
    """The Russian definition of an indicator, kept in a file of its own beside the catalogue."""
    return cells.code("code", known.indicators, required=True) or "", cells.name("definition_ru")


def read_indicator(cells: Cells, known: Known, *, definitions: Mapping[str, str]) -> Record:
    code = cells.name("code")
    part_of = cells.code("part_of", known.indicators)
    values = {
        "group": cells.choice("group", IndicatorGroup),
        "position": cells.row.line - 1,
        "name_en": cells.name("name_en"),
        "name_ru": cells.name("name_ru"),
        "unit": cells.name("unit"),
        "kind": cells.choice("kind", Indicator.Kind),
        "over_time": cells.choice("agg_time", Indicator.Aggregation),
        "over_space": cells.choice("agg_space", Indicator.Aggregation),
        "direction": cells.choice("direction", Indicator.Direction),
        "part_kind": cells.choice("part_kind", Indicator.PartKind, required=part_of is not None),
        "is_operational": cells.flag("operational"),
        "is_follow_up": cells.flag("follow_up"),
        "is_person_derived": cells.flag("person_derived"),
        "is_derived": code in DERIVED,
        "evidence": cells.text("evidence"),
        "definition_en": cells.text("definition_en"),
        "definition_ru": definitions.get(code, ""),
    }
    sets = {
        "reported_by": cells.codes("reported_by", known.agency_kinds),
        "breakdowns": cells.codes("breakdowns", known.breakdowns),
    }
    if not sets["reported_by"]:
        cells.fault(_("nobody reports the indicator"))
    return Record(key=code, values={"code": code, **values}, links={"part_of": part_of}, sets=sets)


def read_rule(cells: Cells, known: Known) -> Record:
    for column in ("left", "right"):
        _check_terms(cells, column, known)
    operator = cells.name("operator")
    if operator and operator not in OPERATORS:
        cells.fault(_("unknown comparison: %(value)s") % {"value": operator}, code="unknown_code")
    return _record(
        cells,
        {
            "severity": cells.choice("severity", Rule.Severity),
            "left": cells.name("left"),
            "operator": operator,
            "right": cells.name("right"),
            "missing": cells.choice("missing", Rule.Missing),
            "applies_to": list(cells.codes("applies_to", PeriodKind.values)),
            "message_en": cells.name("message_en"),
            "message_ru": cells.name("message_ru"),
        },
    )


def form_contents(indicators: Collection[Record]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Which indicators belong to the form of an agency kind and a period kind (design, section 3); no empty forms."""
    contents: dict[tuple[str, str], list[str]] = {}
    for record in indicators:
        is_interval = record.values["group"] in INTERVAL_GROUPS
        kinds = [PeriodKind.INTERVAL if is_interval else PeriodKind.FINAL]
        kinds += [PeriodKind.OPERATIONAL] if record.values["is_operational"] else []
        kinds += [PeriodKind.FOLLOW_UP] if record.values["is_follow_up"] else []
        for agency_kind in record.sets["reported_by"]:
            for kind in kinds:
                contents.setdefault((str(agency_kind), kind.value), []).append(str(record.key))
    return {form: tuple(codes) for form, codes in contents.items()}


def _check_terms(cells: Cells, column: str, known: Known) -> None:
    for code, category in _TERM.findall(cells.text(column)):
        cells.known(column, code, known.indicators)
        if category:
            cells.known(column, category, known.categories)


def _record(cells: Cells, values: Mapping[str, object]) -> Record:
    code = cells.name("code")
    return Record(key=code, values={"code": code, **values})
