"""An MTA-STS record does not begin with `v=STSv1;` to the letter.

## What it checks
A TXT record at `_mta-sts` that looks like MTA-STS begins with the nine characters `v=STSv1;`:
case, blanks and the semicolon count.

## Why it matters
Senders discard every record that begins otherwise, and find no policy.

## How to fix
Write the beginning exactly so, and leave the rest as it is.
"""

from collections.abc import Iterator
from datetime import datetime

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import COMMENTED, bare, name_of, pieces
from mailworthy.audit.rules.mtasts._shared import counted, replaced
from mailworthy.mtasts.policy import policy_id
from mailworthy.mtasts.record import StsRecord, parse, render
from mailworthy.names import printable


@rule(
    severity=Severity.WARNING,
    references=("RFC 8461 §3.1",),
    bad=healthy(
        drop=("_mta-sts.",), add=('_mta-sts.example.com. TXT "v=STSV1; id=20261123T000000Z"',)
    ),
    good=healthy(
        drop=("_mta-sts.",), add=('_mta-sts.example.com. TXT "v=STSv1;id=20261123T000000Z;"',)
    ),
)
def check(mta_sts: Published[StsRecord], now: datetime) -> Iterator[Found]:
    if counted(mta_sts) or not mta_sts.found:
        return
    text = mta_sts.found[0].text
    message = (
        f"says v=STSv1 and no more: {COMMENTED}"
        if bare(text, "STSv1")
        else f"begins with {printable(text.partition(';')[0], 16)}, not with v=STSv1; and is discarded"
    )
    yield replaced(mta_sts, text, _mended(text, now), message)


def _mended(text: str, now: datetime) -> str:
    rest = [p for p in pieces(text) if name_of(p).lower() != "v"]
    repaired = "; ".join(["v=STSv1", *rest])
    usable = parse(repaired).record is not None
    return repaired if usable else render(StsRecord(policy_id(now)))
