"""What is said in LMTP, without the connection (RFC 2033, RFC 5321 §4.1)."""

import re
from collections.abc import Collection

from mailworthy.reports.intake.lmtp.reply import Next, Reply

_PATH = re.compile(rb"(?:FROM|TO):\s*<([^<>\x00-\x1f]*)>(?: (.*))?\Z", re.IGNORECASE | re.DOTALL)
_SIZE = re.compile(rb"(?:^| )SIZE=(\d{1,20})(?: |\Z)", re.IGNORECASE)
_MOST_RECIPIENTS = 100  # RFC 5321 §4.5.3.1.8
_MOST_ERRORS = 20


def address(text: str) -> str:
    """An address to compare: without what follows a `+`, in lower case."""
    local, _, domain = text.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain.rstrip('.')}"


class Talk:
    """One conversation; `recipients` are those of the mail that is being handed over."""

    def __init__(self, own: Collection[str], most: int) -> None:
        self._own = frozenset(address(each) for each in own)
        self._most = most
        self._greeted = False
        self._sender = False
        self._errors = 0
        self.recipients: list[str] = []

    def command(self, line: bytes) -> Reply:
        """Answer one line, without its end."""
        word, _, rest = line.strip().partition(b" ")
        answers = {
            b"LHLO": self._hello,
            b"MAIL": self._mail,
            b"RCPT": self._recipient,
            b"DATA": self._data,
            b"RSET": self._reset,
        }
        fixed = {
            b"NOOP": Reply(("250 2.0.0 ok",)),
            b"VRFY": Reply(("252 2.5.2 try it",)),
            b"QUIT": Reply(("221 2.0.0 bye",), Next.END),
        }
        verb = word.upper()
        if verb in answers:
            return answers[verb](rest)
        return fixed.get(verb) or self._wrong("500 5.5.2 this is LMTP, and no command of it")

    def ended(self, status: str) -> Reply:
        """The answer to a mail: one for each recipient (RFC 2033 §4.2)."""
        reply = Reply((status,) * len(self.recipients))
        self._reset(b"")
        return reply

    def _hello(self, rest: bytes) -> Reply:
        if not rest.strip():
            return self._wrong("501 5.5.4 LHLO needs a name")
        self._reset(rest)
        self._greeted = True
        extensions = ("PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8")
        lines = ["250-mailworthy", *(f"250-{word}" for word in extensions)]
        return Reply((*lines, f"250 SIZE {self._most}"))

    def _mail(self, rest: bytes) -> Reply:
        path = _PATH.match(rest)
        if not self._greeted or self._sender:
            return self._wrong("503 5.5.1 LHLO first, and one MAIL for each mail")
        if path is None or rest[:4].upper() != b"FROM":
            return self._wrong("501 5.5.4 MAIL FROM:<address>")
        size = _SIZE.search(path[2] or b"")
        if size and int(size[1]) > self._most:
            return Reply((f"552 5.3.4 more than {self._most} octets are too many",))
        self._sender = True
        return Reply(("250 2.1.0 ok",))

    def _recipient(self, rest: bytes) -> Reply:
        path = _PATH.match(rest)
        if not self._sender:
            return self._wrong("503 5.5.1 MAIL first")
        if path is None or rest[:2].upper() != b"TO":
            return self._wrong("501 5.5.4 RCPT TO:<address>")
        if len(self.recipients) == _MOST_RECIPIENTS:
            return Reply(("452 4.5.3 too many recipients",))
        name = address(path[1].decode("utf-8", "replace"))
        if name not in self._own:
            return Reply(("550 5.1.1 no reports are taken for this address",))
        self.recipients.append(name)
        return Reply(("250 2.1.5 ok",))

    def _data(self, rest: bytes) -> Reply:
        if not self.recipients or rest.strip():
            return self._wrong("503 5.5.1 no recipient, so no mail")
        return Reply(("354 go on",), Next.MAIL)

    def _reset(self, _: bytes) -> Reply:
        self._sender = False
        self.recipients = []
        return Reply(("250 2.0.0 ok",))

    def _wrong(self, text: str) -> Reply:
        self._errors += 1
        if self._errors > _MOST_ERRORS:
            return Reply(("421 4.7.0 too many errors",), Next.END)
        return Reply((text,))
