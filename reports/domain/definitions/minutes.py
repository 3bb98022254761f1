"""The minutes of a meeting («Протокол заседания»): who presided, who was present, the agenda, what was decided.

They follow the signature of whoever chaired the meeting: until then the document is a draft, and afterwards the record
is changed no more.
"""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from operations.domain.wording import date_text
from operations.models import AgendaItem, Attendance, Decision, Meeting, Operation
from reports.domain import blocks
from reports.domain.blocks import Block
from reports.domain.capacities import post_of
from reports.domain.cells import Text, blank, both, same, words
from reports.domain.definitions import Definition, Draft, register
from reports.domain.origins import PRESIDED, capacity_to_sign
from reports.domain.payload import Payload, assembled, operation_facts, origin
from reports.domain.plan_sections import TEXT, cell_of
from reports.domain.texts import date_in_both, joined, of_row, state_name

TITLE = both(ru="Протокол", en="Minutes")
EMPTY = both(ru="Сведения не внесены.", en="Nothing is recorded yet.")


def build(draft: Draft) -> Payload:
    """The payload of the meeting as its record stands; signed minutes are a record that nobody changes."""
    meeting: Meeting = draft.report.meeting
    operation: Operation = draft.report.operation
    at = meeting.signed_at or draft.at
    number = meeting.minutes_number or "____"
    body = of_row(meeting.body, "name")
    kind = _kind(meeting)
    return assembled(
        definition="minutes",
        operation=operation_facts(
            slug=operation.slug,
            year=operation.year,
            title=of_row(meeting.body, "short") if meeting.body.short_ru else body,
            demonstration=operation.is_demonstration,
        ),
        title=both(ru=f"{TITLE['ru']} № {number}", en=f"{TITLE['en']} No. {number}"),
        subtitle=joined([kind, body], by=". "),
        period=_where_and_when(meeting),
        as_of=at.isoformat(),
        sections=[_present(meeting), *_agenda(meeting)],
        signature=_signature(meeting),
        origin=origin(label=both(ru=f"Протокол № {number}", en=f"Minutes No. {number}")),
    )


def _kind(meeting: Meeting) -> Text:
    if meeting.is_in_correspondence:
        return both(
            ru=f"Решение № {meeting.number}, принятое заочно", en=f"Decision {meeting.number} in correspondence"
        )
    return both(ru=f"Заседание № {meeting.number}", en=f"Meeting No. {meeting.number}")


def _where_and_when(meeting: Meeting) -> Text:
    day = both(ru=date_text(meeting.held_on, language="ru"), en=date_text(meeting.held_on, language="en"))
    if meeting.is_in_correspondence or not (meeting.place_ru or meeting.place_en):
        return day
    return joined([of_row(meeting, "place"), day])


def _present(meeting: Meeting) -> Block:
    """Who presided, and who was there, by state and by body."""
    content: list[Block] = []
    chair = meeting.chaired_by
    if chair is not None:
        name, post = both(ru=chair.name_ru, en=chair.name_en), post_of(chair, on=meeting.held_on)["post"]
        who = joined([name, post]) if post else name
        content.append(blocks.paragraph(both(ru=f"Председательствовал: {who['ru']}.", en=f"Chair: {who['en']}.")))
    rows = list(meeting.attendances.select_related("state", "body"))
    ordered = sorted(rows, key=lambda row: (row.state is None, row.state.short_ru if row.state else "", row.pk))
    if ordered:
        content.append(
            blocks.table(
                id="table-present",
                caption=both(ru="Присутствовали", en="Present"),
                stub=both(ru="Государство, орган", en="State or body"),
                columns=[
                    blocks.column(heading=both(ru="Фамилия, имя, отчество", en="Name"), kind=TEXT, weight=2),
                    blocks.column(heading=both(ru="Должность", en="Post"), kind=TEXT, weight=3),
                ],
                rows=[_attendance(row) for row in ordered],
            )
        )
    title = both(ru="Участники", en="Participants")
    return blocks.section(id="present", number="", title=title, blocks=content or [_nothing()])


def _attendance(row: Attendance) -> Block:
    whose = both(ru="—", en="—")
    if row.state is not None:
        whose = state_name(row.state)
    elif row.body is not None:
        whose = of_row(row.body, "name")
    post = cell_of(of_row(row, "post")) if row.post_ru or row.post_en else blank()
    return blocks.row(header=whose, cells=[words(of_row(row, "name")), post])


def _agenda(meeting: Meeting) -> Iterator[Block]:
    """The list of items, then each with who was heard, who spoke and what was decided."""
    items = list(
        meeting.agenda.prefetch_related("decisions__responsible_states", "decisions__responsible_bodies").order_by(
            "position"
        )
    )
    listed = [blocks.listing([of_row(item, "title") for item in items], ordered=True)] if items else [_nothing()]
    yield blocks.section(id="agenda", number="", title=both(ru="Повестка дня", en="Agenda"), blocks=listed)
    for place, item in enumerate(items, start=1):
        content = list(_item(item, place))
        yield blocks.section(id=f"item-{place}", number=f"{place}.", title=of_row(item, "title"), blocks=content)


def _item(item: AgendaItem, place: int) -> Iterator[Block]:
    for stem, title in (("heard", both(ru="СЛУШАЛИ:", en="HEARD:")), ("spoke", both(ru="ВЫСТУПИЛИ:", en="SPOKE:"))):
        text = of_row(item, stem)
        if text["ru"].strip():
            yield blocks.heading(title, id=f"item-{place}-{stem}")
            yield blocks.paragraph(text)
    yield blocks.heading(both(ru="РЕШИЛИ:", en="DECIDED:"), id=f"item-{place}-decided")
    decisions = list(item.decisions.all())
    for number, decision in enumerate(decisions, start=1):
        yield blocks.paragraph(joined([same(f"{place}.{number}."), of_row(decision, "text")], by=" "))
        duty = _duty(decision)
        if duty is not None:
            yield blocks.paragraph(duty, style="note")
    if not decisions:
        yield _nothing()


def _duty(decision: Decision) -> Text | None:
    """Who is responsible and until when; None where the decision binds nobody by name."""
    names = [
        *(state_name(state) for state in decision.responsible_states.all()),
        *(of_row(body, "name") for body in decision.responsible_bodies.all()),
    ]
    said: list[Text] = []
    if names:
        listed = joined(names, by="; ")
        said.append(both(ru=f"Ответственные: {listed['ru']}.", en=f"Responsible: {listed['en']}."))
    if decision.due_date is not None:
        on = date_in_both(decision.due_date)
        said.append(both(ru=f"Срок: {on['ru']}.", en=f"Due: {on['en']}."))
    return joined(said, by=" ") if said else None


def _signature(meeting: Meeting) -> Block:
    signer = meeting.signed_by or meeting.chaired_by
    if signer is None:
        return blocks.signature(post=PRESIDED)
    rank = post_of(signer, on=meeting.held_on)["rank"]
    name = both(ru=signer.name_ru, en=signer.name_en)
    return blocks.signature(post=capacity_to_sign(meeting), rank=rank, name=name)


def _nothing() -> Block:
    return blocks.paragraph(EMPTY, style="note")


MINUTES = register(
    Definition(
        code="minutes",
        name=_("Minutes of a meeting"),
        title=TITLE,
        narrative=(),
        build=build,
        checklist=lambda _report, _at: (),
        scope=("meeting",),
        follows=True,
    )
)
