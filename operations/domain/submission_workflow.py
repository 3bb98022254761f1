"""The life of a return: one table for what is asked of an agency, one for each submission of it.

    (start) → draft → submitted → accepted → superseded by a later accepted one
                          ├→ recalled, and a new draft with the same figures
                          └→ returned with a comment, and a new draft with the same figures

A correction opens a draft beside the accepted submission, which stands until the new one is accepted. Agencies'
returns go to the head of their state, units' to a second officer of the agency, rights returns to the headquarters;
nobody decides on what he entered himself.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.domain import roll_up
from operations.domain import submission_acts as acts
from operations.domain.access import ANY_HEADQUARTERS, HQ_CHAIR, RIGHTS_BODY, commented, standing
from operations.domain.checks import shown_findings, unanswered
from operations.domain.errors import Problem, WrongState
from operations.domain.moments import moscow_date
from operations.domain.reporting_calendar import closed_refusal
from operations.domain.screening import screened
from operations.domain.transitions import Attempt, Transition, Who, Workflow
from operations.models import AuditEntry, Membership, Return, Role, Submission, User

Status = Submission.Status


# --- who ---


def posts(user: Any, at: dt.datetime) -> frozenset[tuple[int, int | None]]:
    """The agencies (and units) that the person serves as an officer on the Moscow date of `at`."""
    day = moscow_date(at)
    kept: dict[dt.date, frozenset[tuple[int, int | None]]] = user.__dict__.setdefault("_posts", {})
    if day not in kept:
        held = Membership.objects.on(day).filter(user=user, role=Role.AGENCY_OFFICER, user__is_active=True)
        kept[day] = frozenset(held.values_list("agency_id", "unit_id"))
    return kept[day]


def is_officer_of(user: Any, expected_return: Return, at: dt.datetime) -> bool:
    """An officer of the agency itself, or of the unit whose return it is."""
    held = posts(user, at)
    agency, unit = expected_return.agency_id, expected_return.unit_id
    return (agency, None) in held or (unit is not None and (agency, unit) in held)


def decides_on(user: Any, expected_return: Return, at: dt.datetime) -> bool:
    """Whether the person is the one to whom the return goes, whoever entered it."""
    agency = expected_return.agency
    if expected_return.unit_id is not None:
        return (agency.pk, None) in posts(user, at)
    if agency.kind.code == RIGHTS_BODY:
        return Role.HQ_PLANNER in standing(user, at).roles
    return agency.state_id in standing(user, at).headed_states


def _return_of(attempt: Attempt) -> Return:
    subject = attempt.subject
    found: Return = subject if isinstance(subject, Return) else subject.expected_return
    return found


def _enters(attempt: Attempt) -> bool:
    return attempt.actor.is_system or is_officer_of(attempt.actor, _return_of(attempt), attempt.at)


def _submits(attempt: Attempt) -> bool:
    return is_officer_of(attempt.actor, _return_of(attempt), attempt.at)


def _decides(attempt: Attempt) -> bool:
    if not decides_on(attempt.actor, _return_of(attempt), attempt.at):
        return False
    return not _took_part(attempt.subject, attempt.actor, attempt.at)


def _took_part(submission: Submission, user: Any, at: dt.datetime) -> bool:
    """Whether the person entered, submitted or answers for the figures, here or in what this goes on from."""
    if user.pk in {submission.entered_by_id, submission.submitted_by_id, submission.on_behalf_of_id}:
        return True
    if not posts(user, at):
        return False  # has never had a way to enter anything
    chain = [submission.pk]
    before = submission.predecessor
    while before is not None and before.status in (Status.RECALLED, Status.RETURNED):
        chain.append(before.pk)
        before = before.predecessor
    return AuditEntry.objects.filter(
        object_type="submission", object_id__in=[str(pk) for pk in chain], act="submission.save_draft", actor=user.pk
    ).exists()


ENTERS = Who(_enters, _("an officer of the agency (or of the unit) whose return it is"))
SUBMITS = Who(_submits, _("an officer of the agency (or of the unit) whose return it is"))
DECIDES = Who(
    _decides,
    _(
        "the head of the national headquarters; for a unit's return a second officer of the agency, for a rights "
        "return the International Headquarters; never whoever entered or submitted it"
    ),
)


# --- needs: about the object ---


def nothing_begun(attempt: Attempt) -> Iterable[Problem]:
    """A return is started once; afterwards it is corrected."""
    if attempt.subject.submissions.exists():
        raise WrongState(_("This return has been started already. Open its draft, or correct what was accepted."))
    return ()


def period_open(attempt: Attempt) -> Iterable[Problem]:
    closed = closed_refusal(_return_of(attempt), at=attempt.at)
    if closed is not None:
        raise closed
    return ()


def entry_open(attempt: Attempt) -> Iterable[Problem]:
    """A first draft waits for no one; what was sent back, recalled or corrected may still be entered after closing."""
    return period_open(attempt) if attempt.subject.predecessor_id is None else ()


def complete_and_answered(attempt: Attempt) -> Iterable[Problem]:
    findings = shown_findings(attempt.subject)
    yield from findings.problems
    yield from unanswered(attempt.subject, findings)


def no_other_draft(attempt: Attempt) -> Iterable[Problem]:
    if attempt.subject.expected_return.submissions.filter(status__in=Submission.LIVE).exists():
        raise WrongState(_("A newer submission of this return is being worked on already."))
    return ()


def not_used_in_a_report(attempt: Attempt) -> Iterable[Problem]:
    expected_return = _return_of(attempt)
    reported, reopened = expected_return.reported_at, expected_return.reopened_at
    if reported is not None and (reopened is None or reopened < reported):
        raise WrongState(
            _(
                "An approved report used these figures. Ask the chair of the International Headquarters to reopen "
                "the return."
            ),
            code="reported",
        )
    return ()


def used_in_a_report(attempt: Attempt) -> Iterable[Problem]:
    if attempt.subject.reported_at is None:
        raise WrongState(_("No approved report used this return: it can be corrected without being reopened."))
    return ()


# --- asks: about what was given ---


def reasoned(attempt: Attempt) -> Iterable[Problem]:
    if not str(attempt.given.get("reason") or "").strip():
        yield Problem(code="required", field="reason", message=_("Give the reason."))


def on_behalf_of_an_officer(attempt: Attempt) -> Iterable[Problem]:
    """The responsible officer named is an officer of the same agency on that day."""
    named: User | None = attempt.given.get("on_behalf_of")
    if named is not None and not is_officer_of(named, _return_of(attempt), attempt.at):
        yield Problem(
            code="not_an_officer", field="on_behalf_of", message=_("Name an officer who serves this agency today.")
        )


def expires_later(attempt: Attempt) -> Iterable[Problem]:
    expires_at = attempt.given.get("expires_at")
    if expires_at is None or expires_at <= attempt.at:
        yield Problem(code="in_the_past", field="expires_at", message=_("The reopening has to end in the future."))


RETURN = Workflow(
    Return,
    Transition(name="start", label=_("Start"), who=ENTERS, needs=(nothing_begun, period_open), effect=acts.start),
    Transition(
        name="reopen_period",
        label=_("Reopen the period"),
        who=ANY_HEADQUARTERS,
        asks=(reasoned, expires_later, screened("reason")),
        effect=acts.reopen_period,
    ),
    Transition(
        name="reopen",
        label=_("Reopen for correction"),
        who=HQ_CHAIR,
        needs=(used_in_a_report,),
        asks=(reasoned, screened("reason")),
        effect=acts.reopen,
    ),
    status_field="",
)

SUBMISSION = Workflow(
    Submission,
    Transition(
        name="save_draft",
        label=_("Save"),
        who=ENTERS,
        sources=frozenset({Status.DRAFT}),
        needs=(entry_open,),
        effect=acts.save_draft,
    ),
    Transition(
        name="roll_up",
        label=_("Sum the units’ returns"),
        who=SUBMITS,
        sources=frozenset({Status.DRAFT}),
        needs=(roll_up.reports_through_units, entry_open, roll_up.something_accepted),
        asks=(roll_up.typed_over,),
        effect=roll_up.roll_up,
    ),
    Transition(
        name="explain_breach",
        label=_("Explain"),
        who=SUBMITS,
        sources=frozenset({Status.DRAFT}),
        asks=(reasoned, screened("reason"), acts.breach_to_explain),
        effect=acts.explain_breach,
    ),
    Transition(
        name="waive_breach",
        label=_("Waive"),
        who=DECIDES,
        sources=frozenset({Status.DRAFT}),
        asks=(reasoned, screened("reason"), acts.breach_named),
        effect=acts.waive_breach,
    ),
    Transition(
        name="submit",
        label=_("Submit"),
        who=SUBMITS,
        sources=frozenset({Status.DRAFT}),
        target=Status.SUBMITTED,
        needs=(entry_open, complete_and_answered),
        asks=(on_behalf_of_an_officer,),
        effect=acts.submit,
    ),
    Transition(
        name="recall",
        label=_("Recall"),
        who=SUBMITS,
        sources=frozenset({Status.SUBMITTED}),
        target=Status.RECALLED,
        asks=(screened("reason"),),
        effect=acts.recall,
    ),
    Transition(
        name="accept",
        label=_("Accept"),
        who=DECIDES,
        sources=frozenset({Status.SUBMITTED}),
        target=Status.ACCEPTED,
        asks=(screened("comment"),),
        effect=acts.accept,
    ),
    Transition(
        name="return",
        label=_("Return for revision"),
        who=DECIDES,
        sources=frozenset({Status.SUBMITTED}),
        target=Status.RETURNED,
        asks=(commented, screened("comment")),
        effect=acts.send_back,
    ),
    Transition(
        name="correct",
        label=_("Correct the figures"),
        who=SUBMITS,
        sources=frozenset({Status.ACCEPTED}),
        needs=(no_other_draft, not_used_in_a_report),
        asks=(reasoned, screened("reason")),
        effect=acts.correct,
    ),
)
