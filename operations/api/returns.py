"""Returns: what is expected of whom, its newest submission with its figures, and the acts on it.

A return is shown with its newest submission; the revision of that submission is the ETag. `/figures/` reads and
replaces the cells of a draft; the acts are those of the workflow, each at an address of its own.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.concurrency import etag, is_revised, require_match
from operations.api.parameters import Choice, Code, Parameter, Whole
from operations.api.problems import error_of
from operations.api.resources import WorkflowResource
from operations.api.return_shapes import (
    Answered,
    CommentedDecision,
    ComparedShown,
    FiguresGiven,
    FiguresShown,
    Reasoned,
    Reopened,
    ReturnListed,
    ReturnShown,
    ReturnUnitsShown,
    RolledUpInput,
    Submitted,
    UnusualShown,
    newest_of,
)
from operations.api.serializers import Nothing
from operations.domain import machine, returns
from operations.domain.chase_list import chase_list
from operations.domain.errors import BadInput, ListedProblems, NotAllowed, NotFound, Problem, WrongState
from operations.domain.figures import BadNumber, FigureInput, cell_input, json_value
from operations.domain.outlier_history import unusual_figures
from operations.domain.return_layout import Layout, UnknownCell, layout_of
from operations.domain.tokens import TokenScope
from operations.domain.unit_returns import rolled_up
from operations.domain.units import reads_units_of
from operations.domain.vintages import changed_cells, vintage
from operations.models import (
    AgencyKind,
    Figure,
    MemberState,
    Operation,
    PeriodKind,
    ReportingPeriod,
    Return,
    Submission,
)

OF_RETURN = ("start", "reopen_period", "reopen")
#: Whose returns a list shows, and what that says of the row's unit.
WHOSE = {"agencies": True, "units": False}


class Whose(Choice):
    """The agencies' own returns, or those of their units."""

    def read(self, text: str) -> Any:
        return WHOSE[super().read(text)]


class Returns(WorkflowResource):
    """Returns of agencies and their units."""

    queryset = Return.objects.select_related(
        "period__operation", "period__stage", "agency__state", "agency__kind", "unit", "form"
    ).prefetch_related(
        Prefetch(
            "submissions",
            Submission.objects.select_related("entered_by", "submitted_by", "on_behalf_of", "decided_by").order_by(
                "number"
            ),
        )
    )
    serializer_class = ReturnShown
    ordering = ("id",)
    parameters = {
        "operation": Code(lookup="period__operation__slug", model=Operation, code="slug"),
        "state": Code(lookup="agency__state__code", model=MemberState),
        "agency": Parameter(lookup="agency__code"),
        "agency_kind": Code(lookup="agency__kind__code", model=AgencyKind),
        "unit": Parameter(lookup="unit__code"),
        "of": Whose(lookup="unit__isnull", choices=tuple(WHOSE)),
        "period": Code(lookup="period__code", model=ReportingPeriod),
        "kind": Choice(lookup="period__kind", choices=PeriodKind.values),
        "status": Choice(lookup="submissions__status", choices=Submission.Status.values),
    }
    write_scope = TokenScope.RETURNS
    is_revised = True
    transitions = {
        "start": Nothing,
        "roll_up": RolledUpInput,
        "submit": Submitted,
        "recall": Reasoned,
        "accept": CommentedDecision,
        "return": CommentedDecision,
        "correct": Reasoned,
        "explain_breach": Answered,
        "waive_breach": Answered,
        "reopen_period": Reopened,
        "reopen": Reasoned,
    }
    inputs = {"update_figures": FiguresGiven}
    outputs = {
        "figures": FiguresShown,
        "compare": ComparedShown,
        "unusual": UnusualShown,
        "update_figures": FiguresShown,
        "units": ReturnUnitsShown,
        "list": ReturnListed,
    }

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows.distinct() if self.action == "list" else rows

    def get_serializer_class(self) -> Any:
        return ReturnListed if self.action == "list" else ReturnShown

    # --- figures ---

    @action(detail=True, methods=["get"])
    def figures(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The cells of the newest submission, or of the one whose number is asked for."""
        row = self.get_object()
        return self._figures(vintage(row, self.asked["submission"]) if "submission" in self.asked else _begun(row))

    figures.parameters = {"submission": Whole(lookup="")}  # type: ignore[attr-defined]

    @figures.mapping.put
    def update_figures(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Replaces the cells of the draft; every fault is reported at once, and then nothing is stored."""
        row = self.get_object()
        draft = _begun(row)
        revision = require_match(request, draft)
        given = self.input(FiguresGiven)
        saved = returns.save_draft(
            submission=draft,
            figures=_taken(given["figures"], layout_of(row.form)),
            revision=revision,
            actor=self.actor,
            at=self.at,
            is_whole=True,
            screening_reason=given.get("screening_reason", ""),
        )
        return self._figures(saved)

    def _figures(self, submission: Submission) -> Response:
        rows = Figure.objects.filter(submission=submission).select_related("indicator", "category__breakdown")
        shown = {
            "submission": submission.number,
            "revision": submission.revision,
            "figures": rows.order_by("indicator__position", "category__breakdown_id", "category__position"),
        }
        return Response(FiguresShown(shown).data, headers={"ETag": etag(submission)})

    @action(detail=True, methods=["get"])
    def units(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """How the units stand whose returns are behind an agency's: for its officers and the head of its state."""
        row = self.get_object()
        if row.unit_id is not None:
            raise NotFound
        if not reads_units_of(self.actor, row.agency, self.at):
            raise NotAllowed
        standings = chase_list(row, user=self.actor, at=self.at)
        shown = {"rolled_up": rolled_up(row, newest_of(row)), "units": standings}
        return Response(ReturnUnitsShown(shown).data)

    @action(detail=True, methods=["get"])
    def compare(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Two submissions cell by cell; without numbers the newest and the one before it."""
        row = self.get_object()
        newest = _begun(row)
        after = vintage(row, self.asked["to"]) if "to" in self.asked else newest
        before = vintage(row, self.asked.get("from", max(1, after.number - 1)))
        layout = layout_of(row.form)
        shown = {
            "submission_from": before.number,
            "submission_to": after.number,
            "cells": len(layout.addresses),
            "changes": changed_cells(layout, before, after),
        }
        return Response(ComparedShown(shown).data)

    compare.parameters = {"from": Whole(lookup=""), "to": Whole(lookup="")}  # type: ignore[attr-defined]

    @action(detail=True, methods=["get"])
    def unusual(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The figures of the newest submission that are out of the ordinary for whoever reports them."""
        newest = _begun(self.get_object())
        return Response(UnusualShown(unusual_figures(newest)).data)

    # --- acts ---

    def workflow_subject(self, row: Return) -> Submission | None:
        return newest_of(row)

    def offered(self, row: Return) -> list[dict[str, Any]]:
        """The acts on the return itself, on its newest submission, and on the accepted one behind that."""
        newest, accepted = newest_of(row), _accepted(row)
        found = machine.available(row, self.actor, at=self.at, only=OF_RETURN)
        if newest is not None:
            names = [name for name in self.transitions if name not in (*OF_RETURN, "correct")]
            found = [*machine.available(newest, self.actor, at=self.at, only=names), *found]
        if accepted is not None:
            found += machine.available(accepted, self.actor, at=self.at, only=["correct"])
        return [
            {
                "name": offer.transition.name,
                "label": str(offer.transition.label),
                "href": self.href(row, offer.transition.name),
                "allowed": offer.is_allowed,
                "problems": [error_of(one) for one in offer.refusal.problems]
                if isinstance(offer.refusal, ListedProblems)
                else [],
            }
            for offer in found
        ]

    def take(self, name: str) -> Response:
        row = self.get_object()
        newest = newest_of(row)
        if name not in OF_RETURN:
            newest = _begun(row)
            if is_revised(newest):
                require_match(self.request, newest)
        given = self.input(self.transitions[name])
        _VERBS[name](row, newest, given, actor=self.actor, at=self.at)
        return self.answer(self.get_object())


_Verb = Callable[..., Any]


def _on_submission(verb: _Verb) -> _Verb:
    return lambda row, newest, given, **who: verb(submission=newest, **_defaults(verb, given), **who)


def _on_return(verb: _Verb) -> _Verb:
    return lambda row, newest, given, **who: verb(expected_return=row, **_defaults(verb, given), **who)


def _defaults(verb: _Verb, given: Mapping[str, Any]) -> dict[str, Any]:
    """A text that is needed and was not given goes on as empty: the workflow says that it is needed."""
    needed = verb.__annotations__.keys() & {"reason", "comment"}
    return {**dict.fromkeys(needed, ""), **given}


def _reopen_period(row: Return, newest: Submission | None, given: Mapping[str, Any], **who: Any) -> Any:
    return returns.reopen_period(period=row.period, agency=row.agency, **_defaults(returns.reopen_period, given), **who)


def _roll_up(row: Return, newest: Submission | None, given: Mapping[str, Any], **who: Any) -> Any:
    return returns.roll_up_return(
        expected_return=row,
        revision=newest.revision if newest is not None else None,
        is_confirmed=given.get("confirmed", False),
        **who,
    )


_VERBS: Mapping[str, _Verb] = {
    "start": _on_return(returns.start_return),
    "roll_up": _roll_up,
    "submit": _on_submission(returns.submit_return),
    "recall": _on_submission(returns.recall_submission),
    "accept": _on_submission(returns.accept_submission),
    "return": _on_submission(returns.return_submission),
    "correct": _on_return(returns.correct_return),
    "explain_breach": _on_submission(returns.explain_breach),
    "waive_breach": _on_submission(returns.waive_breach),
    "reopen_period": _reopen_period,
    "reopen": _on_return(returns.reopen_reported_return),
}


def _accepted(row: Return) -> Submission | None:
    return next((found for found in row.submissions.all() if found.status == Submission.Status.ACCEPTED), None)


def _begun(row: Return) -> Submission:
    newest = newest_of(row)
    if newest is None:
        raise WrongState(_("This return has not been started yet."))
    return newest


def _taken(given: list[Mapping[str, Any]], layout: Layout) -> list[FigureInput]:
    """The cells given; raises `BadInput` with every fault at its pointer."""
    problems: list[Problem] = []
    figures: dict[tuple[int, int], FigureInput] = {}
    for index, cell in enumerate(given):
        try:
            figure = _figure(cell, layout)
        except UnknownCell as unknown:
            choices = ", ".join(unknown.choices)
            text = (
                _("Name the breakdown: %(choices)s.") % {"choices": choices} if choices else _("There is no such cell.")
            )
            problems.append(Problem(code="unknown_cell", field=f"figures.{index}", message=text))
        except BadNumber as error:
            member = {"note_required": "note", "unknown_status": "state"}.get(error.code, "value")
            problems.append(Problem(code=error.code, field=f"figures.{index}.{member}", message=error.message))
        else:
            if figure.key in figures:
                problems.append(
                    Problem(code="duplicate", field=f"figures.{index}", message=_("This cell is given twice."))
                )
            figures[figure.key] = figure
    if problems:
        raise BadInput(problems)
    return list(figures.values())


def _figure(cell: Mapping[str, Any], layout: Layout) -> FigureInput:
    key = layout.find(cell["indicator"], cell.get("category", ""), cell.get("breakdown") or "")
    indicator = layout.by_id[key[0]].indicator
    return cell_input(
        key=key,
        status=cell.get("state", ""),
        note=cell.get("note", ""),
        number=lambda: json_value(cell.get("value"), indicator=indicator),
    )
