"""The text that can be read in a file which claims to be a document of ours.

Its metadata and its links are looked at: the approval sheet links to the page of the verification code. A file that
is no PDF, or a broken one, has nothing to read here; whether a file is authentic is never decided by what it says.
"""

import io

import pikepdf

#: Larger files are looked up by their hash alone.
LARGEST = 64 * 1024 * 1024


def text_of(content: bytes) -> str:
    """What the PDF says of itself in its metadata and links; empty where it cannot be read."""
    if not content.startswith(b"%PDF-") or len(content) > LARGEST:
        return ""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            metadata = pdf.Root.get("/Metadata")
            told = [metadata.read_bytes().decode("utf-8", "replace")] if metadata is not None else []
            links = (str(note["/A"]["/URI"]) for page in pdf.pages for note in page.get("/Annots", []) if "/A" in note)
            return "\n".join([*told, *links])
    except (pikepdf.PdfError, KeyError, ValueError):
        return ""
