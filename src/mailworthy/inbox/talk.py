"""What is said in SMTP and LMTP, without the connection (RFC 5321 §4.1, RFC 2033)."""

import re

import msgspec

from mailworthy.inbox.boxes import Box, Boxes
from mailworthy.names import readable
from mailworthy.rdata.address import canonical
from mailworthy.reports.intake.lmtp.reply import Next, Reply

_PATH = re.compile(
    rb"(?:FROM|TO):[ \t]*<([^<>\x00-\x1f\x7f]{0,320})>(?:[ \t]+(.*))?\Z", re.IGNORECASE | re.DOTALL
)
_SIZE = re.compile(rb"(?:^|[ \t])SIZE=(\d{1,20})(?:[ \t]|\Z)", re.IGNORECASE)
_XTEXT = re.compile(rb"\+([0-9A-F]{2})")
_MOST_RECIPIENTS = 20
_MOST_ERRORS = 10
_MOST_MAILS = 20  # over one connection


class Manner(msgspec.Struct, frozen=True):
    """How to speak: with `lmtp` every recipient is answered, with `tls` STARTTLS is offered;
    whoever is `trusted` may say for whom it speaks (XCLIENT, XFORWARD)."""

    name: str
    most: int
    lmtp: bool = False
    tls: bool = False
    trusted: bool = False


class Talk:
    """One conversation. `helo`, `sender` and `boxes` are those of the mail being handed over;
    `client` is the address that a trusted peer spoke of, empty where it spoke of none."""

    def __init__(self, manner: Manner, boxes: Boxes) -> None:
        self._manner, self._known = manner, boxes
        self._errors = self._mails = 0
        self._extended = False
        self.helo = ""
        self.client = self.client_helo = ""
        self.encrypted = False
        self.sender: str | None = None
        self.boxes: list[Box] = []

    def greeting(self) -> Reply:
        """The first words."""
        kind = "LMTP" if self._manner.lmtp else "ESMTP"
        return Reply((f"220 {self._manner.name} {kind} test inbox",))

    def command(self, line: bytes) -> Reply:
        """Answer one line, without its end. Never raises."""
        word, _, rest = line.strip(b" \t").partition(b" ")
        answers = {
            b"LHLO" if self._manner.lmtp else b"EHLO": self._hello,
            b"HELO": self._old_hello,
            b"MAIL": self._mail,
            b"RCPT": self._recipient,
            b"DATA": self._data,
            b"RSET": self._reset,
            b"STARTTLS": self._starttls,
            b"XCLIENT": self._spoken_for,
            b"XFORWARD": self._spoken_for,
        }
        fixed = {
            b"NOOP": Reply(("250 2.0.0 ok",)),
            b"VRFY": Reply(("252 2.5.2 try it",)),
            b"QUIT": Reply(("221 2.0.0 bye",), Next.END),
        }
        verb = word.upper()
        if verb in answers:
            return answers[verb](rest)
        return fixed.get(verb) or self._wrong("500 5.5.2 no such command here")

    def ended(self, status: str) -> Reply:
        """The answer to a mail; in LMTP one for each recipient (RFC 2033 §4.2)."""
        self._mails += 1
        reply = Reply((status,) * (len(self.boxes) if self._manner.lmtp else 1))
        self._reset(b"")
        return reply

    def secured(self) -> None:
        """TLS has begun: what was said before counts for nothing (RFC 3207 §4.2)."""
        self.encrypted = True
        self.helo = ""
        self._reset(b"")

    def _hello(self, rest: bytes) -> Reply:
        if not (name := _text(rest)):
            return self._wrong("501 5.5.4 say who you are")
        self._reset(rest)
        self.helo, self._extended = name, True
        words = ["PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8"]
        if self._manner.tls and not self.encrypted:
            words.append("STARTTLS")
        if self._manner.trusted:
            words += ["XCLIENT ADDR HELO", "XFORWARD ADDR HELO"]
        lines = [f"250-{self._manner.name}", *(f"250-{word}" for word in words)]
        return Reply((*lines, f"250 SIZE {self._manner.most}"))

    def _old_hello(self, rest: bytes) -> Reply:
        if self._manner.lmtp or not (name := _text(rest)):
            return self._wrong("500 5.5.1 not like that here")
        self._reset(rest)
        self.helo, self._extended = name, False
        return Reply((f"250 {self._manner.name}",))

    def _mail(self, rest: bytes) -> Reply:
        path = _PATH.match(rest)
        if not self.helo or self.sender is not None:
            return self._wrong("503 5.5.1 a greeting first, and one MAIL for each mail")
        if self._mails >= _MOST_MAILS:
            return Reply(("421 4.7.0 that is enough for one connection",), Next.END)
        if path is None or rest[:4].upper() != b"FROM":
            return self._wrong("501 5.5.4 MAIL FROM:<address>")
        size = _SIZE.search(path[2] or b"")
        if size and int(size[1]) > self._manner.most:
            return Reply((f"552 5.3.4 more than {self._manner.most} octets are too many",))
        self.sender = path[1].decode("utf-8", "replace")
        return Reply(("250 2.1.0 ok",))

    def _recipient(self, rest: bytes) -> Reply:
        path = _PATH.match(rest)
        if self.sender is None:
            return self._wrong("503 5.5.1 MAIL first")
        if path is None or rest[:2].upper() != b"TO":
            return self._wrong("501 5.5.4 RCPT TO:<address>")
        if len(self.boxes) == _MOST_RECIPIENTS:
            return Reply(("452 4.5.3 too many recipients",))
        box = self._known.find(path[1].decode("utf-8", "replace"))
        if box is None:
            return self._wrong("550 5.1.1 no such test address, and nothing is relayed")
        self.boxes.append(box)
        return Reply(("250 2.1.5 ok",))

    def _data(self, rest: bytes) -> Reply:
        if not self.boxes or rest.strip():
            return self._wrong("503 5.5.1 no recipient, so no mail")
        return Reply(("354 go on",), Next.MAIL)

    def _reset(self, _: bytes) -> Reply:
        self.sender = None
        self.boxes = []
        return Reply(("250 2.0.0 ok",))

    def _starttls(self, rest: bytes) -> Reply:
        if not self._manner.tls or self.encrypted or rest.strip() or not self._extended:
            return self._wrong("503 5.5.1 not now")
        return Reply(("220 2.0.0 go ahead",), Next.TLS)

    def _spoken_for(self, rest: bytes) -> Reply:
        """XCLIENT and XFORWARD of Postfix: `ADDR=192.0.2.1 HELO=mail.example.com`."""
        if not self._manner.trusted or self.sender is not None:
            return self._wrong("550 5.7.0 not for you, or not now")
        words = (word.partition(b"=") for word in rest.split())
        told = {name.upper(): _unescaped(value) for name, _, value in words}
        if b"ADDR" in told:  # one that cannot be read is nobody's, and not that of the last mail
            self.client, self.client_helo = _address(told[b"ADDR"]), ""
        if (helo := told.get(b"HELO")) is not None:
            self.client_helo = "" if helo.startswith("[") and "UNAVAILABLE" in helo else helo
        return Reply(("250 2.0.0 ok",))

    def _wrong(self, text: str) -> Reply:
        self._errors += 1
        if self._errors > _MOST_ERRORS:
            return Reply(("421 4.7.0 too many errors",), Next.END)
        return Reply((text,))


def _text(octets: bytes) -> str:
    """A name as it was given, printable and short; the first word of it."""
    words = octets.decode("utf-8", "replace").split()
    return readable(words[0], 255) if words else ""


def _unescaped(octets: bytes) -> str:
    """Text in xtext (RFC 3461 §4)."""
    plain = _XTEXT.sub(lambda found: bytes([int(found[1], 16)]), octets)
    return _text(plain)


def _address(text: str) -> str:
    return canonical(text.upper().removeprefix("IPV6:")) or ""
