"""The web server answers with an error instead of the MTA-STS policy.

## What it checks
The policy URL of a domain with an MTA-STS record answers with HTTP status 200.

## Why it matters
A policy is valid only with status 200.
With any other answer senders have no policy, or keep an old one that may no longer fit.

## How to fix
Serve the file at the URL shown, without a login and for every client.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet, Policy, Published
from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.healthy import POLICY_URL, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mtasts._shared import fresh, in_use, serve, served, show, url
from mailworthy.domain.intent import Domain
from mailworthy.lookup.model import Fetch, Fetched, Status
from mailworthy.mtasts.record import StsRecord

_GONE = Fetched(Fetch(POLICY_URL), Status.FOUND, code=404, content_type="text/html")


@rule(
    severity=Severity.WARNING,
    references=("RFC 8461 §3.3",),
    bad=healthy(fetches={POLICY_URL: _GONE}),
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
    if in_use(mta_sts) and not served(mta_sts_policy) and not 300 <= code < 400:
        yield Found(
            subject=f"mta-sts.{domain}",
            message=f"{url(domain)} answers with status {code}; a policy comes with 200",
            evidence=(show(mta_sts_policy.fetched),),
            remedy=Remedy(serve(domain, mta_sts, fresh(domain, mx, wish))),
        )
