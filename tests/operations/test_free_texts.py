"""Every free text that the models keep is screened for personal data, or stands on a short list of others.

A column that nobody has listed fails: whoever adds one says here how what is typed into it is looked at.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import models

from operations.domain import (
    agreement_answers,
    decisions,
    exchange_rates,
    holidays,
    list_workflow,
    meeting_record,
    meetings,
    minutes_signature,
    operations,
    period_adjustments,  # noqa: F401 - registers its workflow
    plan_accounts,
    plan_edits,
    plan_rows,
    plan_workflow,  # noqa: F401 - registers its workflow
    task_forces,
    units,
)
from operations.domain.entry import Entry, Refused
from operations.domain.errors import BadInput
from operations.domain.import_rows import kept_name
from operations.domain.returns import save_draft
from operations.domain.screening import screened
from operations.domain.tokens import TokenScope, create_token
from operations.domain.transitions import Attempt, Transition, workflows
from operations.web import return_forms
from reports.domain import (
    disclosure_thresholds,
    flow_observations,
    published_figures,
    report_workflow,  # noqa: F401 - registers its workflow
)
from tests.factories.reporting import figures, make_draft, make_story

PERSONAL = "паспорт № 4510123456"
Way = Callable[[str], set[str]]


# --- the ways in which a text comes in ---


def taken(entries: Iterable[Entry], *names: str) -> dict[str, Way]:
    """By the taker of an input, for each of the names."""
    takers = {one.name: one.take for one in entries}

    def way(name: str) -> Way:
        def codes(text: str) -> set[str]:
            with pytest.raises(Refused) as refused:
                takers[name](text)
            return {refused.value.code}

        return codes

    return {name: way(name) for name in names}


def both(*stems: str) -> list[str]:
    return [f"{stem}_{language}" for stem in stems for language in ("ru", "en")]


def row(kind: str) -> tuple[Entry, ...]:
    return plan_rows.KINDS[kind].entries(None)  # type: ignore[arg-type]  # the plan is only asked for rows of its own


def transition(model: str, name: str) -> Transition | None:
    found = [
        one for workflow in workflows() if workflow.model.__name__ == model for one in workflow if one.name == name
    ]
    return found[0] if found else None


def asked(model: str, name: str, given: str) -> Way:
    """By what a transition asks of its words, without looking at the object."""

    def codes(text: str) -> set[str]:
        step = transition(model, name)
        assert step is not None
        attempt = Attempt(subject=None, transition=step, actor=None, at=None, given={given: text})  # type: ignore[arg-type]
        asks = [ask for ask in step.asks if ask.__qualname__ in (_SCREENED, "_comment_is_text")]
        return {problem.code for ask in asks for problem in ask(attempt) if problem.field == given}

    return codes


_SCREENED = screened().__qualname__

#: By model and column.
SCREENED: dict[str, dict[str, Way]] = {
    "Operation": taken(operations.OPERATION_ENTRIES, "slug", *both("title")),
    "Participation": taken(operations.PARTICIPATION_ENTRIES, *both("absence_reason")),
    "Plan": {
        **taken(plan_edits.GOAL_ENTRIES, *both("goal")),
        "amendment_reason": asked("Plan", "amend", "comment"),
    },
    "PlanSection": taken(plan_edits.SECTION_ENTRIES, *both("text")),
    "Objective": taken(row("objective"), *both("text")),
    "Stage": taken(row("stage"), "codename", *both("name")),
    "StageWindow": taken(row("window"), "codename"),
    "Measure": taken(row("measure"), *both("text", "expected_result")),
    "ExchangeProcedure": taken(row("procedure"), *both("text")),
    "MeasureAccount": taken(plan_accounts.ENTRIES, *both("account")),
    "Agreement": {
        **taken(agreement_answers.ANSWER_ENTRIES, "comment"),
        **taken(agreement_answers.LETTER_ENTRIES, "letter_number"),
    },
    "Remark": {
        **taken(agreement_answers.REMARK_ENTRIES, "place", "text"),
        **taken(agreement_answers.REPLY_ENTRIES, "reply"),
    },
    "Meeting": {
        **taken(meetings.MEETING_ENTRIES, *both("place"), "minutes_number"),
        **taken((minutes_signature.GROUND,), "signed_instead_because"),
    },
    "AgendaItem": taken(meeting_record.ITEM_ENTRIES, *both("title", "heard", "spoke")),
    "Decision": {
        **taken(meeting_record.DECISION_ENTRIES, *both("text")),
        **taken(decisions.ACCOUNT_ENTRIES, *both("account")),
    },
    "Body": taken(task_forces.BODY, *both("name", "short")),
    "Unit": taken(units.UNIT_ENTRIES, *both("name")),
    "Holiday": taken(holidays.ENTRIES, *both("name")),
    "ListVerification": taken(list_workflow.SENDING, "number"),
    "TaskForceAccount": taken(task_forces.ACCOUNT, *both("note")),
    "Rule": {name: asked("Rule", "create", name) for name in ("reason", "message_ru", "message_en")},
    "ReportingPeriod": {"adjustment_reason": asked("ReportingPeriod", "adjust", "reason")},
    "ReopenedPeriod": {"reason": asked("Return", "reopen_period", "reason")},
    "Submission": {
        "reason": asked("Submission", "correct", "reason"),
        "decision_comment": asked("Submission", "return", "comment"),
    },
    "Breach": {"reason": asked("Submission", "waive_breach", "reason")},
    "Query": {"text": asked("Query", "create", "text"), "answer": asked("Query", "answer", "text")},
    "Comment": {"text": asked("Comment", "create", "text"), "settled_note": asked("Comment", "settle", "note")},
    "ExchangeRate": taken(exchange_rates.ENTRIES, "source"),
    "PublishedFigure": taken(
        published_figures.ENTRIES, *both("label", "place", "period"), "source_title", "source_date", "note"
    ),
    "FlowObservation": taken(flow_observations.ENTRIES, "source_title", "source_date"),
    "DisclosureThresholds": taken(disclosure_thresholds.ENTRIES, *both("reference")),
    "Report": {
        "explanation": asked("Report", "submit", "explanation"),
        "decision_comment": asked("Report", "return", "comment"),
    },
    "Narrative": {name: asked("Report", "edit", name) for name in both("text")},
}
#: Looked at in tests of their own below, or kept word for word from a column that is screened.
ELSEWHERE = {"Figure.note", "ApiToken.label", "ImportBatch.file_name"}
ELSEWHERE |= {"BreachStep.reason", "QueryTurn.text"}
#: Officials' own: names, posts, duty contacts. They are not people who were checked.
OFFICIALS = {
    "User": ["username", "email", *both("name")],
    "Post": both("title", "rank"),
    "Attendance": both("name", "post"),
    "Contact": [*both("name", "post"), "telephone", "email"],
    "Approval": both("name", "capacity"),
    "Recipient": [*both("name"), "email"],
    "Dispatch": [*both("name"), "email"],
    "AuditEntry": ["actor_name"],
}
#: Reference data: it comes with the product, nobody types it in.
REFERENCE = {
    "MemberState",
    "AgencyKind",
    "Agency",
    "Breakdown",
    "Category",
    "Indicator",
    "Reconciliation",
    "PublishedStage",
    "ContextEvent",
}
#: Written by the system or chosen from lists: codes, addresses, hashes, results of work.
SYSTEM = {
    "ExchangeRate": ["currency"],
    "PublishedFigure": ["code", "region_code", "unit", "currency", "source_url"],
    "FlowObservation": ["source_url"],
    "User": ["password", "time_zone"],
    "CalendarFeed": ["secret_sha256"],
    "Body": ["code"],
    "Unit": ["code"],
    "Rule": ["code", "left", "operator", "right", "applies_to", "trial"],
    "AuditEntry": [
        "act",
        "object_type",
        "object_id",
        "object_label",
        "state_code",
        "data",
        "previous_hash",
        "entry_hash",
    ],
    "OutboxMessage": ["topic", "payload", "last_error"],
    "Job": ["kind", "arguments", "result", "error"],
    "IdempotencyKey": ["key", "request_hash", "body", "headers"],
    "ApiToken": ["digest", "token_key", "scopes", "addresses"],
    "Notice": ["topic", "subject_ru", "subject_en", "address"],
    "PlanVersion": ["sha256"],
    "ReportingPeriod": ["code"],
    "ImportBatch": ["sha256", "summary", "conflicts"],
    "Report": ["definition"],
    "Narrative": ["section"],
    "Snapshot": ["sha256"],
    "Approval": ["snapshot_sha256", "audit_head", "verification_code", "registration_number"],
    "Document": ["language", "sha256", "payload_sha256", "unsigned_sha256", "seal", "renderer"],
    "EarlierFile": ["sha256"],
    "DisclosureControl": ["hidden", "limited", "rounded"],
    "Recipient": ["definitions"],
    "Forecast": ["method", "series", "breaks", "backtest", "points"],
}


def own_models() -> list[type[models.Model]]:
    return [model for app in ("operations", "reports") for model in apps.get_app_config(app).get_models()]


def free_texts() -> set[str]:
    kinds = (models.TextField, models.CharField, models.JSONField)
    return {
        f"{model.__name__}.{column.name}"
        for model in own_models()
        for column in model._meta.concrete_fields
        if isinstance(column, kinds) and not column.choices and model.__name__ not in REFERENCE
    }


def named(table: dict[str, Any]) -> set[str]:
    return {f"{model}.{name}" for model, names in table.items() for name in names}


def ways() -> list[tuple[str, Way]]:
    """Of models that something writes: a query and a comment have a workflow of their own."""
    written = {workflow.model.__name__ for workflow in workflows()}
    return [
        (f"{model}.{name}", way)
        for model, found in SCREENED.items()
        if model not in ("Query", "Comment") or model in written
        for name, way in found.items()
    ]


@pytest.mark.once
def test_every_free_text_is_screened_or_stands_on_a_list():
    listed = named(SCREENED) | ELSEWHERE | named(OFFICIALS) | named(SYSTEM)
    assert free_texts() - listed == set()
    screened_and_not = named(SCREENED) & (named(OFFICIALS) | named(SYSTEM))
    assert screened_and_not == set()


@pytest.mark.once
@pytest.mark.parametrize(("name", "way"), ways(), ids=[name for name, _way in ways()])
def test_labelled_personal_data_is_refused_there(name: str, way: Way):
    assert "personal_data" in way(PERSONAL), name
    assert "personal_data" in way(f"Уточнено: {PERSONAL}"), name


@pytest.mark.django_db
def test_a_note_of_a_figure_is_screened():
    story = make_story()
    draft = make_draft(story, rest=None)
    [figure] = figures(story.expected_return, {"VIO01": "not_available"}, rest=None)
    noted = type(figure)(figure.indicator_id, figure.category_id, state=figure.state, note=PERSONAL)
    with pytest.raises(BadInput) as refused:
        save_draft(submission=draft, figures=[noted], revision=None, actor=story.officer, at=story.at)
    assert [problem.code for problem in refused.value.problems] == ["personal_data"]


@pytest.mark.django_db
def test_what_a_token_is_called_is_screened():
    story = make_story()
    given = {"scopes": [TokenScope.values[0]], "addresses": [], "actor": story.officer, "at": story.at}
    with pytest.raises(BadInput) as refused:
        create_token(owner=story.officer, label=PERSONAL, **given)
    assert [problem.code for problem in refused.value.problems] == ["personal_data"]


@pytest.mark.once
def test_of_a_file_whose_name_holds_personal_data_only_the_ending_is_kept():
    assert kept_name("паспорт_№_4510123456.csv") == "file.csv"
    assert kept_name("ivanov@example.org.xlsx") == "file.xlsx"
    assert kept_name("донесения за 3 квартал.csv") == "донесения за 3 квартал.csv"


@pytest.mark.once
def test_returns_take_no_attachments():
    kept = [
        model.__name__ for model in own_models() if any(isinstance(one, models.FileField) for one in model._meta.fields)
    ]
    assert kept == []
    asked_for = [
        form for form in vars(return_forms).values() if isinstance(form, type) and issubclass(form, forms.Form)
    ]
    assert not [one for form in asked_for for one in form.base_fields.values() if isinstance(one, forms.FileField)]
