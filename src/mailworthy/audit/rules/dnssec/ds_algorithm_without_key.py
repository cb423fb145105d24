"""A DS record promises a signing algorithm that the zone does not use.

## What it checks
For every algorithm named by a DS record the zone has a DNSKEY record of that algorithm.

## Why it matters
A zone must be signed with each algorithm that its DS records name.
Resolvers that insist on it answer SERVFAIL, and your mail to and from their users stops.

## How to fix
Have the registrar remove the DS record that was left over.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Dnssec
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dnssec._shared import followed, registrar, too_many
from mailworthy.rdata.ds import parse_ds

_OLD = "example.com. DS 60485 8 2 " + "00" * 32
_NEXT = "example.com. DS 60485 13 2 " + "00" * 32


@rule(
    severity=Severity.WARNING,
    references=("RFC 4035 §2.2",),
    bad=healthy(add=(_OLD,)),
    good=healthy(add=(_NEXT,)),
)
def check(domain: str, dnssec: Dnssec) -> Iterator[Found]:
    if too_many(dnssec) or not followed(dnssec, domain):
        return
    used = {key.algorithm for key in dnssec.keys}
    read = [(text, parse_ds(text).record) for text in dnssec.ds.records]
    left = {text: ds.algorithm for text, ds in read if ds and ds.algorithm not in used}
    if left:
        shown = ", ".join(str(number) for number in sorted(set(left.values())))
        yield Found(
            subject=domain,
            message=f"a DS record of {domain} names algorithm {shown}, which no key of the zone has",
            evidence=(*(cite(dnssec.ds, text) for text in left), cite(dnssec.dnskey)),
            remedy=Remedy((registrar(domain, left),)),
        )
