"""The workflow of a report: one table.

Whoever composes a report never approves it, and nobody approves numbers other than those on the screen: the approval is
given to the hash of a snapshot. Who approves depends on the kind of report and is listed here, next to the transitions.
"""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from operations.domain.access import (
    ANY_HEADQUARTERS,
    COUNCIL_CHAIR,
    HQ_CHAIR,
    HQ_PLANNER,
    SYSTEM,
    commented,
    reauthenticated,
    standing,
)
from operations.domain.errors import Problem
from operations.domain.screening import screened
from operations.domain.transitions import Attempt, Transition, Who, Workflow
from reports.domain import clearance, following, report_acts
from reports.domain.definitions import Office, definition_of, find
from reports.domain.distribution import recipients_chosen, send_copies
from reports.domain.narratives import LONGEST_TEXT, fit_for_a_document
from reports.domain.readiness import checklist_clean_or_explained, narratives_in_both_languages
from reports.models import Report

Status = Report.Status

STATE_OFFICER = Who(
    lambda attempt: attempt.subject.state_id in standing(attempt.actor, attempt.at).agency_states,
    _("an officer of the state's competent authorities"),
)
HEAD_OF_THE_STATE = Who(
    lambda attempt: attempt.subject.state_id in standing(attempt.actor, attempt.at).headed_states,
    _("the head of the state's national headquarters"),
)

#: Who composes and submits, and who approves, by the office that a definition names.
COMPOSERS = {
    Office.COUNCIL_CHAIR: HQ_PLANNER,
    Office.HQ_CHAIR: HQ_PLANNER,
    Office.NATIONAL_HEAD: STATE_OFFICER,
}
APPROVERS = {
    Office.COUNCIL_CHAIR: COUNCIL_CHAIR,
    Office.HQ_CHAIR: HQ_CHAIR,
    Office.NATIONAL_HEAD: HEAD_OF_THE_STATE,
}


def _follows(attempt: Attempt) -> bool:
    """Whether the document takes over the approval of a plan or of minutes: then nobody else decides on it here."""
    definition = find(attempt.subject.definition)
    return definition is not None and definition.follows


COMPOSER = Who(
    lambda attempt: not _follows(attempt) and COMPOSERS[definition_of(attempt.subject).approved_by].test(attempt),
    _("a planner of the International Headquarters; for a national report, an officer of the state"),
)
APPROVER = Who(
    lambda attempt: not _follows(attempt) and APPROVERS[definition_of(attempt.subject).approved_by].test(attempt),
    _(
        "the chair of the Coordination Council in office; for a report on completeness, the headquarters' chair; for a"
        " national report, the head of the national headquarters"
    ),
)
CLEARER = Who(lambda attempt: clearance.is_asked_for(attempt.subject) and HQ_CHAIR.test(attempt), HQ_CHAIR.says)
PUBLISHER = Who(lambda attempt: not _follows(attempt) and HQ_CHAIR.test(attempt), HQ_CHAIR.says)
SENDER = Who(lambda attempt: not _follows(attempt) and ANY_HEADQUARTERS.test(attempt), ANY_HEADQUARTERS.says)
FOLLOWER = Who(lambda attempt: _follows(attempt) and SYSTEM.test(attempt), SYSTEM.says)


def not_the_submitter(attempt: Attempt) -> Iterable[Problem]:
    """Two pairs of eyes: who submitted a report does not decide on it."""
    if attempt.actor.pk == attempt.subject.submitted_by_id:
        yield Problem(code="own_report", message=_("You submitted this report yourself: somebody else has to decide."))


def shown_hash_given(attempt: Attempt) -> Iterable[Problem]:
    """The approval is bound to the hash that the approver was shown; that it is still the one is checked at the act."""
    if not str(attempt.given.get("snapshot_sha256") or "").strip():
        yield Problem(
            code="required",
            field="snapshot_sha256",
            message=_("The hash of the data that you were shown is missing: open the approval page again."),
        )


def clearance_confirmed(attempt: Attempt) -> Iterable[Problem]:
    """Publishing is a decision on its own: somebody looked at the figures that will leave the house."""
    if not attempt.given.get("figures_cleared"):
        yield Problem(
            code="required",
            field="figures_cleared",
            message=_("Confirm that the figures are cleared for publication and the public edition was looked at."),
        )


def nothing_bars_the_way(attempt: Attempt) -> Iterable[Problem]:
    """What a kind of report never lets through, whatever is said about it."""
    return definition_of(attempt.subject).barriers(attempt.subject, attempt.at)


REPORT_WORKFLOW = Workflow(
    Report,
    Transition(
        name="edit",
        label=_("Edit the text"),
        sources=frozenset({Status.DRAFT, Status.RETURNED}),
        who=COMPOSER,
        asks=(screened("text_ru", "text_en", longest=LONGEST_TEXT), fit_for_a_document),
        effect=report_acts.write_narrative,
    ),
    Transition(
        name="clear",
        label=_("Clear figures"),
        sources=frozenset({Status.DRAFT, Status.RETURNED}),
        who=CLEARER,
        effect=clearance.clear,
    ),
    Transition(
        name="unclear",
        label=_("Withdraw a clearance"),
        sources=frozenset({Status.DRAFT, Status.RETURNED}),
        who=CLEARER,
        effect=clearance.withdraw,
    ),
    Transition(
        name="submit",
        label=_("Submit for approval"),
        sources=frozenset({Status.DRAFT, Status.RETURNED}),
        target=Status.SUBMITTED,
        who=COMPOSER,
        needs=(narratives_in_both_languages, nothing_bars_the_way, checklist_clean_or_explained),
        asks=(screened("explanation"),),
        effect=report_acts.freeze_data,
    ),
    Transition(
        name="approve",
        label=_("Approve"),
        sources=frozenset({Status.SUBMITTED}),
        target=Status.APPROVED,
        who=APPROVER,
        needs=(not_the_submitter,),
        asks=(shown_hash_given, reauthenticated),
        effect=report_acts.bind_approval,
    ),
    Transition(
        name="return",
        label=_("Return for revision"),
        sources=frozenset({Status.SUBMITTED}),
        target=Status.RETURNED,
        who=APPROVER,
        needs=(not_the_submitter,),
        asks=(commented, screened("comment")),
        effect=report_acts.keep_comment,
    ),
    Transition(
        name="publish",
        label=_("Publish"),
        sources=frozenset({Status.APPROVED}),
        target=Status.PUBLISHED,
        who=PUBLISHER,
        asks=(clearance_confirmed,),
        effect=report_acts.open_to_the_public,
    ),
    Transition(
        name="send",
        label=_("Send copies"),
        sources=frozenset({Status.APPROVED, Status.PUBLISHED}),
        who=SENDER,
        asks=(recipients_chosen,),
        effect=send_copies,
    ),
    Transition(
        name="follow",
        label=_("Take over the approval"),
        sources=frozenset({Status.DRAFT}),
        target=Status.APPROVED,
        who=FOLLOWER,
        effect=following.take_over,
    ),
)
