"""A key record holds no key that can be read.

## What it checks
What stands in `p=` is a public key of the type that `k=` names.

## Why it matters
Receivers find no usable key, so every signature made with this selector fails.
A message without a valid signature has only SPF to prove where it comes from, and SPF does not survive forwarding.

## How to fix
Publish the key again, taken from the file of the server and not typed by hand.
It may also be a certificate, or a key of a type that DKIM does not use.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import with_tag
from mailworthy.audit.rules.dkim._shared import broken, change, line, new_key
from mailworthy.dkim.record import DkimKey, parse

_ELLIPTIC = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAdMJCJURYsOMhIq9cySPGaFz2cQ+3MS7G9CeW9hcgmyYUaGG7jae"
    "JJe4Z9q+SbL9tJWIQ9qZaYOJL6IwDzHLNw=="
)


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.6.1", "RFC 6376 §6.1.2"),
    bad=healthy(
        drop=("r202611.",),
        add=(line("r202611", f"v=DKIM1; k=rsa; p={_ELLIPTIC}"),),
        blanks={"public-key": RSA},
    ),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    if found := broken(each, key, "bad-key"):
        read, problem = found
        if any(parse(with_tag(read.text, "k", t)).record for t in ("rsa", "ed25519")):
            return
        message = f"holds no usable key: {problem.message}"
        yield change(each, key, message, read.text, new_key(read.text))
