"""The mode of an MTA-STS policy is not one that senders know.

## What it checks
The `mode` is `enforce`, `testing` or `none`, in lower case.

## Why it matters
Any other word makes the policy invalid, and nothing is enforced.

## How to fix
Write one of the three; `testing` is where to begin.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet, Policy, Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import POLICY_URL, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mtasts._shared import unusable
from mailworthy.domain.intent import Domain
from mailworthy.mtasts.record import StsRecord

_BAD = "version: STSv1\nmode: Enforced\nmx: mail.example.com\nmax_age: 86400\n"
_GOOD = "version: STSv1\nmode: enforce\nmx: mail.example.com\nmax_age: 1209600\n"


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
    found = unusable(domain, mta_sts, mta_sts_policy, mx, wish, "bad-mode")
    if found:
        yield found
