"""The tokens of structured header fields (RFC 5322 §3.2, with UTF-8 as RFC 6532 allows)."""

import re
from enum import StrEnum
from functools import lru_cache

import msgspec

_SPACE = re.compile(r"[ \t\r\n]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)(")?', re.DOTALL)
_LITERAL = re.compile(r"\[((?:[^\[\]\\]|\\.)*+)\]", re.DOTALL)
_IN_COMMENT = re.compile(r"(?:[^()\\]|\\.)++", re.DOTALL)
_PAIR = re.compile(r"\\(.)", re.DOTALL)
_FOLD = re.compile(r"\r\n(?=[ \t])")
_OCTETS = re.compile("[\udc80-\udcff]{2,}")


class Kind(StrEnum):
    """What a token is."""

    ATOM = "atom"
    QUOTED = "quoted-string"
    LITERAL = "domain-literal"
    COMMENT = "comment"
    SPECIAL = "special"


class Token(msgspec.Struct, frozen=True):
    """One token; `text` is without quotes, outer parentheses and quoting backslashes.

    `spaced` says that white space or a comment stands before it, `closed` is False where its
    end is missing.
    """

    kind: Kind
    text: str
    start: int
    end: int
    spaced: bool = False
    closed: bool = True

    def is_(self, special: str) -> bool:
        """Whether this is one of these special characters."""
        return self.kind is Kind.SPECIAL and self.text in special


def decode(value: bytes) -> str:
    """The text of a field; octets that are not UTF-8 become lone surrogates (PEP 383)."""
    return value.decode("utf-8", "surrogateescape")


def tokens(text: str, specials: str) -> list[Token]:
    """Cut a field's value into tokens. Never raises; linear in its length.

    `specials` are the characters that stand alone. White space separates, whether folded as it
    should be or not; all else is part of atoms.
    """
    return _Lexer(text, specials).read()


def unfold(text: str) -> str:
    """Without the line ends of folding (RFC 5322 §2.2.3)."""
    return _FOLD.sub("", text)


@lru_cache(maxsize=32)
def _grammar(specials: str) -> tuple[frozenset[str], re.Pattern[str]]:
    kept = re.escape(specials)
    return frozenset(specials), re.compile(rf'\\?[^ \t\r\n"()\[{kept}\\]*+', re.DOTALL)


class _Lexer:
    def __init__(self, text: str, specials: str) -> None:
        self.text = text
        self.specials, self.atom = _grammar(specials)
        self.found: list[Token] = []
        self.spaced = False

    def read(self) -> list[Token]:
        at = 0
        while at < len(self.text):
            space = _SPACE.match(self.text, at)
            if space:
                self.spaced, at = True, space.end()
            else:
                at = self.token(at)
        return self.found

    def token(self, at: int) -> int:
        char = self.text[at]
        if char == '"':
            return self.quoted(at)
        if char == "(":
            return self.comment(at)
        if char == "[" and (literal := _LITERAL.match(self.text, at)):
            return self.add(Kind.LITERAL, _unquoted(literal[1]), at, literal.end())
        if char in self.specials or char in "[)":
            return self.add(Kind.SPECIAL, char, at, at + 1)
        atom = self.atom.match(self.text, at)
        end = max(at + 1, atom.end() if atom else 0)
        return self.add(Kind.ATOM, self.text[at:end], at, end)

    def quoted(self, at: int) -> int:
        found = _QUOTED.match(self.text, at)
        assert found is not None  # an opening quote always matches
        # A backslash at the very end quotes nothing, and the pattern stops before it.
        end = found.end() if found[2] else len(self.text)
        text = _unquoted(unfold(found[1]))
        return self.add(Kind.QUOTED, text, at, end, closed=found[2] is not None)

    def comment(self, at: int) -> int:
        depth, here = 0, at
        while here < len(self.text):
            char = self.text[here]
            if char in "()":
                depth += 1 if char == "(" else -1
                here += 1
                if not depth:
                    inside = _unquoted(unfold(self.text[at + 1 : here - 1]))
                    return self.add(Kind.COMMENT, inside, at, here)
            else:
                inner = _IN_COMMENT.match(self.text, here)
                here = inner.end() if inner else len(self.text)
        inside = _unquoted(unfold(self.text[at + 1 :]))
        return self.add(Kind.COMMENT, inside, at, len(self.text), closed=False)

    def add(self, kind: Kind, text: str, start: int, end: int, *, closed: bool = True) -> int:
        self.found.append(Token(kind, text, start, end, self.spaced, closed))
        self.spaced = kind is Kind.COMMENT
        return end


def _unquoted(text: str) -> str:
    """Without quoting backslashes; octets that had one between them may be UTF-8 now, and others
    who read the field see the letter."""
    if "\\" not in text:
        return text
    plain = _PAIR.sub(r"\1", text)
    return plain if plain.isascii() else _OCTETS.sub(_letters, plain)


def _letters(found: re.Match[str]) -> str:
    return decode(found[0].encode("utf-8", "surrogateescape"))
