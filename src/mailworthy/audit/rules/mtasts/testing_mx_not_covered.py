"""An MTA-STS policy in testing does not allow every MX host.

## What it checks
With `mode: testing`, every MX host matches an `mx` line of the policy.

## Why it matters
No mail is held up yet, but senders report a failure for each message.
The day the mode becomes `enforce`, mail stops.

## How to fix
Add a line for each missing host to the policy file, and change the id in the TXT record.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet, Policy, Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import POLICY, POLICY_URL, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mtasts._cover import uncovered
from mailworthy.mtasts.policy import Mode
from mailworthy.mtasts.record import StsRecord


@rule(
    severity=Severity.WARNING,
    references=("RFC 8461 §4.1", "RFC 8461 §5"),
    bad=healthy(fetches={POLICY_URL: POLICY.replace("mail.", "*.mail.")}),
    good=healthy(fetches={POLICY_URL: POLICY.replace("mail.", "*.")}),
)
def check(
    domain: str, mta_sts: Published[StsRecord], mta_sts_policy: Policy, mx: MxSet
) -> Iterator[Found]:
    for every in (True, False):
        yield from uncovered(domain, mta_sts, mta_sts_policy, mx, Mode.TESTING, every=every)
