"""Who gets which document: recipients kept by the headquarters, numbered copies sent to them, and the log of downloads.

A copy is sent as a file and not as a link: a recipient has no sign-in here, and an address that opens without one would
itself be the secret. The file is sealed, carries its recipient's name and number, and can be verified by anybody who
holds it. Copy No. 1 is the headquarters' own; those of recipients follow. The public edition has no copies.

Asking twice sends once: a recipient has one copy of an approved report, however often it is asked for, and a message
that is delivered a second time finds it sent.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from operations.domain import audit, creation, entry, jobs, machine, outbox
from operations.domain.access import ANY_HEADQUARTERS, EVERYTHING, NOTHING, Standing, scope
from operations.domain.entry import Entry, Refused
from operations.domain.errors import BadInput, Conflict, Problem, Stale
from operations.domain.errors import Text as Message
from operations.domain.transitions import Attempt, Transition, Workflow
from operations.models import Language, User
from reports.domain.definitions import all_definitions
from reports.domain.documents import DocumentKind
from reports.domain.snapshots import current_snapshot
from reports.models import Approval, Dispatch, Document, Download, Recipient, Report

SEND_JOB = "send_copy"
TOPIC = "reports.dispatch"
OWN_COPY = 1


@scope(Recipient)
def _recipients(seen: Standing, user: Any) -> Any:
    """Names and addresses of recipients are the headquarters' own."""
    return EVERYTHING if seen.is_headquarters or seen.is_system else NOTHING


@scope(Dispatch)
def _dispatches(seen: Standing, user: Any) -> Any:
    return EVERYTHING if seen.is_headquarters or seen.is_system else NOTHING


@scope(Download)
def _downloads(seen: Standing, user: Any) -> Any:
    return EVERYTHING if seen.is_headquarters or seen.is_system else NOTHING


# --- recipients ---


def _address(value: Any) -> str:
    text = str(_CONTACT(value)).lower()
    if not text:
        return ""
    try:
        validate_email(text)
    except ValidationError as error:
        raise Refused("bad_address", _("This is not an e-mail address. Write it as name@office.example.")) from error
    return text


def _kinds(value: Any) -> list[str]:
    chosen = sorted({str(one) for one in value or ()})
    if not {code for code, _name in kinds_of_report()}.issuperset(chosen):
        raise Refused("unknown_definition", _("There is no such kind of report."))
    return chosen


_CONTACT = entry.text(longest=254, single_line=True, is_contact=True)
_NAME = entry.text(longest=300, single_line=True, is_contact=True)
ENTRIES = (
    Entry(name="name_ru", take=_NAME, is_required=True),
    Entry(name="name_en", take=_NAME, is_required=True),
    Entry(name="email", take=_address, is_required=True),
    Entry(name="language", take=entry.choice(Language), is_required=True),
    Entry(name="edition", take=entry.choice(Document.Edition), is_required=True),
    Entry(name="definitions", take=_kinds),
    Entry(name="is_active", take=entry.truth),
)


def kinds_of_report() -> list[tuple[str, Message]]:
    """The kinds of report whose documents are sent."""
    return [(one.code, one.name) for one in all_definitions() if not one.follows]


def _take(attempt: Attempt, *, is_new: bool) -> None:
    recipient: Recipient = attempt.subject
    columns, _sets = entry.take(ENTRIES, attempt.given["values"], is_new=is_new)
    for name, value in columns.items():
        setattr(recipient, name, value)
    if Recipient.objects.filter(email=recipient.email).exclude(pk=recipient.pk).exists():
        message = _("There is a recipient with this address already.")
        raise BadInput([Problem(code="taken", field="email", message=message)])
    recipient.save()


def _create(attempt: Attempt) -> None:
    attempt.subject.added_by, attempt.subject.added_at = attempt.actor, attempt.at
    _take(attempt, is_new=True)


def _change(attempt: Attempt) -> None:
    if attempt.given["revision"] != attempt.subject.revision:
        raise Stale(current=attempt.subject)
    attempt.subject.revision += 1
    _take(attempt, is_new=False)


RECIPIENT_WORKFLOW = Workflow(
    Recipient,
    Transition(name="create", label=_("Add a recipient"), who=ANY_HEADQUARTERS, effect=_create),
    Transition(name="change", label=_("Change the recipient"), who=ANY_HEADQUARTERS, effect=_change),
    status_field="",
)


def add_recipient(*, values: Mapping[str, Any], actor: User, at: dt.datetime) -> Recipient:
    """`values`: names in both languages, email, language, edition, definitions (none is all), is_active."""
    return creation.create(Recipient(), actor=actor, at=at, values=dict(values))


def change_recipient(
    *, recipient: Recipient, values: Mapping[str, Any], revision: int, actor: User, at: dt.datetime
) -> Recipient:
    """What was sent before keeps the name and the address that it was sent with. Raises `Stale`."""
    changed: Recipient = machine.perform(
        recipient, "change", actor=actor, at=at, values=dict(values), revision=revision
    )
    return changed


# --- sending ---


def recipients_of(report: Report) -> list[Recipient]:
    """The active recipients of reports of this kind; the public edition is sent once it is public."""
    rows = Recipient.objects.filter(is_active=True).order_by("name_ru", "pk")
    if report.status != Report.Status.PUBLISHED:
        rows = rows.filter(edition=Document.Edition.FULL)
    return [row for row in rows if not row.definitions or report.definition in row.definitions]


def recipients_chosen(attempt: Attempt) -> Iterable[Problem]:
    """Somebody is chosen, and nobody who gets no reports of this kind."""
    chosen = set(attempt.given.get("recipients") or ())
    if not chosen:
        yield Problem(code="required", field="recipients", message=_("Choose at least one recipient."))
    elif not chosen <= {row.pk for row in recipients_of(attempt.subject)}:
        yield Problem(code="unknown", field="recipients", message=_("One of these gets no such report."))


def send_copies(attempt: Attempt) -> list[Dispatch]:
    """Gives each chosen recipient a numbered copy and asks for it to be drawn and sent; those who have one keep it."""
    report: Report = attempt.subject
    snapshot = current_snapshot(report)
    if snapshot is None:
        raise Conflict
    audit.take_chain_lock()  # two who send at once do not give a number twice
    approval = snapshot.approval
    chosen = set(attempt.given["recipients"])
    asked = [_dispatch(approval, row, attempt) for row in recipients_of(report) if row.pk in chosen]
    new = [one for one in asked if one is not None]
    attempt.noted["copies"] = [{"recipient": one.recipient_id, "copy": one.copy_number} for one in new]
    return new


def _dispatch(approval: Approval, recipient: Recipient, attempt: Attempt) -> Dispatch | None:
    if Dispatch.objects.filter(approval=approval, recipient=recipient, edition=recipient.edition).exists():
        return None
    dispatch = Dispatch.objects.create(
        approval=approval,
        recipient=recipient,
        name_ru=recipient.name_ru,
        name_en=recipient.name_en,
        email=recipient.email,
        language=recipient.language,
        edition=recipient.edition,
        copy_number=_next_copy(approval) if recipient.edition == Document.Edition.FULL else 0,
        requested_by=attempt.actor,
        requested_at=attempt.at,
    )
    jobs.request(name=SEND_JOB, actor=attempt.actor, at=attempt.at, dispatch_id=dispatch.pk)
    return dispatch


def _next_copy(approval: Approval) -> int:
    last = Dispatch.objects.filter(approval=approval).aggregate(last=Max("copy_number"))["last"] or 0
    return max(int(last), OWN_COPY) + 1


def kind_of(dispatch: Dispatch) -> DocumentKind:
    """The file that is sent: a numbered copy for this recipient alone, or the public edition."""
    if dispatch.edition == Document.Edition.PUBLIC:
        return DocumentKind(language=dispatch.language, edition=Document.Edition.PUBLIC, marking=Document.Marking.OPEN)
    return DocumentKind(language=dispatch.language, marking=Document.Marking.NAMED, copy_number=dispatch.copy_number)


def addressee(approval: Approval | None, kind: DocumentKind) -> dict[str, str] | None:
    """Whose numbered copy a document is, as the copy names it; None for any other document."""
    if approval is None or kind.marking != Document.Marking.NAMED:
        return None
    found = Dispatch.objects.filter(approval=approval, copy_number=kind.copy_number).first()
    return None if found is None else {"ru": found.name_ru, "en": found.name_en}


@transaction.atomic
def post(dispatch: Dispatch, document: Document, *, at: dt.datetime) -> None:
    """Keeps the drawn copy and puts its letter into the outbox; once, also when the copy is drawn again."""
    locked = Dispatch.objects.select_for_update().get(pk=dispatch.pk)
    if locked.document_id is None:
        locked.document = document
        locked.save(update_fields=["document"])
        outbox.send(topic=TOPIC, at=at, dispatch_id=locked.pk)


# --- who fetched what ---


def record_download(document: Document, *, user: Any, door: str, at: dt.datetime) -> None:
    """Notes that a file left; nobody's name for whoever has no sign-in."""
    person = user if getattr(user, "is_authenticated", False) else None
    Download.objects.create(document=document, user=person, door=door, at=at)
