"""The checkpoint: six dots that answer whether the domain is ready for mail, and two more where
servers were called or read."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Any, TypeAlias

import msgspec

from mailworthy.audit import checkpointmore as more
from mailworthy.audit.checkpointdkim import dkim_parts, dkim_says
from mailworthy.audit.evidence import AddressEvidence, Evidence
from mailworthy.audit.finding import Severity
from mailworthy.audit.part import Known, NotAsked, Part, Unknown, short
from mailworthy.audit.run import Outcome
from mailworthy.names import printable


class State(StrEnum):
    """✓, ✗, ? and –."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "undetermined"
    NOT_ASKED = "not asked"


class Dot(msgspec.Struct, frozen=True):
    """One line of the checkpoint; `says` is what was seen, in a few words."""

    name: str
    state: State
    says: str


# What the ids of the rules begin with whose findings turn each dot red.
REDDENED_BY = {
    "MX": ("mx-",),
    "Addresses": ("address-", "mx-target-missing", "mx-one-target-missing", "mx-missing-dot"),
    "Reverse DNS": ("ptr-", "helo-"),
    "SPF": ("spf-",),
    "DKIM": ("dkim-", "dmarc-reject-without-dkim"),
    "DMARC": ("dmarc-",),
    **more.REDDENED_BY_MORE,
}


def checkpoint(evidence: Evidence, outcome: Outcome) -> tuple[Dot, ...]:
    """The dots. Advice and waived findings leave one green."""
    red = {
        f.rule
        for f in outcome.findings
        if f.waived is None and f.severity.weight >= Severity.WARNING.weight
    }
    return tuple(
        Dot(name, _state(_reddened(name, red), list(parts(evidence))), says(evidence))
        for name, (parts, says) in _lines(evidence).items()
    )


def _lines(evidence: Evidence) -> "dict[str, _Line]":
    lines = dict(_LINES)
    if more.called(evidence):
        lines[more.CONNECTIONS] = (more.call_parts, more.call_says)
    if more.read(evidence):
        lines[more.SERVER] = (more.server_parts, more.server_says)
    return lines


def _reddened(name: str, rules: set[str]) -> bool:
    return any(rule.startswith(REDDENED_BY[name]) for rule in rules)


def _state(red: bool, parts: Iterable[Part[object]]) -> State:
    if red:
        return State.FAIL
    kinds = {type(p) for p in parts}
    if Unknown in kinds:
        return State.UNKNOWN
    return State.NOT_ASKED if NotAsked in kinds else State.PASS


def _mx_parts(e: Evidence) -> Iterator[Part[object]]:
    yield e.mx


def _mx_says(e: Evidence) -> str:
    if not isinstance(e.mx, Known):
        return _why(e.mx)
    if e.mx.value.refuses:
        return "null MX: receives no mail"
    hosts = [f"{r.preference} {printable(r.exchange, 60)}" for r in e.mx.value.exchanges]
    return ", ".join(hosts[:4]) or "none"


def _address_parts(e: Evidence) -> Iterator[Part[object]]:
    yield from _of(e.hosts, lambda hosts: [h.addresses for h in hosts])


def _address_says(e: Evidence) -> str:
    if not isinstance(e.hosts, Known):
        return _why(e.hosts)
    ips = [
        ip for h in e.hosts.value if isinstance(h.addresses, Known) for ip in h.addresses.value.ips
    ]
    gaps = [h.addresses for h in e.hosts.value if not isinstance(h.addresses, Known)]
    return ", ".join(dict.fromkeys(ips)) or (_why(gaps[0]) if gaps else _nothing(e))


def _reverse_parts(e: Evidence) -> Iterator[Part[object]]:
    yield from _of(e.addresses, lambda found: [p for a in found for p in (a.ptr, a.forward)])


def _reverse_says(e: Evidence) -> str:
    if not isinstance(e.addresses, Known):
        return _why(e.addresses)
    by_names: dict[str, list[str]] = {}
    for address in e.addresses.value[:8]:
        by_names.setdefault(_reverse(address), []).append(address.ip)
    return ", ".join(f"{n} ({', '.join(ips)})" for n, ips in by_names.items()) or _nothing(e)


def _nothing(e: Evidence) -> str:
    """What to say where there are no addresses: of hosts that lack them, or of no hosts."""
    return "none" if isinstance(e.hosts, Known) and e.hosts.value else "none needed"


def _reverse(address: AddressEvidence) -> str:
    if not isinstance(address.ptr, Known):
        return short(address.ptr)
    return ", ".join(printable(n, 60) for n in address.ptr.value.names[:3]) or "none"


def _spf_parts(e: Evidence) -> Iterator[Part[object]]:
    yield e.spf
    if not (isinstance(e.spf, Known) and isinstance(e.spf_tree, NotAsked)):
        yield e.spf_tree


def _spf_says(e: Evidence) -> str:
    if not isinstance(e.spf, Known):
        return _why(e.spf)
    if len(e.spf.value.found) != 1:
        return "none" if not e.spf.value.found else f"{len(e.spf.value.found)} records"
    text = printable(e.spf.value.found[0].text, 70)
    lookups = _lookups(e.spf_tree.value.lookups) if isinstance(e.spf_tree, Known) else ""
    return f"{text}{lookups}"


def _lookups(count: int) -> str:
    return " (1 lookup)" if count == 1 else f" ({count} lookups)"


def _dmarc_parts(e: Evidence) -> Iterator[Part[object]]:
    yield e.dmarc
    if not (isinstance(e.dmarc, Known) and isinstance(e.policy, NotAsked)):
        yield e.policy


def _dmarc_says(e: Evidence) -> str:
    if not isinstance(e.dmarc, Known):
        return _why(e.dmarc)
    record = e.dmarc.value.published.record
    if record is not None:
        to = f", reports to {printable(record.rua[0].uri, 60)}" if record.rua else ", no reports"
        return f"p={record.p}{to}"
    if isinstance(e.policy, Known) and e.policy.value.policy:
        return f"p={e.policy.value.policy} from {e.policy.value.domain}"
    return "none"


def _of(
    part: Part[tuple[object, ...]], inner: Callable[..., list[Part[Any]]]
) -> Iterator[Part[object]]:
    if isinstance(part, Known):
        yield from inner(part.value)
    else:
        yield part


def _why(part: Unknown | NotAsked) -> str:
    return f"{printable(part.what, 60)}: {short(part)}"


_Line: TypeAlias = tuple[Callable[[Evidence], Iterator[Part[object]]], Callable[[Evidence], str]]
_LINES: dict[str, _Line] = {
    "MX": (_mx_parts, _mx_says),
    "Addresses": (_address_parts, _address_says),
    "Reverse DNS": (_reverse_parts, _reverse_says),
    "SPF": (_spf_parts, _spf_says),
    "DKIM": (dkim_parts, dkim_says),
    "DMARC": (_dmarc_parts, _dmarc_says),
}
