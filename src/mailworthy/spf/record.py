"""SPF records: text to value and back (RFC 7208 §4.5, §4.6, §12)."""

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from mailworthy.parsed import Parsed, Problem
from mailworthy.spf.hints import character_faults, version_fault
from mailworthy.spf.model import Kind, Mechanism, Modifier, Qualifier, SpfRecord, Term
from mailworthy.spf.reporting import REPORTING
from mailworthy.spf.terms import read_term

MAX_PROBLEMS = 100
VERSION = "v=spf1"
_WORD = re.compile(r"[^ ]+")
_CACHED = 1024  # longer texts are rare and would fill the memory


class Placed(msgspec.Struct, frozen=True):
    """A term and where it stands in the text."""

    term: Term
    start: int
    end: int


class _Reading(msgspec.Struct):
    placed: list[Placed]
    problems: list[Problem]
    broken: bool = False


def is_spf(text: str) -> bool:
    """Whether a TXT record is an SPF record: the version, then a space or nothing (§4.5)."""
    return text[:6].lower() == VERSION and text[6:7] in ("", " ")


def parse(text: str) -> Parsed[SpfRecord]:
    """The record, and everything noticed about it.

    One syntax error anywhere makes `record` None: receivers return permerror before they
    evaluate anything (§4.6). Never raises.
    """
    return _cached(text) if len(text) <= _CACHED else _parse(text)


def parse_terms(text: str) -> tuple[Placed, ...]:
    """The terms that can be understood, with their positions, whatever stands between them."""
    return tuple(_read(text).placed) if is_spf(text) else ()


def render(record: SpfRecord) -> str:
    """The record in canonical form: single spaces, lower case, no "+"."""
    return " ".join((VERSION, *map(render_term, record.terms)))


def render_term(term: Term) -> str:
    """One term in canonical form, as in `-ip4:192.0.2.0/24`."""
    if isinstance(term, Modifier):
        return f"{term.name}={term.domain or term.value}"
    qualifier = "" if term.qualifier is Qualifier.PASS else term.qualifier.value
    argument = term.network or term.domain
    return f"{qualifier}{term.kind.value}{f':{argument}' if argument else ''}{_prefixes(term)}"


def _prefixes(term: Mechanism) -> str:
    if term.kind is Kind.IP6:
        return "" if term.prefix6 is None else f"/{term.prefix6}"
    four = "" if term.prefix4 is None else f"/{term.prefix4}"
    return four + ("" if term.prefix6 is None else f"//{term.prefix6}")


def _parse(text: str) -> Parsed[SpfRecord]:
    if not is_spf(text):
        return Parsed(None, (version_fault(text),))
    reading = _read(text)
    doubled = list(_doubled(reading.placed))
    problems = [*reading.problems, *doubled, *_advice(reading)]
    problems.sort(key=lambda p: (p.start, p.end, p.code))
    broken = reading.broken or bool(doubled)
    record = None if broken else SpfRecord(tuple(p.term for p in reading.placed))
    return Parsed(record, tuple(problems[:MAX_PROBLEMS]))


_cached = lru_cache(maxsize=1024)(_parse)


def _read(text: str) -> _Reading:
    faults = [] if text.isascii() and text.isprintable() else character_faults(text)
    reading = _Reading([], faults[:MAX_PROBLEMS], bool(faults))
    for word in _WORD.finditer(text, len(VERSION)):
        if reading.broken and len(reading.problems) >= MAX_PROBLEMS:
            break  # the verdict is certain, and nobody reads more
        _read_word(reading, word[0], word.start())
    return reading


def _read_word(reading: _Reading, text: str, at: int) -> None:
    if not (text.isascii() and text.isprintable()):
        return  # its characters have been reported
    read = read_term(text)
    reading.problems.extend(
        Problem(p.code, p.message, p.start + at, p.end + at) for p in read.problems
    )
    if read.term is None:
        reading.broken = True
    else:
        reading.placed.append(Placed(read.term, at, at + len(text)))


def _doubled(placed: list[Placed]) -> Iterator[Problem]:
    """redirect and exp more than once: permerror (§6)."""
    seen: set[str] = set()
    for item in placed:
        name = item.term.name if isinstance(item.term, Modifier) else ""
        if name in ("redirect", "exp") and name in seen:
            yield Problem(f"duplicate-{name}", f"'{name}=' stands twice", item.start, item.end)
        seen.add(name)


def _advice(reading: _Reading) -> Iterator[Problem]:
    """What is legal and yet should not be."""
    first = next((p for p in reading.placed if _is(p, Kind.ALL)), None)
    for item in reading.placed:
        if _is(item, Kind.PTR):
            message = "'ptr' is slow and unreliable, and should not be published"
            yield Problem("ptr-mechanism", message, item.start, item.end)
    yield from _repeated(reading.placed)
    yield from _reporting(reading.placed)
    if first is not None:
        yield from _open_all(first)
        yield from _behind_all(reading.placed, first)
    elif not reading.broken and not any(_named(p, "redirect") for p in reading.placed):
        end = reading.placed[-1].end if reading.placed else len(VERSION)
        message = "the record ends without 'all' or 'redirect=', so all others are neutral"
        yield Problem("no-terminator", message, 0, end)


def _is(item: Placed, kind: Kind) -> bool:
    return isinstance(item.term, Mechanism) and item.term.kind is kind


def _named(item: Placed, *names: str) -> bool:
    return isinstance(item.term, Modifier) and item.term.name in names


def _open_all(item: Placed) -> Iterator[Problem]:
    qualifier = item.term.qualifier if isinstance(item.term, Mechanism) else None
    if qualifier is Qualifier.PASS:
        message = "this authorises every host in the world"
        yield Problem("plus-all", message, item.start, item.end)
    elif qualifier is Qualifier.NEUTRAL:
        message = "this says nothing about hosts that are not listed"
        yield Problem("neutral-all", message, item.start, item.end)


def _behind_all(placed: list[Placed], first: Placed) -> Iterator[Problem]:
    late = [p for p in placed if p.start > first.start and isinstance(p.term, Mechanism)]
    if late:
        message = "mechanisms behind 'all' are never evaluated"
        yield Problem("terms-after-all", message, late[0].start, late[-1].end)
    for item in placed:
        if _named(item, "redirect"):
            message = "'redirect=' is ignored, since the record has an 'all'"
            yield Problem("redirect-ignored", message, item.start, item.end)


def _repeated(placed: list[Placed]) -> Iterator[Problem]:
    """A mechanism that stands before, under any qualifier, can never match."""
    seen: set[Mechanism] = set()
    for item in placed:
        if not isinstance(item.term, Mechanism) or item.term.kind is Kind.ALL:
            continue
        plain = _plain(item.term)
        if plain in seen:
            message = "the same mechanism stands before, so this one never matches"
            yield Problem("duplicate-term", message, item.start, item.end)
        seen.add(plain)


def _plain(term: Mechanism) -> Mechanism:
    prefix4 = None if term.prefix4 == 32 else term.prefix4
    prefix6 = None if term.prefix6 == 128 else term.prefix6
    return Mechanism(term.kind, Qualifier.PASS, term.domain, prefix4, prefix6, term.network)


def _reporting(placed: list[Placed]) -> Iterator[Problem]:
    if any(_named(p, "ra") for p in placed):
        return
    for item in placed:
        if _named(item, *REPORTING):
            message = "without 'ra=' no reports are sent, and this is ignored (RFC 6652 §3)"
            yield Problem("report-without-ra", message, item.start, item.end)
