"""An MTA-STS policy is served, but no record announces it.

## What it checks
Where the policy URL serves a valid policy, the TXT record `_mta-sts` exists.

## Why it matters
Senders look for the record first.
Without it nobody fetches the file, and the work behind it protects nothing.

## How to fix
Publish the record as shown.
Its id stands for this version of the file and changes with it.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet, Policy, Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import POLICY, POLICY_URL, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.mtasts._shared import served, show, url
from mailworthy.mtasts.policy import Mode, policy_id
from mailworthy.mtasts.record import StsRecord, render


@rule(
    severity=Severity.ADVICE,
    references=("RFC 8461 §3.1",),
    bad=healthy(drop=("_mta-sts.",)),
    good=healthy(drop=("_mta-sts.",), fetches={POLICY_URL: POLICY.replace("testing", "none")}),
)
def check(
    domain: str, mta_sts: Published[StsRecord], mta_sts_policy: Policy, mx: MxSet
) -> Iterator[Found]:
    policy = mta_sts_policy.parsed.record
    # Mode none without a record is the last step of leaving (RFC 8461 §8.3).
    leaving = policy is None or policy.mode is Mode.NONE or not mx.exchanges
    if mta_sts.found or leaving or not served(mta_sts_policy):
        return
    new = render(StsRecord(policy_id(mta_sts_policy.fetched.body)))
    yield Found(
        subject=mta_sts.name,
        message=f"{url(domain)} serves a policy, but {mta_sts.name} has no record for it",
        evidence=(cite(mta_sts.answer), show(mta_sts_policy.fetched)),
        remedy=Remedy(edit(mta_sts.answer, None, new)),
    )
