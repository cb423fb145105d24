"""A mail host speaks only versions of TLS that have been broken.

## What it checks
The MX hosts agree on TLS 1.2 or newer with those that know it.

## Why it matters
RFC 8996 forbids TLS 1.0 and 1.1. Current libraries do not speak them any more, so that mail comes in as clear
text or not at all.

## How to fix
Update the server; leave only the old versions out: `smtpd_tls_protocols = !SSLv2, !SSLv3, !TLSv1, !TLSv1.1`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyconnect import CHAIN, connected, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import first_fault, openssl, settled, shown
from mailworthy.lookup.model import Dialled, Handshake
from mailworthy.names import printable

_OLD_TLS = Handshake("TLSv1", "ECDHE-RSA-AES256-SHA", CHAIN)
_MODERN = "smtpd_tls_protocols = !SSLv2, !SSLv3, !TLSv1, !TLSv1.1"
_OLD = ("SSLv2", "SSLv3", "TLSv1", "TLSv1.1")


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=(
        "RFC 8996 §4",
        "RFC 8996 §5",
    ),
    bad=connected(
        dials=world({"tls": _OLD_TLS}, old={"tls": _OLD_TLS, "tls_error": ""}), cures=(_MODERN,)
    ),
    good=connected(),
)
def check(host: HostEvidence, talks: tuple[Dialled, ...]) -> Iterator[Found]:
    found = first_fault(talks, old)
    if found is None:
        return
    yield Found(
        subject=host.name,
        message=f"{shown(host.name)} speaks nothing newer than {found[1]}",
        evidence=(openssl(found[0], found[1], " -tls1_2"),),
        remedy=settled(host, _MODERN),
    )


def old(talk: Dialled) -> str:
    """The version that was agreed on, if it is out of use."""
    return printable(talk.tls.version, 20) if talk.tls and talk.tls.version in _OLD else ""
