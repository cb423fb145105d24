"""The mode of the MTA-STS policy is not the one that the intent wants.

## What it checks
The mode in the policy file is the `mta_sts` of the domain in `mailworthy.toml`.

## Why it matters
What you decided and what senders do have come apart: `testing` protects nothing, and `enforce`
before its time stops mail.

## How to fix
Serve the policy file that `mailworthy config` writes, and publish the TXT record with its id.
"""

from collections.abc import Iterator

import msgspec

from mailworthy.audit.evidence import MxSet, Policy, Published
from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.healthy import POLICY, POLICY_URL, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._intent import INTENT
from mailworthy.audit.rules.mtasts._shared import ASK_AGAIN, WEEK, current, exchanges, serve, show
from mailworthy.domain.intent import Domain, MtaStsMode
from mailworthy.mtasts.policy import Mode, allows
from mailworthy.mtasts.record import StsRecord

_ENFORCED = POLICY.replace("testing", "enforce").replace("86400", "1209600")


@rule(
    severity=Severity.WARNING,
    references=("RFC 8461 §5", "RFC 8461 §3.2"),
    bad=healthy(intent=INTENT + 'mta_sts = "enforce"\n'),
    good=healthy(intent=INTENT + 'mta_sts = "enforce"\n', fetches={POLICY_URL: _ENFORCED}),
)
def check(
    domain: str, mta_sts: Published[StsRecord], mta_sts_policy: Policy, intent: Domain, mx: MxSet
) -> Iterator[Found]:
    policy = current(mta_sts, mta_sts_policy)
    if policy is None or intent.mta_sts is MtaStsMode.OFF or policy.mode == intent.mta_sts.value:
        return
    mode = Mode(intent.mta_sts.value)
    if mode is Mode.ENFORCE and not all(allows(policy, name) for name in exchanges(mx)):
        return  # to enforce this policy would stop mail; another rule says why
    age = max(policy.max_age, 2 * WEEK) if mode is Mode.ENFORCE else min(policy.max_age, 86400)
    wanted = msgspec.structs.replace(policy, mode=mode, max_age=age)
    yield Found(
        subject=f"mta-sts.{domain}",
        message=f"the MTA-STS policy of {domain} says {policy.mode.value}, wanted is {mode.value}",
        evidence=(show(mta_sts_policy.fetched),),
        remedy=Remedy(serve(domain, mta_sts, wanted), ASK_AGAIN),
    )
