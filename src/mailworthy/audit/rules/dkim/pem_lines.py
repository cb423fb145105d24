"""A key record still has the BEGIN and END lines of its file.

## What it checks
`p=` holds the base64 text alone.

## Why it matters
Receivers find no usable key, so every signature made with this selector fails.
A message without a valid signature has only SPF to prove where it comes from, and SPF does not survive forwarding.

## How to fix
Remove the lines with the hyphens, and write the rest in one line.
"""

import re
from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dkim._shared import broken, change, line, mended
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.6.1",),
    bad=healthy(
        drop=("r202611.",),
        add=(
            line(
                "r202611",
                f"v=DKIM1; k=rsa; p=-----BEGIN PUBLIC KEY-----{RSA}-----END PUBLIC KEY-----",
            ),
        ),
    ),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    found = broken(each, key, "bad-base64")
    if found is None or "-----" not in found[0].text:
        return
    text = found[0].text
    new = mended(text, re.sub(r"-----[A-Z0-9 ]{0,40}-----", "", text))
    yield change(each, key, "holds the BEGIN or END line of a PEM file inside p=", text, new)
