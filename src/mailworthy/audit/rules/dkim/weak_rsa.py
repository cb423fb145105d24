"""An RSA key has fewer than 1024 bits.

## What it checks
The RSA key of each selector has 1024 bits at least.

## Why it matters
Receivers count every signature by so short a key as failed.
A key of 512 bits can be broken in hours for a few euros, by anybody who wants to sign as you.

## How to fix
Make an RSA key of 2048 bits, publish it under a new selector, let the server sign with it, and remove the old record a week later.
Where the selector has to stay, publish the new key in place of the old one, at the moment when the server changes.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dkim._shared import change, line, new_key, usable
from mailworthy.dkim.record import DkimKey

_RSA_512 = (
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMvnlY7lN6R+GJHTaWZMOxfGjwzzXU2WEoY725wjolyZRU6RgX36adpd"
    "qKpeDFezMFgUDEjCg6IfTqJTRI0jNdsCAwEAAQ=="
)

_NOTE = "let the server sign with the new key at the same time; better still under a new selector"


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 8301 §3.2",),
    bad=healthy(
        drop=("r202611.",),
        add=(line("r202611", f"v=DKIM1; k=rsa; p={_RSA_512}"),),
        blanks={"public-key": RSA},
    ),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    judged = usable(each, key)
    if judged is None or judged[1].k != "rsa" or judged[1].bits >= 1024:
        return
    read, record = judged
    message = f"holds an RSA key of {record.bits} bits; signatures with it always fail"
    yield change(each, key, message, read.text, new_key(read.text), note=_NOTE)
