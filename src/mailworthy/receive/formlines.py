"""Octets, lines and names that no message may have (RFC 5322 §2, RFC 6532)."""

import re
from collections.abc import Callable, Iterator

from mailworthy.message.faults import MAX_LINE, faults
from mailworthy.message.header import Message
from mailworthy.names import spelled
from mailworthy.parsed import Problem
from mailworthy.receive.flaw import Code, Flaw, Level

_CONTROLS = bytes({*range(1, 32), 127} - {9, 10, 13})
_NO_NAME = re.compile(rb"[^!-9;-~]")  # RFC 5322 §2.2
_SPACED = re.compile(rb"^[!-9;-~]+[ \t\r\n]+:")
_UTF8_SESSION = re.compile(rb"\swith\s+UTF8(?:SMTP|LMTP)", re.IGNORECASE)  # RFC 6531 §4.3
_LONE_LF = re.compile(rb"(?<!\r)\n")
_FAULTS = {
    "lone-lf": (Code.BARE_LF, "a line ends in LF alone", "RFC 5322 §2.3"),
    "lone-cr": (Code.BARE_CR, "a CR stands without LF", "RFC 5322 §2.3"),
    "nul": (Code.NUL, "there is an octet of value zero", "RFC 5322 §2.1"),
    "long-line": (
        Code.LINE_TOO_LONG,
        f"a line has more than {MAX_LINE} octets",
        "RFC 5322 §2.1.1",
    ),
    "no-empty-line": (Code.NO_HEADER_END, "no empty line ends the header", "RFC 5322 §2.1"),
    "not-a-field": (
        Code.BAD_HEADER_LINE,
        "a line of the header is no header field",
        "RFC 5322 §2.2",
    ),
}


def line_flaws(message: Message) -> Iterator[Flaw]:
    """What is wrong with octets and lines, each kind at its first place."""
    for problem in faults(message):
        # Files on Unix end every line in LF: that is how they are kept, not how they came.
        if problem.code == "lone-lf" and b"\r\n" not in message.given:
            continue
        code, text, section = _FAULTS[problem.code]
        level = Level.SHOULD if code is Code.NO_HEADER_END else Level.MUST
        yield Flaw(code, text, section, level, _where(message, problem))


def _where(message: Message, problem: Problem) -> str:
    """The line, and how long it is or what it says, as far as that helps."""
    data, at = message.data, problem.start
    if problem.code == "lone-lf":
        found = _LONE_LF.search(message.given)
        return _line(message.given, found.start()) if found else ""
    part = "header" if at < message.body_at else "body"
    place = f"{_line(data, at)}, in the {part}"
    if problem.code == "long-line":
        end = data.find(b"\r\n", at)
        return f"{place}: {(len(data) if end < 0 else end) - at} octets"
    if problem.code == "not-a-field":
        return f"{place}: {_shown(data[at : min(problem.end, at + 80)])}"
    return "" if problem.code == "no-empty-line" else place


def _line(data: bytes, at: int) -> str:
    number = data.count(b"\n", 0, at) + 1
    return f"line {number}"


def header_flaws(message: Message, smtputf8: bool | None) -> Iterator[Flaw]:
    """What is wrong with characters and names anywhere in the header."""
    header = message.header
    if len(header.translate(None, _CONTROLS)) != len(header):
        text = "control characters stand in the header"
        detail = _first_field(message, _has_control)
        yield Flaw(Code.CONTROL_CHARACTER, text, "RFC 5322 §2.2", detail=detail)
    if not header.isascii():
        yield from _eight_bit(message, smtputf8)
    yield from _names(message)


def _has_control(line: bytes) -> bool:
    return len(line.translate(None, _CONTROLS)) != len(line)


def _eight_bit(message: Message, smtputf8: bool | None) -> Iterator[Flaw]:
    if not _is_utf8(message.header):
        text = "the header has octets that are not UTF-8"
        detail = _first_field(message, lambda line: not _is_utf8(line))
        yield Flaw(Code.INVALID_UTF8, text, "RFC 6532 §3.1", detail=detail)
        return
    agreed = _utf8_session(message) if smtputf8 is None else smtputf8
    if not agreed:
        text = "the header has octets above 127, and the session did not allow them (SMTPUTF8)"
        detail = _first_field(message, lambda line: not line.isascii())
        if agreed is None:
            text = "the header has octets above 127, which need a session with SMTPUTF8"
        level = Level.SHOULD if agreed is None else Level.MUST
        yield Flaw(Code.EIGHT_BIT_HEADER, text, "RFC 5322 §2.2", level, detail)


def _utf8_session(message: Message) -> bool | None:
    """What the topmost Received says; None without one."""
    places = message.places.get(b"received")
    if places is None:
        return None
    return _UTF8_SESSION.search(message.lines[places[0]]) is not None


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True


def _names(message: Message) -> Iterator[Flaw]:
    """Names of characters that no name has, and white space after a name."""
    if b"" not in message.places and (_NO_NAME.search(b"".join(message.places))):
        first = min(at[0] for name, at in message.places.items() if _NO_NAME.search(name))
        text, shown = "a field has an impossible name", _shown_name(message.lines[first])
        yield Flaw(Code.BAD_HEADER_LINE, text, "RFC 5322 §2.2", detail=shown)
    if b" :" in message.header or b"\t:" in message.header:
        found = next((line for line in message.lines if _SPACED.match(line)), None)
        if found is not None:
            text, shown = "white space stands before the colon of a field", _shown_name(found)
            yield Flaw(Code.SPACE_BEFORE_COLON, text, "RFC 5322 §4.5", Level.SHOULD, shown)


def _first_field(message: Message, test: Callable[[bytes], bool]) -> str:
    """The name of the first field of which something is true."""
    return next((f"in {_shown_name(line)}" for line in message.lines if test(line)), "")


def _shown_name(line: bytes) -> str:
    return _shown(line.partition(b":")[0][:80].strip())


def _shown(octets: bytes) -> str:
    return spelled(octets.decode("latin-1"), 60)
