"""What can be read in a file which claims to be a document of ours: its text, and whether its end is there.

Its metadata and its links are looked at: the approval sheet links to the page of the verification code. A file that
is no PDF, or a broken one, has nothing to read here; whether a file is authentic is never decided by what it says.
"""

import io
from collections.abc import Iterator

import pikepdf

from reports.domain.verification import Finding, verify_bytes

#: Larger files are looked up by their hash alone.
LARGEST = 64 * 1024 * 1024
#: How our PDFs, workbooks and word processor files begin, and what stands near the end of each.
_ENDS = {b"%PDF-": b"%%EOF", b"PK\x03\x04": b"PK\x05\x06"}
_NEAR_THE_END = 1024


def verify_file(content: bytes) -> Finding:
    """What the file is, by all its bytes; what it says of itself tells an altered file from an alien one."""
    return verify_bytes(content, text=text_of(content), is_cut_off=_is_cut_off(content))


def _is_cut_off(content: bytes) -> bool:
    """Whether the file begins as one of ours does and has no end, as one that was not loaded or copied whole."""
    last = content[-_NEAR_THE_END:]
    return any(content.startswith(begin) and end not in last for begin, end in _ENDS.items())


def _is_readable(content: bytes) -> bool:
    return content.startswith(b"%PDF-") and len(content) <= LARGEST


def text_of(content: bytes) -> str:
    """What the PDF says of itself in its metadata and links; empty where it cannot be read."""
    if not _is_readable(content):
        return ""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            return "\n".join([*_metadata(pdf), *_links(pdf)])
    except (pikepdf.PdfError, KeyError, ValueError, TypeError, AttributeError, OverflowError):
        return ""  # whatever an altered byte made of an object: a number where a list is due, a name where a text is


def _metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    metadata = pdf.Root.get("/Metadata")
    if metadata is not None:
        yield metadata.read_bytes().decode("utf-8", "replace")


def _links(pdf: pikepdf.Pdf) -> Iterator[str]:
    for page in pdf.pages:
        for note in page.get("/Annots", []):
            if note is not None and "/A" in note:
                yield str(note["/A"]["/URI"])
