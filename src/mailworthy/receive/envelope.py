"""What the SMTP session says about a message, beside the message itself (RFC 5321 §2.3.1)."""

from datetime import datetime
from ipaddress import IPv4Address, IPv6Address

import msgspec

from mailworthy.errors import UsageError
from mailworthy.names import printable
from mailworthy.rdata.address import address


class Envelope(msgspec.Struct, frozen=True):
    """Who brought a message, and in whose name.

    `ip` is the address of the client; `helo` its HELO name and `mail_from` its reverse-path, as
    it gave them, both empty where it gave none: an empty reverse-path is the null one, of bounces.
    `tls` tells whether the session was encrypted, None where that is not known. `received_at` is
    when, None for the moment of judging. Raises UsageError for an `ip` that is no address.
    `ip` may be given as an address of `ipaddress` too, and is kept as text.
    """

    ip: str
    helo: str = ""
    mail_from: str = ""
    rcpt_to: tuple[str, ...] = ()
    tls: bool | None = None
    received_at: datetime | None = None

    def __post_init__(self) -> None:
        if isinstance(self.ip, IPv4Address | IPv6Address):
            msgspec.structs.force_setattr(self, "ip", str(self.ip))
        if not isinstance(self.ip, str) or address(self.ip) is None:
            raise UsageError(f"{printable(str(self.ip), 60)} is not an IP address")
