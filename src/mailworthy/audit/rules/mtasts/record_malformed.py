"""An MTA-STS record breaks the syntax of its fields.

## What it checks
The record is a list of `name=value` fields with semicolons between them; blanks stand only
beside semicolons.

## Why it matters
Senders take a record that they cannot read for no record: no policy protects your mail.

## How to fix
Publish the record as shown.
It has the same id, without what does not belong there.
"""

from collections.abc import Iterator
from datetime import datetime

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mtasts._shared import replaced, single
from mailworthy.mtasts.policy import policy_id
from mailworthy.mtasts.record import StsRecord, parse, render
from mailworthy.mtasts.syntax import BROKEN
from mailworthy.parsed import Parsed
from mailworthy.taglist import parse as parse_tags


@rule(
    severity=Severity.WARNING,
    references=("RFC 8461 §3.1",),
    bad=healthy(
        drop=("_mta-sts.",), add=('_mta-sts.example.com. TXT "v=STSv1; id = 20261123T000000Z"',)
    ),
    good=healthy(
        drop=("_mta-sts.",), add=('_mta-sts.example.com. TXT "v=STSv1 ; id=20261123T000000Z ;"',)
    ),
)
def check(mta_sts: Published[StsRecord], now: datetime) -> Iterator[Found]:
    read = single(mta_sts)
    problem = _first(read.parsed) if read else None
    if read and problem:
        message = f"is not valid and counts as absent: {problem}"
        yield replaced(mta_sts, read.text, _mended(read.text, now), message)


def _first(parsed: Parsed[StsRecord]) -> str | None:
    return next((p.message for p in parsed.problems if p.code in BROKEN), None)


def _mended(text: str, now: datetime) -> str:
    kept = parse_tags(text).get("id", "") or ""
    repaired = render(StsRecord(kept))
    return repaired if parse(repaired).record else render(StsRecord(policy_id(now)))
