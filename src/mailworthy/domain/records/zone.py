"""The zone itself: SOA, NS, addresses of its name servers, zones below."""

from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address

from msgspec.structs import replace

from mailworthy.domain.intent import Host, Intent
from mailworthy.domain.records.plan import Plan
from mailworthy.domain.recordset import RecordSet, Section
from mailworthy.names import is_within, parent
from mailworthy.rdata.soa import Soa, parse, render

REPLACE = "*replace*: a stand-in, until the real name servers are named"


def serial_of(now: datetime, old: int | None = None) -> int:
    """The serial YYYYMMDD00 of a day, or the one after `old` if that is not lower.

    RFC 1912 §2.2; a serial never becomes 0, which some secondaries take for none.
    """
    today = int(now.strftime("%Y%m%d")) * 100
    if old is None or old < today:
        return today
    return (old + 1) % 2**32 or 1


def zone(plan: Plan) -> Iterator[RecordSet]:
    """SOA and NS at the apex, then the addresses of name servers that lie in the zone."""
    names = nameservers(plan)
    stands_in = not plan.wish.nameservers and not _foreign_nameservers(plan)
    yield plan.made(
        plan.domain,
        "SOA",
        [_soa(plan, names[0])],
        "the start of the zone; the serial must grow with every change",
        "RFC 1035 §3.3.13",
        "RFC 1912 §2.2",
        section=Section.ZONE,
    )
    if not _foreign_nameservers(plan) or plan.wish.nameservers:
        yield plan.made(
            plan.domain,
            "NS",
            [f"{name}." for name in names],
            REPLACE if stands_in else "the name servers, as the parent zone lists them",
            "RFC 1035 §3.3.11",
            section=Section.ZONE,
        )
    yield from _addresses(plan)


NOBODY = "your-name-server.invalid"


def nameservers(plan: Plan) -> list[str]:
    """The names of the servers: wished, already there, or the mail host as a stand-in."""
    wished = list(dict.fromkeys(entry.partition("=")[0] for entry in plan.wish.nameservers))
    return wished or _foreign_nameservers(plan) or [_stand_in(plan)]


def nameserver_addresses(intent: Intent, domain: str) -> dict[str, Host]:
    """The addresses that `nameservers` gives as NAME=ADDRESS, by name."""
    found: dict[str, Host] = {}
    for entry in intent.domains[domain].nameservers:
        name, given, address = entry.partition("=")
        if given:
            host = found.get(name, Host())
            if ip_address(address).version == 4:
                found[name] = replace(host, ipv4=(*host.ipv4, address))
            else:
                found[name] = replace(host, ipv6=(*host.ipv6, address))
    return found


def _foreign_nameservers(plan: Plan) -> list[str]:
    at_apex = plan.foreign_at(plan.domain)
    return [r.value.removesuffix(".") for r in at_apex if r.type == "NS"]


def _stand_in(plan: Plan) -> str:
    """The mail host, or where there is none a name that can never exist (RFC 6761 §6.4)."""
    return plan.exchange or next(iter(plan.intent.hosts), NOBODY)


def _soa(plan: Plan, primary: str) -> str:
    """Ours, or what a zone that exists already says, with a new serial."""
    for record in plan.foreign_at(plan.domain):
        found = parse(record.value).record if record.type == "SOA" else None
        if found is not None:
            return render(replace(found, serial=serial_of(plan.now, found.serial)))
    mailbox = _mailbox(plan.intent, plan.domain)
    return render(Soa(primary, mailbox, serial_of(plan.now), 14400, 3600, 1209600, 300))


def _mailbox(intent: Intent, domain: str) -> str:
    """RFC 2142 §7: hostmaster, at a domain that has mail."""
    domains = [domain, *intent.domains]
    home = next((d for d in domains if not intent.domains[d].parked), domain)
    return f"hostmaster.{home}"


def _addresses(plan: Plan) -> Iterator[RecordSet]:
    for name, host in nameserver_addresses(plan.intent, plan.domain).items():
        if plan.holds(name) and name not in plan.intent.hosts:
            why = "the address of a name server"
            yield from addresses(plan, name, host, why, "RFC 1035 §3.3.11")


def addresses(
    plan: Plan, name: str, host: Host, comment: str, *references: str
) -> Iterator[RecordSet]:
    """A and AAAA of one name."""
    for type_, values in (("A", host.ipv4), ("AAAA", host.ipv6)):
        if values:
            section = Section.HOSTS
            yield plan.made(name, type_, values, comment, *references, section=section)


def delegations(plan: Plan) -> Iterator[RecordSet]:
    """NS, and the addresses needed to follow them, of the zones right below this one."""
    for domain in plan.intent.domains:
        if domain != plan.domain and plan.intent.zone_of(parent(domain)) == plan.domain:
            yield from _delegation(plan, domain)


def _delegation(plan: Plan, domain: str) -> Iterator[RecordSet]:
    names = nameservers(Plan(plan.intent, domain, plan.now))
    section = Section.DELEGATIONS
    yield plan.made(
        domain,
        "NS",
        [f"{name}." for name in names],
        f"{domain} is a zone of its own",
        "RFC 1034 §4.2.1",
        section=section,
    )
    glue = {**nameserver_addresses(plan.intent, domain), **plan.intent.hosts}
    for name in names:
        if is_within(name, domain) and name in glue:
            for type_, values in (("A", glue[name].ipv4), ("AAAA", glue[name].ipv6)):
                if values:
                    why = "how to reach that zone's name server"
                    yield plan.made(name, type_, values, why, "RFC 1034 §4.2.1", section=section)
