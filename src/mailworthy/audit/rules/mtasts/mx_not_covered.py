"""An enforced MTA-STS policy allows none of the MX hosts.

## What it checks
With `mode: enforce`, at least one MX host matches an `mx` line of the policy.

## Why it matters
Senders that know the policy must not deliver to any other host.
All their mail to you, Gmail's and Outlook's among it, waits in their queues and then bounces.

## How to fix
Add a line for every MX host to the policy file, and change the id in the TXT record, so that
senders look again.
If it is the MX records that are wrong, correct those instead.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet, Policy, Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import POLICY, POLICY_URL, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mtasts._cover import uncovered
from mailworthy.mtasts.policy import Mode
from mailworthy.mtasts.record import StsRecord

_ENFORCED = POLICY.replace("testing", "enforce").replace("86400", "1209600")


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 8461 §4.1", "RFC 8461 §5"),
    bad=healthy(fetches={POLICY_URL: _ENFORCED.replace("mail.", "*.mail.")}),
    good=healthy(fetches={POLICY_URL: _ENFORCED.replace("mail.", "*.")}),
)
def check(
    domain: str, mta_sts: Published[StsRecord], mta_sts_policy: Policy, mx: MxSet
) -> Iterator[Found]:
    yield from uncovered(domain, mta_sts, mta_sts_policy, mx, Mode.ENFORCE, every=True)
