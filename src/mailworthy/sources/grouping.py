"""From rows of reports to sources: which rows come from the same sender."""

import re
from collections.abc import Collection, Iterable, Iterator
from ipaddress import IPv6Address, ip_network

from mailworthy.dmarc.psl import organizational_domain
from mailworthy.rdata.address import address
from mailworthy.reports.model import AggregateRecord, SpfAuth
from mailworthy.sources.facts import Evidence, Facts, KeyKind, Seen, SourceKey
from mailworthy.sources.match import by_envelope, by_reverse, by_selector, by_signature
from mailworthy.sources.table import Sender

NETWORK = {4: 24, 6: 48}  # the smallest that are routed on their own
_GENERIC = re.compile(r"\d+")


def source_key(
    record: AggregateRecord, *, reverse: str | None = None, alone: Collection[str] = ()
) -> SourceKey:
    """The source of one record: the same record always has the same.

    In this order: an address in `alone` (those of the user's own hosts), a service that the
    table knows by a signature that passes or by its envelope that passes SPF, a service or else
    a domain by the forward-confirmed `reverse` name. Mail that passes DMARC is then kept by
    address, all other by network, since forgers come in swarms. Results that are no pass are
    never looked at: anybody can have them.
    """
    if record.ip in alone:
        return SourceKey(KeyKind.ADDRESS, record.ip)
    key = _by_authentication(record) or _by_name(record, reverse or "")
    return key or _by_address(record)


def service_of(key: SourceKey) -> str | None:
    """The name in the sender table of a source that is a service."""
    return key.value if key.kind in (KeyKind.SERVICE, KeyKind.RELAY) else None


def group(
    rows: Iterable[Seen],
    domain: str,
    *,
    alone: Collection[str] = (),
    strangers: Iterable[tuple[str, int]] = (),
) -> dict[SourceKey, Facts]:
    """The facts of each source in rows about one domain, largest first: by what is proven, so that
    nobody is crowded out by what others make up.

    `strangers` says of addresses for how many unrelated domains they send too. A failure at an
    address from which other mail passes counts for the address, not for the network.
    """
    tallies: dict[SourceKey, Evidence] = {}
    for row in rows:
        key = source_key(row.record, reverse=row.reverse, alone=alone)
        own = SourceKey(KeyKind.ADDRESS, row.record.ip) if key.kind is KeyKind.NETWORK else key
        tallies.setdefault(own, Evidence(own, domain)).add(row)
    others = dict(strangers)
    found = [each.facts(others) for each in _by_network(tallies, alone)]
    return {f.key: f for f in sorted(found, key=_size)}


def _size(facts: Facts) -> tuple[int, int, SourceKey]:
    proven = facts.messages - facts.unproven
    return -proven, 0 if proven else -facts.messages, facts.key


def _by_network(tallies: dict[SourceKey, Evidence], alone: Collection[str]) -> Collection[Evidence]:
    """The tallies with addresses from which nothing passes put together by network."""
    found: dict[SourceKey, Evidence] = {}
    for key, tally in tallies.items():
        swarm = key.kind is KeyKind.ADDRESS and not tally.passing and key.value not in alone
        whole = _network(key.value) if swarm else key
        if whole in found:
            found[whole].merge(tally)
        else:
            found[whole] = tally.under(whole)
    return found.values()


def _by_authentication(record: AggregateRecord) -> SourceKey | None:
    """By what passes: the envelope tells who handed the mail over, signatures who wrote it."""
    signer, carrier = _signer(record), _carrier(record)
    if signer is not None and not _went_on(record, signer):
        return SourceKey(KeyKind.SERVICE, signer.name)
    if carrier is None:
        return None
    relays = carrier.kind.passes_on and record.dkim == "pass" and record.spf != "pass"
    return SourceKey(KeyKind.RELAY if relays else KeyKind.SERVICE, carrier.name)


def _signer(record: AggregateRecord) -> Sender | None:
    """The service behind a signature that passes: by its own domain, else by the selector."""
    passed = [d for d in record.dkim_auth if d.result == "pass"]
    named = (by_signature(d.domain) for d in passed)
    aligned = (d for d in passed if record.dkim == "pass" and _related(d.domain, record))
    guessed = (by_selector(d.selector) for d in aligned)
    return next(filter(None, named), None) or next(filter(None, guessed), None)


def _carrier(record: AggregateRecord) -> Sender | None:
    """The service in whose name the mail was handed over, if SPF says that it was."""
    found = (by_envelope(s.domain) for s in _envelopes(record) if s.result == "pass")
    return next(filter(None, found), None)


def _went_on(record: AggregateRecord, signer: Sender) -> bool:
    """Whether mail with a key of ours came by way of somebody else: the envelope says so.

    Either SPF passes for a stranger, as when a forwarder rewrites the envelope, or it fails for
    the service's own name, whose record is surely right.
    """
    if record.spf == "pass" or record.dkim != "pass":
        return False
    kin = {signer.name, signer.via or signer.name}
    for spf in _envelopes(record):
        own = by_envelope(spf.domain)
        if spf.result == "pass":
            return own is None or not kin & {own.name, own.via}
        if spf.result in ("fail", "softfail") and own is not None and own.name == signer.name:
            return True
    return False


def _envelopes(record: AggregateRecord) -> Iterator[SpfAuth]:
    return (s for s in record.spf_auth if s.scope != "helo")


def _related(domain: str, record: AggregateRecord) -> bool:
    """Whether two names are aligned in the relaxed way (RFC 7489 §3.1, by the suffix list)."""
    return organizational_domain(domain) == organizational_domain(record.header_from)


def _by_name(record: AggregateRecord, reverse: str) -> SourceKey | None:
    """By the reverse name, unless it is one of those that providers make from the address."""
    if not reverse:
        return None
    sender = by_reverse(reverse)
    if sender is not None:
        relays = sender.kind.passes_on and record.dkim == "pass" and record.spf != "pass"
        return SourceKey(KeyKind.RELAY if relays else KeyKind.SERVICE, sender.name)
    if generic(reverse, record.ip):
        return None
    return SourceKey(KeyKind.NAME, organizational_domain(reverse))


def generic(name: str, ip: str) -> bool:
    """Whether a reverse name is made from its address, as for dial-up lines and hired machines."""
    found = address(ip)
    if found is None or isinstance(found, IPv6Address):
        return found is not None and found.exploded.replace(":", "")[-8:] in re.sub(
            "[^0-9a-f]", "", name
        )
    numbers = [int(n) for n in _GENERIC.findall(name) if len(n) < 4]
    return set(found.packed[-2:]) <= set(numbers)


def _by_address(record: AggregateRecord) -> SourceKey:
    if "pass" in (record.dkim, record.spf):
        return SourceKey(KeyKind.ADDRESS, record.ip)
    return _network(record.ip)


def _network(ip: str) -> SourceKey:
    """The network of an address; for what is none, itself."""
    found = address(ip)
    if found is None:
        return SourceKey(KeyKind.ADDRESS, ip)
    net = ip_network((found, NETWORK[found.version]), strict=False)
    return SourceKey(KeyKind.NETWORK, str(net))
