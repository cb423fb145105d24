"""An MTA-STS policy lacks a required key.

## What it checks
The file has `version`, `mode` and `max_age`, and at least one `mx` unless the mode is `none`.
Keys are written in lower case.

## Why it matters
Without one of them the policy is invalid, and senders act as if there was none.

## How to fix
Serve the file as shown; it has the missing line.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet, Policy, Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import POLICY_URL, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mtasts._shared import unusable
from mailworthy.domain.intent import Domain
from mailworthy.mtasts.record import StsRecord

_BAD = "version: STSv1\nmode: testing\nmx: mail.example.com\n"
_GOOD = "version: STSv1\nmode: testing\nmx: mail.example.com\nmax_age: 86400\nnote: seen\n"


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
        "missing-version",
        "missing-mode",
        "missing-max-age",
        "missing-mx",
    )
    if found:
        yield found
