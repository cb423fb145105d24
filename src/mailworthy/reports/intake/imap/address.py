"""Where a mailbox is: `imaps://user@host/Folder` (RFC 5092)."""

from urllib.parse import unquote, urlsplit

import msgspec

from mailworthy.errors import UsageError
from mailworthy.reports.shown import shown

_PORTS = {"imaps": 993, "imap": 143}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Address(msgspec.Struct, frozen=True):
    """A mailbox. With `tls` the connection begins with TLS; otherwise STARTTLS follows, which only
    a server on this machine may lack."""

    host: str
    port: int
    user: str
    folder: str
    tls: bool

    @property
    def local(self) -> bool:
        """Whether nobody is between us and the server."""
        return self.host in _LOOPBACK

    def __str__(self) -> str:
        return shown(f"{self.user}@{self.host}:{self.port}/{self.folder}")


def parse(text: str) -> Address:
    """Read an address; the folder is INBOX where none is given, `%40` stands for @ in the user.

    Raises UsageError, also for a password in it: whoever lists the processes would see that.
    """
    try:
        parts = urlsplit(text)
        host, port, user, password = parts.hostname, parts.port, parts.username, parts.password
    except ValueError:
        raise _unlike() from None
    if password is not None:
        raise UsageError("no password belongs in an address; see --password-file")
    if parts.scheme not in _PORTS or not host or not user or parts.query or parts.fragment:
        raise _unlike()
    folder = unquote(parts.path.strip("/")) or "INBOX"
    return Address(
        host, port or _PORTS[parts.scheme], unquote(user), folder, parts.scheme == "imaps"
    )


def _unlike() -> UsageError:
    return UsageError("a mailbox is imaps://USER@HOST[:PORT][/FOLDER] or imap://… for STARTTLS")
