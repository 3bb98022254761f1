"""What can be read in a file which claims to be a document of ours: its text.

Its metadata and its links are looked at: the approval sheet links to the page of the verification code. A file that
is no PDF, or a broken one, has nothing to read here; whether a file is authentic is never decided by what it says.
"""

import io

import pikepdf

from reports.domain.verification import Finding, verify_bytes

#: Larger files are looked up by their hash alone.
LARGEST = 64 * 1024 * 1024


def verify_file(content: bytes) -> Finding:
    """What the file is, by all its bytes; what it says of itself tells an altered file from an alien one."""
    return verify_bytes(content, text=text_of(content))


def _is_readable(content: bytes) -> bool:
    return content.startswith(b"%PDF-") and len(content) <= LARGEST


def text_of(content: bytes) -> str:
    """What the PDF says of itself in its metadata and links; empty where it cannot be read."""
    if not _is_readable(content):
        return ""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            metadata = pdf.Root.get("/Metadata")
            told = [metadata.read_bytes().decode("utf-8", "replace")] if metadata is not None else []
            links = (str(note["/A"]["/URI"]) for page in pdf.pages for note in page.get("/Annots", []) if "/A" in note)
            return "\n".join([*told, *links])
    except (pikepdf.PdfError, KeyError, ValueError):
        return ""
