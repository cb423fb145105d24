"""The certificate of the server ends in a few days.

## What it checks
The certificate that Postfix or Dovecot shows is valid for two weeks more; of one for less than six weeks a
third of its time.

## Why it matters
Renewals run by themselves a month before the end. That this one did not means that something is broken,
and there are days left to find out what.

## How to fix
Renew it, and find out why the renewal did not run: `certbot renew --dry-run` tells.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import CHAIN, RENEWED, served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._certificates import leaf_of, renewed, seen, who
from mailworthy.audit.serverparts import Served
from mailworthy.certificate import Certificate
from mailworthy.servers.reading.model import Postfix


@rule(
    over="files",
    severity=Severity.WARNING,
    references=("RFC 5280 §4.1.2.5",),
    bad=served(now=datetime(2027, 1, 10, tzinfo=UTC), after={CHAIN: RENEWED}),
    good=served(),
)
def check(
    each: Served, postfix: Postfix, chain: tuple[Certificate, ...], now: datetime
) -> Iterator[Found]:
    leaf = leaf_of(chain)
    if leaf is None or not leaf.current(now):
        return
    least = min(timedelta(days=14), (leaf.not_after - leaf.not_before) / 3)
    left = leaf.not_after - now
    if left >= least:
        return
    yield Found(
        subject=each.file.path,
        message=f"the certificate that {who(each)} shows ends on {leaf.not_after:%Y-%m-%d}",
        evidence=seen(each, f"notAfter {leaf.not_after:%Y-%m-%d}, {left.days} days left"),
        remedy=renewed(*(leaf.names[:5] or (postfix.value("myhostname"),))),
    )
