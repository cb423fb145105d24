"""An MTA-STS policy names an MX host in a way that matches nothing.

## What it checks
Every `mx` line holds one host name, or `*.` and a name, without a final dot, a port, a preference or an address.

## Why it matters
One such line makes the whole policy invalid.

## How to fix
Write one host name a line, as it stands in the MX record, but without the final dot.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet, Policy, Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import POLICY_URL, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mtasts._shared import unusable
from mailworthy.domain.intent import Domain
from mailworthy.mtasts.record import StsRecord

_BAD = "version: STSv1\nmode: testing\nmx: mail.example.com.\nmax_age: 86400\n"
_GOOD = "version: STSv1\nmode: testing\nmx: *.example.com\nmax_age: 86400\n"


@rule(
    severity=Severity.WARNING,
    references=(
        "RFC 8461 §3.2",
        "RFC 8461 §4.1",
    ),
    bad=healthy(fetches={POLICY_URL: _BAD}),
    good=healthy(fetches={POLICY_URL: _GOOD}),
)
def check(
    domain: str,
    mta_sts: Published[StsRecord],
    mta_sts_policy: Policy,
    mx: MxSet,
    wish: Domain | None,
) -> Iterator[Found]:
    found = unusable(domain, mta_sts, mta_sts_policy, mx, wish, "bad-mx")
    if found:
        yield found
