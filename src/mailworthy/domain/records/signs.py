"""Signs that a name of a zone has to do with mail: such a name must never be closed."""

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from mailworthy.domain.intent import Intent
from mailworthy.domain.recordset import Record
from mailworthy.names import normalize
from mailworthy.rdata.address import address, reverse_name
from mailworthy.rdata.mx import parse as parse_mx
from mailworthy.spf.macro import render_parts
from mailworthy.spf.model import Kind, Mechanism, SpfRecord
from mailworthy.spf.record import is_spf
from mailworthy.spf.record import parse as parse_spf

_BELOW = re.compile(
    r"(?:.*\.)?(_domainkey|_mta-sts|_smtp\._tls|_25\._tcp|_submissions?\._tcp)\.([^_].*)"
)
_NOTHING = re.compile(r"v=spf1 +-all *", re.I)
_Networks = list[IPv4Network | IPv6Network]
_Sign = tuple[str, str]


def signs_of_mail(intent: Intent, domain: str, records: Iterable[Record]) -> dict[str, str]:
    """The names that receive, send or are named by those who do, and how that shows.

    `records` are those of the zone, and whatever else is known, such as PTR records. A host of
    the intent is not among the names for its address alone.
    """
    known = tuple(records)
    spf = [(r.name, parsed) for r in known if (parsed := _spf(r)) is not None]
    spf += [(domain, parsed) for parsed in _terms(intent)]
    found: dict[str, str] = {}
    for signs in (
        _exchanges(known),
        _below(known),
        _named(spf),
        _boxes(intent),
        _services(known),
        _reversed(intent, known),
        _allowed(intent, known, spf),
    ):
        for name, why in signs:
            found.setdefault(name, why)
    return found | dict(_behind(known, found))


def _spf(record: Record) -> SpfRecord | None:
    if record.type != "TXT" or not is_spf(record.value):
        return None
    return parse_spf(record.value).record


def _terms(intent: Intent) -> Iterator[SpfRecord]:
    for wish in intent.domains.values():
        parsed = parse_spf(" ".join(["v=spf1", *wish.spf_terms])).record
        if parsed is not None:
            yield parsed


def _exchanges(records: tuple[Record, ...]) -> Iterator[_Sign]:
    for record in records:
        mx = parse_mx(record.value).record if record.type == "MX" else None
        if mx is not None and not mx.null:
            yield mx.exchange, f"it is an MX host of {record.name}"
            yield record.name, "it has an MX record"


def _below(records: tuple[Record, ...]) -> Iterator[_Sign]:
    for record in records:
        if match := _BELOW.fullmatch(record.name):
            yield match[2], f"there are records at {match[1]}.{match[2]}"
        if record.type == "TXT" and is_spf(record.value) and not _NOTHING.fullmatch(record.value):
            yield record.name, "it has an SPF record"


def _named(spf: list[tuple[str, SpfRecord]]) -> Iterator[_Sign]:
    for owner, record in spf:
        for term in record.terms:
            if term.domain is not None:
                name = normalize(render_parts(term.domain.parts))
                yield name, f"the SPF record of {owner} names it"


def _boxes(intent: Intent) -> Iterator[_Sign]:
    for wish in intent.domains.values():
        for box in (wish.reports, wish.tls_reports, *wish.dmarc.rua, *wish.dmarc.ruf):
            if box:
                yield box.rpartition("@")[2], f"{box} receives reports"


def _services(records: tuple[Record, ...]) -> Iterator[_Sign]:
    for record in records:
        if record.type == "SRV":
            target = normalize(record.value.rpartition(" ")[2])
            yield target, f"the SRV record of {record.name} leads to it"


def _reversed(intent: Intent, records: tuple[Record, ...]) -> Iterator[_Sign]:
    """An address with a reverse name is that of a server, unless the name is a host of ours."""
    reverse = {r.name: normalize(r.value) for r in records if r.type == "PTR"}
    for record in records if reverse else ():
        target = reverse.get(reverse_name(record.value)) if _is_address(record) else None
        if target is not None and target not in intent.hosts:
            yield record.name, f"its address {record.value} has the reverse name {target}"


def _allowed(
    intent: Intent, records: tuple[Record, ...], spf: list[tuple[str, SpfRecord]]
) -> Iterator[_Sign]:
    """Addresses that SPF lets send; those of our hosts say nothing about a further name."""
    own = {a for host in intent.hosts.values() for a in (*host.ipv4, *host.ipv6)}
    networks = _networks(records, spf)
    for record in records:
        if not _is_address(record) or record.value in own:
            continue
        ip = ip_address(record.value)
        if any(ip in network for network in networks):
            yield record.name, f"SPF lets its address {record.value} send"


def _networks(records: tuple[Record, ...], spf: list[tuple[str, SpfRecord]]) -> _Networks:
    by_name: dict[str, list[Record]] = {}
    for record in filter(_is_address, records):
        by_name.setdefault(record.name, []).append(record)
    found: _Networks = []
    for owner, parsed in spf:
        for term in parsed.mechanisms:
            found += _network(owner, term, by_name)
    return found


def _network(owner: str, term: Mechanism, by_name: dict[str, list[Record]]) -> _Networks:
    sizes = {4: term.prefix4, 6: term.prefix6}
    addresses = [term.network] if term.network else []
    if term.kind is Kind.A:
        name = owner if term.domain is None else normalize(render_parts(term.domain.parts))
        addresses = [record.value for record in by_name.get(name, [])]
    single = [ip_network(a) for a in addresses]
    return [
        ip if (size := sizes[ip.version]) is None else ip.supernet(new_prefix=size) for ip in single
    ]


def _behind(records: tuple[Record, ...], signs: dict[str, str]) -> Iterator[_Sign]:
    """What an alias with mail leads to has mail too."""
    aliases = {r.name: normalize(r.value) for r in records if r.type == "CNAME"}
    seen = set(signs)
    waiting = [name for name in signs if name in aliases]
    while waiting:
        name = waiting.pop()
        target = aliases[name]
        if target not in seen:
            seen.add(target)
            yield target, f"{name} has to do with mail and is an alias of it"
            waiting += [target] if target in aliases else []


def _is_address(record: Record) -> bool:
    return record.type in ("A", "AAAA") and address(record.value) is not None
