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
_VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}


@lru_cache(maxsize=16)
def context(
    newest: str = "", *, ca: str | None = None, trusting: bool = False, names: bool = False
) -> ssl.SSLContext:
    """What to offer. `newest` is the newest version, `ca` a PEM file to trust besides the
    authorities of this machine. A context that is `trusting` takes any certificate;
    with `names` it must be made out to the host. Without, old versions and weak keys are taken
    too, for others to judge.

    Raises UsageError for an unknown version and a file that cannot be read.
    """
    made = ssl.create_default_context()
    made.check_hostname = names
    if trusting:
        made.verify_mode = ssl.CERT_NONE
    elif ca is not None:
        _trust(made, ca)
    if not names:
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            _offer(made, newest)
        made.set_ciphers("DEFAULT:@SECLEVEL=0")  # weak keys and hashes are for the findings
    return made


def _offer(context: ssl.SSLContext, newest: str) -> None:
    """All versions up to the newest one: that the oldest are out of use is what is looked for."""
    context.minimum_version = ssl.TLSVersion.TLSv1
    if newest:
        if newest not in _VERSIONS:
            raise UsageError(f"there is no version {printable(newest, 20)} of TLS")
        context.maximum_version = _VERSIONS[newest]


def _trust(context: ssl.SSLContext, ca: str) -> None:
    if not Path(ca).is_file():
        raise UsageError(f"{ca} is no file with certificates")
    try:
        context.load_verify_locations(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(f"{ca}: its certificates cannot be read: {error}") from None


def handshake(found: Any, untrusted: str = "") -> Handshake:
    """What an `ssl.SSLObject` agreed on."""
    cipher = found.cipher()
    return Handshake(found.version() or "", cipher[0] if cipher else "", chain(found), untrusted)


def chain(found: Any) -> tuple[bytes, ...]:
    """The certificates as the server sent them, DER, its own first."""
    if hasattr(found, "get_unverified_chain"):  # Python 3.13
        return tuple(found.get_unverified_chain()[:MAX_CHAIN])
    certificates = found._sslobj.get_unverified_chain() or ()
    return tuple(certificate.public_bytes(_DER) for certificate in certificates[:MAX_CHAIN])


def untrusted(error: ssl.SSLCertVerificationError) -> str:
    """Why a chain is not to be trusted, in OpenSSL's words."""
    return printable(error.verify_message or "the certificate is not to be trusted", 120)
