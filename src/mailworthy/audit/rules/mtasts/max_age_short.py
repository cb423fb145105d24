"""An enforced MTA-STS policy is forgotten within a week.

## What it checks
With `mode: enforce`, `max_age` is at least 604800 seconds, a week.

## Why it matters
The policy protects only senders that remember it.
An attacker who can block the fetch needs to wait no longer than `max_age` to be rid of it.

## How to fix
Raise `max_age`; two weeks (1209600) is a good value once mail has run well with `enforce`.
"""

from collections.abc import Iterator

import msgspec

from mailworthy.audit.evidence import Policy, Published
from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.healthy import POLICY, POLICY_URL, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mtasts._shared import WEEK, current, serve, show
from mailworthy.mtasts.policy import Mode
from mailworthy.mtasts.record import StsRecord

_ENFORCED = POLICY.replace("testing", "enforce")


@rule(
    severity=Severity.ADVICE,
    references=("RFC 8461 §3.2", "RFC 8461 §10.2"),
    bad=healthy(fetches={POLICY_URL: _ENFORCED}),
    good=healthy(fetches={POLICY_URL: _ENFORCED.replace("86400", "604800")}),
)
def check(domain: str, mta_sts: Published[StsRecord], mta_sts_policy: Policy) -> Iterator[Found]:
    policy = current(mta_sts, mta_sts_policy)
    if policy and policy.mode is Mode.ENFORCE and policy.max_age < WEEK:
        longer = msgspec.structs.replace(policy, max_age=2 * WEEK)
        yield Found(
            subject=f"mta-sts.{domain}",
            message=f"the MTA-STS policy of {domain} lasts {policy.max_age} seconds, under a week",
            evidence=(show(mta_sts_policy.fetched),),
            remedy=Remedy(serve(domain, mta_sts, longer)),
        )
