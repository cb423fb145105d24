"""Secondary name servers wait longer to try again than to renew the zone.

## What it checks
The retry time in the SOA record is shorter than the refresh time.

## Why it matters
After a failed transfer the secondary should try again soon.
With these numbers a failure delays your changes, a new DKIM key say, for longer than a normal
round.

## How to fix
Set retry to a fraction of refresh: 3600 with 14400.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from mailworthy.audit.evidence import Existence
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.zone._shared import restarted, started
from mailworthy.names import printable
from mailworthy.rdata.soa import Soa


@rule(
    severity=Severity.ADVICE,
    references=("RFC 1912 §2.2",),
    bad=started("ns1.example.net. hostmaster.example.com. 2026112301 3600 7200 1209600 3600"),
    good=started("ns1.example.net. hostmaster.example.com. 2026112301 7200 3600 1209600 3600"),
)
def check(domain: str, soa: Soa, existence: Existence) -> Iterator[Found]:
    if soa.retry <= soa.refresh:
        return
    yield Found(
        subject=domain,
        message=(
            f"the zone {printable(domain)} is renewed after {soa.refresh} s, but tried again "
            f"only after {soa.retry} s"
        ),
        evidence=(cite(existence.soa),),
        remedy=restarted(existence.soa, domain, replace(soa, retry=max(1, soa.refresh // 4))),
    )
