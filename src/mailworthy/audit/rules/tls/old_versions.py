"""A mail host still takes versions of TLS that have been broken.

## What it checks
Your MX hosts do not agree on TLS 1.1 or older, when nothing newer is offered.

## Why it matters
RFC 8996 forbids them. Hardly anybody needs them: whoever speaks nothing newer sends in clear text then,
which is honest.

## How to fix
Leave them out: `smtpd_tls_protocols = !SSLv2, !SSLv3, !TLSv1, !TLSv1.1`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyconnect import CHAIN, connected, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import openssl, ours, settled, shown
from mailworthy.audit.rules.tls.only_old_versions import old
from mailworthy.lookup.model import Dialled, Handshake

_OLD_TLS = Handshake("TLSv1.1", "ECDHE-RSA-AES256-SHA", CHAIN)
_MODERN = "smtpd_tls_protocols = !SSLv2, !SSLv3, !TLSv1, !TLSv1.1"


@rule(
    over="hosts",
    severity=Severity.ADVICE,
    references=(
        "RFC 8996 §4",
        "RFC 8996 §5",
    ),
    bad=connected(dials=world(old={"tls": _OLD_TLS, "tls_error": ""}), cures=(_MODERN,)),
    good=connected(),
)
def check(host: HostEvidence, talks: tuple[Dialled, ...], old_tls: Dialled) -> Iterator[Found]:
    version = old(old_tls)
    if not version or not ours(host) or any(old(talk) for talk in talks):
        return
    yield Found(
        subject=host.name,
        message=f"{shown(host.name)} still takes {version}",
        evidence=(openssl(old_tls, version, " -tls1_1"),),
        remedy=settled(host, _MODERN),
    )
