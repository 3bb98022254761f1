"""What is sent through a door. Without a body of its own a door is sent an empty one, and answers with its errors.

An entitled person may be answered 422 (form) or 400 (JSON) for that: what matters here is that nobody else is.
A value in braces stands for what the world knows of the subject: its key, or the hash that was shown.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.factories.people import PASSWORD


@dataclass(frozen=True)
class Body:
    """A flat form or a JSON object with the same members."""

    members: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> bytes:
        return json.dumps(self.members).encode() if self.members else b""

    def as_form(self) -> bytes:
        return urlencode(self.members, doseq=True).encode()


_WHY = "Проверка показала, что данные верны"
_TEXT = {"section": "summary", "text_ru": "Итоги подведены", "text_en": "Results", "revision": 0}
_APPROVAL = {"hash": "{sha256}", "password": PASSWORD}
_FILE = {"format": "pdf", "language": "ru"}
_ROW = {"state": "RU", "agency": "ru-internal-affairs", "period": "return-0", "indicator": "VIO01", "value": 5}
_LETTER = {"method": "letter", "letter_number": "12", "letter_date": "2026-02-01"}
_TITLES = {"title_ru": "Операция «Нелегал-2040»", "title_en": "Operation “Illegal-2040”"}
_TERM = {"from_date": "2090-01-01", "until_date": "2090-12-31"}
_OCTOBER = {"start_date": "2030-10-13", "end_date": "2030-10-15"}
_NOVEMBER = {"start_date": "2030-11-02", "end_date": "2030-11-10"}
_LIST = {"number": "77", "entries": 5, "sent_on": "2026-01-10"}
_BALANCE = {"subject": "FORCE", "channel": "ombudsman", "carried_over": 0, "received": 1, "examined": 1, "pending": 0}
_ACCOUNTS = {"agency": "ru-rights-body", "period": "Q1", "revision": 0, "accounts": [_BALANCE]}
_ACCOUNTS |= {"operation": "illegal-2026"}
_COUNTED = {"carried_over": 0, "taken_up": 2, "settled": 1, "still_open": 1}
_FEBRUARY = {"start_date": "2026-02-01", "end_date": "2026-02-10", **_COUNTED}
_FIGURE = {
    "indicator": "VIO01",
    "label_ru": "Выявлено нарушений",
    "label_en": "Violations identified",
    "qualifier": "eq",
    "value": "12345",
    "unit": "violations",
    "scope": "national",
    "state": "AM",
    "period_kind": "year",
    "year_from": 2019,
    "coverage": "total",
    "source_title": "Сообщение полиции",
}
_RATE = {"units_per_usd": "81.5057", "source": "Банк России"}
_FLOW = {"lines": "2018-Q4 12", "source_title": "Бюллетень"}
_REOPENING = {"reason": _WHY, "expires_at": "2099-01-01T10:00:00+03:00"}

_MOMENTS = {
    "opens_at": "2026-01-01T00:00:00+03:00",
    "due_at": "2099-01-01T10:00:00+03:00",
    "closes_at": "2099-02-01T10:00:00+03:00",
}

BODIES: dict[str, Mapping[str, Any]] = {
    "api-operations-list": {"slug": "illegal-2040", "kind": "annual", "year": 2040, **_TITLES},
    "api-operations-start-plan": {},
    "api-operations-change-participation": {"state": "TJ", "takes_part": False, "absence_reason_ru": _WHY},
    "api-plans-detail": {"goal_ru": "Цель", "goal_en": "Goal"},
    "api-plans-section": {"kind": "general", "revision": 0, "text_ru": "Текст", "text_en": "Text"},
    "api-plans-respond": {"state": "RU", "answer": "agreed"},
    "api-plans-record-letter": {"state": "KZ", "answer": "agreed", **_LETTER},
    "api-plans-confirm-letter": {"agreement": "{letter}"},
    "api-plans-answer-remark": {"remark": "{remark}", "disposition": "taken", "reply": "Учтено"},
    "api-plans-confirm-remark": {"remark": "{replied}"},
    "api-plans-withdraw": {"comment": _WHY},
    "api-plans-record-agreement": {"in_correspondence": True},
    "api-plans-approve": {"sha256": "{sha256}", "password": PASSWORD},
    "api-plans-return": {"comment": _WHY},
    "api-plans-amend": {"comment": _WHY},
    "api-objectives-list": {"plan": "{plan}", "text_ru": "Задача", "text_en": "Objective"},
    "api-objectives-detail": {"text_ru": "Задача"},
    "api-objectives-move": {"to": 1},
    "api-measures-list": {"plan": "{plan}", "objective": "{objective}", "text_ru": "Проверить", "timing": "permanent"},
    "api-measures-detail": {"text_ru": "Проверить"},
    "api-measures-move": {"to": 1},
    "api-measures-account": {"progress": "done", "account_ru": "Исполнено", "account_en": "Carried out"},
    "operations:participant": {"takes_part": "1"},
    "operations:measure-account": {"progress": "done", "account_ru": "Исполнено", "revision": 0},
    "api-stages-list": {"plan": "{plan}", "number": 3, "kind": "active", "name_ru": "Этап 3", **_NOVEMBER},
    "api-stages-detail": {"name_ru": "Второй этап"},
    "api-stage-windows-list": {"plan": "{plan}", "stage": "{stage}", "state": "KZ", **_OCTOBER},
    "api-stage-windows-detail": {"codename": "Кордон"},
    "api-exchange-procedures-list": {"plan": "{plan}", "text_ru": "Обмениваться"},
    "api-exchange-procedures-detail": {"text_ru": "Обмениваться"},
    "api-exchange-procedures-move": {"to": 1},
    "api-contacts-list": {"plan": "{plan}", "state": "RU", "name_ru": "Дежурный"},
    "api-contacts-detail": {"name_ru": "Дежурный"},
    "api-meetings-list": {"body": "IHQ", "number": 9, "held_on": "2026-03-01"},
    "api-meetings-detail": {"place_ru": "Минск"},
    "api-meetings-account": {"decision": "{decision}", "revision": 1, "progress": "done", "account_ru": "Исполнено"},
    "api-meetings-add-attendance": {"state": "RU", "name_ru": "Представитель"},
    "api-meetings-add-item": {"title_ru": "О ходе операции"},
    "api-meetings-decide": {"item": "{item}", "text_ru": "Принять к сведению"},
    "api-agenda-items-detail": {"title_ru": "Итоги второго этапа"},
    "api-agenda-items-move": {"to": 1},
    "api-attendances-detail": {"name_ru": "Другой представитель"},
    "api-decisions-detail": {"text_ru": "Одобрить"},
    "api-decisions-move": {"to": 1},
    "api-chair-terms-end": {"until_date": "{tomorrow}", "comment": _WHY},
    "operations:meeting-part-move": {"to": 1},
    "api-meetings-sign": {"password": PASSWORD},
    "api-meetings-elect-chair": {"holder": "head-ru", "state": "RU", **_TERM},
    "api-tokens-list": {"label": "system", "scopes": ["read"], "password": PASSWORD},
    "api-returns-figures": {"figures": []},
    "api-returns-recall": {"reason": _WHY},
    "api-returns-return": {"comment": _WHY},
    "api-returns-correct": {"reason": _WHY},
    "api-returns-explain-breach": {"rule": "R17", "reason": _WHY},
    "api-returns-waive-breach": {"rule": "R17", "reason": _WHY},
    "api-returns-reopen": {"reason": _WHY},
    "api-returns-reopen-period": _REOPENING,
    "api-periods-adjust": {"reason": _WHY, **_MOMENTS},
    "api-holidays-list": {"state": "RU", "days": ["2030-05-09"]},
    "api-units-list": {"agency": "ru-internal-affairs", "units": [{"code": "west", "name_ru": "Запад"}]},
    "api-units-detail": {"name_ru": "Север"},
    "operations:agency-units-add": {"units": "west; Запад; West"},
    "operations:unit": {"name_ru": "Север", "name_en": "North"},
    "api-queries-list": {"expected_return": "{return}", "text": _WHY, "due_date": "{tomorrow}"},
    "api-queries-answer": {"text": _WHY},
    "api-queries-settle": {"text": _WHY},
    "api-queries-ask-again": {"text": _WHY, "due_date": "{tomorrow}"},
    "api-comments-list": {"expected_return": "{return}", "text": _WHY},
    "api-comments-settle": {"note": _WHY},
    "operations:query-new": {"text": _WHY, "due_date": "{tomorrow}"},
    "operations:query-act": {"text": _WHY, "due_date": "{tomorrow}", "revision": "{revision}"},
    "operations:return-comments": {"text": _WHY},
    "operations:comment-settle": {"note": _WHY},
    "reports:figure-new": _FIGURE,
    "reports:figure-correct": _FIGURE,
    "api-published-figures-list": _FIGURE,
    "api-published-figures-correct": _FIGURE,
    "operations:rate-new": {"currency": "KZT", "day": "2026-01-31", **_RATE},
    "operations:rate": _RATE,
    "api-flow-observations-list": {
        "indicator": "MIG01",
        "state": "KZ",
        "frequency": "quarter",
        "period": "2016-Q3",
        "value": 7,
        "source_title": "Бюллетень",
    },
    "api-flow-observations-correct": {"value": 9, "source_title": "Уточнённый бюллетень"},
    "api-exchange-rates-list": {"currency": "KZT", "day": "2026-01-31", **_RATE},
    "api-exchange-rates-correct": _RATE,
    "reports:flow-observation-new": {"indicator": "MIG01", "state": "RU", "frequency": "quarter", **_FLOW},
    "reports:flow-observation": {"value": "7", "source_title": "Бюллетень"},
    "api-imports-list": {"operation": "illegal-2026", "rows": [_ROW]},
    "api-lists-list": {"operation": "illegal-2026", "received_by": "BY", **_LIST},
    "api-lists-detail": {"entries": 12},
    "api-lists-confirm-receipt": {"received_on": "2026-03-01"},
    "api-lists-record-outcomes": {"as_of": "2026-03-01", "outcomes": {}},
    "api-lists-answer": {"answered_on": "2026-03-01"},
    "api-lists-withdraw": {"reason": _WHY},
    "api-complaint-accounts-list": _ACCOUNTS,
    "api-task-forces-list": {"name_ru": "Рабочая группа", "name_en": "Task force", "states": ["RU", "TJ"]},
    "api-task-forces-detail": {"name_ru": "Рабочая группа по сверке"},
    "api-task-force-accounts-list": {"task_force": "{code}", "operation": "illegal-2026", **_FEBRUARY},
    "api-task-force-accounts-detail": {"note_ru": _WHY},
    "api-register-readings-list": {"persons": 5, "as_of": "2099-01-01T00:00:00+03:00"},
    "api-reports-list": {"definition": "cumulative", "operation": "illegal-2025"},
    "api-reports-edit": {name: text for name, text in _TEXT.items() if name != "revision"},
    "api-reports-submit": {"explanation": _WHY},
    "api-reports-clear": {"figure": "VIO01", "value": 1},
    "api-reports-unclear": {"figure": "VIO01"},
    "api-reports-approve": {"snapshot_sha256": "{sha256}", "password": PASSWORD},
    "api-reports-return": {"comment": _WHY},
    "api-reports-publish": {"figures_cleared": True},
    "api-documents-list": {"report": "{report}", **_FILE},
    # one body for every act: each takes from it what it asks for
    "operations:return-act": {"reason": _WHY, "comment": _WHY, "rule": "R17", "expires_at": "2099-01-01T10:00"},
    "operations:holidays-change": {"days": "2030-01-08", "confirmed": "1"},
    "operations:plan-act": {"comment": _WHY, "revision": 1, "in_correspondence": "1"},
    "operations:plan-approval": _APPROVAL,
    "operations:plan-goal": {"goal_ru": "Цель", "goal_en": "Goal", "interval": "quarter", "revision": 1},
    "operations:plan-section": {"text_ru": "Текст", "text_en": "Text", "revision": 0},
    "operations:agreement-answer": {"answer": "agreed"},
    "operations:remark-reply": {"disposition": "taken", "reply": "Учтено"},
    "reports:reports": {"definition": "cumulative", "operation": "illegal-2025"},
    "reports:operation-reports": {"definition": "cumulative", "operation": "illegal-2025"},
    "reports:write": _TEXT,
    "reports:preview-section": _TEXT,
    "reports:request-document": _FILE,
    "reports:cleared-figures": {"figure": "VIO01", "value": "1", "act": "clear"},
    "reports:act": {"comment": _WHY, "explanation": _WHY, "figures_cleared": "on", **_APPROVAL},
}


def body_of(door: str, subject: Mapping[str, Any]) -> Body:
    """The body for a door, filled in with what is known of the subject."""
    return Body({name: _filled(value, subject) for name, value in BODIES.get(door, {}).items()})


def _filled(value: Any, subject: Mapping[str, Any]) -> Any:
    if isinstance(value, str) and value.startswith("{"):
        return subject.get(value.strip("{}"), 0)
    return value
