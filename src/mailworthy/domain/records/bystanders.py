"""Names that have an address but no mail: said plainly, so that nobody can use them.

Each gets a null MX, `-all` and a DMARC record with p=reject. That record carries no psd=: with
psd=n the name would become an organisation of its own (RFC 9989 §4.10.2). A wildcard is not a
name, and a TXT record under one would answer for every `_dmarc` and `_domainkey` below it, so
wildcards are left to the sp= and np= of the domain.
"""

from collections.abc import Iterable, Iterator

from mailworthy.dmarc.record import is_dmarc, render
from mailworthy.domain.intent import Intent
from mailworthy.domain.records.auth import SPF_NOTHING, bystander_policy
from mailworthy.domain.records.plan import Plan
from mailworthy.domain.records.signs import signs_of_mail
from mailworthy.domain.records.zone import nameserver_addresses
from mailworthy.domain.recordset import Record, RecordSet, Section
from mailworthy.errors import UsageError
from mailworthy.names import ancestors, is_hostname, is_within
from mailworthy.spf.record import is_spf


def names_without_mail(plan: Plan) -> tuple[str, ...]:
    """The names that `no_mail` lists; without it all with an address and no sign of mail.

    Raises UsageError for a listed name that mail depends on.
    """
    signs = signs_of_mail(plan.intent, plan.domain, plan.foreign)
    if plan.wish.no_mail is not None:
        return _listed(plan, plan.wish.no_mail, signs)
    return tuple(
        name for name in unmarked(plan.intent, plan.domain, plan.foreign) if name not in signs
    )


def unmarked(intent: Intent, domain: str, foreign: Iterable[Record]) -> tuple[str, ...]:
    """The names of a zone with an address and no records about mail, in order."""
    by_name: dict[str, list[Record]] = {}
    for record in foreign:
        by_name.setdefault(record.name, []).append(record)
    cuts = {n for n, found in by_name.items() if n != domain and any(r.type == "NS" for r in found)}
    named = nameserver_addresses(intent, domain)
    addressed = [n for n, records in by_name.items() if _has_address(records)]
    return tuple(
        name
        for name in dict.fromkeys([*named, *addressed])
        if name not in intent.hosts
        and name != domain
        and is_hostname(name)
        and intent.zone_of(name) == domain
        and not cuts.intersection(ancestors(name))
        and not _has_mail(by_name.get(name, []), by_name.get(f"_dmarc.{name}", []))
    )


def _listed(plan: Plan, entries: tuple[str, ...], signs: dict[str, str]) -> tuple[str, ...]:
    """The listed names, in full; an alias can have no records, so it is left alone."""
    names = [full_name(plan.domain, entry) for entry in entries]
    aliases = {r.name for r in plan.foreign if r.type == "CNAME"}
    for name in names:
        why = "it is a host of the intent" if name in plan.intent.hosts else signs.get(name)
        if why is not None:
            raise UsageError(f"no_mail of {plan.domain} lists {name}, but {why}")
        if not plan.holds(name):
            raise UsageError(f"no_mail of {plan.domain} lists {name}, which has its own entry")
    return tuple(name for name in dict.fromkeys(names) if name not in aliases)


def full_name(domain: str, entry: str) -> str:
    """A name as `no_mail` has it, such as `www`, made absolute."""
    return entry if is_within(entry, domain) else f"{entry}.{domain}"


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
