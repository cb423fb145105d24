"""The key in a record is damaged.

## What it checks
What stands in `p=` is base64, complete and with its padding.

## Why it matters
Receivers find no usable key, so every signature made with this selector fails.
A message without a valid signature has only SPF to prove where it comes from, and SPF does not survive forwarding.
A record of more than 255 characters has to be cut into several strings, and what is lost at the cut makes the key useless.

## How to fix
Publish the key again.
Compare the length: an RSA key of 2048 bits has 392 characters.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dkim._shared import broken, change, line, new_key
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.6.1",),
    bad=healthy(
        drop=("r202611.",),
        add=(line("r202611", f"v=DKIM1; k=rsa; p={RSA[:-9]}"),),
        blanks={"public-key": RSA},
    ),
    good=healthy(
        drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; p={RSA[:200]} {RSA[200:]}"),)
    ),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    found = broken(each, key, "bad-base64")
    if found is None or "-----" in found[0].text:
        return
    read, problem = found
    message = f"holds a damaged key: {problem.message}"
    yield change(each, key, message, read.text, new_key(read.text))
