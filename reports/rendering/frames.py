"""What stands around the text of a document: title page, stamps, running heads, notices, the approval sheet.

Plain texts in the language that is asked for; the templates put them in their places.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import segno
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from operations.domain.wording import date_text, moment_text, short_date_text
from reports.domain.payload import sha256_of

#: Is told how many stages of drawing are done, and how many there are.
Stage = Callable[[int, int], None]
LANGUAGES = {"ru": ("ru",), "en": ("en",), "both": ("ru", "en")}
SHORT_HASH = 16


@dataclass(frozen=True, kw_only=True)
class Copy:
    """Which copy of the document is drawn: edition and marking, and for whom."""

    edition: str = "full"
    marking: str = "internal"
    copy_number: int | None = None
    recipients: Mapping[str, str] | None = None


def unwatched(done: int, total: int) -> None:
    """Nobody wants to know how far the drawing is."""


def frame_texts(
    *, payload: dict[str, Any], approval: dict[str, Any] | None, language: str, copy: Copy
) -> dict[str, Any]:
    """Title page, stamps, running heads, notices and the approval sheet."""
    operation = payload["operation"]
    digest = sha256_of(payload)
    return {
        "operation": operation["title"][language],
        "title": payload["title"][language],
        "subtitle": payload["subtitle"][language],
        "period": payload["period"][language] if payload["period"] else "",
        "as_of": moment_text(payload["as_of"], language=language),
        "year": operation["year"],
        "author": author_text(payload, language=language),
        "edition": gettext("Public edition") if copy.edition == "public" else gettext("Full edition"),
        "marking": marking_text(copy, language=language),
        "copy_number": copy.copy_number,
        "is_open": copy.marking == "open",
        "is_draft": approval is None and not operation["historical"] and not payload.get("working_paper"),
        "is_demonstration": operation["demonstration"],
        "is_historical": operation["historical"],
        "running_mark": running_mark(payload=payload, approval=approval, language=language),
        "stamps": stamp_texts(payload=payload, approval=approval, language=language),
        "approval": approval_sheet(approval, language=language) if approval else None,
        "registration": registration_text(approval, language=language),
        "is_signed": payload["definition"] == "minutes",
        "origin_sha256": payload.get("origin", {}).get("sha256", ""),
        "sha256": digest,
        "short_hash": digest[:SHORT_HASH],
    }


def author_text(payload: dict[str, Any], *, language: str) -> str:
    """Who drew the report up; nobody did one that is compiled from open sources."""
    if payload["operation"]["historical"]:
        return ""
    author = payload.get("author")
    return author[language] if author else gettext("International Headquarters of the operation")


def marking_text(copy: Copy, *, language: str) -> str:
    """The words at the top right of every page; nothing on an open document."""
    if copy.marking == "open":
        return ""
    if copy.marking == "named":
        recipients = copy.recipients[language] if copy.recipients else ""
        return gettext("Only for: %(recipients)s") % {"recipients": recipients} if recipients else gettext("By list")
    return gettext("For official use only")


def running_mark(*, payload: dict[str, Any], approval: dict[str, Any] | None, language: str) -> str:
    """What every page says at its foot about the standing of the document."""
    said = []
    if payload.get("origin"):
        said.append(payload["origin"]["label"][language])
    if payload["operation"]["demonstration"]:
        said.append(gettext("Demonstration data"))
    if payload["operation"]["historical"]:
        said.append(gettext("Compiled from open sources; not an official document"))
    elif approval is None and not payload.get("working_paper"):
        is_signed = payload["definition"] == "minutes"
        said.append(gettext("Draft, not signed") if is_signed else gettext("Draft, not approved"))
    return " · ".join(said)


def stamp_texts(*, payload: dict[str, Any], approval: dict[str, Any] | None, language: str) -> dict[str, Any] | None:
    """The stamps of the first page: by whom approved or to be approved, and with whom agreed."""
    stamps = payload["stamps"]
    if stamps is None:
        return None
    texts: dict[str, Any] = {
        key: stamps[key][language] if stamps[key] else "" for key in ("post", "rank", "name", "agreed_by", "agreed_on")
    }
    texts["known"] = stamps["known"][language] if stamps["known"] else ""
    if approval is not None:
        texts |= {
            "post": approval["post"][language] if approval.get("post") else approval["capacity"][language],
            "rank": approval["rank"][language] if approval.get("rank") else "",
            "name": approval["name"][language],
            "date": date_text(approval["approved_at"], language=language),
            "meeting": approval["meeting"][language] if approval.get("meeting") else "",
        }
    return texts


def approval_sheet(approval: dict[str, Any], *, language: str) -> dict[str, Any]:
    """Who decided what, when and in which capacity; the hash; the address where the document can be
    verified."""
    acts = [
        {
            "what": act["what"][language],
            "name": act["name"][language],
            "held": _held(act, language),
            "at": moment_text(act["at"], language=language),
        }
        for act in approval["acts"]
    ]
    url = approval["verification_url"]
    return {
        "acts": acts,
        "name": approval["name"][language],
        "capacity": approval["capacity"][language],
        "approved_at": moment_text(approval["approved_at"], language=language),
        "meeting": approval["meeting"][language] if approval.get("meeting") else "",
        "audit_head": approval["audit_head"],
        "url": url,
        "qr": qr_svg(url, title=gettext("QR code with the address where this document can be verified")),
    }


def _held(act: dict[str, Any], language: str) -> str:
    """The post and the capacity of whoever acted; one of them where the capacity begins with the post."""
    capacity: str = act["capacity"][language]
    post = act["post"][language] if act.get("post") else ""
    return capacity if capacity.startswith(post) else f"{post}; {capacity}"


def registration_text(approval: dict[str, Any] | None, *, language: str) -> str:
    """«Рег. № … от …», or lines to fill in by hand."""
    if approval and approval.get("registration_number"):
        return pgettext("registration", "Reg. No. %(number)s of %(date)s") % {
            "number": approval["registration_number"],
            "date": short_date_text(approval["registered_on"], language=language),
        }
    return pgettext("registration", "Reg. No. ____________ of ____________")


def qr_svg(url: str, *, title: str) -> SafeString:
    """The address as a QR code, black on white, without a style attribute."""
    code = segno.make(url, error="m", micro=False)
    svg = code.svg_inline(scale=3, border=2, title=title, svgclass="qr", lineclass=None, omitsize=False)
    return mark_safe(svg)  # noqa: S308 - made here from an address, with its title escaped by the library
