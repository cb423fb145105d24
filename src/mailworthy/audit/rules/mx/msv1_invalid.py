"""A verification record of Microsoft 365 was left among the MX records.

## What it checks
No MX record ends in `.msv1.invalid`.

## Why it matters
Microsoft asks for that record once, to see that the domain is yours.
Afterwards it is a mail host that does not exist, and senders that reach the end of the list
try it in vain.

## How to fix
Withdraw the record once Microsoft has verified the domain.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence, MxSet
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mx._shared import dropped, placeholder, shown
from mailworthy.names import printable


@rule(
    over="hosts",
    severity=Severity.ADVICE,
    references=("RFC 6761 §6.4",),
    bad=healthy(
        drop=("_mta-sts.", "mta-sts."),
        add=("example.com. MX 20 ms12345678.msv1.invalid.",),
        fetches={},
    ),
    good=healthy(add=('example.com. TXT "MS=ms12345678"',)),
)
def check(
    host: HostEvidence, mx: MxSet, hosts: tuple[HostEvidence, ...], domain: str
) -> Iterator[Found]:
    if not placeholder(host.name):
        return
    yield Found(
        subject=domain,
        message=f"the verification record {printable(host.name, 100)} is still among the MX records",
        evidence=(shown(mx, host.name),),
        remedy=dropped(mx, domain, host.name, hosts),
    )
