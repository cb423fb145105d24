"""A key is marked as being tested.

## What it checks
The record of a selector does not have the flag `t=y`.

## Why it matters
The flag asks receivers to treat your mail as if it were not signed, whether the signature is good or not.
It is meant for the first days, and often forgotten.

## How to fix
Take `y` out of `t=`; keep other flags, such as `s`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import with_tag, without_tag
from mailworthy.audit.rules.dkim._shared import change, line, usable
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.WARNING,
    references=("RFC 6376 §3.6.1",),
    bad=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; t=y:s; p={RSA}"),)),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; t=s; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    judged = usable(each, key)
    if judged is None or not judged[1].testing:
        return
    read, record = judged
    flags = ":".join(flag for flag in record.t if flag != "y")
    new = with_tag(read.text, "t", flags) if flags else without_tag(read.text, "t")
    message = "has the flag t=y: receivers treat the mail as not signed"
    yield change(each, key, message, read.text, new)
