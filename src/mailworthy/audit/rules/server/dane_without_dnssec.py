"""DANE is switched on, and DNSSEC is not asked for.

## What it checks
Where `smtp_tls_security_level` is `dane` or `dane-only`, `smtp_dns_support_level` is `dnssec`.

## Why it matters
Postfix looks at TLSA records only with that setting. Without it `dane` is no more than `may`, and
`dane-only` delivers nothing.

## How to fix
Set `smtp_dns_support_level = dnssec`, and let a validating resolver on this machine answer.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import main, named, show
from mailworthy.servers.reading.model import Postfix


@rule(
    over="postfixes",
    severity=Severity.WARNING,
    references=("RFC 7672 §2.2", "RFC 7672 §2.1.1"),
    bad=served(main=("smtp_tls_security_level = dane",)),
    good=served(main=("smtp_tls_security_level = dane", "smtp_dns_support_level = dnssec")),
)
def check(postfix: Postfix) -> Iterator[Found]:
    level = postfix.value("smtp_tls_security_level")
    if level not in ("dane", "dane-only") or postfix.value("smtp_dns_support_level") == "dnssec":
        return
    yield Found(
        subject=named(postfix),
        message=f"smtp_tls_security_level is {level}, and TLSA records are never looked at",
        evidence=show(postfix, "smtp_tls_security_level", "smtp_dns_support_level"),
        remedy=main(postfix, ("smtp_dns_support_level", "dnssec")),
    )
