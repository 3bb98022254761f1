"""The minutes of the demonstration's meetings: who was present, what was said and decided, and the signature."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from illegal_ops.demonstration.story import People
from operations.domain import meetings
from operations.models import Decision, Meeting, MemberState

Words = Mapping[str, Any]


@dataclass(frozen=True)
class Item:
    """One item of an agenda with what was decided."""

    said: Words
    decided: tuple[Words, ...]


AGREEMENT = Item(
    said={
        "title_ru": "О согласовании плана операции",
        "title_en": "Agreement of the plan of the operation",
        "heard_ru": "Доклад о ходе согласования: возражение Республики Казахстан учтено, на замечание Республики "
        "Беларусь дан ответ.",
        "heard_en": "A report on the agreement: Kazakhstan's objection was met, the remark of Belarus was answered.",
        "spoke_ru": "Представители национальных штабов сообщили о готовности к первому этапу.",
        "spoke_en": "The national headquarters reported that they were ready for the first stage.",
    },
    decided=(
        {
            "text_ru": "Считать план операции согласованным и представить его председателю Координационного совета.",
            "text_en": "To consider the plan agreed and to submit it to the chair of the Coordination Council.",
            "responsible_bodies": ["IHQ"],
            "due_date": "2026-01-30",
        },
        {
            "text_ru": "Уточнить перечни дежурных для приложения к плану.",
            "text_en": "To bring the lists of duty officers in the plan's annex up to date.",
            "responsible_states": ["AM", "BY", "KZ", "KG", "RU", "TJ"],
            "due_date": "2026-03-20",
        },
    ),
)
RESULTS = Item(
    said={
        "title_ru": "Об итогах операции",
        "title_en": "Results of the operation",
        "heard_ru": "Доклад Международного штаба о результатах операции и качестве представленных данных.",
        "heard_en": "A report of the International Headquarters on the results and on the quality of the data.",
    },
    decided=(
        {
            "text_ru": "Утвердить сводный отчёт о результатах проведения операции.",
            "text_en": "To approve the consolidated report on the results of the operation.",
        },
        {
            "text_ru": "Представить предложения в план операции следующего года.",
            "text_en": "To submit proposals for the plan of the next year's operation.",
            "responsible_states": ["AM", "BY", "KZ", "KG", "RU", "TJ"],
            "responsible_bodies": ["IHQ"],
            "due_date": "2026-12-15",
        },
    ),
)


def write_and_sign(meeting: Meeting, item: Item, *, people: People, at: dt.datetime) -> None:
    """The six heads were present; the chair of the headquarters keeps the record, and who presided signs it."""
    clerk = people["hq-chair"]
    for state in MemberState.objects.all():
        head = people.head(state.code)
        post = {
            "post_ru": f"Руководитель Национального штаба {state.genitive_ru}",
            "post_en": f"Head of the national headquarters of the {state.official_en}",
        }
        present = {"state": state.code, "name_ru": head.name_ru, "name_en": head.name_en, **post}
        meetings.record_attendance(meeting=meeting, values=present, actor=clerk, at=at)
    written = meetings.add_agenda_item(meeting=meeting, values=item.said, actor=clerk, at=at)
    for decision in item.decided:
        meetings.record_decision(item=written, values=decision, actor=clerk, at=at)
    if meeting.chaired_by is None:
        raise ValueError("minutes are signed by whoever chaired the meeting")
    meetings.sign_minutes(meeting=meeting, reauthenticated=True, actor=meeting.chaired_by, at=at)


def tell_of_decisions(meeting: Meeting, *, people: People, at: dt.datetime) -> None:
    """Everything that the meeting decided was carried out in time."""
    for decision in Decision.objects.filter(item__meeting=meeting):
        told = {"progress": Decision.Progress.DONE, "account_ru": "Исполнено в срок.", "account_en": "Done in time."}
        meetings.report_on_decision(
            decision=decision, revision=decision.revision, values=told, actor=people["hq-chair"], at=at
        )
