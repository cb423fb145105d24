"""TXT values: octets as a latin-1 text here, character-strings in zone files and on the wire."""

import re
from collections.abc import Iterable

from mailworthy.errors import UsageError
from mailworthy.names import label_length, labels
from mailworthy.parsed import Parsed, Problem
from mailworthy.rdata.fields import MAX_TEXT, Field, split

MAX_STRING = 255  # RFC 1035 §3.3: one length octet
MAX_RDATA = 65535  # RFC 1035 §4.1.3: RDLENGTH is sixteen bits
_SPECIAL = re.compile(r'["\\]|[^ -~]')
_ESCAPE = re.compile(r"\\(?:([0-9]{3})|([^0-9]))?|[^\\]+", re.DOTALL)


class BadText(UsageError):
    """A value that no TXT record can hold."""


def chunks(value: str, size: int = MAX_STRING) -> tuple[str, ...]:
    """A value cut into the character-strings of one TXT record; "" for the empty value.

    Raises BadText if `value` holds anything but octets (latin-1), if its record would have
    more than 65535 octets, or if `size` is not 1 to 255 (RFC 1035 §3.3.14).
    """
    if not 1 <= size <= MAX_STRING:
        raise BadText(f"a character-string holds 1 to {MAX_STRING} octets, not {size}")
    if any(c > "\xff" for c in value):
        raise BadText("a TXT value is octets: one latin-1 character each")
    cut = tuple(value[i : i + size] for i in range(0, len(value), size)) or ("",)
    if len(value) + len(cut) > MAX_RDATA:
        raise BadText(f"a TXT record holds at most {MAX_RDATA} octets")
    return cut


def quote(value: str, size: int = MAX_STRING) -> str:
    """A value as zone files write it: one or more quoted strings. Raises as `chunks` does."""
    return " ".join(f'"{escape(part)}"' for part in chunks(value, size))


def escape(value: str) -> str:
    """Octets as they stand between quotes in a zone file (RFC 1035 §5.1)."""
    return _SPECIAL.sub(_escaped, value)


def _escaped(match: re.Match[str]) -> str:
    char = match[0]
    return "\\" + char if char in '"\\' else f"\\{ord(char):03d}"


def unquote(text: str) -> Parsed[str]:
    """The joined value of a TXT record's presentation text (RFC 1035 §5.1).

    No record after `missing-field`, `oversize`, `bad-escape`, `unterminated-quote` or
    `not-octets`. A `;` outside quotes begins a comment and `string-too-long` cannot be
    published, but both leave a value.
    """
    if len(text) > MAX_TEXT:
        return Parsed(None, (Problem("oversize", "is longer than any record", 0, len(text)),))
    fields, problems = _before_comment(split(text))
    if not fields:
        problems.insert(0, Problem("missing-field", "there is no text", len(text), len(text)))
    parts = [_unquote_one(field, problems) for field in fields]
    fatal = {"missing-field", "bad-escape", "unterminated-quote", "not-octets"}
    if any(p.code in fatal for p in problems):
        return Parsed(None, tuple(sorted(problems, key=lambda p: p.start)))
    return Parsed("".join(parts), tuple(sorted(problems, key=lambda p: p.start)))


def _before_comment(fields: list[Field]) -> tuple[list[Field], list[Problem]]:
    for index, field in enumerate(fields):
        cut = re.search(r"(?<!\\)(?:\\\\)*;", field.text) if field.text[0] != '"' else None
        if cut:
            at = field.start + cut.end() - 1
            flaw = Problem("comment", "an unquoted ; begins a comment", at, fields[-1].end)
            kept = Field(field.text[: cut.end() - 1], field.start, at)
            return fields[:index] + ([kept] if kept.text else []), [flaw]
    return fields, []


def _unquote_one(field: Field, problems: list[Problem]) -> str:
    inner = field.text
    if inner.startswith('"'):
        body = inner[1:-1] if len(inner) > 1 and inner.endswith('"') else None
        if body is None or (len(body) - len(body.rstrip("\\"))) % 2:
            message = "a quote is opened and never closed"
            problems.append(Problem("unterminated-quote", message, field.start, field.end))
            return ""
        inner = body
    value, code, message = unescape(inner)
    if not code and len(value) > MAX_STRING:
        code, message = "string-too-long", f"a string holds at most {MAX_STRING} octets"
    if code:
        problems.append(Problem(code, message, field.start, field.end))
    return value


def unescape(text: str) -> tuple[str, str, str]:
    """`\\DDD` and `\\X` undone: the value, and the code and message of a problem or ""."""
    out: list[str] = []
    for match in _ESCAPE.finditer(text):
        digits, char = match[1], match[2]
        if digits and int(digits) < 256:
            out.append(chr(int(digits)))
        elif digits or match[0] == "\\":
            return "", "bad-escape", "a backslash is followed by no octet"
        else:
            out.append(char or match[0])
    value = "".join(out)
    if any(c > "\xff" for c in value):
        return "", "not-octets", "a character is outside the 256 octets"
    return value, "", ""


def rdata_size(value: str) -> int:
    """Octets of one TXT record's data: the value and a length octet a string."""
    return len(value) + max(1, -(-len(value) // MAX_STRING))


def wire_size(name: str, values: Iterable[str]) -> int:
    """Octets of the DNS answer that holds these TXT records of `name`, without EDNS.

    Beyond 512 it does not fit into a plain UDP answer (RFC 1035 §4.2.1, RFC 7208 §3.4).
    """
    owner = sum(label_length(label) + 1 for label in labels(name)) + 1
    header, question, record = 12, owner + 4, 2 + 10  # each record's owner is a pointer
    return header + question + sum(record + rdata_size(value) for value in values)


def text_size(name: str, values: Iterable[str]) -> int:
    """The name and all TXT texts together, for the 450 octets of RFC 7208 §3.4."""
    return len(name) + sum(len(value) for value in values)
