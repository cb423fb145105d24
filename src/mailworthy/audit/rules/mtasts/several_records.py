"""A domain has more than one MTA-STS record.

## What it checks
Exactly one TXT record at `_mta-sts` begins with `v=STSv1;`.
Other TXT records there do not count.

## Why it matters
With two such records senders must assume that there is no policy at all.
Your mail then goes over whatever connection an attacker leaves open.

## How to fix
Keep one record and remove the others.
Its `id` only has to differ from the ids of earlier policies.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.mtasts._shared import counted
from mailworthy.mtasts.record import StsRecord
from mailworthy.names import printable


@rule(
    severity=Severity.WARNING,
    references=("RFC 8461 §3.1",),
    bad=healthy(add=('_mta-sts.example.com. TXT "v=STSv1; id=20250101T000000Z"',)),
    good=healthy(add=('_mta-sts.example.com. TXT "site-verification=7f3a"',)),
)
def check(mta_sts: Published[StsRecord]) -> Iterator[Found]:
    records = counted(mta_sts)
    if len(records) < 2:
        return
    keep = max(records, key=lambda r: (r.parsed.record is not None, r.text))
    steps = [s for r in records if r is not keep for s in edit(mta_sts.answer, r.text, None)]
    yield Found(
        subject=mta_sts.name,
        message=f"{printable(mta_sts.name, 200)} has {len(records)} MTA-STS records, so none counts",
        evidence=(cite(mta_sts.answer),),
        remedy=Remedy(tuple(steps)),
    )
