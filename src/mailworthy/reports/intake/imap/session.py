"""A conversation with an IMAP server: the few commands that intake needs."""

import re
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, BinaryIO

import msgspec

from mailworthy.reports.intake.imap.address import Address
from mailworthy.reports.intake.imap.errors import Gone, Lied, LoginRefused, Refused
from mailworthy.reports.intake.imap.sasl import Secret, exchange
from mailworthy.reports.intake.imap.wire import Bounds, Response, Wire
from mailworthy.reports.intake.imap.words import folder, number, quoted, sequence
from mailworthy.reports.shown import shown

_FETCH = re.compile(rb"\* \d+ FETCH \((.*)\)\Z", re.IGNORECASE | re.DOTALL)
_UID = re.compile(rb"(?:^| )UID (\d+)", re.IGNORECASE)
_SIZE = re.compile(rb"(?:^| )RFC822\.SIZE (\d{1,19})", re.IGNORECASE)
_DATE = re.compile(rb'INTERNALDATE "([^"]{1,40})"', re.IGNORECASE)
_BODY = re.compile(rb"BODY\[\](?:<0>)? (~?\{|\"\")", re.IGNORECASE)
_VALIDITY = re.compile(rb"\[UIDVALIDITY (\d{1,10})\]", re.IGNORECASE)
_NEWS = re.compile(rb"\* \d+ EXISTS\b", re.IGNORECASE)


class Listed(msgspec.Struct, frozen=True):
    """A mail as the server lists it: its size, and when it arrived (None where that is unclear)."""

    uid: int
    size: int
    arrived: int | None


class Session:
    """A connection to a mailbox. Methods raise Gone (and Lied) where it is lost, Refused where
    the server says no."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._number = 0
        self.capabilities: frozenset[bytes] = frozenset()
        self.news = False  # whether mail may have come since `uids`

    def __enter__(self) -> "Session":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.command(b"LOGOUT", bye=True)
        except (Gone, Refused):
            return  # it is over in any case
        finally:
            self.close()

    def close(self) -> None:
        """End the connection without a word."""
        self._wire.sock.close()

    # Before a folder is chosen

    def greeting(self) -> None:
        """Read what the server says first."""
        self._wire.begin()
        first = self._wire.response().text
        if not first.upper().startswith(b"* OK"):
            raise Gone(f"the server greets with {_text(first)}")
        self.ask_capabilities()

    def starttls(self, context: ssl.SSLContext, host: str) -> None:
        """Go on encrypted; what came before counts for nothing (RFC 9051 §11.1)."""
        self.command(b"STARTTLS")
        if not self._wire.clear:
            raise Lied("the server, or somebody before it, spoke on after STARTTLS")
        try:
            sock = context.wrap_socket(self._wire.sock, server_hostname=host)
        except (OSError, ValueError) as error:
            raise Gone(f"no TLS: {shown(str(error))}") from error
        self._wire = Wire(sock, self._wire.bounds)
        self.ask_capabilities()

    def ask_capabilities(self) -> None:
        """Ask what the server can do."""
        found = self.command(b"CAPABILITY", keep=b"* CAPABILITY ")
        self.capabilities = frozenset(
            word for each in found for word in each.text.upper().split()[2:]
        )

    def login(self, address: Address, secret: Secret) -> None:
        """Log in. Raises LoginRefused."""
        found = exchange(address, secret, self.capabilities)
        try:
            if found is not None:
                self.command(found.command, more=found.more)
            elif secret.token:
                raise LoginRefused("the server takes no tokens: neither XOAUTH2 nor OAUTHBEARER")
            elif b"LOGINDISABLED" in self.capabilities:
                raise LoginRefused("the server offers no way to log in that we know")
            else:
                self.command(b"LOGIN " + quoted(address.user) + b" " + quoted(secret.text))
        except Refused as error:
            why = "" if _tells(str(error), secret) else f": {error}"
            raise LoginRefused(f"the server does not let {shown(address.user)} in{why}") from None
        self.ask_capabilities()

    def select(self, name: str) -> int:
        """Choose a folder; its UIDVALIDITY."""
        found = self.command(b"SELECT " + folder(name), keep=b"* OK [UIDVALIDITY ")
        for each in found:
            match = _VALIDITY.search(each.text)
            if match and (validity := number(match[1])):
                return validity
        raise Lied("the server gives no UIDVALIDITY, so that mails have no names")

    # In a folder

    def uids(self) -> list[int]:
        """The UIDs of all mails, ascending, each once."""
        self.news = False
        found: set[int] = set()
        for each in self.command(b"UID SEARCH ALL", keep=b"* SEARCH"):
            numbers = (number(word) for word in each.text.split()[2:])
            found.update(uid for uid in numbers if uid)
        return sorted(found)

    def listed(self, uids: list[int]) -> dict[int, Listed]:
        """What the server says of these mails; those that are gone are missing."""
        wanted = b"UID FETCH " + sequence(uids) + b" (UID RFC822.SIZE INTERNALDATE)"
        found = {}
        for uid, text, _ in self._fetched(wanted):
            size = _SIZE.search(text)
            if uid in uids and size:
                found[uid] = Listed(uid, int(size[1]), _moment(text))
        return found

    def body(self, uid: int, most: int | None = None) -> bytes | BinaryIO | None:
        """A mail as it is (or its beginning), without marking it as read; None if it is gone.

        A large one is a file, to be closed by who asked.
        """
        part = b"" if most is None else b"<0.%d>" % most
        for had, text, literals in self._fetched(b"UID FETCH %d (UID BODY.PEEK[]%s)" % (uid, part)):
            body = _BODY.search(text)
            if had == uid and body:
                found: bytes | BinaryIO = literals[0] if literals and body[1] != b'""' else b""
                return found
        return None

    def _fetched(self, wanted: bytes) -> Iterator[tuple[int, bytes, tuple[Any, ...]]]:
        for each in self.command(wanted, keep=b"* "):
            match = _FETCH.match(each.text)
            uid = _UID.search(match[1]) if match else None
            if match and uid and (found := number(uid[1])):
                yield found, match[1], each.literals

    def flag(self, uids: list[int]) -> None:
        """Mark mails as read."""
        self.command(b"UID STORE " + sequence(uids) + b" +FLAGS.SILENT (\\Seen)")

    def move(self, uids: list[int], name: str) -> None:
        """Move mails to a folder, which is made if it is not there (RFC 6851).

        Without MOVE they are copied and expunged by UID (RFC 4315). A server that can do neither
        would expunge what the user has marked too: Refused.
        """
        if b"MOVE" in self.capabilities:
            self._into(b"MOVE", uids, name)
            return
        if b"UIDPLUS" not in self.capabilities:
            raise Refused("the server can neither move mails nor remove single ones")
        self._into(b"COPY", uids, name)
        self.command(b"UID STORE " + sequence(uids) + b" +FLAGS.SILENT (\\Deleted)")
        self.command(b"UID EXPUNGE " + sequence(uids))

    def _into(self, verb: bytes, uids: list[int], name: str) -> None:
        command = b"UID " + verb + b" " + sequence(uids) + b" " + folder(name)
        try:
            self.command(command)
        except Refused as error:
            if "[TRYCREATE]" not in str(error).upper():
                raise
            self.command(b"CREATE " + folder(name))
            self.command(command)

    def idle(self, seconds: float) -> None:
        """Return when mail has come, or after so many seconds at most (RFC 2177)."""
        if self.news:
            return
        tag = self._send(b"IDLE")
        while not (first := self._wire.response().text).startswith(b"+"):
            self._untagged(first, tag, bye=False)
        self._listen(seconds)
        self._wire.begin()
        self._wire.send(b"DONE\r\n")
        self._until(tag, b"", bye=False)

    def _listen(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        # A server that never stops telling nothing is no reason not to look.
        while not self.news and (left := until - time.monotonic()) > 0 and self._wire.wait(left):
            self._wire.begin()
            self._untagged(self._wire.response().text, b"", bye=False)

    def noop(self) -> None:
        """Ask whether anything is new."""
        self.command(b"NOOP")

    # Commands

    def command(
        self, text: bytes, *, keep: bytes = b"", more: tuple[bytes, ...] = (), bye: bool = False
    ) -> list[Response]:
        """Send a command, and one of `more` whenever the server asks for more; the untagged
        responses that begin with `keep`. Raises Refused with the server's words."""
        tag = self._send(text)
        return self._until(tag, keep, bye=bye, more=more)

    def _send(self, text: bytes) -> bytes:
        self._number += 1
        tag = b"m%d" % self._number
        self._wire.begin()
        self._wire.send(tag + b" " + text + b"\r\n")
        return tag

    def _until(
        self, tag: bytes, keep: bytes, *, bye: bool, more: tuple[bytes, ...] = ()
    ) -> list[Response]:
        kept: list[Response] = []
        waiting = list(more)
        while True:
            found = self._wire.response()
            if found.text.startswith(b"+") and waiting:
                self._wire.send(waiting.pop(0))
            elif self._untagged(found.text, tag, bye=bye):
                return kept
            elif keep and found.text[: len(keep)].upper() == keep:
                kept.append(found)

    def _untagged(self, text: bytes, tag: bytes, *, bye: bool) -> bool:
        """Note what any response may tell; whether it is the end of a command."""
        if tag and text.startswith(tag + b" "):
            word, _, rest = text[len(tag) + 1 :].partition(b" ")
            if word.upper() != b"OK":
                raise Refused(_text(rest))
            return True
        if not text.startswith(b"* "):
            raise Lied(f"the server says {_text(text)}, which is no response to anything")
        if _NEWS.match(text):
            self.news = True
        if text[:5].upper() == b"* BYE" and not bye:
            raise Gone(f"the server ends the conversation: {_text(text[5:])}")
        return False


def connect(
    address: Address, secret: Secret, *, bounds: Bounds, context: ssl.SSLContext | None = None
) -> Session:
    """Connect, encrypted and verified, and log in.

    Raises Gone where that fails, LoginRefused, and Refused for a server without STARTTLS, which
    only one on this machine may lack.
    """
    tls = context or ssl.create_default_context()
    session = _greeted(address, tls, bounds)
    try:
        if not address.tls and not address.local:
            session.starttls(tls, address.host)
        session.login(address, secret)
    except BaseException:
        session.close()
        raise
    return session


def _greeted(address: Address, tls: ssl.SSLContext, bounds: Bounds) -> Session:
    try:
        sock = socket.create_connection((address.host, address.port), bounds.read)
        if address.tls:
            sock = tls.wrap_socket(sock, server_hostname=address.host)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Gone(f"no connection to {address.host}: {shown(why)}") from error
    session = Session(Wire(sock, bounds))
    try:
        session.greeting()
    except BaseException:
        session.close()
        raise
    return session


def _moment(text: bytes) -> int | None:
    found = _DATE.search(text)
    try:
        when = datetime.strptime((found[1] if found else b"").decode(), "%d-%b-%Y %H:%M:%S %z")
        return max(0, int(when.astimezone(UTC).timestamp()))
    except (ValueError, OverflowError):
        return None


def _text(text: bytes) -> str:
    return shown(text.decode("utf-8", "replace"))


def _tells(text: str, secret: Secret) -> bool:
    """Whether a server's words give the secret away, or might."""
    return secret.text in text or (secret.token and "bearer" in text.lower())
