"""A mail host has a key that can be broken.

## What it checks
The key in the certificate of an MX host is RSA with 2048 bits or more, or of a newer kind.

## Why it matters
Keys of 1024 bits are within reach of those with means, who then read the mail and pretend to be the server.

## How to fix
Make a new key with the next certificate; P-256 and RSA-2048 are what authorities sign. Where TLSA records
stand for the key, publish that of the new key first.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthychain import AUTHORITY, WEAK, WEAK_KEY
from mailworthy.audit.healthyconnect import OWNER, TLSA, connected, world
from mailworthy.audit.healthyconnect import shown as showing
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import first_fault, leaf, openssl, renewed, shown
from mailworthy.certificate import KeyType
from mailworthy.lookup.model import Dialled

_RENEW = "certbot certonly --standalone --force-renewal -d mail.example.com --deploy-hook 'systemctl reload postfix dovecot'"
_LEAST = {KeyType.RSA: 2048, KeyType.ECDSA: 224}


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=("RFC 9325 §4.5",),
    bad=connected(
        dials=world(showing(WEAK_KEY, AUTHORITY)),
        tlsa=f"3 1 1 {WEAK}",
        add=(f"{OWNER} {TLSA}",),
        cures=(_RENEW,),
    ),
    good=connected(),
)
def check(host: HostEvidence, talks: tuple[Dialled, ...]) -> Iterator[Found]:
    found = first_fault(talks, _weak)
    if found is None:
        return
    yield Found(
        subject=host.name,
        message=f"the key of {shown(host.name)} is {found[1]}",
        evidence=(openssl(found[0], found[1]),),
        remedy=renewed(host, host.name),
    )


def _weak(talk: Dialled) -> str:
    found = leaf(talk)
    if found is None or found.key_bits >= _LEAST.get(found.key_type, 0):
        return ""
    return f"{found.key_type.value.upper()} with {found.key_bits} bits"
