"""The domain's own mail host is not authorised by the SPF record, though it seems to send.

## What it checks
An MX host with a name in the domain and an SPF record of its own, as hosts that send have it,
passes SPF for the domain by at least one of its addresses.
Records that leave all sending to services are not judged.

## Why it matters
Mail from the host fails SPF.
Where the record ends in `-all` many receivers refuse it; elsewhere all depends on DKIM alone.

## How to fix
Add the addresses of the host with `ip4:` and `ip6:`.
If the host only receives, take its own SPF record away, or waive this finding.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressEvidence, HostEvidence
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._authorised import (
    legible,
    names_hosts,
    refused,
    with_hosts,
)
from mailworthy.audit.rules.spf._shared import Spf, replaced, shown, world
from mailworthy.domain.intent import Domain
from mailworthy.spf.model import Kind, Qualifier


@rule(
    severity=Severity.WARNING,
    references=("RFC 7208 §2.4", "RFC 7208 §10.1"),
    bad=world("v=spf1 ip4:192.0.2.26 ip6:2001:db8::26 ~all"),
    # A host that only receives has no SPF record of its own.
    good=world("v=spf1 ip4:192.0.2.26 ip6:2001:db8::26 ~all", drop=("mail.example.com. TXT",)),
)
def check(
    hosts: tuple[HostEvidence, ...],
    addresses: tuple[AddressEvidence, ...],
    wish: Domain | None,
    spf: Spf,
) -> Iterator[Found]:
    text = legible(spf)
    if text is None or wish is not None or not names_hosts(spf):
        return
    for host in hosts:
        its = [a for a in addresses if host.name in a.hosts]
        if _seems_to_send(host) and its and all(map(refused, its)):
            ips = ", ".join(a.ip for a in its[:4])
            yield Found(
                subject=host.name,
                message=f"{shown(host.name)} ({ips}) does not pass SPF for {shown(spf.name)}",
                evidence=(cite(spf.answer, text),),
                remedy=replaced(spf, text, with_hosts(text, [a.ip for a in its])),
            )


def _seems_to_send(host: HostEvidence) -> bool:
    """Whether the host's own name is authorised for the empty envelope sender."""
    if not host.within or not isinstance(host.helo_spf, Known):
        return False
    record = host.helo_spf.value.record
    return record is not None and any(
        m.kind is not Kind.ALL and m.qualifier is Qualifier.PASS for m in record.mechanisms
    )
