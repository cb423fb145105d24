"""The SPF record names other addresses than those of the domain's own mail host.

## What it checks
An MX host with a name in the domain does not pass SPF by any of its addresses, and the addresses
that the record does name look like no mail server's: they have no reverse DNS, or such as
providers make up.
Where they have names of their own, mail may well come in and go out by different hosts.

## Why it matters
So it looks after a move to another address, when the SPF record was forgotten.
Mail from the host fails SPF: where the record ends in `-all` many receivers refuse it, elsewhere
all depends on DKIM alone.

## How to fix
Add the addresses of the host with `ip4:` and `ip6:`, and take the old ones away.
If the host only receives, give the hosts that send a reverse DNS.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressEvidence, HostEvidence, Listed
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._authorised import legible, local_terms, refused, with_hosts
from mailworthy.audit.rules.spf._shared import Spf, replaced, shown, world
from mailworthy.domain.intent import Domain
from mailworthy.rdata.ptr import generic_ptr


@rule(
    severity=Severity.ADVICE,
    references=("RFC 7208 §2.4", "RFC 7208 §10.1"),
    bad=world("v=spf1 ip4:192.0.2.26 ip6:2001:db8::26 ~all"),
    # Another host sends, and is known by name.
    good=world(
        "v=spf1 ip4:192.0.2.26 ~all",
        "26.2.0.192.in-addr.arpa. PTR out.example.com.",
        "out.example.com. A 192.0.2.26",
    ),
)
def check(
    hosts: tuple[HostEvidence, ...],
    addresses: tuple[AddressEvidence, ...],
    listed: tuple[Listed, ...],
    wish: Domain | None,
    spf: Spf,
) -> Iterator[Found]:
    text = legible(spf)
    if text is None or wish is not None or not listed or not all(map(_nameless, listed)):
        return
    if len(listed) < local_terms(spf):
        return  # names, networks, or hosts that are known: the record has more to it
    for host in hosts:
        its = [a for a in addresses if host.name in a.hosts]
        if host.within and its and all(map(refused, its)):
            ips = [a.ip for a in its]
            yield Found(
                subject=host.name,
                message=(
                    f"{shown(host.name)} ({', '.join(ips[:4])}) does not pass SPF for "
                    f"{shown(spf.name)}, and {listed[0].ip}, which does, has no name"
                ),
                evidence=(cite(spf.answer, text), *(cite(each.ptr.answer) for each in listed)),
                remedy=replaced(spf, text, with_hosts(text, ips)),
            )


def _nameless(each: Listed) -> bool:
    """Whether reverse DNS does not tell of a mail server there."""
    return all(generic_ptr(name, each.ip) for name in each.ptr.names)
