"""A domain that takes no mail announces an MTA-STS policy.

## What it checks
A domain with a null MX has no MTA-STS record.

## Why it matters
There is no delivery to protect.
The record is a left-over, and whoever turns mail on again inherits a policy for hosts of the
past.

## How to fix
Remove the TXT record at `_mta-sts`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet, Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.mtasts._shared import counted
from mailworthy.audit.rules.mx._shared import silent_domain
from mailworthy.mtasts.record import StsRecord

_RECORD = '_mta-sts.example.com. TXT "v=STSv1; id=20261123T000000Z"'


@rule(
    severity=Severity.ADVICE,
    references=("RFC 8461 §3", "RFC 7505 §3"),
    bad=silent_domain("example.com. MX 0 .", _RECORD),
    good=silent_domain("example.com. MX 0 ."),
)
def check(domain: str, mta_sts: Published[StsRecord], mx: MxSet) -> Iterator[Found]:
    records = counted(mta_sts)
    if not mx.refuses or not records:
        return
    steps = [s for read in records for s in edit(mta_sts.answer, read.text, None)]
    yield Found(
        subject=mta_sts.name,
        message=f"{domain} takes no mail (null MX), but announces an MTA-STS policy",
        evidence=(cite(mta_sts.answer), cite(mx.answer)),
        remedy=Remedy(tuple(steps)),
    )
