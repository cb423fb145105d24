"""What was found in what was handed in, ready to be read."""

from enum import StrEnum
from typing import NoReturn

from mailworthy.reports.envelope.limits import Trouble
from mailworthy.reports.envelope.mime import Mail
from mailworthy.reports.envelope.streams import Reader, Taken
from mailworthy.reports.model import Place


class Form(StrEnum):
    """How a content is to be read, as far as its beginning tells."""

    AGGREGATE = "aggregate"  # XML
    TLS = "tls"  # JSON
    FEEDBACK = "feedback"  # a whole mail, RFC 5965
    PROSE = "prose"  # a whole mail that tells of a failure in words


class Content:
    """One report, unread: `source` is a binary file to be read once, from its beginning.

    `mail` is the mail that brought it, None for a plain file. `source` never raises for what it
    reads; it ends early instead, and `trouble` then says why. Read it before you ask for the next
    content: a member of a tar archive is gone then, and raises UsageError.
    """

    def __init__(self, form: Form, path: tuple[str, ...], taken: Taken, mail: Mail | None) -> None:
        self.form = form
        self.mail = mail
        self.source = Reader(taken)
        self._path = path
        self._taken = taken

    @property
    def trouble(self) -> Trouble | None:
        """Why the octets ended early, if they did and as far as they have been read."""
        return self._taken.trouble

    @property
    def place(self) -> Place:
        """Where it was found; with size and hash once it has been read to its end."""
        return self._taken.place(self._path)

    def finish(self, most: int = 1 << 20) -> Place:
        """`place`, after reading on to the end where that is near: up to `most` octets."""
        self.source.skip(most)
        return self.place

    def __bool__(self) -> NoReturn:
        raise TypeError("a content has no truth value")
