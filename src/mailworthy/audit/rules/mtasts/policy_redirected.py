"""The web server redirects senders instead of serving the MTA-STS policy.

## What it checks
The policy URL of a domain with an MTA-STS record does not answer with an HTTP redirect (3xx).

## Why it matters
Senders must not follow redirects here, so they never see the policy.
Browsers do follow them, which is why the fault stays unnoticed.

## How to fix
Exempt the path `/.well-known/mta-sts.txt` on the host `mta-sts` from every redirect, and serve the
file there.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet, Policy, Published
from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.healthy import POLICY_URL, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mtasts._shared import fresh, in_use, serve, show, url
from mailworthy.domain.intent import Domain
from mailworthy.lookup.model import Fetch, Fetched, Status
from mailworthy.mtasts.record import StsRecord

_MOVED = Fetched(Fetch(POLICY_URL), Status.FOUND, code=301, content_type="text/html")


@rule(
    severity=Severity.WARNING,
    references=("RFC 8461 §3.3",),
    bad=healthy(fetches={POLICY_URL: _MOVED}),
    good=healthy(),
)
def check(
    domain: str,
    mta_sts: Published[StsRecord],
    mta_sts_policy: Policy,
    mx: MxSet,
    wish: Domain | None,
) -> Iterator[Found]:
    code = mta_sts_policy.fetched.code
    if in_use(mta_sts) and 300 <= code < 400:
        yield Found(
            subject=f"mta-sts.{domain}",
            message=f"{url(domain)} answers with redirect {code}, which senders must not follow",
            evidence=(show(mta_sts_policy.fetched),),
            remedy=Remedy(serve(domain, mta_sts, fresh(domain, mx, wish))),
        )
