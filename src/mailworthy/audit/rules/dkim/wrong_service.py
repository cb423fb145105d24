"""A key may not be used for mail.

## What it checks
Where a key record has `s=`, that names `*` or `email`.
A key for TLS reports alone (`s=tlsrpt`) is left in peace.

## Why it matters
Receivers ignore a key that is for another service; signatures in mail then fail.

## How to fix
Remove `s=`: without it the key is good for everything.
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
    severity=Severity.WARNING,
    references=("RFC 6376 §3.6.1",),
    bad=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; s=web; p={RSA}"),)),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; s=email; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    judged = usable(each, key)
    if judged is None or judged[1].for_email or "tlsrpt" in judged[1].s:
        return
    read, record = judged
    named = printable(":".join(record.s), 60) or "nothing"
    message = f"is for the service {named}, not for mail"
    yield change(each, key, message, read.text, without_tag(read.text, "s"))
