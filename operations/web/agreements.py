"""Agreeing a plan: the board of the states, a head's answer, letters and their confirmation, remarks and replies."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from operations.domain import agreements, plans
from operations.domain.access import may, refusal, standing, visible_to
from operations.domain.errors import BadInput, NotFound
from operations.domain.plan_reminders import chases, days_waited
from operations.domain.plan_rows import taking_part
from operations.models import Agreement, MemberState, Participation, Plan, Remark
from operations.web.drawn_forms import DrawnForm, date, line, lines, radios, select
from operations.web.plans import offered, plan_or_404
from operations.web.returns import reader
from operations.web.tags import label

REMARK_ROWS = 3
MOST_REMARKS = 100
#: For whom a state's agreement waits, in words.
WAITS_FOR = {
    "head": gettext_lazy("Waiting for the head of the national headquarters"),
    "planner": gettext_lazy("Waiting for the planner's replies to the remarks"),
    "confirmation": gettext_lazy("Waiting for a second person to confirm the letter"),
    "objection": gettext_lazy("The objection stands in the way"),
}


@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """Where each state stands, for whom it waits since when, and the summary of remarks and replies."""
    plan, now = plan_or_404(request, slug), timezone.now()
    seen = standing(request.user, now)
    stated = agreements.board(plan)
    may_remind = seen.is_headquarters and plan.status == Plan.Status.IN_AGREEMENT
    chased = {one.answer.state.pk: one for one in (chases(plan, at=now, answers=stated) if may_remind else [])}
    if not (plans.sees_working_text(request.user, plan, at=now) or plans.takes_part_in_agreeing(request.user, at=now)):
        raise NotFound
    answers: list[dict[str, Any]] = [
        {
            "answer": answer,
            "waits": WAITS_FOR.get(answer.waits_for, ""),
            "is_own": answer.state.pk in seen.headed_states,
            "days": days_waited(answer, at=now),
            "chase": chased.get(answer.state.pk),
        }
        for answer in stated
    ]
    # a state's words are its own and the headquarters'; that it has answered is everybody's who agrees the plan
    for row in answers:
        row["shows_words"] = seen.sees_all_states or row["is_own"]
    return render(
        request,
        "operations/agreements/board.html",
        {
            "operation": plan.operation,
            "plan": plan,
            "answers": answers,
            "counted": sum(row["answer"].counts for row in answers),
            "absent": [row for row in answers if not row["answer"].takes_part],
            "expected": sum(row["answer"].takes_part for row in answers),
            "remarks": [remark for row in answers if row["shows_words"] for remark in _remarks(row["answer"])],
            "may_reply": may(plan, "answer_remark", request.user, at=now),
            "may_confirm_remark": may(plan, "confirm_remark", request.user, at=now),
            "may_remind_all": sum(bool(one.people) and not one.is_reminded for one in chased.values()) > 1,
            "own_states": seen.headed_states,
            "may_record_letter": may(plan, "record_letter", request.user, at=now),
            "may_confirm_letter": may(plan, "confirm_letter", request.user, at=now),
            "transitions": [
                act for act in offered(plan, request) if act["name"] in ("respond", "record_agreement", "withdraw")
            ],
        },
    )


def _remarks(answer: agreements.StateAnswer) -> list[dict[str, Any]]:
    return [{"remark": remark, "state": answer.state} for remark in answer.remarks]


@require_POST
def remind(request: HttpRequest, slug: str) -> HttpResponse:
    """Reminds the head of the state, or of every state that is waited for, before the clock does."""
    plan, state = plan_or_404(request, slug), None
    if request.POST.get("state"):
        state = next((row for row in taking_part(plan) if row.code == request.POST["state"]), None)
        if state is None:
            raise NotFound
    agreements.remind_heads(plan=plan, state=state, actor=reader(request), at=timezone.now())
    messages.success(request, _("The reminder is sent."))
    return redirect(f"{reverse('operations:agreement', args=[slug])}{f'#state-{state.code}' if state else ''}")


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    """A head's answer on behalf of the state to the version in agreement."""
    plan, now = plan_or_404(request, slug), timezone.now()
    refused = refusal(plan, "respond", request.user, at=now)
    if refused is not None:
        raise refused
    states = agreements.states_to_answer_for(plan, request.user, at=now)
    form = _answer_form(request, states)
    if request.method == "POST" and not _asks_for_a_row(request):
        try:
            agreements.respond(
                plan=plan,
                state=_state(form, states),
                answer=request.POST.get("answer", ""),
                comment=request.POST.get("comment", ""),
                remarks=_typed_remarks(request),
                actor=reader(request),
                at=now,
            )
        except BadInput as error:
            form.refuse(error)
        else:
            messages.success(request, _("The answer of the state is recorded."))
            return redirect("operations:agreement", slug=slug)
    return _answer_page(request, plan, form, "operations/agreements/answer.html")


@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, slug: str) -> HttpResponse:
    """Records an answer that came by letter or on paper."""
    plan, now = plan_or_404(request, slug), timezone.now()
    refused = refusal(plan, "record_letter", request.user, at=now)
    if refused is not None:
        raise refused
    states = list(taking_part(plan))
    form = _answer_form(request, states)
    methods = [choice for choice in Agreement.Method.choices if choice[0] != Agreement.Method.SYSTEM]
    form.fields.update(
        {
            "method": radios(_("How it came"), methods),
            "letter_number": line(_("Number of the letter"), required=True),
            "letter_date": date(_("Date of the letter"), required=True),
        }
    )
    if request.method == "POST" and not _asks_for_a_row(request):
        try:
            agreements.record_letter(
                plan=plan,
                state=_state(form, states),
                answer=request.POST.get("answer", ""),
                comment=request.POST.get("comment", ""),
                remarks=_typed_remarks(request),
                **form.typed(only=("method", "letter_number", "letter_date")),
                actor=reader(request),
                at=now,
            )
        except BadInput as error:
            form.refuse(error)
        else:
            messages.success(request, _("The letter is recorded. It counts when somebody else has confirmed it."))
            return redirect("operations:agreement", slug=slug)
    return _answer_page(request, plan, form, "operations/agreements/letter.html")


@require_POST
def confirm_letter(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    plan = plan_or_404(request, slug)
    found = visible_to(Agreement, request.user, at=timezone.now()).filter(version__plan=plan, pk=pk).first()
    if found is None:
        raise NotFound
    agreements.confirm_letter(agreement=found, actor=reader(request), at=timezone.now())
    messages.success(request, _("The letter is confirmed."))
    return redirect("operations:agreement", slug=slug)


@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The planner's reply to a remark."""
    plan = plan_or_404(request, slug)
    remark = _remark(request, plan, pk)
    refused = refusal(plan, "answer_remark", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    initial = {"disposition": remark.disposition, "reply": remark.reply}
    form = DrawnForm(request.POST if request.method == "POST" else None, initial=initial)
    form.fields.update(
        {
            "disposition": radios(_("What became of the remark"), Remark.Disposition.choices),
            "reply": lines(_("Reply"), required=True),
        }
    )
    if request.method == "POST":
        try:
            agreements.answer_remark(remark=remark, actor=reader(request), at=timezone.now(), **form.typed())
        except BadInput as error:
            form.refuse(error)
        else:
            messages.success(request, _("The reply is recorded. The head of the state is asked to confirm it."))
            return redirect("operations:agreement", slug=slug)
    context = {"operation": plan.operation, "plan": plan, "remark": remark, "form": form}
    return render(request, "operations/agreements/reply.html", context, status=422 if form.errors else 200)


@require_POST
def confirm_remark(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    plan = plan_or_404(request, slug)
    agreements.confirm_remark(remark=_remark(request, plan, pk), actor=reader(request), at=timezone.now())
    messages.success(request, _("The reply is confirmed."))
    return redirect("operations:agreement", slug=slug)


def _remark(request: HttpRequest, plan: Plan, pk: int) -> Remark:
    rows = visible_to(Remark, request.user, at=timezone.now()).select_related("agreement__version", "agreement__state")
    found: Remark | None = rows.filter(agreement__version__plan=plan, pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _answer_form(request: HttpRequest, states: list[MemberState]) -> DrawnForm:
    initial = {"state": states[0].code if len(states) == 1 else ""}
    form = DrawnForm(request.POST if request.method == "POST" else None, initial=initial)
    form.fields["state"] = select(_("State"), [(state.code, label(state)) for state in states], required=True)
    form.fields["answer"] = radios(_("Answer"), Agreement.Answer.choices)
    form.fields["comment"] = lines(
        _("Comment"), hint=_("An objection and a reservation need one; a reservation is printed.")
    )
    for row in range(_rows_shown(request)):
        form.fields.update(_remark_fields(row))
    form.fields["remarks"] = line("")
    return form


def _typed_remarks(request: HttpRequest) -> list[dict[str, str]]:
    return [
        {name: request.POST.get(f"remarks-{row}-{name}", "") for name in ("place", "text")}
        for row in range(_rows_shown(request))
    ]


def _rows_shown(request: HttpRequest) -> int:
    """The rows for remarks: as many as were sent, and one more where that was asked for."""
    sent = sum(name.startswith("remarks-") and name.endswith("-text") for name in request.POST)
    return min(max(REMARK_ROWS, sent + _asks_for_a_row(request)), MOST_REMARKS)


def _asks_for_a_row(request: HttpRequest) -> bool:
    return "one_more" in request.POST


def _state(form: DrawnForm, states: list[MemberState]) -> MemberState | None:
    return next((state for state in states if state.code == form.typed()["state"]), None)


def _blank_row() -> dict[str, Any]:
    """The row that a script repeats: its names and its number are marks that the script replaces."""
    form = DrawnForm()
    form.fields.update(_remark_fields("__n__"))
    return {"number": "__number__", "place": form["remarks-__n__-place"], "text": form["remarks-__n__-text"]}


def _remark_fields(row: int | str) -> dict[str, Any]:
    return {
        f"remarks-{row}-place": line(_("Place"), hint=_("Section, measure or page.")),
        f"remarks-{row}-text": lines(_("Remark"), rows=2),
    }


def _answer_page(request: HttpRequest, plan: Plan, form: DrawnForm, template: str) -> HttpResponse:
    context = {
        "operation": plan.operation,
        "plan": plan,
        "version": plan.current_version,
        "form": form,
        "remark_rows": [
            {"number": row + 1, "place": form[f"remarks-{row}-place"], "text": form[f"remarks-{row}-text"]}
            for row in range(_rows_shown(request))
        ],
        "blank_row": _blank_row(),
        "most_remarks": MOST_REMARKS,
        "absent": Participation.objects.filter(operation=plan.operation, takes_part=False).count(),
    }
    return render(request, template, context, status=422 if form.errors else 200)
