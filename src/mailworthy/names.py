"""Domain names as DNS presentation text.

Inside mailworthy a name is lower-case presentation text without the final dot ("." for the
root); any octet may stand in it, escaped as RFC 1035 §5.1 says (`\\.`, `\\032`). IDNA happens
here, and only the edges (intent, command line, message headers) call it.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from mailworthy.errors import UsageError

MAX_NAME = 253  # RFC 1035 §2.3.4: 255 octets on the wire are 253 characters of text
MAX_LABEL = 63
CUT = "…"  # at the end of a text of which the rest is not shown
_LABEL = re.compile(r"(?:\\(?:[0-9]{3}|.)|[^.\\])+", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:[0-9]{3}|.)", re.DOTALL)
_LDH = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_OWNER = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


class BadName(UsageError):
    """A text that cannot be a domain name."""


@lru_cache(maxsize=16384)
def normalize(name: str) -> str:
    """`name` in the inside form: lower case, no final dot; the root is "."."""
    lowered = _lower(name)
    if lowered.endswith(".") and not _escaped_dot(lowered):
        lowered = lowered[:-1]
    return lowered or "."


def _lower(name: str) -> str:
    """ASCII lower case only: DNS compares octets, not letters (RFC 4343)."""
    return name.lower() if name.isascii() else "".join(c.lower() if c < "\x80" else c for c in name)


def _escaped_dot(name: str) -> bool:
    backslashes = len(name[:-1]) - len(name[:-1].rstrip("\\"))
    return backslashes % 2 == 1


@lru_cache(maxsize=16384)
def labels(name: str) -> tuple[str, ...]:
    """The labels of a name, left to right, still escaped; none for the root."""
    if name in ("", "."):
        return ()
    if "\\" not in name:
        return tuple(name.rstrip(".").split("."))
    return tuple(_LABEL.findall(name))


def parent(name: str) -> str:
    """The name one label up; "." above a top-level domain and above the root."""
    return ".".join(labels(name)[1:]) or "."


def ancestors(name: str) -> list[str]:
    """The name itself, its parent, and so on down to the top-level domain."""
    parts = labels(name)
    return [".".join(parts[i:]) for i in range(len(parts))]


def is_within(name: str, domain: str) -> bool:
    """Whether `name` is `domain` or below it; both in the inside form."""
    return domain in (".", name) or name.endswith("." + domain)


def label_length(label: str) -> int:
    """Octets of one label on the wire."""
    return len(_ESCAPE.sub("x", label)) if "\\" in label else len(label)


def too_long(name: str) -> bool:
    """Whether a name or one of its labels breaks the limits of RFC 1035 §2.3.4."""
    lengths = [label_length(label) for label in labels(name)]
    return sum(lengths) + len(lengths) > MAX_NAME + 1 or any(
        not 1 <= n <= MAX_LABEL for n in lengths
    )


def is_hostname(name: str) -> bool:
    """Whether a name is made of letters, digits and hyphens only (RFC 952, RFC 1123 §2.1)."""
    parts = labels(name)
    return bool(parts) and not too_long(name) and all(_LDH.fullmatch(p) for p in parts)


def is_fqdn(name: str) -> bool:
    """A host name of two labels or more whose top level is not a number (RFC 3696 §2)."""
    parts = labels(name)
    return is_hostname(name) and len(parts) > 1 and not parts[-1].isdigit()


def to_ascii(text: str) -> str:
    """A domain that a person typed, as A-labels in the inside form.

    Accepts a final dot, upper case and U-labels; underscores are allowed, since people ask
    about `_dmarc.example.com` too. Raises BadName, saying what is wrong (RFC 5891 §4).
    """
    stripped = text.strip().rstrip(".")
    if not stripped:
        raise BadName("an empty text is not a domain name")
    if hint := _other_kind(stripped):
        raise BadName(f"{readable(text, 200)} is {hint}")
    try:
        ascii_text = stripped if stripped.isascii() else _encoded(stripped)
    except UnicodeError as error:  # IDNAError is one
        why = readable(str(error), 100)  # idna repeats the whole label
        raise BadName(f"{readable(text, 100)} is not a domain name: {why}") from None
    name = ascii_text.lower()
    for label in name.split("."):
        if not _OWNER.fullmatch(label):
            raise BadName(f"{readable(text, 100)} is not a domain name: {_label_fault(label)}")
    if too_long(name):
        raise BadName(f"{readable(text, 100)} is longer than the {MAX_NAME} characters DNS allows")
    return name


def _encoded(text: str) -> str:
    import idna

    return idna.encode(text, uts46=True).decode()


def _other_kind(text: str) -> str | None:
    """What people paste where a domain belongs, with the domain in it."""
    if "://" in text:
        host = text.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
        return f"a URL, not a domain name; its domain is {readable(host, 100)}"
    if "@" in text.strip("@"):
        host = text.rpartition("@")[2]
        return f"a mail address, not a domain name; its domain is {readable(host, 100)}"
    return None


def _label_fault(label: str) -> str:
    if not label:
        return "two dots follow each other"
    if len(label) > MAX_LABEL:
        return f"the label {readable(label[:20])}{CUT} has more than {MAX_LABEL} characters"
    if label.startswith("-") or label.endswith("-"):
        return f"the label {readable(label)} begins or ends with a hyphen"
    return f"the label {readable(label)} has a character other than letters, digits and hyphens"


def to_unicode(name: str) -> str:
    """A name for people: U-labels where they round-trip, A-labels otherwise."""
    import idna

    try:
        shown = idna.decode(name)
        return shown if idna.encode(shown).decode() == name else name
    except UnicodeError:  # IDNAError is one
        return name


def printable(text: str, limit: int = 0) -> str:
    """Text from DNS made safe for terminals, headers and logs.

    Everything but printable ASCII is written as `\\ddd` per character up to 255, as DNS has it
    (RFC 1035 §5.1), and `\\u{hex}` above; with `limit` the result is cut to that many characters,
    ending in `…`. That sign stays as it is, so that nothing is escaped twice where a text holds
    another that was shown.
    """
    return _cut(text, limit, lambda c: c if " " <= c <= "~" or c == CUT else _escape(c))


def spelled(text: str, limit: int = 0) -> str:
    """The same for octets of a message, one character each: `\\xhh`, as programmers have it."""
    return _cut(text, limit, lambda c: c if " " <= c <= "~" or c == CUT else _in_hex(c))


def readable(text: str, limit: int = 0) -> str:
    """Text from the world for people: letters of any script stay, whatever could steer a terminal
    or reorder a line is written as `\\xhh` or `\\u{hex}`; cut to `limit` as `printable` does it."""
    return _cut(text, limit, lambda c: c if c.isprintable() else _in_hex(c))


def _cut(text: str, limit: int, shown: Callable[[str], str]) -> str:
    """At most `limit` characters, if that is not 0, of the text with each character shown."""
    written = "".join(map(shown, text[: limit or None]))
    if limit and (len(written) > limit or len(text) > limit):
        return written[: limit - 1] + CUT
    return written


def harmless(text: str, *, lines: bool = False) -> str:
    """Our own prose, made safe once more: letters of any script stay, whatever could steer a
    terminal or reorder a line (control, format and unassigned characters) is written as `\\xhh` or
    `\\u{hex}`. With `lines` line feeds stay too."""
    if lines:
        return "\n".join(map(harmless, text.split("\n")))
    return text if text.isprintable() else readable(text)


def _in_hex(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # an octet that is no UTF-8 (PEP 383)
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 256 else f"\\u{{{code:x}}}"


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\{code:03d}" if code < 256 else f"\\u{{{code:x}}}"
