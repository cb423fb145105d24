"""The MTA-STS policy file is served as something other than plain text.

## What it checks
The response at the policy URL has the media type `text/plain`.

## Why it matters
Senders are told to insist on it, so that nobody can plant a policy on a host for web pages.
Those that do will not use your policy.

## How to fix
Have the web server send `Content-Type: text/plain` for this file.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Policy, Published
from mailworthy.audit.finding import Configure, Found, Remedy, Severity
from mailworthy.audit.healthy import POLICY, POLICY_URL, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mtasts._shared import current, show, url
from mailworthy.lookup.model import Fetch, Fetched, Status
from mailworthy.mtasts.policy import render
from mailworthy.mtasts.record import StsRecord
from mailworthy.names import printable


def _answer(content_type: str) -> Fetched:
    ask = Fetch(POLICY_URL)
    return Fetched(
        ask, Status.FOUND, code=200, content_type=content_type, body=POLICY.encode("ascii")
    )


@rule(
    severity=Severity.WARNING,
    references=("RFC 8461 §3.2",),
    bad=healthy(fetches={POLICY_URL: _answer("application/octet-stream")}),
    good=healthy(fetches={POLICY_URL: _answer("Text/Plain; charset=UTF-8")}),
)
def check(domain: str, mta_sts: Published[StsRecord], mta_sts_policy: Policy) -> Iterator[Found]:
    policy = current(mta_sts, mta_sts_policy)
    written = mta_sts_policy.fetched.content_type
    if policy is None or written.partition(";")[0].strip().lower() == "text/plain":
        return
    shown = printable(written, 60) or "without a media type"
    yield Found(
        subject=f"mta-sts.{domain}",
        message=f"{url(domain)} is served as {shown}, not as text/plain",
        evidence=(show(mta_sts_policy.fetched),),
        remedy=Remedy(
            (Configure(url(domain), render(policy).decode("ascii"), whole=True),),
            "The file stays as it is; serve it with the header Content-Type: text/plain "
            "(nginx: `default_type text/plain;`, Caddy: `header Content-Type text/plain`).",
        ),
    )
