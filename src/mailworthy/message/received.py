"""Received fields, as the many servers of the world write them (RFC 5321 §4.4, RFC 5322 §3.6.7)."""

import re
from datetime import datetime

import msgspec

from mailworthy.message import date
from mailworthy.message.lexer import Kind, Token, decode, tokens
from mailworthy.message.receivedclient import Client, Item, client
from mailworthy.names import harmless, normalize
from mailworthy.parsed import Parsed, Problem

MAX_TEXT = 4096  # characters of a field that are read
MAX_NAME = 255  # characters of a name or word that are kept
MAX_PATH = 320  # of an address: 64, "@" and 255 (RFC 5321 §4.5.3.1)
_CLAUSES = frozenset(
    ("from", "by", "via", "with", "id", "for", "tls", "envelope-from", "envelope-sender")
)
_MAX_WORDS = 6  # of a protocol or link
# RFC 3848 and RFC 6531 §4.3; SMTPS and SMTPA are not registered, and written all the same.
_PROTOCOL = re.compile(r"(?:UTF8)?(?:E?SMTP|LMTP)(S?)A?", re.IGNORECASE)
_TLS = re.compile(r"\b(?:TLS|SSL)[ _]?v?[1-9]|\bTLS_[A-Z0-9]|^TLS\b|\bencrypted\b|\bcipher=", re.I)
_OF_CLIENT = re.compile(r"\s*+(?:authenticated|auth|account|no |not )", re.I)
_PATH = re.compile(r'\s*+(?:<((?:[^<>"]|"[^"]*")*)>|([^\s<>,;()]+))')
_ENVELOPE = re.compile(r"\s*+envelope-(?:from|sender)[ \t\r\n:=]++(.*)", re.I | re.DOTALL)


class Received(msgspec.Struct, frozen=True):
    """What one server says of how a message came to it; all texts are printable and short.

    `helo` is the name that the client gave, as it gave it, `reverse` the one that the server found
    for its address, `ip` the address as canonical text (IPv4 where it was mapped into IPv6).
    `reverse` and `by` are in the inside form. `protocol` is what follows `with`, `recipient` what
    follows `for`. `envelope_from` is the reverse-path where the server wrote it: None where not,
    empty for the null one. `tls` is None where the protocol says nothing of it. `claimed` tells
    that the address stands where the client's own name should, `disputed` that several stand there,
    of which all but `ip` are taken for the client's own words.
    """

    helo: str = ""
    reverse: str = ""
    ip: str = ""
    by: str = ""
    via: str = ""
    protocol: str = ""
    id: str = ""
    recipient: str = ""
    envelope_from: str | None = None
    tls: bool | None = None
    date: datetime | None = None
    claimed: bool = False
    disputed: bool = False


def parse(value: bytes | str) -> Parsed[Received]:
    """Read the value of one field, what follows the colon. Never raises; linear.

    Read are the forms of RFC 5321 §4.4, and those that Postfix, Exim, Sendmail, qmail, Exchange,
    Courier and others have of their own. The record is None where there is neither clause nor
    date. Problem codes: too-long, unclosed, no-clause, clause-repeated, missing-from, missing-by,
    claimed-address, several-addresses, missing-date, and those of `date.parse`.
    """
    text = decode(value[: 4 * MAX_TEXT]) if isinstance(value, bytes) else value
    reader = _Reader(text[:MAX_TEXT])
    if len(text) > MAX_TEXT:
        reader.note("too-long", f"more than {MAX_TEXT} characters", MAX_TEXT, len(text))
    record = reader.read()
    return Parsed(record, tuple(sorted(reader.problems, key=lambda p: (p.start, p.end))))


def path(text: str) -> str | None:
    """The address of a Return-Path or an envelope clause, without angle brackets.

    Empty for the null reverse-path, None if there is no address at all. Printable.
    """
    found = _PATH.match(text)
    if found is None:
        return None
    return _short(found[2] if found[1] is None else found[1], MAX_PATH)


def _short(text: str, limit: int = MAX_NAME) -> str:
    return harmless(text[:limit])


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[Problem] = []

    def note(self, code: str, message: str, start: int = 0, end: int = 0) -> None:
        self.problems.append(Problem(code, message, start, end))

    def read(self) -> Received | None:
        found = tokens(self.text, ";")
        for token in found:
            if not token.closed:
                self.note("unclosed", f"a {token.kind} has no end", token.start, token.end)
        semicolon = next((t for t in reversed(found) if t.is_(";")), None)
        end = len(self.text) if semicolon is None else semicolon.start
        items = _items(self.text, [t for t in found if t.start < end and not t.is_(";")])
        clauses = self.clauses(items)
        when = self.date(semicolon)
        if not clauses and when is None:
            self.note("no-clause", "this is no trace of a server", 0, len(self.text))
            return None
        after = [Item(t.text, t.start, t.end, True) for t in found if t.start > end and _comment(t)]
        return self.record(clauses, [*items, *after], when)

    def clauses(self, items: list[Item]) -> dict[str, list[Item]]:
        """What follows each keyword. A keyword right after another is its value: a name.

        A client may put keywords into its HELO name, and what the server itself says comes after
        that: all that stands before the last `by` belongs to `from`.
        """
        clauses: dict[str, list[Item]] = {}
        current: list[Item] | None = None
        opened = False
        for place, item in enumerate(items):
            word = "" if item.comment else item.text.lower()
            keyword = word in _CLAUSES and not opened
            if keyword and word in clauses:
                self.note("clause-repeated", f"a second {word}", item.start, item.end)
            if keyword and word == "by":
                clauses = _client_alone(clauses, items[:place])
            opened = keyword and word not in clauses
            if opened:
                current = clauses[word] = []
            elif current is not None:
                current.append(item)
        return clauses

    def date(self, semicolon: Token | None) -> datetime | None:
        if semicolon is None:
            self.note("missing-date", "no date stands at the end", len(self.text), len(self.text))
            return None
        parsed = date.parse(self.text[semicolon.end :])
        for problem in parsed.problems:
            start, end = problem.start + semicolon.end, problem.end + semicolon.end
            self.note(problem.code, problem.message, start, end)
        return parsed.record

    def record(
        self, clauses: dict[str, list[Item]], items: list[Item], when: datetime | None
    ) -> Received:
        who = self.client(clauses)
        by = _first(clauses, "by")
        if not by:
            self.note("missing-by", "the server does not name itself")
        protocol = _words(clauses, "with")
        return Received(
            helo=_short(who.helo),
            reverse=_name(who.reverse),
            ip=who.ip,
            by=_name(by),
            via=_words(clauses, "via"),
            protocol=protocol,
            id=_short(_first(clauses, "id").strip("<>")),
            recipient=_recipient(clauses),
            envelope_from=_envelope_from(clauses, items),
            tls=_tls(clauses, items, protocol, who),
            date=when,
            claimed=who.claimed,
            disputed=who.disputed,
        )

    def client(self, clauses: dict[str, list[Item]]) -> Client:
        if "from" not in clauses:
            self.note("missing-from", "the client is not named")
            return Client()
        who = client(clauses["from"])
        if who.claimed and who.source is not None:
            text = "the address may be only what the client called itself"
            self.note("claimed-address", text, who.source.start, who.source.end)
        if who.disputed and who.source is not None:
            text = "several addresses are said to be the client's; the last is taken"
            self.note("several-addresses", text, who.source.start, who.source.end)
        return who


def _client_alone(clauses: dict[str, list[Item]], before: list[Item]) -> dict[str, list[Item]]:
    """The clauses in front of `by`: if a client is named there, it alone."""
    if "from" not in clauses:
        return clauses
    start = next(i for i, item in enumerate(before) if _is_from(item))
    return {"from": before[start + 1 :]}


def _is_from(item: Item) -> bool:
    return not item.comment and item.text.lower() == "from"


def _comment(token: Token) -> bool:
    return token.kind is Kind.COMMENT


def _items(text: str, found: list[Token]) -> list[Item]:
    """Words as they are written, whatever they are made of, and comments."""
    items: list[Item] = []
    for token in found:
        if _comment(token):
            items.append(Item(token.text, token.start, token.end, True))
        elif items and not items[-1].comment and items[-1].end == token.start:
            start = items[-1].start
            items[-1] = Item(text[start : token.end], start, token.end)
        else:
            items.append(Item(text[token.start : token.end], token.start, token.end))
    return items


def _first(clauses: dict[str, list[Item]], name: str) -> str:
    return next((item.text for item in clauses.get(name, ()) if not item.comment), "")


def _words(clauses: dict[str, list[Item]], name: str) -> str:
    words = [item.text for item in clauses.get(name, ()) if not item.comment]
    return _short(" ".join(words[:_MAX_WORDS]))


def _name(text: str) -> str:
    return harmless(normalize(text[:MAX_NAME])) if text else ""


def _recipient(clauses: dict[str, list[Item]]) -> str:
    found = path(_first(clauses, "for"))
    return found if found and "@" in found else ""


def _envelope_from(clauses: dict[str, list[Item]], items: list[Item]) -> str | None:
    for name in ("envelope-from", "envelope-sender"):
        if word := _first(clauses, name):
            return path(word)
    for item in items:
        if item.comment and (found := _ENVELOPE.match(item.text)):
            return path(found[1])
    return None


def _tls(
    clauses: dict[str, list[Item]], items: list[Item], protocol: str, who: Client
) -> bool | None:
    """By the protocol, the tls clause (RFC 8314 §4.3), or a comment of the server's own."""
    known = _PROTOCOL.fullmatch(protocol.partition(" ")[0])
    if (known and known[1]) or clauses.get("tls"):
        return True
    if any(item.comment and item not in who.used and _says_tls(item.text) for item in items):
        return True
    return False if known else None


def _says_tls(comment: str) -> bool:
    """A comment about the session; not one with a name that the client chose."""
    if _OF_CLIENT.match(comment) or _ENVELOPE.match(comment):
        return False
    return _TLS.search(comment) is not None
