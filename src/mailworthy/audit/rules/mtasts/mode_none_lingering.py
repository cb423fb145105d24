"""An MTA-STS policy says `none`, and is still announced.

## What it checks
The policy that the TXT record announces has the mode `testing` or `enforce`.

## Why it matters
`none` is for the way out: it tells senders to forget an earlier policy.
When that has run out, record and file have no purpose.

## How to fix
If you are leaving MTA-STS, remove the record once the longest `max_age` you ever served has
passed.
If you are not, set the mode to `testing`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Policy, Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import POLICY, POLICY_URL, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.mtasts._shared import current, show, single
from mailworthy.domain.intent import Domain
from mailworthy.mtasts.policy import Mode
from mailworthy.mtasts.record import StsRecord


@rule(
    severity=Severity.ADVICE,
    references=("RFC 8461 §8.3",),
    bad=healthy(fetches={POLICY_URL: POLICY.replace("testing", "none")}),
    good=healthy(),
)
def check(
    domain: str, mta_sts: Published[StsRecord], mta_sts_policy: Policy, wish: Domain | None
) -> Iterator[Found]:
    policy, read = current(mta_sts, mta_sts_policy), single(mta_sts)
    if policy is None or read is None or policy.mode is not Mode.NONE or wish is not None:
        return
    yield Found(
        subject=mta_sts.name,
        message=f"{domain} announces an MTA-STS policy whose mode is none",
        evidence=(cite(mta_sts.answer), show(mta_sts_policy.fetched)),
        remedy=Remedy(
            edit(mta_sts.answer, read.text, None),
            "Wait until every policy served before has expired: the largest max_age, counted "
            "from the day mode none was first served. The file goes last.",
        ),
    )
