"""A snapshot's payload as a whole: put together, checked, and turned into the bytes that are hashed.

The payload is all that a document is drawn from, for good: there is no going back to the tables. So what
could spoil a document years later (a missing translation, a row that is too short, two tables of one name) is
refused here, when the snapshot is taken and somebody can still mend it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reports.domain.blocks import Block
from reports.domain.cells import Text

SCHEMA = 1

Payload = dict[str, Any]


class UnsoundPayload(ValueError):
    """The payload cannot be drawn; the message lists every reason."""


def operation_facts(
    *, slug: str, year: int, title: Text, demonstration: bool = False, historical: bool = False
) -> dict[str, Any]:
    """What a document says about its operation on every page."""
    return {
        "slug": slug,
        "year": year,
        "title": dict(title),
        "demonstration": demonstration,
        "historical": historical,
    }


def source(*, title: Text, publisher: str = "", url: str = "", date: str = "", note: Text | None = None) -> Block:
    """An entry of the list of sources; `date` is text, as the source gives it."""
    return {
        "title": dict(title),
        "publisher": publisher,
        "url": url,
        "date": date,
        "note": None if note is None else dict(note),
    }


def stamps(
    *,
    post: Text,
    rank: Text | None = None,
    name: Text | None = None,
    agreed_by: Text | None = None,
    agreed_on: Text | None = None,
    known: Text | None = None,
) -> Block:
    """Who approves (УТВЕРЖДАЮ) and, where it applies, who agreed and by which minutes (СОГЛАСОВАНО).

    `known` replaces the stamp of a historical operation by what a source says of its approval.
    """
    return {
        "post": dict(post),
        "rank": _optional(rank),
        "name": _optional(name),
        "agreed_by": _optional(agreed_by),
        "agreed_on": _optional(agreed_on),
        "known": _optional(known),
    }


def origin(*, label: Text, sha256: str = "", content: str = "") -> Block:
    """The object that a document follows: what it is called on every page, the hash that its approval was given to,
    and the very text of that hash (canonical JSON), so that anybody can check one against the other."""
    return {"label": dict(label), "sha256": sha256, "content": content}


def assembled(
    *,
    definition: str,
    operation: Mapping[str, Any],
    title: Text,
    subtitle: Text,
    as_of: str,
    period: Text | None = None,
    summary: Sequence[Block] = (),
    sections: Sequence[Block],
    annexes: Sequence[Block] = (),
    sources: Sequence[Block] = (),
    stamps: Block | None = None,
    signature: Block | None = None,
    source_submissions: Sequence[int] = (),
    origin: Block | None = None,
    author: Text | None = None,
) -> Payload:
    """The payload, its tables and charts numbered in the order of reading. Raises `UnsoundPayload`.

    `author` names who drew the report up, where that is not the International Headquarters.
    """
    payload: Payload = {
        "schema": SCHEMA,
        "definition": definition,
        "operation": dict(operation),
        "title": dict(title),
        "subtitle": dict(subtitle),
        "as_of": as_of,
        "period": _optional(period),
        "summary": list(summary),
        "sections": list(sections),
        "annexes": list(annexes),
        "sources": list(sources),
        "stamps": stamps,
        "signature": signature,
        "source_submissions": sorted(source_submissions),
    }
    if origin is not None:
        payload["origin"] = origin
    if author is not None:
        payload["author"] = dict(author)
    counted = {"table": 0, "figure": 0}
    for block in every_block(payload):
        kind = _COUNTED.get(block["type"])
        if kind is not None:
            counted[kind] += 1
            block["number"] = counted[kind]
    check(payload)
    return payload


#: What is numbered through the document: tables, and figures of either kind.
_COUNTED = {"table": "table", "chart": "figure", "timeline": "figure"}


def every_block(payload: Mapping[str, Any]) -> Iterator[Block]:
    """All blocks in the order of reading."""
    yield from payload["summary"]
    for part in (*payload["sections"], *payload["annexes"]):
        yield from part["blocks"]


def check(payload: Mapping[str, Any]) -> None:
    """Refuse what cannot be drawn, with every reason at once."""
    reasons = [*_missing_texts(payload, at="payload"), *_repeated_ids(payload), *_unknown_sources(payload)]
    if reasons:
        raise UnsoundPayload("; ".join(reasons))


def canonical_bytes(payload: Mapping[str, Any]) -> bytes:
    """The bytes that are stored and hashed: keys sorted, no spaces, UTF-8, no number but integers."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_refuse).encode()


def sha256_of(payload: Mapping[str, Any]) -> str:
    """The hash that an approval is bound to."""
    return hashlib.sha256(canonical_bytes(payload)).hexdigest()


def _refuse(value: object) -> None:
    raise UnsoundPayload(f"{type(value).__name__} cannot be kept in a snapshot")


def _missing_texts(value: Any, *, at: str) -> Iterator[str]:
    """A text that is empty in one language only, or a float, which no two machines print alike for sure."""
    if isinstance(value, float):
        yield f"{at}: {value!r} is no whole number"
    elif isinstance(value, Mapping):
        if set(value) == {"ru", "en"}:
            if bool(value["ru"].strip()) != bool(value["en"].strip()):
                yield f"{at}: the text is missing in {'English' if value['ru'].strip() else 'Russian'}"
            return
        for key, inner in value.items():
            yield from _missing_texts(inner, at=f"{at}.{key}")
    elif isinstance(value, list | tuple):
        for position, inner in enumerate(value):
            yield from _missing_texts(inner, at=f"{at}[{position}]")


def _repeated_ids(payload: Mapping[str, Any]) -> Iterator[str]:
    seen: set[str] = set()
    named = [
        *payload["sections"],
        *payload["annexes"],
        *(block for block in every_block(payload) if "id" in block),
    ]
    for one in named:
        if one["id"] in seen:
            yield f"the id {one['id']!r} is given twice"
        seen.add(one["id"])


def _unknown_sources(payload: Mapping[str, Any]) -> Iterator[str]:
    known = len(payload["sources"])
    for block in every_block(payload):
        for line in block.get("rows", ()):
            for cell in line["cells"]:
                yield from (
                    f"table {block['id']}: no source {number}"
                    for number in cell.get("sources", ())
                    if not 1 <= number <= known
                )


def _optional(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"ru": text["ru"], "en": text["en"]}
