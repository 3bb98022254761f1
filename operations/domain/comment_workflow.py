"""What is said about figures: comments in the thread of a return or of one of its cells.

    (create) → said; one that needs a follow-up waits until somebody settles it

Whoever works with the return takes part: officers of the agency or unit, the head of the state, the headquarters. What
was said is neither changed nor removed; a comment changes no figure and stands in no way of a decision.
"""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from operations.domain.access import RIGHTS_BODY, standing
from operations.domain.errors import Problem, WrongState
from operations.domain.notices import notify
from operations.domain.period_names import return_and_whose
from operations.domain.screening import screened
from operations.domain.submission_workflow import decides_on, is_officer_of
from operations.domain.thread_words import LONGEST, about_a_cell, cell_of, worded, words_of
from operations.domain.transitions import Attempt, Transition, Who, Workflow
from operations.models import Comment, Return


def _return_of(attempt: Attempt) -> Return:
    found: Return = attempt.subject.submission.expected_return
    return found


def _works_with_it(attempt: Attempt) -> bool:
    """Whoever enters, decides on or plans with the figures; those who only look across states do not take part."""
    expected_return, seen = _return_of(attempt), standing(attempt.actor, attempt.at)
    if is_officer_of(attempt.actor, expected_return, attempt.at):
        return True
    if expected_return.unit_id is not None:
        return False
    heads = expected_return.agency.state_id in seen.headed_states
    return seen.is_headquarters or (heads and expected_return.agency.kind.code != RIGHTS_BODY)


def _settles(attempt: Attempt) -> bool:
    """Whoever raised the flag, whoever decides on the return, and the headquarters."""
    if attempt.subject.written_by_id == attempt.actor.pk:
        return _works_with_it(attempt)
    expected_return = _return_of(attempt)
    if expected_return.unit_id is None and standing(attempt.actor, attempt.at).is_headquarters:
        return True
    return decides_on(attempt.actor, expected_return, attempt.at)


WRITES = Who(_works_with_it, _("officers of the agency, the head of the national headquarters, or the headquarters"))
SETTLES = Who(_settles, _("whoever raised the flag, whoever decides on the return, or the headquarters"))


def _is_flagged(attempt: Attempt) -> Iterable[Problem]:
    comment: Comment = attempt.subject
    if not comment.needs_follow_up:
        raise WrongState(_("This comment asks for no follow-up."))
    if comment.settled_at is not None:
        raise WrongState(_("The follow-up of this comment is settled already."))
    return ()


def _say(attempt: Attempt) -> None:
    comment: Comment = attempt.subject
    comment.indicator_id, comment.category_id = cell_of(attempt, _return_of(attempt))
    comment.text = words_of(attempt)
    comment.needs_follow_up = bool(attempt.given.get("needs_follow_up"))
    comment.written_by, comment.written_at = attempt.actor, attempt.at
    comment.save()
    if comment.needs_follow_up:
        _tell_of_flag(comment, attempt)


def _tell_of_flag(comment: Comment, attempt: Attempt) -> None:
    """Those who answer for the figures hear of a flag that somebody else raised."""
    submission = comment.submission
    people = {one.pk: one for one in (submission.entered_by, submission.submitted_by, submission.on_behalf_of) if one}
    people.pop(attempt.actor.pk, None)
    spelt = {}
    for language, words in (("ru", "Требуется отработка замечания"), ("en", "A comment needs a follow-up")):
        spelt[language] = f"{words}: {return_and_whose(submission.expected_return, language=language)}"[:300]
    notify(
        [one for one in people.values() if one.is_active and not one.is_system],
        topic="comment.flagged",
        subject_ru=spelt["ru"],
        subject_en=spelt["en"],
        address=f"/returns/{submission.expected_return_id}/comments/",
        at=attempt.at,
    )


def _settle(attempt: Attempt) -> None:
    comment: Comment = attempt.subject
    comment.settled_by, comment.settled_at = attempt.actor, attempt.at
    comment.settled_note = words_of(attempt, "note")


COMMENT = Workflow(
    Comment,
    Transition(
        name="create",
        label=pgettext_lazy("thread", "Comment"),
        who=WRITES,
        asks=(worded("text"), screened("text", longest=LONGEST), about_a_cell(_return_of)),
        effect=_say,
    ),
    Transition(
        name="settle",
        label=pgettext_lazy("comment", "Settle the follow-up"),
        who=SETTLES,
        needs=(_is_flagged,),
        asks=(screened("note", longest=LONGEST),),
        effect=_settle,
    ),
    status_field="",
)
