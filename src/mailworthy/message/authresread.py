"""Reads the value of an Authentication-Results field (RFC 8601 §2.2)."""

import re

import msgspec

from mailworthy.message.authresmodel import AuthResults, MethodResult, Property
from mailworthy.message.lexer import Kind, Token, tokens, unfold
from mailworthy.names import printable
from mailworthy.parsed import Problem

MAX_TEXT = 65536  # characters that are read
MAX_RESULTS = 1000
SUPPORTED = 1  # the version of RFC 8601 §2.2
KEYWORD = re.compile(r"[A-Za-z0-9_-]+")
PROPERTY = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_SPECIALS = ";="
_VERSION = re.compile(r"[0-9]{1,9}")


class Pair(msgspec.Struct):
    """`name=value` with the comments in it and after it."""

    name: list[Token]
    value: list[Token]
    comments: list[str]


class Reader:
    """One field; `problems` gathers what is wrong."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[Problem] = []
        self.comments: list[str] = []

    def note(self, code: str, message: str, where: Token | None = None) -> None:
        """Add a problem at a token, or about the whole."""
        start, end = (where.start, where.end) if where else (0, len(self.text))
        self.problems.append(Problem(code, message, start, end))

    def read(self) -> AuthResults | None:
        """The field; None if it has no authserv-id, or a version that is not known."""
        if len(self.text) > MAX_TEXT:
            self.note("too-long", f"more than {MAX_TEXT} characters")
            return None
        found = tokens(self.text, _SPECIALS)
        if not all(token.closed for token in found):
            self.note("unclosed", "a comment or a quoted string has no end")
            return None
        first, *rest = _segments(found)
        head = self.head(first)
        if head is None:
            return None
        results = self.results(rest)
        return AuthResults(head[0], results, head[1], tuple(self.comments))

    def head(self, found: list[Token]) -> tuple[str, int | None] | None:
        """The authserv-id and the version."""
        self.comments += [t.text for t in found if t.kind is Kind.COMMENT]
        groups = _groups([t for t in found if t.kind is not Kind.COMMENT])
        if not groups or any(t.is_("=") for t in groups[0]):
            self.note("missing-authserv-id", "there is no authserv-id")
            return None
        name = self.joined(groups[0])
        if len(groups) == 1:
            return name, None
        version = self.joined(groups[1])
        if len(groups) > 2 or not _VERSION.fullmatch(version):
            self.note("bad-authserv-id", "more than an authserv-id and a version", groups[1][0])
            return None
        if int(version) != SUPPORTED:
            self.note("unsupported-version", f"version {version} is not known", groups[1][0])
            return None
        return name, int(version)

    def results(self, segments: list[list[Token]]) -> tuple[MethodResult, ...]:
        if len(segments) > MAX_RESULTS:
            self.note("too-many-results", f"more than {MAX_RESULTS} results")
        found = [self.result(segment) for segment in segments[:MAX_RESULTS]]
        if not segments:
            self.note("no-result", "there is neither a result nor none")
        return tuple(result for result in found if result)

    def result(self, segment: list[Token]) -> MethodResult | None:
        """One resinfo, or None for "none" and for what cannot be read; its comments are kept."""
        pairs = self.pairs(segment)
        method, _, version = self.name(pairs[0]).partition("/") if pairs else ("", "", "")
        word = self.joined(pairs[0].value).lower() if pairs else ""
        known = KEYWORD.fullmatch(method) and (not version or _VERSION.fullmatch(version))
        if not known or not KEYWORD.fullmatch(word):
            self.comments += [t.text for t in segment if t.kind is Kind.COMMENT]
            words = [t for t in segment if t.kind is not Kind.COMMENT]
            if self.joined(words).lower() != "none":
                self.note("bad-result", "a piece that is no result is left out", *segment[:1])
            return None
        properties = [p for pair in pairs[1:] if (p := self.property(pair))]
        reasons = [p for p in properties if (p.ptype, p.property) == ("", "reason")]
        if len(reasons) > 1:
            self.note("reason-repeated", "only the first reason is kept", pairs[0].name[0])
        return MethodResult(
            method,
            word,
            int(version) if version else None,
            tuple(pairs[0].comments),
            reasons[0].value if reasons else None,
            reasons[0].comments if reasons else (),
            tuple(p for p in properties if (p.ptype, p.property) != ("", "reason")),
        )

    def property(self, pair: Pair) -> Property | None:
        """One propspec, or the reason, which looks like one without ptype."""
        ptype, dot, name = self.name(pair).rpartition(".")
        ptype, more, rest = ptype.partition(".")
        name = rest + "." + name if more else name
        if not PROPERTY.fullmatch(name) or not (KEYWORD.fullmatch(ptype) if dot else True):
            self.note("bad-property", "a piece that is no property is left out", *pair.name[:1])
            return None
        if not dot and name != "reason":
            self.note("missing-ptype", f"{printable(name, 40)}= has no ptype", pair.name[0])
        return Property(ptype, name, self.joined(pair.value), tuple(pair.comments))

    def pairs(self, segment: list[Token]) -> list[Pair]:
        """Cut at white space and equals signs: a value ends where white space follows it."""
        pairs: list[Pair] = []
        waiting: list[str] = []
        name: list[Token] = []
        value = False  # whether the last pair may still grow
        for token in segment:
            if token.kind is Kind.COMMENT:
                into = pairs[-1].comments if pairs and not name else waiting
                into.append(token.text)
            elif value and (not pairs[-1].value or not token.spaced):
                pairs[-1].value.append(token)
            elif token.is_("=") and name:
                pairs.append(Pair(name, [], waiting))
                name, waiting, value = [], [], True
            else:
                name.append(token)
                value = False
        if name and pairs:
            self.note("stray-word", "a word without equals sign is left out", name[0])
        if pairs:
            pairs[-1].comments += waiting
        return pairs

    def name(self, pair: Pair) -> str:
        """The name of a pair in lower case; dots and slashes may have white space around them."""
        text = ""
        for group in _groups(pair.name):
            word = self.joined(group).lower()
            if text and not (text.endswith((".", "/")) or word.startswith((".", "/"))):
                self.note("stray-word", "a word without equals sign is left out", group[0])
                text = ""
            text += word
        return text

    def joined(self, group: list[Token]) -> str:
        """The text of adjacent tokens; a quoted string alone is without its quotes."""
        if len(group) == 1 and group[0].kind is Kind.QUOTED:
            return group[0].text
        return unfold(self.text[group[0].start : group[-1].end]) if group else ""


def _segments(found: list[Token]) -> list[list[Token]]:
    segments: list[list[Token]] = [[]]
    for token in found:
        if token.is_(";"):
            segments.append([])
        else:
            segments[-1].append(token)
    return segments


def _groups(found: list[Token]) -> list[list[Token]]:
    """Tokens that stand together without white space or comment between them."""
    groups: list[list[Token]] = []
    for token in found:
        if groups and not token.spaced:
            groups[-1].append(token)
        else:
            groups.append([token])
    return groups
