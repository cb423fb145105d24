"""The server is to offer encryption, and has no certificate.

## What it checks
Where Postfix may use TLS on port 25, a certificate is configured.

## Why it matters
Without one Postfix does not offer STARTTLS, whatever the security level says: mail comes in as clear text.

## How to fix
Name the certificate and its key, or a file with both in `smtpd_tls_chain_files`.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import RELOAD, assign, named, short, show
from mailworthy.servers.reading.model import Postfix

_SETTINGS = (
    "smtpd_tls_chain_files",
    "smtpd_tls_cert_file",
    "smtpd_tls_eccert_file",
    "smtpd_tls_dcert_file",
)


@rule(
    over="postfixes",
    severity=Severity.WARNING,
    references=("RFC 3207 §4", "RFC 7435 §4"),
    bad=served(main=("smtpd_tls_cert_file =",)),
    good=served(),
)
def check(postfix: Postfix) -> Iterator[Found]:
    for service in postfix.public[:1]:
        level = postfix.value("smtpd_tls_security_level", service)
        given = [n for n in _SETTINGS if postfix.value(n, service) not in ("", "none")]
        if level in ("", "none") or given:
            continue
        folder = f"/etc/letsencrypt/live/{postfix.value('myhostname')}"
        steps = (
            assign(postfix, "smtpd_tls_cert_file", f"{folder}/fullchain.pem", service),
            assign(postfix, "smtpd_tls_key_file", f"{folder}/privkey.pem", service),
        )
        yield Found(
            subject=named(postfix),
            message=f"smtpd_tls_security_level is {short(level, 40)}, and no certificate is named",
            evidence=show(postfix, *_SETTINGS[:2], service=service),
            remedy=Remedy(steps, f"or where your certificate is; {RELOAD}"),
        )
