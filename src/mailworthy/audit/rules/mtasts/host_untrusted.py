"""The web server of the MTA-STS policy cannot be trusted.

## What it checks
The policy host shows a certificate that is in date, made out to `mta-sts.` and the domain, and trusted.

## Why it matters
Senders take no policy from it. Those that know an old one go on with that, which may no longer fit.

## How to fix
Get a certificate for the name of the policy host, and have the web server use it for this name.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Execute, Found, Remedy, Severity, Shown, word
from mailworthy.audit.healthy import POLICY, POLICY_URL
from mailworthy.audit.healthyconnect import connected
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mtasts._shared import in_use, url
from mailworthy.lookup.model import Fetch, Fetched, Status, Why
from mailworthy.mtasts.record import StsRecord
from mailworthy.names import printable

_UNTRUSTED = Fetched(Fetch(POLICY_URL), Status.FAILED, Why.TLS, detail="certificate has expired")
_NOTE = "or the like for your web server; the site for this name must use the new file"


@rule(
    severity=Severity.WARNING,
    references=(
        "RFC 8461 §3.3",
        "RFC 8461 §3.2",
    ),
    bad=connected(
        fetches={POLICY_URL: _UNTRUSTED},
        after={POLICY_URL: POLICY},
    ),
    good=connected(),
)
def check(domain: str, mta_sts: Published[StsRecord], mta_sts_fetch: Fetched) -> Iterator[Found]:
    if mta_sts_fetch.why is not Why.TLS or not in_use(mta_sts):
        return
    name = printable(f"mta-sts.{domain}", 200)
    why = printable(mta_sts_fetch.detail, 200) or "its certificate is not good"
    yield Found(
        subject=f"mta-sts.{domain}",
        message=f"senders do not trust {name}: {why}",
        evidence=(Shown(f"curl -si {word(url(domain))}", why),),
        remedy=Remedy((Execute(f"certbot certonly --nginx -d {word(name)}"),), _NOTE),
    )
