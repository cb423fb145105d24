"""What the SMTP session says about a message, beside the message itself (RFC 5321 §2.3.1)."""

from datetime import datetime

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
    """

    ip: str
    helo: str = ""
    mail_from: str = ""
    rcpt_to: tuple[str, ...] = ()
    tls: bool | None = None
    received_at: datetime | None = None

    def __post_init__(self) -> None:
        if address(self.ip) is None:
            raise UsageError(f"{printable(self.ip, 60)} is not an IP address")
