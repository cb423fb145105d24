"""One message with its envelope, as a mail server has told of it."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from mailworthy.milter.wire.words import Family
from mailworthy.rdata.address import address, render

_SPACE = b" "


class Excess(StrEnum):
    """What of a message is more than we take."""

    BODY = "its body is larger than is looked at"
    HEADER = "its header is larger than any"
    MEMORY = "there is no room for it now"


class Client(msgspec.Struct, frozen=True):
    """Who brought a message. `ip` is empty where it has none: a socket, or not known."""

    name: str = ""
    family: Family = Family.UNKNOWN
    ip: str = ""
    helo: str = ""


class Mail(msgspec.Struct, frozen=True):
    """A message that is whole.

    `data` are its octets as they came over SMTP, only its header where there is an `excess`.
    `macros` are those of all stages, the later ones on top. `leading_space` tells whether the
    values of header fields keep the space after the colon on this connection.
    """

    client: Client
    sender: str
    recipients: tuple[str, ...]
    data: bytes
    size: int
    macros: Mapping[str, str]
    excess: Excess | None = None
    leading_space: bool = True

    @property
    def queue_id(self) -> str:
        """How the mail server calls it."""
        return self.macros.get("i", "")

    @property
    def user(self) -> str:
        """Who has logged in; empty for nobody."""
        return self.macros.get("auth_authen", "")

    @property
    def encrypted(self) -> bool:
        """Whether the session was."""
        return bool(self.macros.get("tls_version"))


def text(octets: bytes) -> str:
    """Octets of the envelope; those that are no UTF-8 are kept as surrogates."""
    return octets.decode("utf-8", "surrogateescape")


def path(octets: bytes) -> str:
    """What stands in the angle brackets of a path."""
    found = text(octets).strip()
    return found[1:-1] if found.startswith("<") and found.endswith(">") else found


def client_address(family: Family, octets: bytes) -> str:
    """The address of a client as canonical text; empty where it is none."""
    if family not in (Family.INET, Family.INET6):
        return ""
    shown = octets.decode("latin-1")
    if shown[:5].lower() == "ipv6:":
        shown = shown[5:]
    found = address(shown.partition("%")[0])
    return "" if found is None else render(found)


def field(name: bytes, value: bytes, *, leading_space: bool) -> bytes:
    """A header field as it was on the wire, with CRLF at its end.

    White space before the colon is not told by any mail server, nor is a space after it where
    that was not agreed upon.
    """
    lines = value.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return b"%s:%s%s\r\n" % (name, b"" if leading_space else _SPACE, lines)
