"""Names that have an address but no mail: said plainly, so that nobody can use them.

Each gets a null MX, `-all` and a DMARC record with p=reject. That record carries no psd=: with
psd=n the name would become an organisation of its own (RFC 9989 §4.10.2). A wildcard is not a
name, and a TXT record under one would answer for every `_dmarc` and `_domainkey` below it, so
wildcards are left to the sp= and np= of the domain.
"""

from collections.abc import Iterator

from mailworthy.dmarc.record import is_dmarc, render
from mailworthy.domain.records.auth import SPF_NOTHING, bystander_policy
from mailworthy.domain.records.plan import Plan
from mailworthy.domain.records.zone import nameserver_addresses
from mailworthy.domain.recordset import Record, RecordSet, Section
from mailworthy.names import ancestors, is_hostname
from mailworthy.spf.record import is_spf


def names_without_mail(plan: Plan) -> tuple[str, ...]:
    """The names of a zone with an address and no sign of mail, in order."""
    by_name: dict[str, list[Record]] = {}
    for record in plan.foreign:
        by_name.setdefault(record.name, []).append(record)
    cuts = {r.name for r in plan.foreign if r.type == "NS" and r.name != plan.domain}
    named = [n for n in nameserver_addresses(plan.intent, plan.domain) if plan.holds(n)]
    addressed = [n for n, records in by_name.items() if _has_address(records)]
    return tuple(
        name
        for name in dict.fromkeys([*named, *addressed])
        if name not in plan.intent.hosts
        and name != plan.domain
        and is_hostname(name)
        and plan.holds(name)
        and not cuts.intersection(ancestors(name))
        and not _has_mail(by_name.get(name, []), by_name.get(f"_dmarc.{name}", []))
    )


def _has_address(records: list[Record]) -> bool:
    return any(r.type in ("A", "AAAA") for r in records)


def _has_mail(records: list[Record], policy: list[Record]) -> bool:
    """MX, SPF or DMARC records show that someone thought about mail here; an alias cannot."""
    return any(
        r.type in ("MX", "CNAME") or (r.type == "TXT" and is_spf(r.value)) for r in records
    ) or any(r.type == "CNAME" or is_dmarc(r.value) for r in policy)


def bystanders(plan: Plan) -> Iterator[RecordSet]:
    """Null MX, `-all` and reject for every such name."""
    section = Section.BYSTANDERS
    policy = render(bystander_policy(plan))
    for name in names_without_mail(plan):
        yield plan.made(name, "MX", ["0 ."], "receives no mail", "RFC 7505 §3", section=section)
        yield plan.made(
            name,
            "TXT",
            [SPF_NOTHING],
            "sends no mail",
            "RFC 7208 §10.1.2",
            section=section,
            exclusive=False,
        )
        yield plan.made(
            f"_dmarc.{name}",
            "TXT",
            [policy],
            "whatever claims to come from here is forged",
            "RFC 9989 §4.7",
            section=section,
        )
