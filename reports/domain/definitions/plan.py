"""The plan of the operation as an official document («План проведения операции»), with stamps and seven annexes.

It is composed from the frozen content of the version that has the report's number; while that version is still being
written, from the working text. It follows the plan's own approval: nobody writes or approves anything here.
"""

from django.utils.translation import gettext_lazy as _

from operations.domain.moments import moscow_date
from operations.domain.plan_content import frozen_content, working_content
from operations.domain.wording import date_text
from operations.models import ChairTerm, Operation, Plan, PlanVersion
from reports.domain.capacities import COUNCIL_CHAIR, post_of
from reports.domain.cells import Text, both
from reports.domain.definitions import Definition, Draft, register
from reports.domain.origins import AgreementRecord, agreement_record, version_of
from reports.domain.payload import Payload, assembled, operation_facts, origin, stamps
from reports.domain.plan_annexes import annexes
from reports.domain.plan_sections import PlanText, sections
from reports.domain.signatures import signature_of_headquarters

TITLE = both(ru="План", en="Plan")
HEADQUARTERS = both(ru="Международный штаб операции", en="International Headquarters of the Operation")
SHORT_HASH = 16


def build(draft: Draft) -> Payload:
    """The payload of the version with the report's number, or of the working text."""
    operation: Operation = draft.report.operation
    plan: Plan = operation.plan
    version = version_of(draft.report)
    content = frozen_content(version) if version is not None else working_content(plan)
    text = PlanText(content)
    at = draft.at if version is None else version.approved_at or version.frozen_at
    title = content["operation"]["title"]
    versions = list(plan.versions.filter(number__lte=draft.report.number).order_by("number"))
    return assembled(
        definition="plan",
        operation=operation_facts(
            slug=operation.slug,
            year=operation.year,
            title=both(ru=title["ru"], en=title["en"]),
            demonstration=operation.is_demonstration,
        ),
        title=TITLE,
        subtitle=_subtitle(operation),
        period=_edition(version, draft.report.number),
        as_of=at.isoformat(),
        sections=sections(text),
        annexes=annexes(text, operation=operation, versions=versions if version is not None else []),
        stamps=_stamps(version, draft),
        signature=signature_of_headquarters(at),
        origin=_origin(version, draft.report.number),
    )


def _subtitle(operation: Operation) -> Text:
    """The official title; an operation of another kind keeps the name that it was given."""
    if operation.kind != Operation.Kind.ANNUAL:
        return both(
            ru=f"проведения специальной операции: {operation.title_ru}",
            en=f"of the special operation: {operation.title_en}",
        )
    return both(
        ru="проведения региональной операции по противодействию незаконной миграции "
        f"под условным наименованием «Нелегал-{operation.year}»",
        en=f"of the regional operation on countering illegal migration, code name “Illegal-{operation.year}”",
    )


def _edition(version: PlanVersion | None, number: int) -> Text:
    if version is None:
        return both(ru=f"Редакция № {number} (проект)", en=f"Version {number} (draft)")
    on = version.frozen_at
    return both(
        ru=f"Редакция № {number} от {date_text(on, language='ru')}",
        en=f"Version {number} of {date_text(on, language='en')}",
    )


def _origin(version: PlanVersion | None, number: int) -> dict[str, object]:
    """The version's number and hash stand on every page; its text comes along, so that the hash can be checked."""
    if version is None:
        return origin(label=_edition(None, number))
    content = bytes(version.content).decode()
    short = version.sha256[:SHORT_HASH]
    label = both(ru=f"Редакция № {number}, SHA-256 {short}…", en=f"Version {number}, SHA-256 {short}…")
    return origin(label=label, sha256=version.sha256, content=content)


def _stamps(version: PlanVersion | None, draft: Draft) -> dict[str, object]:
    """Who is to approve: the chair in office on the day; once approved, the approval itself replaces the name."""
    day = moscow_date(draft.at)
    term = ChairTerm.objects.on(day).select_related("holder").first()
    record = None if version is None else agreement_record(version)
    rank = name = None
    if term is not None:
        rank, name = post_of(term.holder, on=day)["rank"], both(ru=term.holder.name_ru, en=term.holder.name_en)
    return stamps(post=COUNCIL_CHAIR, rank=rank, name=name, agreed_by=HEADQUARTERS, agreed_on=_agreed_on(record))


def _agreed_on(record: AgreementRecord | None) -> Text:
    """«протокол от … № …», in correspondence, or a line to fill in as long as nothing is agreed."""
    if record is None:
        return both(ru="протокол от «___» ____________ № ____", en="minutes of ____________ No. ____")
    if record.meeting is None:
        return both(
            ru=f"заочно, {date_text(record.at, language='ru')}",
            en=f"in correspondence, {date_text(record.at, language='en')}",
        )
    number = record.meeting.minutes_number or str(record.meeting.number)
    return both(
        ru=f"протокол от {date_text(record.meeting.held_on, language='ru')} № {number}",
        en=f"minutes of {date_text(record.meeting.held_on, language='en')} No. {number}",
    )


PLAN = register(
    Definition(
        code="plan",
        name=_("Plan of the operation"),
        title=TITLE,
        narrative=(),
        build=build,
        checklist=lambda _report, _at: (),
        follows=True,
    )
)
