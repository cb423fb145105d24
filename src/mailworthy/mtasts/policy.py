"""The MTA-STS policy file (RFC 8461 §3.2) and what it allows (§4.1)."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from mailworthy.errors import UsageError
from mailworthy.mtasts.record import VERSION
from mailworthy.names import is_hostname, normalize, printable
from mailworthy.parsed import Parsed, Problem

MAX_BYTES = 65536  # RFC 8461 §3.3
MAX_AGE = 31557600  # RFC 8461 §3.2: a year

_FIELD = re.compile(r"([A-Za-z0-9][A-Za-z0-9_.-]{0,31}):[ \t]*+(.*)")
_DIGITS = re.compile(r"[0-9]{1,10}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ONCE = ("version", "mode", "max_age")
# Which problems leave a policy; after any other a sender has none (RFC 8461 §3.2, §3.3).
_REMARKS = frozenset({"duplicate-key", "repeated-mx", "blank-line", "key-case"})


class Mode(StrEnum):
    """What a sender does when TLS cannot be had as promised (RFC 8461 §5)."""

    ENFORCE = "enforce"
    TESTING = "testing"
    NONE = "none"


class StsPolicy(msgspec.Struct, frozen=True):
    """A policy; `max_age` in seconds, `mx` patterns in the inside form, unknown keys kept."""

    mode: Mode
    max_age: int
    mx: tuple[str, ...] = ()
    extensions: tuple[tuple[str, str], ...] = ()
    version: str = VERSION


class _Line(msgspec.Struct, frozen=True):
    number: int
    key: str
    value: str
    start: int
    end: int


def decode(data: bytes) -> str:
    """The text that the positions of `parse` count in: UTF-8, or latin-1 if it is none."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def parse(data: bytes) -> Parsed[StsPolicy]:
    """Read a policy file; each message names the line, offsets count in `decode(data)`.

    The first of a repeated key counts, unknown keys are kept, lines end in LF or CRLF.
    A policy is left by `duplicate-key`, `repeated-mx`, `key-case` and `blank-line`, which real
    senders forgive; not by `oversize`, `byte-order-mark`, `not-utf-8`, `bad-line`, `bad-value`,
    `bad-version`, `bad-mode`, `bad-max-age`, `bad-mx` and the missing keys (`missing-mode`…).
    """
    if len(data) > MAX_BYTES:
        message = f"is larger than {MAX_BYTES} bytes"
        return Parsed(None, (Problem("oversize", message, 0, MAX_BYTES),))
    text = decode(data)
    problems = list(_encoding(data, text))
    lines = list(_lines(text, problems))
    policy = _policy(lines, len(text), problems)
    found = tuple(sorted(problems, key=lambda p: p.start))
    return Parsed(policy, found)


def _encoding(data: bytes, text: str) -> Iterator[Problem]:
    if text.startswith("\ufeff"):
        yield Problem("byte-order-mark", "line 1: begins with a byte order mark", 0, 1)
    if text.encode("utf-8") != data:
        yield Problem("not-utf-8", "is not UTF-8", 0, len(text))


def _lines(text: str, problems: list[Problem]) -> Iterator[_Line]:
    start = 0
    *ended, rest = text.split("\n")
    for number, raw in enumerate([*ended, rest] if rest else ended, 1):
        content = raw.removesuffix("\r") if number <= len(ended) else raw
        end = start + len(content)
        field = _FIELD.fullmatch(content)
        if not content.strip(" \t"):
            problems.append(_at("blank-line", "nothing stands here", number, start, end))
        elif field is None or _CONTROL.search(content.replace("\t", " ")):
            problems.append(_at("bad-line", "is not written key: value", number, start, end))
        else:
            yield _Line(number, field[1], field[2].rstrip(" \t"), start, end)
        start += len(raw) + 1


def _at(code: str, message: str, number: int, start: int, end: int) -> Problem:
    return Problem(code, f"line {number}: {message}", start, max(end, start + 1))


def _on(line: _Line, code: str, message: str) -> Problem:
    return _at(code, message, line.number, line.start, line.end)


def _policy(lines: list[_Line], end: int, problems: list[Problem]) -> StsPolicy | None:
    first = dict(_firsts(lines, problems))
    once = {k: line for k, line in first.items() if k in _ONCE}
    problems += [_missing(key, end) for key in _ONCE if key not in once]
    problems += [p for line in first.values() if (p := _value_problem(line))]
    mx = tuple(_patterns(lines, problems))
    values = {key: line.value for key, line in once.items()}
    if not mx and values.get("mode") != Mode.NONE:
        problems.append(_missing("mx", end))
    if any(p.code not in _REMARKS for p in problems):
        return None
    extensions = tuple((k, line.value) for k, line in first.items() if k not in _ONCE)
    return StsPolicy(Mode(values["mode"]), int(values["max_age"]), mx, extensions)


def _missing(key: str, end: int) -> Problem:
    return Problem(f"missing-{key.replace('_', '-')}", f"no line gives {key}", end, end)


def _firsts(lines: list[_Line], problems: list[Problem]) -> Iterator[tuple[str, _Line]]:
    """The first line of every key but mx, noting the others."""
    seen: set[str] = set()
    for line in lines:
        if line.key == "mx":
            continue
        if line.key in seen:
            problems.append(_on(line, "duplicate-key", f"{line.key} again; the first one counts"))
            continue
        seen.add(line.key)
        lowered = line.key.lower()
        if lowered != line.key and lowered in (*_ONCE, "mx"):
            problems.append(_on(line, "key-case", f"the key is written {lowered}"))
        yield line.key, line


def _value_problem(line: _Line) -> Problem | None:
    code, good, message = _CHECKS.get(line.key, _EXTENSION)
    return None if good(line.value) else _on(line, code, message)


_Check = tuple[str, Callable[[str], bool], str]
_EXTENSION: _Check = ("bad-value", bool, "the value is missing")
_CHECKS: dict[str, _Check] = {
    "version": ("bad-version", lambda v: v == VERSION, f"the version is {VERSION}"),
    "mode": ("bad-mode", lambda v: v in set(Mode), "the mode is enforce, testing or none"),
    "max_age": (
        "bad-max-age",
        lambda v: bool(_DIGITS.fullmatch(v)) and int(v) <= MAX_AGE,
        f"max_age is a number of seconds up to {MAX_AGE}",
    ),
}


def _patterns(lines: list[_Line], problems: list[Problem]) -> Iterator[str]:
    seen: set[str] = set()
    for line in lines:
        if line.key != "mx":
            continue
        pattern = line.value.lower()
        if not is_pattern(pattern):
            shown = printable(line.value, 60)
            problems.append(_on(line, "bad-mx", f"{shown} is not a host name or *.name"))
        elif pattern in seen:
            problems.append(_on(line, "repeated-mx", f"{pattern} again"))
        else:
            seen.add(pattern)
            yield pattern


def is_pattern(text: str) -> bool:
    """Whether `text` (lower case) is an mx pattern: a host name, or `*.` and one (§3.2)."""
    name = text.removeprefix("*.")
    return not name.endswith(".") and is_hostname(name)


def matches(pattern: str, host: str) -> bool:
    """Whether a pattern allows an MX host; `*` stands for exactly one label (RFC 8461 §4.1).

    Both in the inside form.
    """
    if not pattern.startswith("*."):
        return pattern == host
    label, dot, rest = host.partition(".")
    return bool(label and dot) and rest == pattern[2:]


def allows(policy: StsPolicy, host: str) -> bool:
    """Whether any pattern of the policy matches an MX host."""
    return any(matches(pattern, host) for pattern in policy.mx)


def render(policy: StsPolicy) -> bytes:
    """The file, with LF line ends, which RFC 8461 §3.2 allows as well as CRLF."""
    pairs: Iterable[tuple[str, str]] = (
        ("version", policy.version),
        ("mode", policy.mode),
        *(("mx", normalize(pattern)) for pattern in policy.mx),
        ("max_age", str(policy.max_age)),
        *policy.extensions,
    )
    return "".join(f"{key}: {value}\n" for key, value in pairs).encode()


def policy_id(source: datetime | bytes) -> str:
    """An id for the TXT record (RFC 8461 §3.1): of a moment, or of a policy file itself.

    A moment gives `20261123T120000Z`; a file gives 32 hexadecimal digits that change exactly
    when the file does. Raises UsageError for a moment without a time zone.
    """
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()[:32]
    if source.tzinfo is None:
        raise UsageError("the moment of a policy id needs a time zone")
    return source.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
