"""An SPF record made ready for evaluation: what is the same for every message is done once."""

from functools import lru_cache

import msgspec

from mailworthy.parsed import Problem
from mailworthy.rdata.address import address
from mailworthy.spf.macro import DomainSpec, Explanation, parse_explanation
from mailworthy.spf.model import LOOKING_UP, Kind, Mechanism, Result, SpfRecord
from mailworthy.spf.record import is_spf, parse, render_term
from mailworthy.spf.result import Cause

_CACHED = 1024  # characters; longer records are rare and would fill the memory
_SECTIONS = {
    Kind.ALL: "5.1",
    Kind.INCLUDE: "5.2",
    Kind.A: "5.3",
    Kind.MX: "5.4",
    Kind.PTR: "5.5",
    Kind.IP4: "5.6",
    Kind.IP6: "5.6",
    Kind.EXISTS: "5.7",
}


class Target(msgspec.Struct, frozen=True):
    """Where a domain-spec points that depends on the message or on the domain.

    `local` says that the local part of the sender goes in, `validated` that the name of the
    client does (§7.2).
    """

    spec: DomainSpec
    local: bool
    validated: bool


class Step(msgspec.Struct, frozen=True):
    """One term, for clients of one address family.

    `name` is the target-name where it is the same for every message, else `target` tells it; if
    both are None it is the current domain. Addresses are compared without their last
    `bits` bits; `low` is what is left of the network of ip4 and ip6, and of `all`, which
    compares nothing.
    """

    kind: Kind | None  # None for redirect
    result: Result
    text: str
    section: str
    asks: bool
    name: str | None = None
    target: Target | None = None
    bits: int = 0
    low: int = -1


class Plan(msgspec.Struct, frozen=True):
    """What a record says to IPv4 clients and to IPv6 clients."""

    text: str
    steps4: tuple[Step, ...]
    steps6: tuple[Step, ...]
    redirect: Step | None
    exp: Target | None


class Fault(msgspec.Struct, frozen=True):
    """Why the TXT records of a name give nothing to evaluate."""

    result: Result
    cause: Cause
    text: str | None = None
    problems: tuple[Problem, ...] = ()


def select(texts: tuple[str, ...], room: int) -> Plan | Fault:
    """The one SPF record among the TXT records of a name (§4.5), checked and made ready (§4.6).

    `room` is how many octets it may have.
    """
    found = texts if len(texts) == 1 else [text for text in texts if is_spf(text)]
    if len(found) > 1:
        return _SEVERAL
    if not found:
        return _NOTHING
    text = found[0]
    if len(text) > room:
        return _TOO_LONG if is_spf(text) else _NOTHING
    return _single(text) if len(text) <= _CACHED else _plan(text)


def _plan(text: str) -> Plan | Fault:
    if not is_spf(text):
        return _NOTHING
    parsed = parse(text)
    if parsed.record is None:
        return Fault(Result.PERMERROR, Cause.SYNTAX, text, parsed.problems)
    record = parsed.record
    exp = _target(record.exp) if record.exp else None
    return Plan(text, _steps(record, 32), _steps(record, 128), _redirect(record), exp)


_single = lru_cache(maxsize=1024)(_plan)
_NOTHING = Fault(Result.NONE, Cause.NO_RECORD)
_SEVERAL = Fault(Result.PERMERROR, Cause.SEVERAL_RECORDS)
_TOO_LONG = Fault(Result.PERMERROR, Cause.TOO_LONG)


def _steps(record: SpfRecord, width: int) -> tuple[Step, ...]:
    """The mechanisms that can match an address of this many bits, up to the first `all` (§5.1)."""
    other = Kind.IP6 if width == 32 else Kind.IP4
    steps: list[Step] = []
    for term in record.mechanisms:
        if term.kind is not other:
            steps.append(_step(term, width))
        if term.kind is Kind.ALL:
            break
    return tuple(steps)


def _step(term: Mechanism, width: int) -> Step:
    prefix = term.prefix4 if width == 32 else term.prefix6
    bits = 0 if prefix is None else width - prefix
    low = -1
    if term.kind is Kind.ALL:
        bits, low = width, 0
    elif term.network:
        ip = address(term.network)
        low = -1 if ip is None else int(ip) >> bits
    return Step(
        term.kind,
        term.qualifier.result,
        render_term(term),
        _SECTIONS[term.kind],
        term.kind in LOOKING_UP,
        *_aim(term.domain),
        bits,
        low,
    )


def _redirect(record: SpfRecord) -> Step | None:
    """The `redirect`, which an `all` anywhere in the record makes void (§6.1)."""
    found = next((m for m in record.modifiers if m.name == "redirect"), None)
    if found is None or found.domain is None or record.all is not None:
        return None
    return Step(None, Result.NEUTRAL, render_term(found), "6.1", True, *_aim(found.domain))


def _aim(spec: DomainSpec | None) -> tuple[str | None, Target | None]:
    """The name and the target of a step: one of them, or none."""
    if spec is None:
        return None, None
    name = spec.literal
    return name, _target(spec) if name is None else None


def _target(spec: DomainSpec) -> Target:
    letters = spec.letters
    return Target(spec, bool(letters & {"s", "l"}), "p" in letters)


def explanation(text: str) -> Explanation | None:
    """The text that `exp` points at, made ready; None if it is wrong (§6.2)."""
    return _explanation(text) if len(text) <= _CACHED else parse_explanation(text).record


@lru_cache(maxsize=1024)
def _explanation(text: str) -> Explanation | None:
    return parse_explanation(text).record
