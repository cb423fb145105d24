"""From an intent to the record sets of its zones."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from mailworthy.domain.dkimkey import DkimPublic
from mailworthy.domain.intent import Intent
from mailworthy.domain.records.auth import dkim, dmarc, parked, spf, third_parties
from mailworthy.domain.records.bystanders import bystanders, names_without_mail
from mailworthy.domain.records.clients import clients, logo
from mailworthy.domain.records.mail import exchanges, hosts
from mailworthy.domain.records.merge import Conflict, conflicts_between, merged
from mailworthy.domain.records.plan import Plan
from mailworthy.domain.records.policy import certificates, transport
from mailworthy.domain.records.zone import delegations, zone
from mailworthy.domain.recordset import Record, RecordSet
from mailworthy.errors import UsageError

__all__ = ["bystander_names", "conflicts", "record_sets"]

_MAIL = (
    zone, hosts, exchanges, spf, dkim, third_parties, dmarc, transport, certificates, clients,
    logo, bystanders, delegations,
)  # fmt: skip
_PARKED = (zone, parked, certificates, bystanders, delegations)


def record_sets(
    intent: Intent,
    domain: str,
    *,
    keys: Mapping[str, DkimPublic],
    now: datetime,
    foreign: Iterable[Record] = (),
    tls: Mapping[str, tuple[str, ...]] | None = None,
) -> tuple[RecordSet, ...]:
    """The whole content of one domain's zone, SOA and NS first.

    `keys` are the domain's DKIM keys by selector, `tls` SHA-256 digests of the TLS keys (SPKI,
    hexadecimal) by host, `foreign` the other records of the zone, which are kept and win where
    they contradict ours: see `conflicts`. Raises UsageError for a domain that is not in the
    intent, senders with open blanks, a foreign record outside the zone, and a name server in
    the zone without an address.
    """
    plan = _plan(intent, domain, keys=keys, now=now, foreign=foreign, tls=tls)
    sets = merged(domain, _wanted(plan), plan.foreign)
    _check_nameservers(intent, domain, sets)
    return sets


def conflicts(
    intent: Intent,
    domain: str,
    *,
    keys: Mapping[str, DkimPublic],
    now: datetime,
    foreign: Iterable[Record],
    tls: Mapping[str, tuple[str, ...]] | None = None,
) -> tuple[Conflict, ...]:
    """What `record_sets` would leave out in favour of foreign records: to be asked about."""
    plan = _plan(intent, domain, keys=keys, now=now, foreign=foreign, tls=tls)
    return conflicts_between(_wanted(plan), plan.foreign)


def bystander_names(
    intent: Intent, domain: str, *, now: datetime, foreign: Iterable[Record] = ()
) -> tuple[str, ...]:
    """The names of a zone that have an address but no mail."""
    return names_without_mail(_plan(intent, domain, keys={}, now=now, foreign=foreign, tls=None))


def _plan(
    intent: Intent,
    domain: str,
    *,
    keys: Mapping[str, DkimPublic],
    now: datetime,
    foreign: Iterable[Record],
    tls: Mapping[str, tuple[str, ...]] | None,
) -> Plan:
    if domain not in intent.domains:
        raise UsageError(f"{domain} is not a domain of the intent")
    return Plan(intent, domain, now, keys, tuple(foreign), tls or {})


def _wanted(plan: Plan) -> Iterator[RecordSet]:
    for build in _PARKED if plan.wish.parked else _MAIL:
        yield from build(plan)


def _check_nameservers(intent: Intent, domain: str, sets: tuple[RecordSet, ...]) -> None:
    """A server inside the zone without an address leaves the zone unreachable."""
    known = {s.name for s in sets if s.type in ("A", "AAAA", "CNAME")} | intent.hosts.keys()
    for value in (v for s in sets if (s.name, s.type) == (domain, "NS") for v in s.values):
        name = value.removesuffix(".")
        if intent.zone_of(name) == domain and name not in known:
            raise UsageError(
                f"the name server {name} lies in {domain} and needs its address: "
                f'nameservers = ["{name}=ADDRESS"]'
            )
