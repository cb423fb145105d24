"""What proves to an IMAP server who we are: a password, or a token of OAuth 2.0."""

import base64
import re
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from mailworthy.reports.intake.imap.address import Address
from mailworthy.reports.intake.imap.errors import LoginRefused

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*\Z")  # RFC 6750 §2.1
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


class Secret(msgspec.Struct, frozen=True):
    """A password, or an access token; never printed."""

    text: str
    token: bool = False

    def __repr__(self) -> str:
        return f"Secret(token={self.token})"


# Asked anew for every connection: tokens are good for an hour or so. Raises Gone, UsageError.
Secrets: TypeAlias = Callable[[], Secret]


class Exchange(msgspec.Struct, frozen=True):
    """A command to log in, and what to send whenever the server asks for more, in order."""

    command: bytes
    more: tuple[bytes, ...] = ()


def exchange(address: Address, secret: Secret, capabilities: frozenset[bytes]) -> Exchange | None:
    """How to log in by SASL at a server that can do so much; None where no way is shared.

    Raises LoginRefused for what would be read as something else.
    """
    if _CONTROLS.search(address.user):
        raise LoginRefused("a user's name with control characters cannot be sent")
    if not secret.token:
        plain = f"\0{address.user}\0{secret.text}".encode()
        return _of(b"PLAIN", plain) if b"AUTH=PLAIN" in capabilities else None
    if not _TOKEN.match(secret.text):
        raise LoginRefused("what was given as a token has letters that no token has")
    if b"AUTH=XOAUTH2" in capabilities:
        return _of(b"XOAUTH2", _xoauth2(address.user, secret.text), b"")
    if b"AUTH=OAUTHBEARER" in capabilities:
        return _of(b"OAUTHBEARER", _oauthbearer(address, secret.text), b"\x01")
    return None


def _of(name: bytes, *answers: bytes) -> Exchange:
    """The last answer acknowledges why a token was not good enough (RFC 7628 §3.2.3)."""
    coded = tuple(base64.b64encode(each) + b"\r\n" for each in answers)
    return Exchange(b"AUTHENTICATE " + name, coded)


def _xoauth2(user: str, token: str) -> bytes:
    """What Google and Microsoft take (https://developers.google.com/gmail/imap/xoauth2-protocol)."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01".encode()


def _oauthbearer(address: Address, token: str) -> bytes:
    """RFC 7628 §3.1; the user's name is a saslname (RFC 5801 §4)."""
    user = address.user.replace("=", "=3D").replace(",", "=2C")
    where = f"host={address.host}\x01port={address.port}"
    return f"n,a={user},\x01{where}\x01auth=Bearer {token}\x01\x01".encode()
