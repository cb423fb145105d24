"""An MTA-STS policy is of a version that no sender knows.

## What it checks
The first `version` line of the file says `STSv1`, in this spelling.

## Why it matters
There is no other version: senders drop the policy.

## How to fix
Write `version: STSv1`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet, Policy, Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import POLICY_URL, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mtasts._shared import unusable
from mailworthy.domain.intent import Domain
from mailworthy.mtasts.record import StsRecord

_BAD = "version: STSv2\nmode: testing\nmx: mail.example.com\nmax_age: 86400\n"
_GOOD = "version:STSv1\nmode: testing\nmx: mail.example.com\nmax_age: 86400\n"


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
    found = unusable(domain, mta_sts, mta_sts_policy, mx, wish, "bad-version")
    if found:
        yield found
