"""Macros and domain-specs (RFC 7208 §7).

A macro-string is a tuple of parts: literal text, already unescaped, and Macros. Texts hold one
character an octet; what an expansion yields for DNS is presentation text, escaped.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import IPv6Address
from typing import TypeAlias
from urllib.parse import quote

import msgspec

from mailworthy.names import MAX_NAME, normalize
from mailworthy.parsed import Parsed, Problem

MAX_EXPLANATION = 1000  # RFC 7208 §6.2 lets us choose
MAX_PARTS = 999  # no name has more labels, no address more parts
EXP_ONLY = frozenset("crt")  # RFC 7208 §7.2
UNRESERVED = "-._~"

_TOKEN = re.compile(
    r"%\{(?P<letter>[A-Za-z])(?P<digits>[0-9]*)(?P<reverse>[rR]?)(?P<delimiters>[.\-+,/_=]*)\}"
    r"|%(?P<escape>[%_-])|(?P<text>[!-$&-~]+)|(?P<space> +)"
)
_LETTERS = frozenset("slodiphcrtv")
_ESCAPES = {"%": "%", "_": " ", "-": "%20"}
_TOPLABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_SPECIAL = re.compile(r"[^!#%&'*+,\-./0-9:<=>?A-Z\[\]^_`a-z{|}~]")
_OCTET = re.compile(r"\\(?:([0-9]{3})|(.))", re.DOTALL)


class Macro(msgspec.Struct, frozen=True, tag="macro"):
    """One `%{…}`: `letter` in lower case; an upper-case letter is `url_escape`.

    `digits` is how many right-hand parts to keep, None for all; `delimiters` is empty where the
    record gives none, which means a dot.
    """

    letter: str
    digits: int | None = None
    reverse: bool = False
    delimiters: str = ""
    url_escape: bool = False


Part: TypeAlias = str | Macro


class DomainSpec(msgspec.Struct, frozen=True):
    """A domain-spec: literal parts in lower case, no final dot, and macros."""

    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return render_parts(self.parts)

    @property
    def literal(self) -> str | None:
        """The name in the inside form, where no macro makes it depend on the message."""
        return name_of("".join(map(str, self.parts))) if self.is_literal else None

    @property
    def is_literal(self) -> bool:
        """Whether the name is the same for every message."""
        return not self.letters

    @property
    def letters(self) -> frozenset[str]:
        """The macro letters it uses, in lower case."""
        return frozenset(p.letter for p in self.parts if isinstance(p, Macro))


class Explanation(msgspec.Struct, frozen=True):
    """The text that `exp=` points at (explain-string, RFC 7208 §6.2)."""

    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return render_parts(self.parts)


class Context(msgspec.Struct, frozen=True):
    """What macros expand to. `ip` is IPv4 or IPv6 text, never an IPv4-mapped address.

    `domain` is the current one: it changes on include and redirect; `sender` does not.
    `validated` is the answer of RFC 7208 §5.5, or "unknown".
    """

    ip: str
    domain: str
    sender: str
    helo: str = "unknown"
    validated: str = "unknown"
    receiver: str = "unknown"
    now: int = 0

    @property
    def local_part(self) -> str:
        """What is left of the last @ of the sender, else "postmaster" (RFC 7208 §4.3)."""
        return self.sender.rpartition("@")[0] or "postmaster"

    @property
    def sender_domain(self) -> str:
        """What is right of the last @ of the sender."""
        return self.sender.rpartition("@")[2]


def parse_domain_spec(text: str) -> Parsed[DomainSpec]:
    """A domain-spec as a value; impossible-name is the only problem that leaves a record, since
    RFC 7208 §4.8 lets receivers choose what to do with such names (grammar: §7.1)."""
    if not text:
        return Parsed(None, (Problem("missing-domain", "a domain name is missing", 0, 0),))
    parts, last, problem = _tokens(text, spaces=False, exp_only=False)
    problem = problem or _end_fault(text, last)
    if problem:
        return Parsed(None, (problem,))
    spec = DomainSpec(_without_final_dot(parts, last))
    return Parsed(spec, _name_faults(spec, len(text)))


def parse_macro_string(text: str) -> Parsed[tuple[Part, ...]]:
    """The value of an unknown modifier: any macro-string (RFC 7208 §7.1)."""
    parts, _, problem = _tokens(text, spaces=False, exp_only=True)
    return Parsed(None, (problem,)) if problem else Parsed(parts)


def parse_explanation(text: str) -> Parsed[Explanation]:
    """The text found at the target of `exp=`; here spaces and the letters c, r, t may stand."""
    parts, _, problem = _tokens(text, spaces=True, exp_only=True)
    return Parsed(None, (problem,)) if problem else Parsed(Explanation(parts))


def _tokens(
    text: str, *, spaces: bool, exp_only: bool
) -> tuple[tuple[Part, ...], str, Problem | None]:
    """The parts, the literal text behind the last macro-expand, and the first fault."""
    parts: list[Part] = []
    last, at = "", 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        problem = _fault(found, text, at, spaces=spaces, exp_only=exp_only)
        if problem or found is None:
            return (), "", problem
        at = found.end()
        last = found["text"] or ""
        _append(parts, found)
    return _merge(parts), last, None


def _append(parts: list[Part], found: re.Match[str]) -> None:
    if found["letter"]:
        parts.append(_macro(found))
    else:
        parts.append(_ESCAPES.get(found["escape"] or "", found["text"] or found["space"] or ""))


def _merge(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Neighbouring literals become one, so that equal strings are equal values."""
    merged: list[Part] = []
    run: list[str] = []
    for part in parts:
        if isinstance(part, str):
            run.append(part)
            continue
        if run:
            merged.append("".join(run))
            run = []
        merged.append(part)
    return (*merged, "".join(run)) if run else tuple(merged)


def _macro(found: re.Match[str]) -> Macro:
    letter = found["letter"]
    digits = found["digits"].lstrip("0")
    return Macro(
        letter.lower(),
        min(int(digits[:4]), MAX_PARTS) if digits else None,
        bool(found["reverse"]),
        found["delimiters"],
        letter.isupper(),
    )


def _fault(
    found: re.Match[str] | None, text: str, at: int, *, spaces: bool, exp_only: bool
) -> Problem | None:
    if found is None:
        return _no_token(text, at)
    if found["space"] and not spaces:
        return Problem("bad-character", "a space may not stand here", at, found.end())
    letter = (found["letter"] or "").lower()
    if letter and letter not in _LETTERS:
        return Problem("bad-macro", f"there is no macro letter {letter!r}", at, found.end())
    if found["digits"] and not found["digits"].strip("0"):
        return Problem("bad-macro", "the number in a macro must not be zero", at, found.end())
    if letter in EXP_ONLY and not exp_only:
        message = f"the macro letter {letter!r} is allowed in explanation texts only"
        return Problem("macro-not-allowed-here", message, at, found.end())
    return None


def _no_token(text: str, at: int) -> Problem:
    if text[at] != "%":
        return Problem("bad-character", "this character may not stand here", at, at + 1)
    if text.startswith("%{", at):
        close = text.find("}", at, at + 40)
        end = close + 1 if close > 0 else min(len(text), at + 40)
        return Problem("bad-macro", "this is not a macro", at, end)
    message = "a % must be followed by {, %, - or _"
    return Problem("bad-macro", message, at, min(at + 2, len(text)))


def _end_fault(text: str, last: str) -> Problem | None:
    """Whether the text ends as a domain-spec must: in a macro, or in a dot and a toplabel."""
    if not last:
        return None
    _, dot, top = last.removesuffix(".").rpartition(".")
    end = len(text) - (1 if last.endswith(".") else 0)
    start = end - len(top)
    if not dot:
        message = "a dot and a top-level domain must stand at the end"
        return Problem("bad-domain", message, start, len(text))
    if not _TOPLABEL.fullmatch(top):
        return Problem("bad-domain", "the last label is not a top-level domain", start, len(text))
    if top.isdigit():
        return Problem("bad-domain", "the last label must not be a number", start, end)
    return None


def _without_final_dot(parts: tuple[Part, ...], last: str) -> tuple[Part, ...]:
    tail = parts[-1]
    if last.endswith(".") and isinstance(tail, str):
        parts = (*parts[:-1], tail[:-1])
    return tuple(p.lower() if isinstance(p, str) else p for p in parts)


def _name_faults(spec: DomainSpec, length: int) -> tuple[Problem, ...]:
    labels = "".join(p if isinstance(p, str) else "\0" for p in spec.parts).split(".")
    if "" in labels:
        message = "a label is empty, so no DNS name can have this form"
    elif any("\0" not in label and len(label) > 63 for label in labels):
        message = "a label has more than 63 characters, so no DNS name can have this form"
    elif spec.is_literal and len(".".join(labels)) > MAX_NAME:
        message = "the name is longer than DNS allows; receivers cut labels off its left side"
    else:
        return ()
    return (Problem("impossible-name", message, 0, length),)


def render_parts(parts: tuple[Part, ...]) -> str:
    """The macro-string that stands for these parts.

    "%20" is always written `%-`: a domain-spec may end in that and not in `%%20`. Neighbouring
    literals are joined first, since the three characters may stand in two of them.
    """
    return "".join(map(_render, _merge(parts)))


def _render(part: Part) -> str:
    if isinstance(part, str):
        return "%-".join(piece.replace("%", "%%").replace(" ", "%_") for piece in part.split("%20"))
    letter = part.letter.upper() if part.url_escape else part.letter
    digits = "" if part.digits is None else str(part.digits)
    return f"%{{{letter}{digits}{'r' if part.reverse else ''}{part.delimiters}}}"


def expand(spec: DomainSpec, context: Context) -> str:
    """The target-name (RFC 7208 §4.8, §7.3) as DNS presentation text in the inside form.

    Names over 253 characters lose labels from the left. The outcome may still be no possible
    name (empty or overlong labels): `names.too_long` tells.
    """
    return name_of(_expand_tail(spec.parts, context))


def explain(explanation: Explanation, context: Context) -> str:
    """The explanation for people, cut to MAX_EXPLANATION characters."""
    pieces: list[str] = []
    length = 0
    for part in explanation.parts:
        pieces.append(_value(part, context))
        length += len(pieces[-1])
        if length >= MAX_EXPLANATION:
            break
    return "".join(pieces)[:MAX_EXPLANATION]


def never_matches(spec: DomainSpec, context: Context) -> bool:
    """Whether a term cannot match because the local part is not ASCII (RFC 8616 §4)."""
    return bool(spec.letters & {"s", "l"}) and not context.local_part.isascii()


def _expand_tail(parts: tuple[Part, ...], context: Context) -> str:
    """The expansion, or as much of its right side as can matter: labels are cut off on the left,
    so that a record cannot make us build megabytes."""
    pieces: list[str] = []
    length = 0
    for part in reversed(parts):
        pieces.append(_value(part, context))
        length += len(pieces[-1])
        if length > 2 * MAX_NAME:
            break
    return "".join(reversed(pieces))


def name_of(text: str) -> str:
    """Expanded text as a name: cut to 253 characters, escaped, in the inside form."""
    name = text.removesuffix(".")
    if len(name) > MAX_NAME:
        name = name[name.find(".", len(name) - MAX_NAME - 1) + 1 :]
    if _SPECIAL.search(name):
        name = _SPECIAL.sub(_escaped, name)
    return normalize(name)


def _escaped(found: re.Match[str]) -> str:
    """As dnspython writes names, so that questions equal the names in answers."""
    char = found[0]
    if char in '"();\\@$':
        return "\\" + char
    octets = char.encode("latin-1") if char <= "\xff" else char.encode("utf-8", "replace")
    return "".join(f"\\{octet:03d}" for octet in octets)


def _value(part: Part, context: Context) -> str:
    if isinstance(part, str):
        return part
    value = _transform(part, _LETTER[part.letter](context))
    return quote(value, safe=UNRESERVED, errors="replace") if part.url_escape else value


def _transform(macro: Macro, value: str) -> str:
    if macro.digits is None and not macro.reverse and not macro.delimiters:
        return value
    parts = _splitter(macro.delimiters).split(value) if macro.delimiters else value.split(".")
    if macro.reverse:
        parts.reverse()
    return ".".join(parts if macro.digits is None else parts[-macro.digits :])


@lru_cache(maxsize=256)
def _splitter(delimiters: str) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(delimiters)}]")


def _octets(name: str) -> str:
    """A name's octets without DNS escapes: what is expanded is escaped once, at the end."""
    return _OCTET.sub(_octet, name) if "\\" in name else name


def _octet(found: re.Match[str]) -> str:
    return chr(int(found[1])) if found[1] else str(found[2])


@lru_cache(maxsize=1024)
def _dotted(ip: str) -> str:
    """The dot format of %{i}: nibbles for IPv6 (RFC 7208 §7.3).

    They are capitals, as the openspf suite has them; in names that makes no difference.
    """
    return ".".join(IPv6Address(ip).exploded.replace(":", "").upper()) if ":" in ip else ip


_LETTER: dict[str, Callable[[Context], str]] = {
    "s": lambda context: context.sender,
    "l": lambda context: context.local_part,
    "o": lambda context: context.sender_domain,
    "d": lambda context: _octets(context.domain),
    "i": lambda context: _dotted(context.ip),
    "p": lambda context: _octets(context.validated),
    "v": lambda context: "ip6" if ":" in context.ip else "in-addr",
    "h": lambda context: context.helo,
    "c": lambda context: context.ip,
    "r": lambda context: context.receiver,
    "t": lambda context: str(context.now),
}
