"""The plan's text as one value: what is frozen into a version, shown on a page, compared and printed.

The content is plain JSON: codes and ids beside the names in both languages that they had on that day, so that a frozen
version reads the same when the catalogue has changed. Pages and documents draw from it alone, whether it was
just put together from the working rows or read from a version's bytes. It takes a constant number of queries.
"""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils import translation

from operations.models import (
    AgencyKind,
    Body,
    Indicator,
    Measure,
    MemberState,
    Plan,
    PlanSection,
    PlanVersion,
    Stage,
)

SCHEMA = 1
Content = dict[str, Any]


def shown_content(plan: Plan) -> Content:
    """The working content, put together once for this plan object: for a page that shows it and asks of it at once.

    An act works on a row of its own, so what it freezes or checks was never put together before.
    """
    kept: Content | None = plan.__dict__.get("_shown_content")
    if kept is None:
        kept = plan.__dict__["_shown_content"] = working_content(plan)
    return kept


def working_content(plan: Plan) -> Content:
    """The working rows of the plan as content; the plan's operation is read with it."""
    operation = plan.operation
    return {
        "schema": SCHEMA,
        "operation": {"slug": operation.slug, "year": operation.year, "title": _texts(operation, "title")},
        "goal": _texts(plan, "goal"),
        "interval": plan.interval,
        "amendment_reason": plan.amendment_reason,
        "participants": [
            {
                "state": part.state.code,
                "takes_part": part.takes_part,
                "absence_reason": _texts(part, "absence_reason"),
            }
            for part in operation.participations.select_related("state")
        ],
        "sections": _sections(plan),
        "stages": [_stage(stage) for stage in plan.stages.prefetch_related("windows__state")],
        "objectives": _objectives(plan),
        "procedures": [
            {"id": row.pk, "position": row.position, "text": _texts(row, "text")}
            for row in plan.exchange_procedures.all()
        ],
        "contacts": [_contact(row) for row in plan.contacts.select_related("state", "body")],
        "names": _names(),
    }


def canonical_bytes(content: Content) -> bytes:
    """The one spelling of a content: sorted keys, no spaces, UTF-8."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def frozen_content(version: PlanVersion) -> Content:
    """What the version holds, read from its bytes."""
    content: Content = json.loads(bytes(version.content))
    return content


def current_version_of(plan: Plan) -> PlanVersion:
    """The version that a plan outside its drafting was frozen into; there is one from the first circulation on."""
    if plan.current_version is None:
        raise ValueError("the plan has never been circulated")
    return plan.current_version


def interval_of(content: Content) -> str:
    """What periodic returns cover by the content; a version frozen before the plan said so means the quarter."""
    return str(content.get("interval", Plan.Interval.QUARTER))


def stage_of(content: Content, stage_id: int | None) -> dict[str, Any] | None:
    return next((stage for stage in content["stages"] if stage["id"] == stage_id), None)


def measures_of(content: Content) -> Iterable[dict[str, Any]]:
    """All measures, in the order of the plan."""
    for objective in content["objectives"]:
        yield from objective["measures"]


def spoken(texts: dict[str, str]) -> str:
    """A text in the reader's language, or in the other one where it is missing."""
    russian = (translation.get_language() or "ru").startswith("ru")
    first, second = ("ru", "en") if russian else ("en", "ru")
    return texts[first] or texts[second]


def _texts(row: Any, stem: str) -> dict[str, str]:
    return {"ru": getattr(row, f"{stem}_ru"), "en": getattr(row, f"{stem}_en")}


def _day(value: dt.date | None) -> str | None:
    return value.isoformat() if value else None


def _sections(plan: Plan) -> list[dict[str, Any]]:
    """Every section of the official form in its order, also one that nobody has written yet."""
    written = {row.kind: row for row in plan.sections.all()}
    return [
        {
            "kind": kind,
            "id": written[kind].pk if kind in written else None,
            "text": _texts(written[kind], "text") if kind in written else {"ru": "", "en": ""},
        }
        for kind in PlanSection.Kind.values
    ]


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "id": stage.pk,
        "number": stage.number,
        "kind": stage.kind,
        "name": _texts(stage, "name"),
        "codename": stage.codename,
        "start": _day(stage.start_date),
        "end": _day(stage.end_date),
        "windows": [
            {
                "id": window.pk,
                "state": window.state.code,
                "codename": window.codename,
                "start": _day(window.start_date),
                "end": _day(window.end_date),
            }
            for window in stage.windows.all()
        ],
    }


#: The sets of a measure by the order in which they are listed: the catalogue's own.
_SETS = {
    "responsible_kinds": "agencykind__id",
    "responsible_states": "memberstate__short_ru",
    "responsible_bodies": "body__id",
    "co_executor_kinds": "agencykind__id",
    "co_executor_bodies": "body__id",
    "indicators": "indicator__position",
}


def _objectives(plan: Plan) -> list[dict[str, Any]]:
    """Objectives with their measures; sets are read as codes, for a plan may have hundreds of measures."""
    sets = {name: _codes_by_measure(plan, name, order) for name, order in _SETS.items()}
    predecessors: dict[int, list[Any]] = defaultdict(list)
    links = Measure.predecessors.through.objects.filter(from_measure__objective__plan=plan)
    for measure, before in links.order_by("to_measure_id").values_list("from_measure_id", "to_measure_id"):
        predecessors[measure].append(before)
    sets["predecessors"] = predecessors
    return [
        {
            "id": row.pk,
            "position": row.position,
            "text": _texts(row, "text"),
            "measures": [_measure(measure, row.position, sets) for measure in row.measures.all()],
        }
        for row in plan.objectives.prefetch_related("measures")
    ]


def _codes_by_measure(plan: Plan, name: str, order: str) -> dict[int, list[Any]]:
    through = getattr(Measure, name).through
    target = order.split("__")[0]
    found: dict[int, list[Any]] = defaultdict(list)
    rows = through.objects.filter(measure__objective__plan=plan).order_by(order)
    for measure, code in rows.values_list("measure_id", f"{target}__code"):
        found[measure].append(code)
    return found


def _measure(measure: Measure, objective_position: int, sets: dict[str, dict[int, list[Any]]]) -> dict[str, Any]:
    return {
        "id": measure.pk,
        "number": f"{objective_position}.{measure.position}",
        "position": measure.position,
        "text": _texts(measure, "text"),
        "expected_result": _texts(measure, "expected_result"),
        "timing": measure.timing,
        "stage": measure.stage_id,
        "start": _day(measure.start_date),
        "end": _day(measure.end_date),
        "copied_from": measure.copied_from_id,
        **{name: rows.get(measure.pk, []) for name, rows in sets.items()},
    }


def _contact(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "state": row.state.code if row.state else None,
        "body": row.body.code if row.body else None,
        "name": _texts(row, "name"),
        "post": _texts(row, "post"),
        "telephone": row.telephone,
        "email": row.email,
    }


def _names() -> dict[str, dict[str, dict[str, str]]]:
    """What the codes were called: a version has to be readable after the catalogue has moved on."""
    return {
        "states": {
            row.code: {"ru": row.short_ru, "en": row.short_en, "official_ru": row.official_ru}
            | {"official_en": row.official_en, "genitive_ru": row.genitive_ru}
            for row in MemberState.objects.all()
        },
        "kinds": {row.code: _texts(row, "name") for row in AgencyKind.objects.all()},
        "bodies": {row.code: _texts(row, "name") for row in Body.objects.all()},
        "indicators": {row.code: _texts(row, "name") for row in Indicator.objects.all()},
    }
