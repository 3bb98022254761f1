"""The public edition of a report: what of a snapshot leaves the house.

Sections that concern the work of single authorities (late returns, corrections, breaches), and tables that belong to
the house, are marked as internal when the payload is composed, and so frozen with it. Tables keep their numbers, so
that a reader of both editions finds the same table under the same number. What is hidden inside of them is the matter
of `reports.domain.public_numbers`, which is the only door to a public edition that may leave the house.
"""

from collections.abc import Mapping
from typing import Any

from reports.domain.blocks import Block
from reports.domain.payload import Payload, sha256_of
from reports.models import Document


def internal(part: Block) -> Block:
    """Marks a section, an annex or a table of a section as one that the public edition leaves out."""
    return {**part, "internal": True}


def for_edition(payload: Mapping[str, Any], edition: str) -> Payload:
    """The payload as that edition shows it; a public one names the hash of the snapshot that it was taken from."""
    if edition != Document.Edition.PUBLIC:
        return dict(payload)
    return {
        **payload,
        "edition_of": sha256_of(payload),
        "sections": [
            part for one in payload["sections"] if not one.get("internal") and (part := _public(one))["blocks"]
        ],
        "annexes": [one for one in payload["annexes"] if not one.get("internal")],
        "source_submissions": [],
    }


def _public(section: Block) -> Block:
    return {**section, "blocks": [one for one in section["blocks"] if not one.get("internal")]}
