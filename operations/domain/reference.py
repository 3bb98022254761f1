"""Loads the reference data: the catalogue, and what is known from published sources.

Codes are the contract with the agencies' own systems, so a load is all or nothing: every row of every file is read
first, every fault is listed, and only faultless data is stored, in one transaction. Loading the same data twice
changes nothing and leaves no trace; a changed row is updated and tells the audit trail what it was before.
"""

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from operations.domain import reference_catalogue as catalogue
from operations.domain import reference_published as published
from operations.domain.people import system_user
from operations.domain.reference_forms import put_forms
from operations.domain.reference_rows import BadReference, Cells, Faults, Sheet
from operations.domain.reference_store import Outcome, Record, Store, Table
from operations.models import Operation

Read = TypeVar("Read")
Reader = Callable[[Cells, catalogue.Known], Read]

#: The files of the reference data with their headings, in the order in which they are read.
FILES: dict[str, str] = {
    "member_states.csv": "code,alpha3,short_en,official_en,short_ru,official_ru,genitive_ru,currency,time_zone",
    "bodies.csv": "code,kind,name_en,name_ru,short_en,short_ru",
    "agency_kinds.csv": "code,name_en,name_ru",
    "categories.csv": "breakdown,code,position,name_en,name_ru",
    "definitions_ru.csv": "code,definition_ru",
    "indicators.csv": "code,group,name_en,name_ru,unit,kind,agg_time,agg_space,direction,reported_by,breakdowns,"
    "part_of,part_kind,operational,follow_up,person_derived,evidence,definition_en",
    "rules.csv": "code,severity,left,operator,right,missing,applies_to,message_en,message_ru",
    "published_figures.csv": "id,date_from,date_to,period_kind,period_en,period_ru,year_from,year_to,state,scope,"
    "place_en,place_ru,indicator,label_en,label_ru,qualifier,value,unit,currency,coverage,part_of_id,duplicate_of,"
    "status,source_title,source_url,source_date,note",
    "reconciliations.csv": "total_id,part_ids,expected,what",
    "stage_windows.csv": "year,stage,scope,start,end,codename,source",
    "context_events.csv": "id,date,place_en,place_ru,event_en,event_ru,source_title,source_url,source_date,note",
}


@dataclass(frozen=True)
class Records:
    """Everything that the files say, read and checked, before any of it is stored."""

    states: list[Record]
    bodies: list[Record]
    agency_kinds: list[Record]
    categories: list[Record]
    indicators: list[Record]
    rules: list[Record]
    figures: list[Record]
    reconciliations: list[Record]
    stages: list[Record]
    events: list[Record]


def load_reference(*, sheets: Mapping[str, Sheet], at: dt.datetime) -> Outcome:
    """Checks and stores the reference data; raises `BadReference` with every fault, and then nothing is stored.

    The actor of the trail is the system user `reference`. Rows that have left the files are kept.
    """
    records = read_records(sheets)
    with transaction.atomic():
        store = Store(actor=system_user("reference"), at=at)
        outcome = Outcome()
        for stored in (_store_catalogue(store, records), _store_published(store, records)):
            outcome.add(stored)
        return outcome


def read_records(sheets: Mapping[str, Sheet]) -> Records:
    """Reads every row of every file; raises `BadReference` when anything is wrong anywhere."""
    faults = Faults()
    _check_headings(sheets, faults)
    if faults.problems:
        raise BadReference(faults.problems)
    known = _known_codes(sheets)
    read = partial(_read_file, sheets, known, faults)
    definitions = dict(_read_rows(sheets, known, faults, "definitions_ru.csv", catalogue.read_definition))
    records = Records(
        states=read("member_states.csv", catalogue.read_state, catalogue.STATES),
        bodies=read("bodies.csv", catalogue.read_body, catalogue.BODIES),
        agency_kinds=read("agency_kinds.csv", catalogue.read_agency_kind, catalogue.AGENCY_KINDS),
        categories=read("categories.csv", catalogue.read_category, catalogue.categories_table()),
        indicators=read(
            "indicators.csv", partial(catalogue.read_indicator, definitions=definitions), catalogue.INDICATORS
        ),
        rules=read("rules.csv", catalogue.read_rule, catalogue.RULES),
        figures=read("published_figures.csv", published.read_figure, published.FIGURES),
        reconciliations=read("reconciliations.csv", published.read_reconciliation, published.reconciliations_table()),
        stages=read("stage_windows.csv", published.read_stage, published.stages_table()),
        events=read("context_events.csv", published.read_event, published.EVENTS),
    )
    if faults.problems:
        raise BadReference(faults.problems)
    return records


def _store_catalogue(store: Store, records: Records) -> Outcome:
    outcome = Outcome()
    for table, rows in (
        (catalogue.STATES, records.states),
        (catalogue.BODIES, records.bodies),
        (catalogue.AGENCY_KINDS, records.agency_kinds),
        (catalogue.BREAKDOWNS, catalogue.breakdowns_of(records.categories)),
    ):
        outcome.add(store.put(table, rows))
    outcome.add(store.put(catalogue.categories_table(), [catalogue.total_category(), *records.categories]))
    outcome.add(store.put(catalogue.INDICATORS, records.indicators))
    outcome.add(store.put(catalogue.RULES, records.rules))
    outcome.add(put_forms(store, catalogue.form_contents(records.indicators)))
    return outcome


def _store_published(store: Store, records: Records) -> Outcome:
    outcome = store.put(published.FIGURES, records.figures)
    outcome.add(store.put(published.reconciliations_table(), records.reconciliations))
    annual = Operation.objects.filter(kind=Operation.Kind.ANNUAL).values_list("year", flat=True)
    operations = published.historical_operations(records.figures, records.stages, existing_years=annual)
    outcome.add(store.put(published.operations_table(), operations))
    outcome.add(store.put(published.stages_table(), records.stages))
    outcome.add(store.put(published.EVENTS, records.events))
    return outcome


def _check_headings(sheets: Mapping[str, Sheet], faults: Faults) -> None:
    for name, headings in FILES.items():
        if name not in sheets:
            faults.add(name, 1, _("the file is missing"))
        elif sorted(sheets[name].headings) != sorted(headings.split(",")):
            faults.add(name, 1, _("the headings should be: %(headings)s") % {"headings": headings})


def _known_codes(sheets: Mapping[str, Sheet]) -> catalogue.Known:
    def column(file: str, name: str) -> frozenset[str]:
        return frozenset(row.cells[name].strip() for row in sheets[file].rows)

    return catalogue.Known(
        states=column("member_states.csv", "code"),
        agency_kinds=column("agency_kinds.csv", "code"),
        breakdowns=column("categories.csv", "breakdown"),
        categories=column("categories.csv", "code"),
        indicators=column("indicators.csv", "code"),
        figures=column("published_figures.csv", "id"),
    )


def _read_rows(
    sheets: Mapping[str, Sheet], known: catalogue.Known, faults: Faults, file: str, reader: Reader[Read]
) -> list[Read]:
    return [reader(Cells(row, faults), known) for row in sheets[file].rows]


def _read_file(
    sheets: Mapping[str, Sheet],
    known: catalogue.Known,
    faults: Faults,
    file: str,
    reader: Reader[Record],
    table: Table,
) -> list[Record]:
    """The records of one file, with what the database would refuse found beforehand."""
    records = _read_rows(sheets, known, faults, file, reader)
    seen: dict[Hashable, int] = {}
    for row, record in zip(sheets[file].rows, records, strict=True):
        earlier = seen.setdefault(record.key, row.line)
        if earlier != row.line:
            faults.add(file, row.line, _("the same code as in line %(line)d") % {"line": earlier}, code="duplicate")
        for column, length in _too_long(table, record.values):
            faults.add(
                file,
                row.line,
                _("%(column)s is longer than %(length)d characters") % {"column": column, "length": length},
            )
    return records


def _too_long(table: Table, values: Mapping[str, Any]) -> Iterable[tuple[str, int]]:
    for name, value in values.items():
        most = getattr(table.model._meta.get_field(name), "max_length", None)
        if most is not None and isinstance(value, str) and len(value) > most:
            yield name, most
