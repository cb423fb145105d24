"""An MTA-STS policy allows a host that is no MX host of the domain.

## What it checks
Every full host name in the `mx` lines of the policy is an MX host; patterns with `*` are left
alone.

## Why it matters
A host of former days stays allowed to pose as yours for as long as it is listed.
Before a move the line is right: new hosts belong in the policy before they get an MX record.

## How to fix
Take the line out, unless the host is about to become an MX host, and change the id in the TXT
record.
"""

from collections.abc import Iterator

import msgspec

from mailworthy.audit.evidence import MxSet, Policy, Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import POLICY, POLICY_URL, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mtasts._shared import current, exchanges, serve, show
from mailworthy.mtasts.policy import allows
from mailworthy.mtasts.record import StsRecord
from mailworthy.names import printable


@rule(
    severity=Severity.ADVICE,
    references=("RFC 8461 §3.2", "RFC 8461 §4.1"),
    bad=healthy(fetches={POLICY_URL: POLICY + "mx: old.example.com\n"}),
    good=healthy(fetches={POLICY_URL: POLICY + "mx: *.example.com\n"}),
)
def check(
    domain: str, mta_sts: Published[StsRecord], mta_sts_policy: Policy, mx: MxSet
) -> Iterator[Found]:
    policy = current(mta_sts, mta_sts_policy)
    named = exchanges(mx)
    # Where MX hosts are left out, or no mail is taken at all, other rules speak.
    if policy is None or not named or not all(allows(policy, n) for n in named):
        return
    extra = tuple(p for p in policy.mx if "*" not in p and p not in named)
    if extra:
        fewer = msgspec.structs.replace(policy, mx=tuple(p for p in policy.mx if p not in extra))
        shown = ", ".join(printable(p, 100) for p in extra[:5])
        yield Found(
            subject=f"mta-sts.{domain}",
            message=f"the MTA-STS policy of {domain} allows {shown}, which no MX record names",
            evidence=(show(mta_sts_policy.fetched), cite(mx.answer)),
            remedy=Remedy(serve(domain, mta_sts, fewer)),
        )
