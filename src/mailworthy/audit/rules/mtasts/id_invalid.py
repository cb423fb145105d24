"""The id of an MTA-STS record is not made of letters and digits.

## What it checks
The `id` is 1 to 32 letters and digits; hyphens, colons and dots are not allowed.

## Why it matters
A record with any other id is invalid: senders then know of no policy.

## How to fix
Publish an id such as `20261123T120000Z`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import with_tag
from mailworthy.audit.rules.mtasts._shared import replaced, single
from mailworthy.mtasts.policy import policy_id
from mailworthy.mtasts.record import StsRecord
from mailworthy.mtasts.syntax import broken
from mailworthy.names import printable
from mailworthy.taglist import parse as parse_tags


@rule(
    severity=Severity.WARNING,
    references=("RFC 8461 §3.1",),
    bad=healthy(
        drop=("_mta-sts.",), add=('_mta-sts.example.com. TXT "v=STSv1; id=2026-11-23T00:00:00Z"',)
    ),
    good=healthy(
        drop=("_mta-sts.",),
        add=('_mta-sts.example.com. TXT "v=STSv1; id=5d41402abc4b2a76b9719d911017c592"',),
    ),
)
def check(mta_sts: Published[StsRecord]) -> Iterator[Found]:
    read = single(mta_sts)
    if read and read.parsed.has("bad-id") and not broken(read.parsed.problems):
        written = parse_tags(read.text).get("id", "") or ""
        kept = "".join(c for c in written if c.isascii() and c.isalnum())[:32]
        new = with_tag(read.text, "id", kept or policy_id(read.text.encode("latin-1")))
        message = f"has the id {printable(written, 60)}; only 1 to 32 letters and digits are valid"
        yield replaced(mta_sts, read.text, new, message)
