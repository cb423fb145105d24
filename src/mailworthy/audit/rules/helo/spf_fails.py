"""The SPF record of a mail host's name forbids the host itself to send.

## What it checks
The SPF record at the name of a sending host covers all addresses of that host.

## Why it matters
`v=spf1 -all` is right for names that send nothing, and wrong for the name in EHLO.
Receivers that check EHLO refuse every mail, and all others refuse the bounces, whose empty
sender leaves nothing else to check.

## How to fix
Add `a` in front of the other terms: the addresses of the name itself.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, HostEvidence, Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._mail import authorises_nobody
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.helo._shared import introduces, refused
from mailworthy.names import printable
from mailworthy.spf.model import SpfRecord


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=("RFC 7208 §2.3", "RFC 7208 §10.1.2"),
    bad=healthy(
        drop=("mail.example.com. TXT",),
        add=('mail.example.com. TXT "v=spf1 ip4:192.0.2.25 -all"',),
    ),
    good=healthy(
        drop=("mail.example.com. TXT",),
        add=('mail.example.com. TXT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all"',),
    ),
)
def check(
    host: HostEvidence, addresses: AddressSet, helo_spf: Published[SpfRecord], domain: str
) -> Iterator[Found]:
    record, only = helo_spf.record, helo_spf.only
    if record is None or only is None or not introduces(host, addresses, domain):
        return
    if authorises_nobody(helo_spf) and not host.proven:
        return  # the host says that it never sends, and nobody who knows says otherwise
    outside = refused(record, host.name, addresses.ips)
    if not outside:
        return
    version, _, terms = only.text.partition(" ")
    yield Found(
        subject=host.name,
        message=(
            f"the SPF record of {printable(host.name, 100)} does not let the host's own address "
            f"{outside[0]} send"
        ),
        evidence=(cite(helo_spf.answer, only.text), cite(addresses.a), cite(addresses.aaaa)),
        remedy=Remedy(
            mend(helo_spf.answer, domain, remove=(only.text,), add=(f"{version} a {terms}",))
        ),
    )
