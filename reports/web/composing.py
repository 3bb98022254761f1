"""Writing a report: its sections in both languages, the figures that they can cite, and how the pages will look.

A section saves itself while it is written (a script), or by its button. What is refused comes back with what was typed;
a text that somebody else saved meanwhile stands beside it. The preview shows what is typed, saved or not.
"""

from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.forms import TextInput
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from operations.domain.access import refusal
from operations.domain.errors import DomainError, ListedProblems, NotFound, Problem, Stale
from operations.web.doors import problems_by_field, status_of
from operations.web.plan_conflicts import Difference
from operations.web.tags import reader_language
from reports.domain import reports as verbs
from reports.domain.cited_figures import Citable
from reports.domain.clearance import is_asked_for, uncleared_in
from reports.domain.definitions import NarrativeSection, definition_of
from reports.domain.narratives import LONGEST_TEXT, section_block, text_faults
from reports.domain.payload import Payload, UnsoundPayload
from reports.domain.readiness import barring, open_points
from reports.domain.snapshots import build_payload
from reports.domain.titles import title_of
from reports.models import Narrative, Report
from reports.rendering.document import report_page_html
from reports.rendering.narrative import narrative_html
from reports.web.cited_palette import palette
from reports.web.report_forms import TextForm
from reports.web.report_pages import ANNEXES, LEFT_OUT, SECTIONS, actor_of, acts_of, found_report, part_of

LANGUAGES = ("ru", "en")
#: How long the data of a draft are kept for its preview, in seconds.
_KEPT = 60


def _editable(request: HttpRequest, pk: int) -> Report:
    """The report, where the reader may write in it now."""
    row = found_report(request, pk)
    refused = refusal(row, "edit", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    return row


@require_GET
def compose(request: HttpRequest, pk: int) -> HttpResponse:
    """The sections that people write, in both languages side by side, with figures and checklist beside them.

    The checklist alone is fetched again whenever a section has saved itself.
    """
    row = _editable(request, pk)
    if request.headers.get("HX-Target") == "checklist":
        return render(request, "reports/_checklist.html", {"report": row, **_checklist(row)})
    return _page(request, row)


@require_POST
def write(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Saves one section; the script that saves by itself gets JSON, a person the page."""
    row = found_report(request, pk)
    _section(row, section)
    form = TextForm(request.POST, section=section)
    is_script = request.headers.get("X-Autosave") == "1"
    if not form.is_valid():
        if is_script:
            faults = {name: str(errors[0]) for name, errors in form.errors.items()}
            return JsonResponse({"error": "bad_input", "faults": faults}, status=422)
        return _page(request, row, shown=form, section=section, status=422)
    try:
        narrative = verbs.edit_narrative(
            report=row, section=section, actor=actor_of(request), at=timezone.now(), **form.cleaned_data
        )
    except DomainError as error:
        if is_script:
            status = 412 if isinstance(error, Stale) else status_of(error)
            return JsonResponse({"error": error.code, "faults": _faults(error)}, status=status)
        return _refused(request, row, form, section, error)
    if is_script:
        return JsonResponse({"revision": narrative.revision})
    messages.success(request, _("The text is saved."))
    return redirect(f"{reverse('reports:compose', args=[row.pk])}#section-{section}")


@require_POST
def preview_section(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """The section as it would be printed with what is typed, saved or not; nothing is stored."""
    row = _editable(request, pk)
    _section(row, section)
    form = TextForm(request.POST, section=section)
    form.full_clean()
    drawn = _drawn(row, section, {name: str(form.data.get(f"text_{name}") or "").strip() for name in LANGUAGES})
    if request.headers.get("HX-Request") == "true":
        return render(request, "reports/_section_preview.html", {"preview": drawn})
    form.errors.clear()
    return _page(request, row, shown=form, section=section, preview=drawn)


@require_GET
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole draft as pages, with the data as they stand now; nothing is frozen."""
    row = _editable(request, pk)
    language = request.GET.get("language", "")
    language = language if language in LANGUAGES else reader_language()
    part = part_of(request)
    problems: list[Problem] = []
    contents, body = "", ""
    try:
        payload = _draft_payload(row)
        contents, body = report_page_html(payload={**payload, **LEFT_OUT[part]}, language=language)
    except UnsoundPayload as error:
        problems.append(Problem(code="unsound", message=_("The draft cannot be drawn: %(reason)s") % {"reason": error}))
    context = {
        "report": row,
        "operation": row.operation,
        "name": title_of(row),
        "language": language,
        "languages": [
            _tab(text, language=code, part=part, is_current=code == language)
            for code, text in (("ru", _("In Russian")), ("en", _("In English")))
        ],
        "parts": [
            _tab(text, language=language, part=one, is_current=one == part)
            for one, text in ((SECTIONS, _("Summary and sections")), (ANNEXES, _("Annexes and sources")))
        ],
        "contents": contents,
        "body": body,
        "problems": problems,
    }
    return render(request, "reports/preview.html", context, status=422 if problems else 200)


def _draft_payload(row: Report) -> Payload:
    """A draft's data, read once for whoever turns its pages: anew when text or figures change, and after a minute for
    what neither counts, such as a query that was answered."""
    key = f"draft-payload-{row.pk}-{row.revision}-{row.operation.data_version}"
    found: Any = cache.get_or_set(key, lambda: build_payload(row, at=timezone.now()), _KEPT)
    return found


@require_GET
def figures(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures that the report can cite, with their references and numbers as they stand."""
    row = _editable(request, pk)
    is_part = request.headers.get("HX-Request") == "true"
    context = {
        "report": row,
        "operation": row.operation,
        "name": title_of(row),
        "palette": palette(row, request.GET, language=reader_language()),
    }
    return render(request, "reports/_figures.html" if is_part else "reports/figures.html", context)


def _section(row: Report, section: str) -> NarrativeSection:
    part = definition_of(row).section(section)
    if part is None:
        raise NotFound
    return part


def _tab(text: str, *, language: str, part: str, is_current: bool) -> dict[str, Any]:
    return {"text": text, "url": f"?language={language}&part={part}", "is_current": is_current}


def _drawn(row: Report, section: str, typed: dict[str, str]) -> dict[str, Any]:
    """A section in both languages with its figures, and what is wrong with it."""
    citable = Citable(row)
    typed = {language: text[:LONGEST_TEXT] for language, text in typed.items()}
    problems = [
        problem for language, text in typed.items() for problem in text_faults(text, citable, field=f"text_{language}")
    ]
    if is_asked_for(row):
        problems += uncleared_in(row, [(section, "\n".join(typed.values()))])
    is_deep = any(problem.code == "too_deep" for problem in problems)
    block = section_block(citable, typed)
    texts = {language: narrative_html(block, language=language) for language in LANGUAGES if not is_deep}
    return {"problems": problems, "texts": texts, "is_empty": not any(typed.values())}


def _refused(request: HttpRequest, row: Report, form: TextForm, section: str, error: DomainError) -> HttpResponse:
    """The page again with what was typed; a text that somebody else changed meanwhile is shown beside it."""
    if isinstance(error, Stale):
        theirs: Narrative = error.current
        form.add_error(None, str(error.message))
        typed = request.POST.copy()
        typed["revision"] = str(theirs.revision)
        form.data = typed
        return _page(request, row, shown=form, section=section, conflict=_differences(theirs, form), status=409)
    if not isinstance(error, ListedProblems):
        raise error
    for field, problems in problems_by_field(error).items():
        for problem in problems:
            form.add_error(field if field in form.fields else None, str(problem.message))
    if all(problem.code == "looks_personal" for problem in error.problems):
        form.fields["screening_reason"].widget = TextInput()
    return _page(request, row, shown=form, section=section, status=422)


def _checklist(row: Report) -> dict[str, list[Problem]]:
    now = timezone.now()
    return {"barring": barring(row, at=now), "open_points": open_points(row, at=now)}


def _faults(error: DomainError) -> dict[str, str]:
    """What stands in the way by field, for the script that saves by itself."""
    if not isinstance(error, ListedProblems):
        return {}
    return {problem.field: str(problem.message) for problem in reversed(error.problems) if problem.field}


def _differences(theirs: Narrative, form: TextForm) -> list[Difference]:
    """The languages in which the saved text differs from what was typed."""
    found = []
    for name in ("text_ru", "text_en"):
        mine, other = str(form.data.get(name) or "").replace("\r\n", "\n").strip(), getattr(theirs, name)
        if mine != other:
            found.append(Difference(name=name, label=str(_("Text")), mine=mine, theirs=other))
    return found


def _page(
    request: HttpRequest,
    row: Report,
    *,
    shown: TextForm | None = None,
    section: str = "",
    conflict: list[Difference] | None = None,
    preview: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    written = {narrative.section: narrative for narrative in row.narratives.all()}
    parts = [
        {
            "section": part,
            "form": shown if part.key == section and shown is not None else _form_of(part, written),
            "is_shown": part.key == section and shown is not None,
            "conflict": conflict if part.key == section else None,
            "preview": preview if part.key == section else None,
        }
        for part in definition_of(row).narrative
    ]
    context = {
        "report": row,
        "operation": row.operation,
        "name": title_of(row),
        "parts": parts,
        **_checklist(row),
        "transitions": [act for act in acts_of(row, request) if act["name"] != "edit"],
        "palette": palette(row, request.GET, language=reader_language()),
        "forms": [shown] if shown is not None else [],
    }
    return render(request, "reports/compose.html", context, status=status)


def _form_of(part: NarrativeSection, written: dict[str, Any]) -> TextForm:
    narrative = written.get(part.key)
    initial = (
        {"revision": 0}
        if narrative is None
        else {"text_ru": narrative.text_ru, "text_en": narrative.text_en, "revision": narrative.revision}
    )
    return TextForm(section=part.key, initial=initial)
