"""What is said in SMTP and LMTP, without the connection (RFC 5321 §4.1, RFC 2033)."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, TypeVar

from mailworthy.names import readable
from mailworthy.reports.intake.lmtp.reply import Next, Reply

_PATH = re.compile(
    rb"(?:FROM|TO):[ \t]*<([^<>\x00-\x1f\x7f]{0,320})>(?:[ \t]+(.*))?\Z", re.IGNORECASE | re.DOTALL
)
_SIZE = re.compile(rb"(?:^|[ \t])SIZE=(\d{1,20})(?:[ \t]|\Z)", re.IGNORECASE)
_EXTENSIONS = ("PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8")
OK = Reply(("250 2.0.0 ok",))
_FIXED = {
    b"NOOP": OK,
    b"VRFY": Reply(("252 2.5.2 try it",)),
    b"QUIT": Reply(("221 2.0.0 bye",), Next.END),
}

R = TypeVar("R")


class Conversation(ABC, Generic[R]):
    """A greeting, then mails. `helo`, `sender` and `recipients` are those of the mail that is
    being handed over; with `lmtp` every recipient is answered (RFC 2033 §4.2)."""

    most_recipients = 100  # RFC 5321 §4.5.3.1.8
    most_errors = 20
    most_mails: int | None = None
    nobody = "550 5.1.1 nobody has this address"

    def __init__(self, name: str, most: int, *, lmtp: bool) -> None:
        self._name, self._most, self._lmtp = name, most, lmtp
        self._errors = self._mails = 0
        self.helo = ""
        self.sender: str | None = None
        self.recipients: list[R] = []

    @abstractmethod
    def _known(self, address: str) -> R | None:
        """Who has this address; None for nobody."""

    def command(self, line: bytes) -> Reply:
        """Answer one line, without its end. Never raises."""
        word, _, rest = line.strip(b" \t").partition(b" ")
        verb = word.upper()
        answer = self._verbs().get(verb)
        if answer is not None:
            return answer(rest)
        return _FIXED.get(verb) or self._wrong("500 5.5.2 no such command here")

    def ended(self, status: str) -> Reply:
        """The answer to a mail."""
        self._mails += 1
        reply = Reply((status,) * (len(self.recipients) if self._lmtp else 1))
        self._reset(b"")
        return reply

    def _verbs(self) -> dict[bytes, Callable[[bytes], Reply]]:
        """What can be said, and who answers the rest of the line."""
        return {
            b"LHLO" if self._lmtp else b"EHLO": self._hello,
            b"MAIL": self._mail,
            b"RCPT": self._recipient,
            b"DATA": self._data,
            b"RSET": self._reset,
        }

    def _extensions(self) -> tuple[str, ...]:
        """What is offered, but for SIZE."""
        return _EXTENSIONS

    def _hello(self, rest: bytes) -> Reply:
        if not (name := first_word(rest)):
            return self._wrong("501 5.5.4 say who you are")
        self._reset(rest)
        self.helo = name
        lines = [f"250-{self._name}", *(f"250-{word}" for word in self._extensions())]
        return Reply((*lines, f"250 SIZE {self._most}"))

    def _mail(self, rest: bytes) -> Reply:
        path = _PATH.match(rest)
        if not self.helo or self.sender is not None:
            return self._wrong("503 5.5.1 a greeting first, and one MAIL for each mail")
        if self.most_mails is not None and self._mails >= self.most_mails:
            return Reply(("421 4.7.0 that is enough for one connection",), Next.END)
        if path is None or rest[:4].upper() != b"FROM":
            return self._wrong("501 5.5.4 MAIL FROM:<address>")
        size = _SIZE.search(path[2] or b"")
        if size and int(size[1]) > self._most:
            return Reply((f"552 5.3.4 more than {self._most} octets are too many",))
        self.sender = path[1].decode("utf-8", "replace")
        return Reply(("250 2.1.0 ok",))

    def _recipient(self, rest: bytes) -> Reply:
        path = _PATH.match(rest)
        if self.sender is None:
            return self._wrong("503 5.5.1 MAIL first")
        if path is None or rest[:2].upper() != b"TO":
            return self._wrong("501 5.5.4 RCPT TO:<address>")
        if len(self.recipients) == self.most_recipients:
            return Reply(("452 4.5.3 too many recipients",))
        known = self._known(path[1].decode("utf-8", "replace"))
        if known is None:
            return self._wrong(self.nobody)
        self.recipients.append(known)
        return Reply(("250 2.1.5 ok",))

    def _data(self, rest: bytes) -> Reply:
        if not self.recipients or rest.strip():
            return self._wrong("503 5.5.1 no recipient, so no mail")
        return Reply(("354 go on",), Next.MAIL)

    def _reset(self, _: bytes) -> Reply:
        self.sender = None
        self.recipients = []
        return OK

    def _wrong(self, text: str) -> Reply:
        self._errors += 1
        if self._errors > self.most_errors:
            return Reply(("421 4.7.0 too many errors",), Next.END)
        return Reply((text,))


def first_word(octets: bytes) -> str:
    """A name as it was given, printable and short; the first word of it."""
    words = octets.decode("utf-8", "replace").split()
    return readable(words[0], 255) if words else ""
