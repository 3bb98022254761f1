"""Changing a validation rule: proposed, tried over past returns, put in force. Every version of a rule stays.

Headquarters propose a version; a trial judges the accepted returns of the kinds that the rule applies to by the rule in
force and by the proposed one, so that everybody sees what it would have caught. Only a version that was tried takes
effect, by the headquarters' chair; from then on returns are checked by it, and what was accepted stays accepted.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from operations.domain import creation, jobs, machine
from operations.domain.access import ANY_HEADQUARTERS, HQ_CHAIR
from operations.domain.checks import judge_by
from operations.domain.errors import Problem, WrongState
from operations.domain.return_layout import Layout, layout_of
from operations.domain.rule_language import RuleSyntaxError, parse, references
from operations.domain.rules import Broken
from operations.domain.screening import clean, screened
from operations.domain.standing_figures import OFFICIAL
from operations.domain.transitions import Attempt, Transition, Workflow
from operations.models import Category, Indicator, Job, PeriodKind, Rule, Submission, User

TRIAL_JOB = "try_rule"
OPERATORS = ("==", "<=", ">=", "requires")
#: More returns than these are counted and not listed.
MOST_LISTED = 200
FIELDS = ("severity", "left", "operator", "right", "missing", "applies_to", "message_ru", "message_en", "reason")


# --- needs and asks ---


def is_proposed(attempt: Attempt) -> Iterable[Problem]:
    """A version in force, or one that was, is changed no more."""
    rule: Rule = attempt.subject
    if rule.is_active or rule.retired_at is not None:
        raise WrongState(_("This version is in force or was: propose a new one."))
    return ()


def is_tried(attempt: Attempt) -> Iterable[Problem]:
    if attempt.subject.tried_at is None:
        yield Problem(code="not_tried", message=_("Try the rule over past returns first, and look at what it finds."))


def no_other_proposal(attempt: Attempt) -> Iterable[Problem]:
    open_ones = Rule.objects.filter(code=attempt.subject.code, is_active=False, retired_at__isnull=True)
    if open_ones.exclude(pk=attempt.subject.pk).exists():
        raise WrongState(_("Another version of this rule is proposed already. Put it in force or withdraw it first."))
    return ()


def sound(attempt: Attempt) -> Iterable[Problem]:
    """Every fault of what was typed, at once."""
    given = attempt.given
    for name, words in (("message_ru", _("the Russian wording")), ("message_en", _("the English wording"))):
        if not clean(str(given.get(name) or "")):
            yield Problem(code="required", field=name, message=_("Enter %(what)s.") % {"what": words})
        elif len(str(given[name])) > 300:
            yield Problem(code="too_long", field=name, message=_("At most %(limit)s characters.") % {"limit": 300})
    if not clean(str(given.get("reason") or "")):
        yield Problem(code="required", field="reason", message=_("Give the reason."))
    yield from _choices(given)
    for name in ("left", "right"):
        yield from _expression(name, str(given.get(name) or ""))


def _choices(given: Mapping[str, Any]) -> Iterator[Problem]:
    allowed = {"severity": Rule.Severity.values, "missing": Rule.Missing.values, "operator": list(OPERATORS)}
    for name, values in allowed.items():
        if given.get(name) not in values:
            chosen = {"values": ", ".join(values)}
            yield Problem(code="unknown_choice", field=name, message=_("Choose one of: %(values)s.") % chosen)
    kinds = given.get("applies_to") or []
    if not isinstance(kinds, list) or not kinds or not set(map(str, kinds)) <= set(PeriodKind.values):
        yield Problem(code="required", field="applies_to", message=_("Choose at least one kind of return."))


def _expression(name: str, text: str) -> Iterator[Problem]:
    if not text.strip():
        yield Problem(code="required", field=name, message=_("Enter an expression, such as VIO02 + VIO04."))
        return
    try:
        named = [reference for _scope, reference in references(parse(text))]
    except RuleSyntaxError as error:
        yield Problem(code=error.code, field=name, message=error.message)
        return
    indicators = {row.code: row for row in Indicator.objects.prefetch_related("breakdowns__categories")}
    for reference in named:
        indicator = indicators.get(reference.code)
        if indicator is None:
            unknown = _("There is no indicator %(code)s.") % {"code": reference.code}
            yield Problem(code="unknown_code", field=name, message=unknown)
        elif reference.category != Category.TOTAL and not _has_category(indicator, reference.category):
            message = _("%(code)s has no category %(category)s.")
            values = {"code": reference.code, "category": reference.category}
            yield Problem(code="unknown_code", field=name, message=message % values)


def _has_category(indicator: Indicator, code: str) -> bool:
    breakdowns = indicator.breakdowns.all()
    return any(category.code == code for breakdown in breakdowns for category in breakdown.categories.all())


# --- effects ---


def _save_proposal(attempt: Attempt) -> None:
    rule: Rule = attempt.subject
    last = Rule.objects.filter(code=rule.code).aggregate(last=Max("version"))["last"] or 0
    rule.version, rule.is_active = last + 1, False
    rule.proposed_by, rule.proposed_at = attempt.actor, attempt.at
    for name in FIELDS:
        value = attempt.given[name]
        setattr(rule, name, list(map(str, value)) if name == "applies_to" else clean(str(value)))
    rule.save()
    _ask_for_trial(attempt)


def _ask_for_trial(attempt: Attempt) -> Job:
    return jobs.request(name=TRIAL_JOB, actor=attempt.actor, at=attempt.at, rule=attempt.subject.pk)


def _take_effect(attempt: Attempt) -> None:
    rule: Rule = attempt.subject
    Rule.objects.filter(code=rule.code, is_active=True).update(is_active=False, retired_at=attempt.at)
    rule.is_active, rule.effective_at = True, attempt.at


def _withdraw(attempt: Attempt) -> None:
    attempt.subject.retired_at = attempt.at


RULE = Workflow(
    Rule,
    Transition(
        name="create",
        label=_("Propose a version"),
        who=ANY_HEADQUARTERS,
        needs=(no_other_proposal,),
        asks=(sound, screened("reason", "message_ru", "message_en")),
        effect=_save_proposal,
    ),
    Transition(name="try", label=_("Try it again"), who=ANY_HEADQUARTERS, needs=(is_proposed,), effect=_ask_for_trial),
    Transition(
        name="put_in_force",
        label=_("Put in force"),
        who=HQ_CHAIR,
        needs=(is_proposed, is_tried),
        effect=_take_effect,
    ),
    Transition(name="withdraw", label=_("Withdraw"), who=ANY_HEADQUARTERS, needs=(is_proposed,), effect=_withdraw),
    status_field="",
)


# --- verbs ---


def propose_rule(*, code: str, values: Mapping[str, Any], actor: User, at: dt.datetime) -> Rule:
    """A new version of the rule, which is tried at once in the background. `BadInput` names every fault."""
    return creation.create(Rule(code=code), actor=actor, at=at, **{name: values.get(name, "") for name in FIELDS})


def try_again(*, rule: Rule, actor: User, at: dt.datetime) -> Job:
    """Asks for another trial, by the returns as they are now."""
    return cast(Job, machine.perform(rule, "try", actor=actor, at=at))


def put_in_force(*, rule: Rule, actor: User, at: dt.datetime) -> Rule:
    """Returns are checked by this version from now on. `Unmet` before it was tried."""
    return cast(Rule, machine.perform(rule, "put_in_force", actor=actor, at=at))


def withdraw_proposal(*, rule: Rule, actor: User, at: dt.datetime) -> Rule:
    return cast(Rule, machine.perform(rule, "withdraw", actor=actor, at=at))


# --- the trial ---


def carry_out_trial(progress: jobs.Progress) -> dict[str, Any]:
    """The work of the trial's job: keeps what was found with the version, unless it was decided on meanwhile."""
    rule = Rule.objects.get(pk=progress.job.arguments["rule"])
    found = trial(rule, progress=progress)
    Rule.objects.filter(pk=rule.pk, is_active=False, retired_at__isnull=True).update(
        trial=found, tried_at=progress.job.created_at
    )
    return {"rule": rule.pk, "judged": found["judged"]}


def trial(rule: Rule, *, progress: jobs.Progress | None = None) -> dict[str, Any]:
    """What the version would have found in the accepted returns, beside what the one in force finds.

    `judged` returns; `broken` of them break the proposed version, `broken_now` the one in force; `found` lists those
    that only the proposed version finds, `spared` those that only the present one finds, with both sides' values.
    """
    current = Rule.objects.filter(code=rule.code, is_active=True).first()
    kinds = [kind for kind in OFFICIAL if kind in rule.applies_to]
    rows = Submission.objects.filter(
        status=Submission.Status.ACCEPTED,
        expected_return__unit__isnull=True,
        expected_return__period__kind__in=kinds,
    ).select_related("expected_return__period", "expected_return__agency", "expected_return__form")
    total = rows.count()
    counts = {"judged": 0, "broken": 0, "broken_now": 0}
    layouts: dict[int, Layout] = {}
    found: list[dict[str, Any]] = []
    spared: list[dict[str, Any]] = []
    for done, submission in enumerate(rows.order_by("pk").iterator(chunk_size=200), start=1):
        form = submission.expected_return.form
        layout = layouts.setdefault(form.pk, layouts.get(form.pk) or layout_of(form))
        judged = judge_by(submission, [one for one in (rule, current) if one is not None], layout=layout)
        proposed, present = judged.get(rule.pk), judged.get(current.pk) if current is not None else None
        counts["judged"] += 1
        counts["broken"] += proposed is not None
        counts["broken_now"] += present is not None
        if proposed is not None and present is None:
            found.append(_listed(submission, proposed))
        elif present is not None and proposed is None:
            spared.append(_listed(submission, present))
        if progress is not None and done % 20 == 0:
            progress.step(done, total)
    if progress is not None:
        progress.step(total, total)
    return {
        **counts,
        "only_proposed": len(found),
        "only_present": len(spared),
        "found": found[:MOST_LISTED],
        "spared": spared[:MOST_LISTED],
    }


def _listed(submission: Submission, broken: Broken) -> dict[str, Any]:
    return {"return": submission.expected_return_id, "left": broken.left, "right": broken.right}
