"""The certificate of the server is not in date.

## What it checks
The certificate that Postfix or Dovecot shows is valid now.

## Why it matters
Senders that verify (MTA-STS in enforce mode, DANE by an authority) keep your mail back, and mail programs
warn their users at every connection.

## How to fix
Renew it now, and find out why the renewal did not run: `certbot renew --dry-run` tells.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import CHAIN, RENEWED, served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._certificates import leaf_of, renewed, seen, who
from mailworthy.audit.serverparts import Served
from mailworthy.certificate import Certificate
from mailworthy.servers.reading.model import Postfix


@rule(
    over="files",
    severity=Severity.BLOCKER,
    references=("RFC 5280 §4.1.2.5", "RFC 8461 §4.2"),
    bad=served(now=datetime(2027, 2, 1, tzinfo=UTC), after={CHAIN: RENEWED}),
    good=served(),
)
def check(
    each: Served, postfix: Postfix, chain: tuple[Certificate, ...], now: datetime
) -> Iterator[Found]:
    leaf = leaf_of(chain)
    if leaf is None or leaf.current(now):
        return
    early = now < leaf.not_before
    when = (
        f"is valid from {leaf.not_before:%Y-%m-%d}"
        if early
        else f"ended on {leaf.not_after:%Y-%m-%d}"
    )
    yield Found(
        subject=each.file.path,
        message=f"the certificate that {who(each)} shows {when}",
        evidence=seen(
            each, f"notBefore {leaf.not_before:%Y-%m-%d}, notAfter {leaf.not_after:%Y-%m-%d}"
        ),
        remedy=renewed(*(leaf.names[:5] or (postfix.value("myhostname"),))),
    )
