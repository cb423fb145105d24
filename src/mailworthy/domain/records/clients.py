"""How mail programs find their servers, and the logo that is declined."""

from collections.abc import Iterator

from mailworthy.bimi.record import Bimi, is_record, render
from mailworthy.domain.records.plan import Plan
from mailworthy.domain.recordset import RecordSet, Section

# Service, priority, weight, port; port 0 says that the service is not offered (RFC 6186 §3.4).
_SERVICES = (
    ("_submissions._tcp", 0, 1, 465, "sending, TLS from the start: preferred", "RFC 8314 §5.1"),
    ("_submission._tcp", 10, 1, 587, "sending, with STARTTLS", "RFC 6186 §3.1"),
    ("_imaps._tcp", 0, 1, 993, "reading, TLS from the start", "RFC 6186 §3.2"),
    ("_imap._tcp", 0, 0, 0, "reading without TLS is not offered", "RFC 6186 §3.4"),
    ("_pop3._tcp", 0, 0, 0, "POP3 is not offered", "RFC 6186 §3.4"),
    ("_pop3s._tcp", 0, 0, 0, "POP3 is not offered", "RFC 6186 §3.4"),
)


def clients(plan: Plan) -> Iterator[RecordSet]:
    """SRV records and the names that mail programs try."""
    host = plan.exchange
    if host is None or not plan.wish.clients:
        return
    section = Section.CLIENTS
    for service, priority, weight, port, comment, reference in _SERVICES:
        value = f"{priority} {weight} {port} {f'{host}.' if port else '.'}"
        name = f"{service}.{plan.domain}"
        yield plan.made(name, "SRV", [value], comment, reference, section=section)
    comment = "where Thunderbird and others look for settings"
    reference = "draft-ietf-mailmaint-autoconfig"
    yield from alias(plan, "autoconfig", host, comment, reference, section=section)
    comment = "where Outlook looks for settings"
    yield from alias(plan, "autodiscover", host, comment, "Microsoft", section=section)
    if not _leads_elsewhere(plan, f"autodiscover.{plan.domain}", host):
        yield plan.made(
            f"_autodiscover._tcp.{plan.domain}",
            "SRV",
            [f"0 0 443 {host}."],
            comment,
            "Microsoft",
            section=section,
        )


def _leads_elsewhere(plan: Plan, name: str, host: str) -> bool:
    """Whether a name is in use for another machine: then nothing of ours may contradict it."""
    ours = plan.intent.hosts[host]
    own = {f"{host}.", *ours.ipv4, *ours.ipv6}
    there = (r for r in plan.foreign_at(name) if r.type in ("CNAME", "A", "AAAA"))
    return any(record.value not in own for record in there)


def alias(
    plan: Plan, label: str, target: str, comment: str, *references: str, section: Section
) -> Iterator[RecordSet]:
    """A name for a service on a host: an alias, or addresses where the name is in use.

    A name that leads somewhere already is left alone.
    """
    name = f"{label}.{plan.domain}"
    types = {record.type for record in plan.foreign_at(name)}
    if name in plan.intent.hosts or not plan.holds(name) or types & {"CNAME", "A", "AAAA"}:
        return
    if not types:
        value = [f"{target}."]
        yield plan.made(name, "CNAME", value, comment, *references, section=section)
        return
    host = plan.intent.hosts[target]
    for type_, values in (("A", host.ipv4), ("AAAA", host.ipv6)):
        if values:
            yield plan.made(name, type_, values, comment, *references, section=section)


def logo(plan: Plan) -> Iterator[RecordSet]:
    """A declination, unless the zone asserts a logo already."""
    name = f"default._bimi.{plan.domain}"
    if any(r.type == "CNAME" or is_record(r.value) for r in plan.foreign_at(name)):
        return
    yield plan.made(
        name,
        "TXT",
        [render(Bimi("", ""))],
        "no logo: said so, nobody looks further",
        "draft-brand-indicators-for-message-identification §4.2",
        section=Section.LOGO,
    )
