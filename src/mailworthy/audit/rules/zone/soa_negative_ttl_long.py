"""What does not exist in the zone is remembered for more than a day.

## What it checks
The last number in the SOA record is at most 86400.

## Why it matters
It says how long the world remembers that a name does not exist.
Whoever looked for a record before you published it, a DKIM key or a DMARC policy, does not see
it for that long.

## How to fix
Set the number to an hour or less: 3600.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from mailworthy.audit.evidence import Existence
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.zone._shared import restarted, started
from mailworthy.names import printable
from mailworthy.rdata.soa import Soa

_DAY = 86400


@rule(
    severity=Severity.ADVICE,
    references=("RFC 2308 §5",),
    bad=started("ns1.example.net. hostmaster.example.com. 2026112301 14400 3600 1209600 172800"),
    good=started("ns1.example.net. hostmaster.example.com. 2026112301 14400 3600 1209600 86400"),
)
def check(domain: str, soa: Soa, existence: Existence) -> Iterator[Found]:
    if soa.minimum <= _DAY:
        return
    yield Found(
        subject=domain,
        message=f"what does not exist in {printable(domain)} is remembered for {soa.minimum} s",
        evidence=(cite(existence.soa),),
        remedy=restarted(existence.soa, domain, replace(soa, minimum=3600)),
    )
