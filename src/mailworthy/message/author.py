"""Whose message claims to be: the Author Domains of From (RFC 5322 §3.4, RFC 9989 §5.3.1)."""

import re
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from mailworthy.message.authordomain import Domain, domain_of, hidden_domains
from mailworthy.message.lexer import Kind, Token, decode, tokens
from mailworthy.names import spelled
from mailworthy.parsed import Problem

MAX_FIELDS = 20  # From fields that are read, where one belongs
MAX_FIELD = 16384  # characters of one field that are read
MAX_DOMAINS = 100  # distinct domains that are kept
_MAX_RUN = 600  # tokens of a domain, more than any has
_SPECIALS = "<>:;,@."


class Fault(StrEnum):
    """Why From names no author that all readers agree on."""

    NO_FIELD = "there is no From header field"
    SEVERAL_FIELDS = "there are several From header fields"
    DISGUISED = "some readers see another From header field"
    NO_ADDRESS = "From holds no address"
    NO_DOMAIN = "no address in From has a domain name"
    BAD_DOMAIN = "From has an address whose domain is no domain name"
    AMBIGUOUS = "readers take different addresses out of From"
    TOO_LONG = "From is too long to be read"


class Mailbox(msgspec.Struct, frozen=True):
    """One address: `domain` as A-labels in the inside form, empty where there is none.

    `local` is without quotes, `written` the domain as it stands there, `display` the display
    name with encoded words as they stand.
    """

    local: str
    domain: str
    written: str
    display: str = ""


class Author(msgspec.Struct, frozen=True):
    """What From says.

    `domains` are the Author Domains, each once, in order: with a fault, all that some reader
    might take for one. Without a fault there is at least one. Several are well-formed, but no
    single Author Domain. `detail` belongs to the fault. Offsets of problems count characters of
    the field's value; problems alone change nothing.
    """

    domains: tuple[str, ...] = ()
    mailboxes: tuple[Mailbox, ...] = ()
    fault: Fault | None = None
    detail: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def domain(self) -> str | None:
        """The single Author Domain; None if there is none on which all agree."""
        return self.domains[0] if self.fault is None and len(self.domains) == 1 else None


def author(values: Sequence[bytes], disguised: Sequence[bytes] = ()) -> Author:
    """The Author Domains of a message, from the values of all its From fields.

    A value is what follows the colon, to the octet. `disguised` are those of `disguise.disguised`:
    with any of them there is a fault. Never raises, whatever the bytes; linear in
    their number. U-labels become A-labels (RFC 9989 §5.3.1). Obsolete syntax is read as
    RFC 5322 §4.4 says. What no grammar allows is read leniently where all readers would
    find the same domain, and is a fault otherwise. A fault means that nothing aligns.
    """
    if len(values) == 1 and not disguised and (found := _plain(values[0])) is not None:
        return found
    reader = _Reader()
    for value in (*values[:MAX_FIELDS], *disguised[:MAX_FIELDS]):
        reader.field(decode(value[: 4 * MAX_FIELD]))
    if not values:
        reader.faults[Fault.NO_FIELD] = ""
    if disguised:
        reader.faults[Fault.DISGUISED] = ""
    if len(values) > 1:
        reader.faults[Fault.SEVERAL_FIELDS] = f"{len(values)} of them"
    return reader.result()


# Most From fields: one address, after no name, a few words, or a quoted text without escapes.
_PLAIN = re.compile(
    rb"[ \t]*(?:(?:([A-Za-z0-9]+(?: [A-Za-z0-9]+)*)|\"([A-Za-z0-9 ,.'-]*)\")[ \t]*(?=<))?(<)?"
    rb"([A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*)@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)(>)?[ \t]*"
)
_SHORT = 300


def _plain(value: bytes) -> Author | None:
    """What the reader below would say of an ordinary field, in a tenth of its time."""
    found = _PLAIN.fullmatch(value) if len(value) <= _SHORT else None
    if found is None or bool(found[3]) != bool(found[6]):
        return None
    domain = domain_of(found[5].decode())
    if domain.why:
        return None
    shown = (found[1] or found[2] or b"").decode().strip()
    mailbox = Mailbox(found[4].decode(), domain.names[0], found[5].decode(), shown)
    return Author(domain.names, (mailbox,))


class _Reader:
    def __init__(self) -> None:
        self.domains: dict[str, None] = {}
        self.seen: dict[str, Domain] = {}
        self.mailboxes: list[Mailbox] = []
        self.faults: dict[Fault, str] = {}
        self.problems: list[Problem] = []
        self.without_domain = False
        self.doubt = ""

    def result(self) -> Author:
        if self.doubt and len(self.domains) > 1:
            self.faults[Fault.AMBIGUOUS] = self.doubt
        if not self.domains and not self.faults:
            fault = Fault.NO_DOMAIN if self.without_domain else Fault.NO_ADDRESS
            self.faults[fault] = ""
        first = next((f for f in _ORDER if f in self.faults), None)
        return Author(
            tuple(self.domains),
            tuple(self.mailboxes),
            first,
            self.faults[first] if first else "",
            tuple(self.problems),
        )

    def note(self, code: str, message: str, where: Token | None = None) -> None:
        start, end = (where.start, where.end) if where else (0, 0)
        self.problems.append(Problem(code, message, start, end))

    def field(self, text: str) -> None:
        if len(text) > MAX_FIELD:
            self.faults[Fault.TOO_LONG] = f"more than {MAX_FIELD} characters"
        found = tokens(text[:MAX_FIELD], _SPECIALS)
        for token in found:
            if not token.closed:
                self.note("unclosed", f"a {token.kind} has no end", token)
                self.hidden(token.text, f"an address stands in a {token.kind} without end")
            elif token.kind is Kind.LITERAL:
                self.hidden(token.text, "an address stands in square brackets")
        for element in self.elements([t for t in found if t.kind is not Kind.COMMENT]):
            self.element(element)

    def elements(self, found: list[Token]) -> list[list[Token]]:
        """The pieces of an address list; groups dissolved into their members (RFC 6854)."""
        pieces: list[list[Token]] = [[]]
        angle = group = False
        for token in found:
            if angle or token.is_("<"):
                angle = not token.is_(">")
                pieces[-1].append(token)
            elif token.is_(":"):
                self.group(pieces.pop(), token, nested=group)
                group = True
                pieces.append([])
            elif token.is_(",;"):
                if token.is_(";") and not group:
                    self.note("stray-semicolon", "a semicolon ends no group", token)
                group = group and not token.is_(";")
                pieces.append([])
            else:
                pieces[-1].append(token)
        if group:
            self.note("unclosed-group", "a group has no end")
        return [piece for piece in pieces if piece]

    def group(self, name: list[Token], colon: Token, *, nested: bool) -> None:
        if nested or not name:
            self.note("stray-colon", "a colon begins no group", colon)
        if any(t.is_("@") for t in name):
            self.unclear(name, "an address stands where a group has its name")

    def element(self, found: list[Token]) -> None:
        opening = next((i for i, t in enumerate(found) if t.is_("<")), None)
        if opening is None:
            self.address(found, [])
        else:
            self.angle(found[:opening], found[opening + 1 :])

    def angle(self, phrase: list[Token], after: list[Token]) -> None:
        closing = next((i for i, t in enumerate(after) if t.is_(">")), len(after))
        inner, rest = after[:closing], after[closing + 1 :]
        if closing == len(after):
            self.note("unclosed-angle", "an angle bracket has no end")
        if inner and inner[0].is_("@") and any(t.is_(":") for t in inner):
            self.note("obsolete-route", "a source route is ignored", inner[0])
            inner = inner[max(i for i, t in enumerate(inner) if t.is_(":")) + 1 :]
        self.address(inner, phrase)
        if rest:
            self.note("after-angle", "something follows an address in angle brackets", rest[0])
        for outside in (phrase, rest):
            if any(t.is_("@") for t in outside):
                self.unclear(outside, "an address stands outside the angle brackets")

    def address(self, found: list[Token], phrase: list[Token]) -> None:
        """An addr-spec, or whatever stands in its place."""
        ats = [i for i, token in enumerate(found) if token.is_("@")]
        if not ats:
            self.no_address(found)
            return
        if len(ats) > 1 or any(t.is_("<") for t in found):
            self.unclear(found, "several addresses stand where one belongs")
            return
        local, domain = found[: ats[0]], found[ats[0] + 1 :]
        if not local or not _is_words(local):
            self.note("bad-local-part", "the part before the at-sign is malformed", found[0])
            self.hidden(_joined(local), "an address is hidden in the part before the at-sign")
        run = _run(domain)
        if len(run) < len(domain):
            self.note("after-domain", "something follows the domain", domain[len(run)])
            self.hidden(_joined(domain[len(run) :]), "an address is hidden behind another")
        self.mailbox(local, run, phrase)

    def mailbox(self, local: list[Token], run: list[Token], phrase: list[Token]) -> None:
        written = "".join(t.text for t in run)
        name = ""
        if run and run[0].kind is Kind.LITERAL:
            self.without_domain = True
            self.note("domain-literal", "an address literal is no domain name", run[0])
        else:
            name = self.take(written)
        shown = _joined(phrase).strip()
        self.mailboxes.append(Mailbox("".join(t.text for t in local), name, written, shown))

    def take(self, written: str) -> str:
        """Count a domain among those of the author; its name, empty if it cannot be one."""
        if written not in self.seen:
            if len(self.seen) >= MAX_DOMAINS:
                self.faults.setdefault(Fault.TOO_LONG, f"more than {MAX_DOMAINS} domains")
                return ""
            self.seen[written] = domain_of(written)
        found = self.seen[written]
        if found.why:
            self.faults.setdefault(Fault.BAD_DOMAIN, found.why)
        self.domains.update(dict.fromkeys(found.names))
        return "" if found.why else found.names[0]

    def unclear(self, found: list[Token], what: str) -> None:
        """Every domain that a reader may find here; a fault unless all are one and the same."""
        ats = [index for index, token in enumerate(found) if token.is_("@")]
        for at in ats[:MAX_DOMAINS]:
            self.take("".join(t.text for t in _run(found[at + 1 : at + 1 + _MAX_RUN])))
        self.note("ambiguous", what, found[0])
        self.doubt = self.doubt or what

    def no_address(self, found: list[Token]) -> None:
        text = "".join(t.text for t in found)
        shown = spelled(text, 40) or "nothing"
        self.note("no-at-sign", f"{shown} is no address", found[0] if found else None)
        self.hidden(text, "an address is hidden where no reader must look for one")

    def hidden(self, text: str, what: str) -> None:
        for name in hidden_domains(text)[: max(0, MAX_DOMAINS - len(self.domains))]:
            self.domains[name] = None
            self.faults.setdefault(Fault.AMBIGUOUS, what)


_ORDER = (
    Fault.NO_FIELD,
    Fault.SEVERAL_FIELDS,
    Fault.DISGUISED,
    Fault.TOO_LONG,
    Fault.AMBIGUOUS,
    Fault.BAD_DOMAIN,
    Fault.NO_DOMAIN,
    Fault.NO_ADDRESS,
)


def _joined(found: list[Token]) -> str:
    """The tokens as one text, with a space where any stood between them."""
    return "".join(" " * token.spaced + token.text for token in found)


def _is_words(found: list[Token]) -> bool:
    """word *("." word), obsolete forms included (RFC 5322 §4.4)."""
    words, dots = found[::2], found[1::2]
    return (
        len(found) % 2 == 1
        and all(t.kind in (Kind.ATOM, Kind.QUOTED) for t in words)
        and all(t.is_(".") for t in dots)
    )


def _run(found: list[Token]) -> list[Token]:
    """The tokens that make up a domain: atoms and dots in turn, or a literal."""
    if found and found[0].kind is Kind.LITERAL:
        return found[:1]
    for index, token in enumerate(found):
        follows = index and found[index - 1].kind is Kind.ATOM and token.spaced
        if not (token.is_(".") or (token.kind is Kind.ATOM and not follows)):
            return found[:index]
    return found
