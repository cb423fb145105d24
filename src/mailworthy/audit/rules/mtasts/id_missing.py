"""An MTA-STS record has no id.

## What it checks
The record at `_mta-sts` has the field `id`.

## Why it matters
The id is required: without it senders treat the record as absent, and your policy as well.

## How to fix
Add an id, and change it whenever the policy file changes.
A date and time is the usual choice.
"""

from collections.abc import Iterator
from datetime import datetime

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import with_tag
from mailworthy.audit.rules.mtasts._shared import replaced, single
from mailworthy.mtasts.policy import policy_id
from mailworthy.mtasts.record import StsRecord
from mailworthy.mtasts.syntax import broken


@rule(
    severity=Severity.WARNING,
    references=("RFC 8461 §3.1",),
    bad=healthy(drop=("_mta-sts.",), add=('_mta-sts.example.com. TXT "v=STSv1;"',)),
    good=healthy(drop=("_mta-sts.",), add=('_mta-sts.example.com. TXT "v=STSv1; id=1"',)),
)
def check(mta_sts: Published[StsRecord], now: datetime) -> Iterator[Found]:
    read = single(mta_sts)
    if read and read.parsed.has("missing-id") and not broken(read.parsed.problems):
        new = with_tag(read.text, "id", policy_id(now))
        yield replaced(mta_sts, read.text, new, "has no id and counts as absent")
