"""An enforced MTA-STS policy leaves out some of the MX hosts.

## What it checks
With `mode: enforce`, every MX host matches an `mx` line of the policy.

## Why it matters
Senders that know the policy pass over the hosts that it leaves out.
Such a host receives nothing from them, which shows on the day when the others are down.

## How to fix
Add a line for each missing host to the policy file, and change the id in the TXT record.
A host that should get no mail any more loses its MX record instead.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet, Policy, Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import POLICY, POLICY_URL, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mtasts._cover import SECOND_HOST, uncovered
from mailworthy.mtasts.policy import Mode
from mailworthy.mtasts.record import StsRecord

_ENFORCED = POLICY.replace("testing", "enforce").replace("86400", "1209600")


@rule(
    severity=Severity.WARNING,
    references=("RFC 8461 §4.1", "RFC 8461 §5.1", "RFC 8461 §8.4"),
    bad=healthy(add=SECOND_HOST, fetches={POLICY_URL: _ENFORCED}),
    good=healthy(add=SECOND_HOST, fetches={POLICY_URL: _ENFORCED + "mx: mx2.example.com\n"}),
)
def check(
    domain: str, mta_sts: Published[StsRecord], mta_sts_policy: Policy, mx: MxSet
) -> Iterator[Found]:
    yield from uncovered(domain, mta_sts, mta_sts_policy, mx, Mode.ENFORCE, every=False)
