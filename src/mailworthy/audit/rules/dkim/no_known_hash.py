"""A key allows no hash algorithm that exists in DKIM.

## What it checks
Where a key record has `h=`, that includes an algorithm that DKIM knows, which today means `sha256`.

## Why it matters
A signature must use a hash that the record allows; unknown words are ignored, so nothing is left.
`sha-256`, `SHA256` and `rsa-sha256` are such words.

## How to fix
Remove `h=`, or write `h=sha256`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import without_tag
from mailworthy.audit.rules.dkim._shared import change, line, usable
from mailworthy.dkim.record import DkimKey
from mailworthy.names import printable


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.6.1", "RFC 6376 §6.1.2"),
    bad=healthy(
        drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; h=rsa-sha256; p={RSA}"),)
    ),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; h=sha256; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    judged = usable(each, key)
    if judged is None or judged[1].allows("sha256") or judged[1].allows("sha1"):
        return
    read, record = judged
    named = printable(":".join(record.h or ()), 60) or "nothing"
    message = f"allows no hash algorithm that DKIM knows: h= says {named}"
    yield change(each, key, message, read.text, without_tag(read.text, "h"))
