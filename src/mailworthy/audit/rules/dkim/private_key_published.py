"""A private key stands in public DNS.

## What it checks
A key record holds the public half of a key pair.

## Why it matters
Everybody can read it, and sign mail in your name that passes every check.

## How to fix
Treat the key as stolen: make a new pair, publish its public half, and let the server sign with it.
Removing the record is not enough, since others may have kept it.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Blank, Found, Remedy, Severity, cite
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.dkim._shared import broken, line, shown
from mailworthy.dkim.record import DkimKey

# The head of an RSAPrivateKey with nothing behind it.
_PRIVATE = "MIIEpAIBAAKCAQEA"
_NEW = Blank("new-public-key", "the base64 text of the public half of a new RSA key pair")


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §8.3",),
    bad=healthy(
        drop=("r202611.",),
        add=(line("r202611", f"v=DKIM1; k=rsa; p={_PRIVATE}"),),
        blanks={"new-public-key": RSA},
    ),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    if found := broken(each, key, "private-key-published"):
        text = found[0].text
        yield Found(
            subject=key.name,
            message=f"{shown(key.name)} publishes a private key: anybody can sign as this domain",
            evidence=(cite(key.answer, text),),
            remedy=Remedy(
                edit(key.answer, text, "v=DKIM1; k=rsa; p=<new-public-key>"),
                "make a new key pair first; the server has to sign with it from then on",
                (_NEW,),
            ),
        )
