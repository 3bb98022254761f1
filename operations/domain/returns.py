"""The verbs of reporting: what officers, heads and headquarters do with returns.

Thin functions around the workflow table: each says in its name what happens, and every door (pages, API, imports, the
demonstration) calls these. All raise the errors of `perform`; what each asks for stands in `submission_workflow`.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from django.utils.translation import gettext_lazy as _

from operations.domain import submission_workflow  # noqa: F401 - the table that the verbs carry out
from operations.domain.access import refusal
from operations.domain.clean_returns import wanting_a_look
from operations.domain.errors import DomainError, NotFound, Unmet
from operations.domain.figures import FigureInput
from operations.domain.machine import perform
from operations.domain.return_layout import layout_of
from operations.domain.roll_up import nothing_to_sum
from operations.domain.submission_acts import Entry
from operations.models import (
    Agency,
    Breach,
    CellState,
    Indicator,
    ReopenedPeriod,
    ReportingPeriod,
    Return,
    Submission,
    User,
)

__all__ = [
    "Decided",
    "accept_submission",
    "bulk_accept",
    "correct_return",
    "explain_breach",
    "nil_return",
    "recall_submission",
    "reopen_period",
    "reopen_reported_return",
    "return_submission",
    "roll_up_return",
    "save_draft",
    "start_return",
    "submit_return",
    "waive_breach",
]


@dataclass(frozen=True)
class Decided:
    """What became of one submission of a bulk acceptance: `refusal` None when it was accepted."""

    submission: Submission
    refusal: DomainError | None


def start_return(*, expected_return: Return, actor: User, at: dt.datetime) -> Submission:
    """Opens the first draft of a return. `WrongState` when it was begun already or the period is closed."""
    return cast(Submission, perform(expected_return, "start", actor=actor, at=at))


def save_draft(
    *,
    submission: Submission,
    figures: Iterable[FigureInput],
    revision: int | None,
    actor: User,
    at: dt.datetime,
    is_whole: bool = False,
    screening_reason: str = "",
) -> Submission:
    """Stores the cells given; with `is_whole` every other cell is emptied. Answers the draft with its new revision.

    `Stale` (carrying the current row) when `revision` is no longer the draft's; None skips the question.
    """
    entry = Entry(tuple(figures), is_whole=is_whole)
    given = {"screening_reason": screening_reason} if screening_reason else {}
    return cast(
        Submission, perform(submission, "save_draft", actor=actor, at=at, entry=entry, revision=revision, **given)
    )


def roll_up_return(
    *, expected_return: Return, actor: User, at: dt.datetime, revision: int | None = None, is_confirmed: bool = False
) -> Submission:
    """Sums the accepted returns of the agency's units into its draft, which is begun where there is none.

    Raises `Unmet` while no unit's return is accepted, `BadInput` naming each figure typed over a sum unless
    `is_confirmed`, and what `start_return` raises.
    """
    draft = expected_return.submissions.order_by("-number").first()
    if draft is None:
        may_start = refusal(expected_return, "start", actor, at=at) is None
        problems = list(nothing_to_sum(expected_return)) if may_start else []
        if problems:
            raise Unmet(problems)
        draft = start_return(expected_return=expected_return, actor=actor, at=at)
    return cast(Submission, perform(draft, "roll_up", actor=actor, at=at, revision=revision, confirmed=is_confirmed))


def nil_return(*, submission: Submission, revision: int | None, actor: User, at: dt.datetime) -> Submission:
    """Fills the draft as "there was nothing": 0 everywhere, not applicable for a level, which needs cases."""
    layout = layout_of(submission.expected_return.form)
    figures = [
        FigureInput(*key, state=CellState.NOT_APPLICABLE)
        if layout.by_id[key[0]].indicator.kind == Indicator.Kind.LEVEL
        else FigureInput(*key, state=CellState.VALUE, value=0)
        for key in layout.required
    ]
    entry = Entry(tuple(figures), is_whole=True, is_nil=True)
    return cast(Submission, perform(submission, "save_draft", actor=actor, at=at, entry=entry, revision=revision))


def submit_return(
    *, submission: Submission, actor: User, at: dt.datetime, on_behalf_of: User | None = None
) -> Submission:
    """Submits the draft; `Unmet` lists every empty cell, contradiction and unanswered breach at once."""
    given = {} if on_behalf_of is None else {"on_behalf_of": on_behalf_of}
    return cast(Submission, perform(submission, "submit", actor=actor, at=at, **given))


def recall_submission(
    *,
    submission: Submission,
    actor: User,
    at: dt.datetime,
    reason: str = "",
    screening_reason: str = "",
) -> Submission:
    """Takes back what nobody has decided on yet; answers the new draft with the same figures."""
    return cast(
        Submission, perform(submission, "recall", actor=actor, at=at, reason=reason, screening_reason=screening_reason)
    )


def accept_submission(
    *,
    submission: Submission,
    actor: User,
    at: dt.datetime,
    comment: str = "",
    screening_reason: str = "",
) -> Submission:
    """Accepts; what was accepted before is superseded, and the totals follow in the same transaction."""
    return cast(
        Submission,
        perform(submission, "accept", actor=actor, at=at, comment=comment, screening_reason=screening_reason),
    )


def return_submission(
    *,
    submission: Submission,
    comment: str,
    actor: User,
    at: dt.datetime,
    screening_reason: str = "",
) -> Submission:
    """Sends back for revision with a comment; answers the new draft with the same figures."""
    return cast(
        Submission,
        perform(submission, "return", actor=actor, at=at, comment=comment, screening_reason=screening_reason),
    )


def correct_return(
    *,
    expected_return: Return,
    reason: str,
    actor: User,
    at: dt.datetime,
    screening_reason: str = "",
) -> Submission:
    """Opens a draft beside the accepted submission, which stands meanwhile; answers the draft."""
    accepted = expected_return.submissions.filter(status=Submission.Status.ACCEPTED).first()
    if accepted is None:
        raise NotFound(_("Nothing is accepted yet that could be corrected."))
    return cast(
        Submission, perform(accepted, "correct", actor=actor, at=at, reason=reason, screening_reason=screening_reason)
    )


def reopen_period(
    *,
    period: ReportingPeriod,
    agency: Agency,
    expires_at: dt.datetime,
    reason: str,
    actor: User,
    at: dt.datetime,
    screening_reason: str = "",
) -> ReopenedPeriod:
    """Lets one agency enter figures of a closed period until `expires_at`."""
    expected_return = Return.objects.filter(period=period, agency=agency, unit__isnull=True).first()
    if expected_return is None:
        raise NotFound(_("Nothing is expected of this agency for the period."))
    return cast(
        ReopenedPeriod,
        perform(
            expected_return,
            "reopen_period",
            actor=actor,
            at=at,
            expires_at=expires_at,
            reason=reason,
            screening_reason=screening_reason,
        ),
    )


def reopen_reported_return(
    *,
    expected_return: Return,
    reason: str,
    actor: User,
    at: dt.datetime,
    screening_reason: str = "",
) -> Return:
    """Allows the correction of figures that an approved report used; the report itself never changes."""
    return cast(
        Return, perform(expected_return, "reopen", actor=actor, at=at, reason=reason, screening_reason=screening_reason)
    )


def explain_breach(
    *,
    submission: Submission,
    rule: str,
    reason: str,
    actor: User,
    at: dt.datetime,
    screening_reason: str = "",
) -> Breach:
    """Explains a warning of a draft; `rule` is its code. The explanation holds for these values."""
    return cast(
        Breach,
        perform(
            submission,
            "explain_breach",
            actor=actor,
            at=at,
            rule=rule,
            reason=reason,
            screening_reason=screening_reason,
        ),
    )


def waive_breach(
    *,
    submission: Submission,
    rule: str,
    reason: str,
    actor: User,
    at: dt.datetime,
    screening_reason: str = "",
) -> Breach:
    """Lets a draft pass in spite of a rule, with a reason that the report prints; whoever accepts the return may."""
    return cast(
        Breach,
        perform(
            submission, "waive_breach", actor=actor, at=at, rule=rule, reason=reason, screening_reason=screening_reason
        ),
    )


def bulk_accept(*, submissions: Iterable[Submission], actor: User, at: dt.datetime) -> list[Decided]:
    """Accepts each clean submission in a transaction of its own.

    What wants a look of its own (`clean_returns`) is left.
    """
    decided = []
    for submission in sorted(submissions, key=lambda row: row.pk):
        try:
            if problems := wanting_a_look([submission]):
                raise Unmet([problems[submission.pk]])
            decided.append(Decided(accept_submission(submission=submission, actor=actor, at=at), None))
        except DomainError as error:
            decided.append(Decided(submission, error))
    return decided
