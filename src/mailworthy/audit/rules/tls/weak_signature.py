"""The certificate of a mail host is signed with a hash that has been broken.

## What it checks
The certificate of an MX host is signed with SHA-256 or better, unless it is signed by itself.

## Why it matters
Signatures with SHA-1 and MD5 can be forged. Current libraries do not trust them.

## How to fix
Get a new certificate; no authority signs with SHA-1 any more.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthychain import AUTHORITY, SHA1
from mailworthy.audit.healthyconnect import connected, world
from mailworthy.audit.healthyconnect import shown as showing
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import first_fault, leaf, openssl, renewed, shown
from mailworthy.lookup.model import Dialled

_RENEW = "certbot certonly --standalone --force-renewal -d mail.example.com --deploy-hook 'systemctl reload postfix dovecot'"
_BROKEN = ("md2", "md4", "md5", "sha1")


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=(
        "RFC 9155 §2",
        "RFC 9325 §4.5",
    ),
    bad=connected(dials=world(showing(SHA1, AUTHORITY)), cures=(_RENEW,)),
    good=connected(),
)
def check(host: HostEvidence, talks: tuple[Dialled, ...]) -> Iterator[Found]:
    found = first_fault(talks, _broken)
    if found is None:
        return
    yield Found(
        subject=host.name,
        message=f"the certificate of {shown(host.name)} is signed with {found[1]}",
        evidence=(openssl(found[0], found[1]),),
        remedy=renewed(host, host.name),
    )


def _broken(talk: Dialled) -> str:
    found = leaf(talk)
    weak = found is not None and found.digest in _BROKEN and not found.self_issued
    return found.digest.upper() if found and weak else ""
