"""An MTA-STS record names a field twice.

## What it checks
No field of the record at `_mta-sts` is given more than once.

## Why it matters
Only the first one counts.
Whoever adds a second id to announce a new policy announces nothing: senders keep the old one.

## How to fix
Remove the repetition, and check that the id left is the new one.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import joined, name_of, pieces
from mailworthy.audit.rules.mtasts._shared import replaced, single
from mailworthy.mtasts.record import StsRecord


@rule(
    severity=Severity.ADVICE,
    references=("RFC 8461 §3.2",),
    bad=healthy(
        drop=("_mta-sts.",),
        add=('_mta-sts.example.com. TXT "v=STSv1; id=20261101T000000Z; id=20261123T000000Z"',),
    ),
    good=healthy(
        drop=("_mta-sts.",),
        add=('_mta-sts.example.com. TXT "v=STSv1; id=20261123T000000Z; note=20261101"',),
    ),
)
def check(mta_sts: Published[StsRecord]) -> Iterator[Found]:
    read = single(mta_sts)
    if not read or not read.parsed.record or not read.parsed.has("duplicate-tag"):
        return
    first: dict[str, str] = {}
    for piece in pieces(read.text):
        first.setdefault(name_of(piece), piece)
    message = "gives a field more than once; only the first one counts"
    yield replaced(mta_sts, read.text, joined(first.values()), message)
