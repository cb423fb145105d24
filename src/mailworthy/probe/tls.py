"""TLS as a prober wants it: old versions and bad certificates are seen, not refused."""

import ssl
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

from mailworthy.errors import UsageError
from mailworthy.lookup.model import Handshake
from mailworthy.names import printable

MAX_CHAIN = 10
_DER = 2  # _ssl.ENCODING_DER
_LEGACY = 0x4  # SSL_OP_LEGACY_SERVER_CONNECT: servers without RFC 5746 are to be seen as well
_ALL_CIPHERS = "DEFAULT:@SECLEVEL=0"  # weak keys and hashes are for the findings
_VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}


@lru_cache(maxsize=8)
def lenient(newest: str = "") -> ssl.SSLContext:
    """What a conversation offers: every version up to `newest`, any certificate.

    Raises UsageError for a version that there is not.
    """
    if newest and newest not in _VERSIONS:
        raise UsageError(f"there is no version {printable(newest, 20)} of TLS")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.options |= _LEGACY
    made.set_ciphers(_ALL_CIPHERS)
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        made.minimum_version = ssl.TLSVersion.TLSv1
        if newest:
            made.maximum_version = _VERSIONS[newest]
    return made


@lru_cache(maxsize=8)
def strict(ca: str | None = None) -> ssl.SSLContext:
    """What HTTPS offers: the server must show a good certificate that was made out to it.

    `ca` is a PEM file to trust besides the authorities of this machine. Raises UsageError for
    one that cannot be read.
    """
    made = ssl.create_default_context()
    # Python 3.13 asks for more than mail servers and browsers do: the same verdict from each.
    made.verify_flags &= ~(ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN)
    if ca is not None:
        _trust(made, ca)
    return made


@lru_cache(maxsize=8)
def trusting(ca: str | None = None) -> ssl.SSLContext:
    """The authorities alone, whatever the names and however weak the keys; see trust.untrusted.

    Raises UsageError as `strict` does.
    """
    made = strict.__wrapped__(ca)
    made.check_hostname = False
    made.set_ciphers(_ALL_CIPHERS)
    made.maximum_version = ssl.TLSVersion.TLSv1_2
    return made


def _trust(context: ssl.SSLContext, ca: str) -> None:
    if not Path(ca).is_file():
        raise UsageError(f"{printable(ca, 200)} is no file with certificates")
    try:
        context.load_verify_locations(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        shown = printable(str(error), 120)
        raise UsageError(
            f"{printable(ca, 200)}: its certificates cannot be read: {shown}"
        ) from None


def handshake(found: Any, untrusted: str) -> Handshake:
    """What an `ssl.SSLObject` agreed on."""
    cipher = found.cipher()
    return Handshake(found.version() or "", cipher[0] if cipher else "", chain(found), untrusted)


def chain(found: Any) -> tuple[bytes, ...]:
    """The certificates as the server sent them, DER, its own first."""
    if hasattr(found, "get_unverified_chain"):  # Python 3.13
        return tuple(found.get_unverified_chain()[:MAX_CHAIN])
    certificates = found._sslobj.get_unverified_chain() or ()
    return tuple(certificate.public_bytes(_DER) for certificate in certificates[:MAX_CHAIN])
