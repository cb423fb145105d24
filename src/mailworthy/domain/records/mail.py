"""Hosts and MX."""

from collections.abc import Iterator

from mailworthy.domain.records.plan import Plan
from mailworthy.domain.records.zone import addresses
from mailworthy.domain.recordset import RecordSet, Section


def hosts(plan: Plan) -> Iterator[RecordSet]:
    """A and AAAA of the hosts whose names lie in the zone."""
    comment = "the host: one name for banner, EHLO, reverse DNS and certificate"
    for name, host in plan.intent.hosts_within(plan.domain).items():
        yield from addresses(plan, name, host, comment, "RFC 5321 §2.3.5", "RFC 1912 §2.1")


def exchanges(plan: Plan) -> Iterator[RecordSet]:
    """The MX records; none for a domain that receives nowhere."""
    receivers = plan.intent.receivers(plan.domain)
    if receivers:
        yield plan.made(
            plan.domain,
            "MX",
            [f"{host.mx} {name}." for name, host in receivers.items()],
            "where mail is received: host names, never aliases or addresses",
            "RFC 5321 §5.1",
            "RFC 2181 §10.3",
            section=Section.MAIL,
        )
