"""The control rules: what each says, its versions, a proposal with the trial of it, and putting it in force."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from operations.domain import rule_versions
from operations.domain.access import may, refusal, visible_to
from operations.domain.errors import ListedProblems, NotFound
from operations.domain.machine import available
from operations.domain.period_names import return_name
from operations.models import Job, PeriodKind, Return, Rule
from operations.web import addresses
from operations.web.doors import row_or_404
from operations.web.drawn_forms import DrawnForm, line, lines, radios, ticks
from operations.web.returns import reader

addresses.register(Rule, lambda row: reverse("operations:rule", args=[row.code]))

ACTS = {
    "try": (rule_versions.try_again, gettext_lazy("The rule is being tried.")),
    "put_in_force": (rule_versions.put_in_force, gettext_lazy("The version is in force.")),
    "withdraw": (rule_versions.withdraw_proposal, gettext_lazy("The proposal is withdrawn.")),
}


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force, and which of them have a version proposed."""
    now = timezone.now()
    rows = list(visible_to(Rule, request.user, at=now).order_by("code", "version"))
    proposed = {row.code for row in rows if not row.is_active and row.retired_at is None}
    return render(
        request,
        "operations/rules/list.html",
        {"rules": [row for row in rows if row.is_active], "proposed": proposed},
    )


@require_safe
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """A rule with all its versions, newest first."""
    now = timezone.now()
    versions = list(visible_to(Rule, request.user, at=now).filter(code=code).order_by("-version"))
    if not versions:
        raise NotFound
    current = next((row for row in versions if row.is_active), versions[0])
    return render(
        request,
        "operations/rules/rule.html",
        {
            "current": current,
            "versions": [_shown(request, row) for row in versions],
            "may_propose": may(Rule(code=code), "create", request.user, at=now),
        },
    )


def _shown(request: HttpRequest, row: Rule) -> dict[str, Any]:
    now = timezone.now()
    is_open = not row.is_active and row.retired_at is None
    offered = available(row, request.user, at=now, only=ACTS) if is_open else []
    return {
        "rule": row,
        "kinds": [PeriodKind(kind).label for kind in row.applies_to],
        "acts": offered,
        "trial": row.trial if row.tried_at else None,
        "job": Job.objects.filter(kind=rule_versions.TRIAL_JOB, arguments__rule=row.pk).first() if is_open else None,
        "found": _named(request, row.trial.get("found", [])),
        "spared": _named(request, row.trial.get("spared", [])),
    }


def _named(request: HttpRequest, listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The returns of a trial that the reader may see, with both sides' values."""
    rows = visible_to(Return, request.user, at=timezone.now()).filter(pk__in=[one["return"] for one in listed])
    known = {row.pk: row for row in rows.select_related("agency", "period__stage", "period__operation")}
    return [
        {**one, "return": known[one["return"]], "name": return_name(known[one["return"]].period)}
        for one in listed
        if one["return"] in known
    ]


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, code: str) -> HttpResponse:
    """A new version, begun from the one in force."""
    current: Rule = row_or_404(Rule.objects.filter(is_active=True), request, code=code)
    now = timezone.now()
    refused = refusal(Rule(code=code), "create", request.user, at=now)
    if refused is not None:
        raise refused
    is_sent = request.method == "POST"
    form = DrawnForm(request.POST if is_sent else None, initial=_initial(current))
    form.fields.update(_fields())
    if is_sent:
        try:
            values = form.typed()
            rule_versions.propose_rule(code=code, values=values, actor=reader(request), at=now)
        except ListedProblems as error:
            form.refuse(error)
        else:
            messages.success(request, _("The version is proposed and is being tried over past returns."))
            return redirect("operations:rule", code=code)
    context = {"current": current, "form": form}
    return render(request, "operations/rules/propose.html", context, status=422 if form.errors else 200)


def _initial(current: Rule) -> dict[str, Any]:
    return {name: getattr(current, name) for name in rule_versions.FIELDS if name != "reason"}


def _fields() -> dict[str, forms.Field]:
    comparison = {
        "==": _("equals"),
        "<=": _("does not exceed"),
        ">=": _("is not below"),
        "requires": _("needs a value above zero of"),
    }
    return {
        "left": line(_("Left side"), required=True, hint=_("Such as VIO02 + VIO04, 2 * VIO01, prev(VIO01).")),
        "operator": radios(_("Comparison"), comparison.items()),
        "right": line(_("Right side"), required=True),
        "severity": radios(_("What a breach does"), Rule.Severity.choices),
        "missing": radios(_("When a value is missing"), Rule.Missing.choices),
        "applies_to": ticks(_("Kinds of returns"), PeriodKind.choices),
        "message_ru": line(_("Wording in Russian"), required=True),
        "message_en": line(_("Wording in English"), required=True),
        "reason": lines(_("Reason of the change"), required=True),
    }


@require_POST
def act(request: HttpRequest, code: str, version: int, name: str) -> HttpResponse:
    """Tries a proposal again, puts it in force or withdraws it."""
    row: Rule = row_or_404(Rule, request, code=code, version=version)
    if name not in ACTS:
        raise NotFound
    verb, told = ACTS[name]
    verb(rule=row, actor=reader(request), at=timezone.now())
    messages.success(request, told)
    return redirect("operations:rule", code=code)
