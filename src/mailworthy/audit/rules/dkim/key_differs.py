"""The published key is not the one that the server signs with.

## What it checks
The private key on the server and the key published for its selector belong together.
Only the keys are compared, not the way they are written.

## Why it matters
Every signature fails, although the record looks right and the server says that it signs.
It happens when a key is made anew and the zone is forgotten, or when one of two servers was changed.

## How to fix
Publish the key of the server, or put back the private key that belongs to the published one.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Remedy, Severity, Shown, cite
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.dkim._shared import shown, usable
from mailworthy.dkim.record import DkimKey, parse, same_key
from mailworthy.names import printable

_OTHER = (
    "v=DKIM1; k=rsa; t=s; p="
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr0gqrtD+SHt7VIfi2HsGzZ7Zasoai+vNXKY5B5FV7S5oH/zT"
    "84HzM5MEM4LyE9+6segigFc+mJd48THCBnVHJJUaZygmcI2pxqmxzC7isEfPRmz4vA6DyfepqNBh7rVzHbz+rUoTVwmZ"
    "xg/sIKdhvYZ8xk/uaxpkSaIFSssViC9Sjzy4C+QK+flmlTTyaaZFdtaSRJaC5Hyz7qVbOsvApEWTI3ZemYCFSaz6s2OH"
    "F9ys7Lt7sTNsGY8FOeV8IRS1G0L/d8WpiuKg6aCl/cZZ/uq9qu5M68kVmYMs6X3Dwzc9Bsp6Mq9He5gDWl6P9HkbhGu4"
    "MAafE55qGObroWd8dwIDAQAB"
)


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §6.1.3",),
    bad=healthy(keys={"example.com/r202611": _OTHER}),
    good=healthy(keys={"example.com/r202611": f"k=rsa; p={RSA}"}),
)
def check(each: SelectorEvidence, key: Published[DkimKey], wanted: str) -> Iterator[Found]:
    judged, mine = usable(each, key), parse(wanted).record
    if judged is None or mine is None:
        return
    read, theirs = judged
    if mine.revoked or same_key(mine, theirs):
        return
    yield Found(
        subject=key.name,
        message=f"{shown(key.name)} publishes another key than the one that the server signs with",
        evidence=(
            cite(key.answer, read.text),
            Shown("the private key on the server belongs to", printable(wanted, 500)),
        ),
        remedy=Remedy(edit(key.answer, read.text, wanted)),
    )
