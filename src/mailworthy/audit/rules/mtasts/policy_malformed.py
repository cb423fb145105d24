"""An MTA-STS policy file has lines that are no `key: value`.

## What it checks
The file is UTF-8 text without a byte order mark, each line a key, a colon and a value.

## Why it matters
Senders must be able to read the whole file: with one such line they have no policy.
A web page in place of the file, or an editor that adds a byte order mark, is the usual cause.

## How to fix
Serve the file as shown, as plain text.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet, Policy, Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import POLICY_URL, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mtasts._shared import unusable
from mailworthy.domain.intent import Domain
from mailworthy.mtasts.record import StsRecord

_BAD = "<!doctype html>\nversion: STSv1\nmode: testing\nmx: mail.example.com\nmax_age: 86400\n"
_GOOD = "version: STSv1\r\nmode: testing\r\nmx: mail.example.com\r\nmax_age: 86400\r\n"


@rule(
    severity=Severity.WARNING,
    references=("RFC 8461 §3.2",),
    bad=healthy(fetches={POLICY_URL: _BAD}),
    good=healthy(fetches={POLICY_URL: _GOOD}),
)
def check(
    domain: str,
    mta_sts: Published[StsRecord],
    mta_sts_policy: Policy,
    mx: MxSet,
    wish: Domain | None,
) -> Iterator[Found]:
    found = unusable(
        domain,
        mta_sts,
        mta_sts_policy,
        mx,
        wish,
        "not-utf-8",
        "byte-order-mark",
        "bad-line",
        "bad-value",
    )
    if found:
        yield found
