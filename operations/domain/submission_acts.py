"""What the transitions of a submission do: the effects that `submission_workflow` names.

Each runs inside the transaction of `perform`, after the new status is set on the row in memory. Acts that change what
counts go through `totals.counting`. Nothing here decides who may act.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from operations.domain.checks import Findings, check_return, is_same
from operations.domain.derived_figures import store_derived
from operations.domain.errors import BadInput, Problem, Stale
from operations.domain.figures import MAX_NOTE, FigureInput
from operations.domain.notices import notify
from operations.domain.period_names import return_and_whose
from operations.domain.return_layout import Layout, layout_of
from operations.domain.rules import Broken
from operations.domain.screening import text_problems
from operations.domain.totals import counting, touch
from operations.domain.transitions import Attempt
from operations.models import Breach, BreachStep, Figure, ReopenedPeriod, Return, Rule, Submission

Status = Submission.Status


@dataclass(frozen=True)
class Entry:
    """What was entered at once; `is_whole` empties every cell that is not among the figures."""

    figures: tuple[FigureInput, ...]
    is_whole: bool = False
    is_nil: bool = False

    def __str__(self) -> str:
        return f"{len(self.figures)} cells"


# --- a return ---


def start(attempt: Attempt) -> Submission:
    expected_return: Return = attempt.subject
    return Submission.objects.create(
        expected_return=expected_return, number=1, entered_by=attempt.actor, started_at=attempt.at
    )


def reopen_period(attempt: Attempt) -> ReopenedPeriod:
    expected_return: Return = attempt.subject
    return ReopenedPeriod.objects.create(
        period=expected_return.period,
        agency=expected_return.agency,
        expires_at=attempt.given["expires_at"],
        reason=attempt.given["reason"].strip(),
        opened_by=attempt.actor,
        opened_at=attempt.at,
    )


def reopen(attempt: Attempt) -> None:
    attempt.subject.reopened_at = attempt.at


# --- entering ---


def save_draft(attempt: Attempt) -> None:
    """Stores what changed, raises the revision, and brings the breaches up to date."""
    submission: Submission = attempt.subject
    entry: Entry = attempt.given["entry"]
    revision = attempt.given.get("revision")
    if revision is not None and revision != submission.revision:
        raise Stale(current=Submission.objects.get(pk=submission.pk))
    layout = layout_of(submission.expected_return.form)
    _refuse_faulty(layout, entry, attempt)
    attempt.noted["changed"] = store(submission, layout, entry)
    submission.is_nil = entry.is_nil
    submission.revision += 1
    record_breaches(submission, check_return(submission, layout=layout), attempt)


def _refuse_faulty(layout: Layout, entry: Entry, attempt: Attempt) -> None:
    overridden = bool(str(attempt.given.get("screening_reason") or "").strip())
    problems: list[Problem] = []
    for figure in entry.figures:
        address = layout.addresses.get(figure.key)
        if address is None:
            problems.append(
                Problem(code="unknown_cell", field=str(figure.key), message=_("There is no such cell here."))
            )
            continue
        doubts = text_problems(figure.note, field=address, longest=MAX_NOTE) if figure.note else ()
        problems.extend(problem for problem in doubts if problem.blocks or not overridden)
    if problems:
        raise BadInput(problems)


def store(submission: Submission, layout: Layout, entry: Entry) -> int:
    """Writes the cells that differ from what is there; answers how many."""
    stored = {(row.indicator_id, row.category_id): row for row in Figure.objects.filter(submission=submission)}
    given = {figure.key: figure for figure in entry.figures}
    if entry.is_whole:
        given = {key: FigureInput(*key, state=None) for key in stored} | given
    written, emptied = [], []
    for key, figure in sorted(given.items()):
        row = stored.get(key)
        if figure.state is None:
            if row is not None:
                emptied.append(row.pk)
        elif row is None or (row.state, row.value, row.note) != (figure.state, figure.value, figure.note):
            written.append(
                Figure(
                    submission=submission,
                    indicator_id=key[0],
                    category_id=key[1],
                    state=figure.state,
                    value=figure.value,
                    note=figure.note,
                )
            )
    _write(written)
    if emptied:
        Figure.objects.filter(pk__in=emptied).delete()
    return len(written) + len(emptied)


def _write(figures: list[Figure]) -> None:
    Figure.objects.bulk_create(
        figures,
        batch_size=100,
        update_conflicts=True,
        unique_fields=["submission", "indicator", "category"],
        update_fields=["state", "value", "note"],
    )


def record_breaches(submission: Submission, findings: Findings, attempt: Attempt) -> None:
    """Keeps the history of each breach: an answer holds while the values are those it was given for."""
    known = {breach.rule_id: breach for breach in submission.breaches.all()}
    steps: list[BreachStep] = []
    for broken in findings.broken:
        breach = known.pop(broken.rule.pk, None)
        if breach is None:
            breach = _breach_row(submission, broken)
        elif is_same(breach, broken) and breach.status != Breach.Status.FIXED:
            continue
        breach.left_value, breach.right_value = broken.left, broken.right
        breach.status = Breach.Status.OPEN
        breach.save()
        steps.append(_step(breach, attempt))
    fixed = [breach for breach in known.values() if breach.status != Breach.Status.FIXED]
    for breach in fixed:
        breach.status = Breach.Status.FIXED
        steps.append(_step(breach, attempt))
    Breach.objects.filter(pk__in=[breach.pk for breach in fixed]).update(status=Breach.Status.FIXED)
    BreachStep.objects.bulk_create(steps)


def _step(breach: Breach, attempt: Attempt, *, reason: str = "") -> BreachStep:
    """What just became of a breach, for its history."""
    return BreachStep(
        breach=breach,
        status=breach.status,
        left_value=breach.left_value,
        right_value=breach.right_value,
        reason=reason,
        taken_by=attempt.actor,
        taken_at=attempt.at,
    )


# --- breaches ---


def breach_named(attempt: Attempt) -> Iterable[Problem]:
    """The rule named is broken by the figures as they stand."""
    if _broken(attempt) is None:
        yield Problem(code="unknown_rule", field="rule", message=_("The figures do not break this rule (any more)."))


def breach_to_explain(attempt: Attempt) -> Iterable[Problem]:
    broken = _broken(attempt)
    if broken is None:
        yield from breach_named(attempt)
    elif broken.rule.severity == Rule.Severity.BLOCK:
        yield Problem(
            code="needs_waiver",
            field="rule",
            message=_("This rule blocks: correct the figures, or ask whoever accepts the return for a waiver."),
        )


def explain_breach(attempt: Attempt) -> Breach:
    return _answer(attempt, Breach.Status.EXPLAINED)


def waive_breach(attempt: Attempt) -> Breach:
    return _answer(attempt, Breach.Status.WAIVED)


def _answer(attempt: Attempt, status: str) -> Breach:
    broken = _broken(attempt)
    assert broken is not None  # noqa: S101 - `asks` looked before
    submission: Submission = attempt.subject
    breach = submission.breaches.filter(rule=broken.rule).first() or _breach_row(submission, broken)
    breach.left_value, breach.right_value, breach.status = broken.left, broken.right, status
    breach.reason = attempt.given["reason"].strip()
    breach.answered_by, breach.answered_at = attempt.actor, attempt.at
    breach.save()
    _step(breach, attempt, reason=breach.reason).save()
    return breach


def _broken(attempt: Attempt) -> Broken | None:
    code = str(attempt.given.get("rule") or "")
    return next((found for found in check_return(attempt.subject).broken if found.rule.code == code), None)


def _breach_row(submission: Submission, broken: Broken) -> Breach:
    return Breach(
        submission=submission,
        rule=broken.rule,
        severity=broken.rule.severity,
        left_value=broken.left,
        right_value=broken.right,
    )


# --- submitting and deciding ---


def submit(attempt: Attempt) -> None:
    """The server's clock says when it came; what follows from the register of lists is counted now."""
    submission: Submission = attempt.subject
    attempt.noted.update(store_derived(submission))
    submission.submitted_by, submission.submitted_at = attempt.actor, attempt.at
    submission.on_behalf_of = attempt.given.get("on_behalf_of")
    with counting(submission.expected_return):
        submission.save()
    _measure_timeliness(submission.expected_return)


def recall(attempt: Attempt) -> Submission:
    submission: Submission = attempt.subject
    submission.decision_comment = str(attempt.given.get("reason") or "").strip()
    with counting(submission.expected_return):
        submission.save()
    _measure_timeliness(submission.expected_return)
    return copied_draft(attempt)


def accept(attempt: Attempt) -> None:
    submission: Submission = attempt.subject
    _decide(attempt)
    with counting(submission.expected_return):
        submission.expected_return.submissions.filter(status=Status.ACCEPTED).update(status=Status.SUPERSEDED)
        submission.save()


def send_back(attempt: Attempt) -> Submission:
    """A returned submission stays as it was; its officer goes on in a copy and is told why."""
    submission: Submission = attempt.subject
    _decide(attempt)
    with counting(submission.expected_return):
        submission.save()
    expected_return = submission.expected_return
    notify(
        {person.pk: person for person in (submission.entered_by, submission.submitted_by) if person}.values(),
        topic="return.returned",
        subject_ru=f"Возвращено на доработку: {return_and_whose(expected_return, language='ru')}"[:300],
        subject_en=f"Sent back for revision: {return_and_whose(expected_return, language='en')}"[:300],
        address=f"/returns/{expected_return.pk}/",
        at=attempt.at,
    )
    return copied_draft(attempt)


def correct(attempt: Attempt) -> Submission:
    """The accepted figures stand until the new submission is accepted."""
    draft = copied_draft(attempt, is_correction=True, reason=attempt.given["reason"].strip())
    touch(attempt.subject.expected_return)
    return draft


def copied_draft(attempt: Attempt, *, is_correction: bool | None = None, reason: str = "") -> Submission:
    """A new draft with the figures, and the answers to breaches, of the submission that the attempt is about."""
    source: Submission = attempt.subject
    expected_return = source.expected_return
    last = expected_return.submissions.aggregate(last=Max("number"))["last"]
    draft = Submission.objects.create(
        expected_return=expected_return,
        number=last + 1,
        predecessor=source,
        revision=source.revision + 1,  # whoever still holds the old one's revision is told that it is gone
        is_correction=source.is_correction if is_correction is None else is_correction,
        reason=reason or source.reason,
        is_nil=source.is_nil,
        entered_by=source.entered_by if attempt.transition.name == "return" else attempt.actor,
        started_at=attempt.at,
        rolled_up_at=source.rolled_up_at,
    )
    draft.unit_submissions.set(source.unit_submissions.all())
    rows = Figure.objects.filter(submission=source).order_by("indicator_id", "category_id")
    values = rows.values("indicator_id", "category_id", "state", "value", "note")
    Figure.objects.bulk_create([Figure(submission=draft, **row) for row in values], batch_size=100)
    for breach in source.breaches.exclude(status=Breach.Status.FIXED):
        breach.pk, breach.submission = None, draft
        breach._state.adding = True
        breach.save()
    return draft


def _decide(attempt: Attempt) -> None:
    submission: Submission = attempt.subject
    submission.decided_by, submission.decided_at = attempt.actor, attempt.at
    submission.decision_comment = str(attempt.given.get("comment") or "").strip()


def _measure_timeliness(expected_return: Return) -> None:
    """Timeliness counts from the first submission that was not recalled."""
    sent = expected_return.submissions.exclude(status=Status.RECALLED).filter(submitted_at__isnull=False)
    expected_return.first_submitted_at = sent.aggregate(first=Min("submitted_at"))["first"]
    expected_return.save(update_fields=["first_submitted_at"])
