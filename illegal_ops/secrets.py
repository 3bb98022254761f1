"""Secrets that a demonstration makes for itself.

A production site is given its `SECRET_KEY` and the certificate of its seal; only the demonstration may start without
them. It then makes them once and keeps them where nobody but the owner of the files can read them.
"""

import datetime as dt
import os
import secrets
from pathlib import Path


def kept_secret(path: Path, length: int = 50) -> str:
    """The secret kept at `path`; made now, with mode 0600, when there is none yet.

    Two processes that start together agree: the file is created exclusively, and the loser reads the winner's.
    """
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    _keep(path, (secrets.token_urlsafe(length) + "\n").encode())
    return _read(path)


def kept_certificate(path: Path, *, password: str) -> Path:
    """The demonstration's own certificate with its key, as PKCS #12 at `path`; nobody vouches for it but itself."""
    if not path.exists():
        _keep(path, _self_made_certificate(password))
    return path


def _self_made_certificate(password: str) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import pkcs12

    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Illegal Ops, demonstration")])
    now = dt.datetime.now(dt.UTC)
    usage = {
        "digital_signature": True, "content_commitment": True, "key_encipherment": False, "data_encipherment": False,
        "key_agreement": False, "key_cert_sign": False, "crl_sign": False, "encipher_only": False,
        "decipher_only": False,
    }  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .sign(key, hashes.SHA256())
    )
    encryption = serialization.BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(b"seal", key, certificate, None, encryption)


def _keep(path: Path, content: bytes) -> None:
    """Writes the file exclusively, with mode 0600; whoever comes second leaves the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()
