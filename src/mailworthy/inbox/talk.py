"""What an inbox says: its test addresses, TLS, and for whom a trusted server speaks."""

import re
from collections.abc import Callable

import msgspec

from mailworthy.inbox.boxes import Box, Boxes
from mailworthy.rdata.address import canonical
from mailworthy.reports.intake.lmtp.conversation import OK, Conversation, first_word
from mailworthy.reports.intake.lmtp.reply import Next, Reply

_XTEXT = re.compile(rb"\+([0-9A-F]{2})")


class Manner(msgspec.Struct, frozen=True):
    """How to speak: with `lmtp` every recipient is answered, with `tls` STARTTLS is offered;
    whoever is `trusted` may say for whom it speaks (XCLIENT, XFORWARD)."""

    name: str
    most: int
    lmtp: bool = False
    tls: bool = False
    trusted: bool = False


class Talk(Conversation[Box]):
    """One conversation. `client` is the address that a trusted peer spoke of, empty where it spoke
    of none; `client_helo` likewise."""

    most_recipients = 20
    most_errors = 10
    most_mails = 20
    nobody = "550 5.1.1 no such test address, and nothing is relayed"

    def __init__(self, manner: Manner, boxes: Boxes) -> None:
        super().__init__(manner.name, manner.most, lmtp=manner.lmtp)
        self._manner, self._boxes = manner, boxes
        self._extended = False
        self.client = self.client_helo = ""
        self.encrypted = False

    def greeting(self) -> Reply:
        """The first words."""
        kind = "LMTP" if self._manner.lmtp else "ESMTP"
        return Reply((f"220 {self._manner.name} {kind} test inbox",))

    def secured(self) -> None:
        """TLS has begun: what was said before counts for nothing (RFC 3207 §4.2)."""
        self.encrypted = True
        self.helo = ""
        self._reset(b"")

    def _known(self, address: str) -> Box | None:
        return self._boxes.find(address)

    def _verbs(self) -> dict[bytes, Callable[[bytes], Reply]]:
        return super()._verbs() | {
            b"HELO": self._old_hello,
            b"STARTTLS": self._starttls,
            b"XCLIENT": self._spoken_for,
            b"XFORWARD": self._spoken_for,
        }

    def _extensions(self) -> tuple[str, ...]:
        tls = ("STARTTLS",) if self._manner.tls and not self.encrypted else ()
        speaking = ("XCLIENT ADDR HELO", "XFORWARD ADDR HELO") if self._manner.trusted else ()
        return (*super()._extensions(), *tls, *speaking)

    def _hello(self, rest: bytes) -> Reply:
        self._extended = self._extended or bool(first_word(rest))
        return super()._hello(rest)

    def _old_hello(self, rest: bytes) -> Reply:
        if self._manner.lmtp or not (name := first_word(rest)):
            return self._wrong("500 5.5.1 not like that here")
        self._reset(rest)
        self.helo, self._extended = name, False
        return Reply((f"250 {self._manner.name}",))

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
        return OK


def _unescaped(octets: bytes) -> str:
    """Text in xtext (RFC 3461 §4)."""
    plain = _XTEXT.sub(lambda found: bytes([int(found[1], 16)]), octets)
    return first_word(plain)


def _address(text: str) -> str:
    return canonical(text.upper().removeprefix("IPV6:")) or ""
