"""All known keys are Ed25519.

## What it checks
At least one of the selectors in use has an RSA key.

## Why it matters
Many receivers, the largest among them, do not check Ed25519 signatures yet.
For them the mail is not signed.

## How to fix
Sign twice: with an RSA key of 2048 bits and, under another selector, with the Ed25519 key.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Keys
from mailworthy.audit.finding import Found, Remedy, Severity, cite, publish
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dkim._shared import FRESH, PUBLIC_KEY
from mailworthy.names import printable


@rule(
    severity=Severity.WARNING,
    references=("RFC 8463 §6", "RFC 8301 §3.1"),
    bad=healthy(drop=("r202611.",), selectors=("e202611",), blanks={"public-key": RSA}),
    good=healthy(selectors=("r202611", "e202611")),
)
def check(keys: Keys, domain: str) -> Iterator[Found]:
    records = [found.record for _, found in keys.found]
    if not keys.known or not records or not set(keys.tried) <= {name for name, _ in keys.found}:
        return
    if not all(record and record.k == "ed25519" and not record.revoked for record in records):
        return
    names = ", ".join(printable(selector, 60) for selector, _ in keys.found)
    yield Found(
        subject=domain,
        message=f"{domain} has only Ed25519 keys ({names}); many receivers check RSA alone",
        evidence=tuple(cite(found.answer) for _, found in keys.found[:4]),
        remedy=Remedy(
            (publish(f"rsa._domainkey.{domain}", "TXT", FRESH),),
            "let the server sign with both keys, and name the selector rsa in the settings",
            (PUBLIC_KEY,),
        ),
    )
