"""The lifetime of an MTA-STS policy is not a number that senders accept.

## What it checks
`max_age` is a whole number of seconds, from 0 to 31557600 (a year).

## Why it matters
A larger number, a unit or a fraction makes the policy invalid.

## How to fix
Write seconds and nothing else: `max_age: 1209600` is two weeks.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet, Policy, Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import POLICY_URL, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mtasts._shared import unusable
from mailworthy.domain.intent import Domain
from mailworthy.mtasts.record import StsRecord

_BAD = "version: STSv1\nmode: testing\nmx: mail.example.com\nmax_age: 99999999\n"
_GOOD = "version: STSv1\nmode: testing\nmx: mail.example.com\nmax_age: 31557600\n"


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
    found = unusable(domain, mta_sts, mta_sts_policy, mx, wish, "bad-max-age")
    if found:
        yield found
