"""The system's mark on an approved PDF: a PAdES signature with the installation's certificate.

It says that this installation issued these bytes and that nothing was changed since; it is not the approver's own
signature, for which the approval sheet leaves a place. The sealed file begins with the unsealed one, byte for byte, so
that what was drawn can be drawn again and compared. The field is entered into the structure tree as PDF/UA asks.
"""

import io
import logging
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from reports.rendering.process import RenderingFailed

logger = logging.getLogger(__name__)

FIELD = "Seal"
_FIELD_NAME = "Отметка системы / System mark"
_REASON = "Утверждённый документ / Approved document"


@dataclass(frozen=True)
class Mark:
    """What a look at a file's seal finds.

    `is_intact`: nothing in the file was changed after sealing. `is_ours`: it was made with this installation's
    certificate. `certificate` is the SHA-256 of the one in the file, `unsigned_size` how long the file was before.
    """

    is_intact: bool
    is_ours: bool
    certificate: str
    unsigned_size: int


def installation_signer() -> signers.SimpleSigner | None:
    """The installation's key and certificate (`SEAL_P12`), or None. Raises `RenderingFailed` when they are unusable."""
    if not settings.SEAL_P12:
        return None
    path = Path(settings.SEAL_P12)
    signer = None
    if path.is_file():
        signer = signers.SimpleSigner.load_pkcs12(str(path), passphrase=settings.SEAL_P12_PASSWORD.encode() or None)
    if signer is None:
        raise RenderingFailed(f"the certificate of the installation ({path.name}) cannot be read")
    return signer


def certificate_of(signer: signers.SimpleSigner) -> str:
    """The certificate's fingerprint: SHA-256 in hexadecimal digits."""
    certificate = signer.signing_cert
    if certificate is None:
        raise RenderingFailed("the installation's key comes without its certificate")
    return str(certificate.sha256.hex())


def sealed(pdf: bytes, *, signer: signers.SimpleSigner) -> bytes:
    """The file with the seal after it; the given bytes are its beginning. Raises `RenderingFailed` with the reason."""
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        fields.append_signature_field(writer, fields.SigFieldSpec(FIELD, readable_field_name=_FIELD_NAME))
        _enter_into_structure(writer)
        described = signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            reason=_REASON,
            name=str(signer.subject_name),
        )
        result = io.BytesIO()
        signers.sign_pdf(writer, described, signer=signer, output=result)
    except (SigningError, PdfError) as error:
        raise RenderingFailed(str(error)) from error
    return result.getvalue()


def read_mark(content: bytes, *, signer: signers.SimpleSigner | None) -> Mark | None:
    """What the file's seal says; None for a file without one (or that is no longer a PDF at all)."""
    try:
        found = PdfFileReader(io.BytesIO(content)).embedded_signatures
        if not found:
            return None
        roots = [] if signer is None else [signer.signing_cert]
        context = ValidationContext(trust_roots=roots, allow_fetching=False)
        # nothing may follow the seal: what an update after it did need not be weighed, which takes minutes
        status = validate_pdf_signature(found[0], context, skip_diff=True)
    except Exception:  # bytes that somebody spoiled break the reader in any way; then there is no seal to be read
        logger.info("a file with an unreadable seal was looked at", exc_info=True)
        return None
    return Mark(
        is_intact=bool(status.intact and status.valid) and status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
        is_ours=bool(status.valid and status.trusted),
        certificate=status.signing_cert.sha256.hex(),
        unsigned_size=_size_before(content),
    )


def _size_before(content: bytes) -> int:
    """Where the update that holds the seal begins: after the end of the file that was there before."""
    last = content.rstrip().rfind(b"%%EOF")
    before = content.rfind(b"%%EOF", 0, last)
    end = before + len(b"%%EOF")
    return end + (content[end : end + 1] == b"\n") if before >= 0 else 0


def _enter_into_structure(writer: IncrementalPdfFileWriter) -> None:
    """Puts the seal's field into the structure tree as a form, with the way back to it (ISO 14289-1, 7.18.4)."""
    root = writer.root
    if "/StructTreeRoot" not in root:
        return
    tree = root["/StructTreeRoot"]
    page = writer.find_page_for_modification(0)[0]
    widget = page.get_object()["/Annots"].raw_get(-1)
    top = tree.raw_get("/K")
    top_element = top.get_object()
    if isinstance(top_element, generic.ArrayObject):
        top = top_element.raw_get(0)
        top_element = top.get_object()
    reference = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/OBJR"), pdf_name("/Obj"): widget})
    reference[pdf_name("/Pg")] = page
    form = writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/StructElem"),
                pdf_name("/S"): pdf_name("/Form"),
                pdf_name("/P"): top,
                pdf_name("/K"): reference,
                pdf_name("/Alt"): pdf_string(_FIELD_NAME),
            }
        )
    )
    children = top_element["/K"]
    children.append(form)
    writer.update_container(children)
    numbers = tree["/ParentTree"]["/Nums"]
    key = generic.NumberObject(max((int(numbers[place]) for place in range(0, len(numbers), 2)), default=-1) + 1)
    numbers.extend([key, form])
    writer.update_container(numbers)
    field = widget.get_object()
    field[pdf_name("/StructParent")] = key
    writer.update_container(field)
