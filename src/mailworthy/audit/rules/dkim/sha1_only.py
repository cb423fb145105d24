"""A key allows only SHA-1.

## What it checks
Where a key record has `h=`, that includes `sha256`.

## Why it matters
Signatures with SHA-1 must not be made nor accepted any more, and those with SHA-256 are not allowed by this record: none can pass.

## How to fix
Remove `h=`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import without_tag
from mailworthy.audit.rules.dkim._shared import change, line, usable
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 8301 §3.1", "RFC 6376 §6.1.2"),
    bad=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; h=sha1; p={RSA}"),)),
    good=healthy(
        drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; h=sha1:sha256; p={RSA}"),)
    ),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    judged = usable(each, key)
    if judged is None or judged[1].allows("sha256") or not judged[1].allows("sha1"):
        return
    read, _ = judged
    message = "allows only SHA-1 (h=sha1), which no receiver accepts"
    yield change(each, key, message, read.text, without_tag(read.text, "h"))
