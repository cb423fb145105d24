"""Secondary name servers forget the zone before they have tried to renew it.

## What it checks
The expire time in the SOA record is longer than refresh and retry together.

## Why it matters
A secondary server that cannot reach the primary answers until the expire time is over, and then
no more.
If that is shorter than the time to the next attempt, one missed transfer takes the zone down.

## How to fix
Set expire to two weeks or more: 1209600.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from mailworthy.audit.evidence import Existence
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.zone._shared import restarted, started
from mailworthy.names import printable
from mailworthy.rdata.soa import Soa

_TWO_WEEKS = 1209600


@rule(
    severity=Severity.ADVICE,
    references=("RFC 1912 §2.2", "RFC 1035 §3.3.13"),
    bad=started("ns1.example.net. hostmaster.example.com. 2026112301 14400 3600 14400 3600"),
    good=started("ns1.example.net. hostmaster.example.com. 2026112301 14400 3600 86400 3600"),
)
def check(domain: str, soa: Soa, existence: Existence) -> Iterator[Found]:
    if soa.expire > soa.refresh + soa.retry:
        return
    better = replace(soa, expire=max(_TWO_WEEKS, soa.refresh + soa.retry + 1))
    yield Found(
        subject=domain,
        message=(
            f"the zone {printable(domain)} expires after {soa.expire} s, but is renewed after "
            f"{soa.refresh} s and tried again after {soa.retry} s"
        ),
        evidence=(cite(existence.soa),),
        remedy=restarted(existence.soa, domain, better),
    )
