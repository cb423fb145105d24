"""Record sets as the YAML that octoDNS reads: one file a zone, names relative, sorted.

Scalars are written as JSON strings, which YAML reads as they are.
"""

import json
import re
from collections.abc import Callable

from mailworthy.domain.recordset import RecordSet
from mailworthy.domain.zonefile import relative
from mailworthy.names import printable
from mailworthy.rdata.caa import parse as parse_caa

_Fields = dict[str, str | int]
_SUPPORTED = frozenset(
    ("A", "AAAA", "CAA", "CNAME", "DNAME", "DS", "MX", "NS", "PTR", "SRV", "TLSA", "TXT")
)


def render_octodns(sets: tuple[RecordSet, ...], domain: str) -> str:
    """The zone's YAML file. SOA is no business of octoDNS; a type it cannot take is a comment.

    https://github.com/octodns/octodns#dns-infrastructure-as-code-with-octodns
    """
    by_name: dict[str, dict[str, tuple[int, list[str]]]] = {}
    skipped = []
    for s in sets:
        if s.type not in _SUPPORTED:
            skipped += [s] if s.type != "SOA" else []
            continue
        name = relative(s.name, domain).removesuffix("@")
        _, values = by_name.setdefault(name, {}).setdefault(s.type, (s.ttl, []))
        values += [v for v in s.values if v not in values]
    lines = ["---"]
    lines += [f"# not for octoDNS: {printable(f'{s.name} {s.type}')}" for s in skipped]
    for name in sorted(by_name, key=_natural):
        lines.append(f"{json.dumps(name)}:")
        for type_, (ttl, values) in sorted(by_name[name].items()):
            lines += _record(type_, ttl, values)
    return "\n".join(lines) + "\n"


def _natural(name: str) -> list[tuple[int, int, str]]:
    """The order octoDNS insists on: numbers by value, the rest by character."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts]


def _record(type_: str, ttl: int, values: list[str]) -> list[str]:
    lines = [f"  - ttl: {ttl}", f"    type: {type_}"]
    if type_ in ("CNAME", "DNAME"):
        return [*lines, f"    value: {json.dumps(values[0])}"]
    lines.append("    values:")
    for value in values:
        lines += _value(type_, value)
    return lines


def _value(type_: str, value: str) -> list[str]:
    fields = _STRUCTURED.get(type_)
    if fields is None:
        return [f"      - {json.dumps(_text(value) if type_ == 'TXT' else value)}"]
    pairs = [f"{key}: {json.dumps(found)}" for key, found in sorted(fields(value).items())]
    return [f"      - {pairs[0]}", *(f"        {pair}" for pair in pairs[1:])]


def _text(value: str) -> str:
    """octoDNS wants every `;` of a TXT value escaped, and no other escape."""
    return value.replace("\\", "\\\\").replace(";", "\\;")


def _mx(value: str) -> _Fields:
    preference, exchange = value.split()
    return {"preference": int(preference), "exchange": exchange}


def _srv(value: str) -> _Fields:
    priority, weight, port, target = value.split()
    return {
        "priority": int(priority),
        "weight": int(weight),
        "port": int(port),
        "target": target,
    }


def _caa(value: str) -> _Fields:
    caa = parse_caa(value).record
    if caa is None:
        flags, tag, rest = value.split(" ", 2)
        return {"flags": int(flags), "tag": tag, "value": _text(rest.strip('"'))}
    return {"flags": caa.flags, "tag": caa.tag, "value": _text(caa.value)}


def _tlsa(value: str) -> _Fields:
    usage, selector, matching, *data = value.split()
    return {
        "certificate_usage": int(usage),
        "selector": int(selector),
        "matching_type": int(matching),
        "certificate_association_data": "".join(data),
    }


def _ds(value: str) -> _Fields:
    tag, algorithm, digest_type, *digest = value.split()
    return {
        "key_tag": int(tag),
        "algorithm": int(algorithm),
        "digest_type": int(digest_type),
        "digest": "".join(digest),
    }


_STRUCTURED: dict[str, Callable[[str], _Fields]] = {
    "MX": _mx,
    "SRV": _srv,
    "CAA": _caa,
    "TLSA": _tlsa,
    "DS": _ds,
}
