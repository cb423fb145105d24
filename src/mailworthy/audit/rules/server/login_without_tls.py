"""People may send their passwords as clear text.

## What it checks
Where Postfix lets people log in, it does so only over TLS: `smtpd_tls_auth_only` is `yes`, or the service
demands encryption.

## Why it matters
A password that was heard once is used for spam from your own address, correctly signed.

## How to fix
Set `smtpd_tls_auth_only = yes`.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import RELOAD, assign, named, short, show
from mailworthy.servers.reading.model import Postfix, Service


@rule(
    over="postfixes",
    severity=Severity.WARNING,
    references=("RFC 8314 §4.1", "RFC 4954 §4"),
    bad=served(main=("smtpd_sasl_auth_enable = yes", "smtpd_tls_auth_only = no")),
    good=served(main=("smtpd_sasl_auth_enable = yes",)),
)
def check(postfix: Postfix) -> Iterator[Found]:
    for service in postfix.services:
        if service.command != "smtpd" or not _is_open(postfix, service):
            continue
        step = assign(postfix, "smtpd_tls_auth_only", "yes", service)
        yield Found(
            subject=named(postfix),
            message=f"people may log in without encryption at {short(service.label, 60)}",
            evidence=show(
                postfix, "smtpd_sasl_auth_enable", "smtpd_tls_auth_only", service=service
            ),
            remedy=Remedy((step,), RELOAD),
        )
        return


def _is_open(postfix: Postfix, service: Service) -> bool:
    secured = (
        postfix.value("smtpd_tls_auth_only", service) == "yes"
        or postfix.value("smtpd_tls_security_level", service) == "encrypt"
        or postfix.value("smtpd_tls_wrappermode", service) == "yes"
    )
    return postfix.value("smtpd_sasl_auth_enable", service) == "yes" and not secured
