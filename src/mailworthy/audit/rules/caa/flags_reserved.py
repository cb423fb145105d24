"""A CAA record sets flags that have no meaning.

## What it checks
The flags are 0, or 128 for critical.

## Why it matters
`1` is often written for "critical", and means nothing: CAs ignore that bit.

## How to fix
Write 0.
Use 128 only if a CA that does not know the tag shall refuse.
"""

from collections.abc import Iterator

import msgspec

from mailworthy.audit.evidence import Certification
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.caa._shared import WILD, found, instead, with_problem
from mailworthy.rdata.caa import CRITICAL, render


@rule(
    severity=Severity.ADVICE,
    references=("RFC 8659 §4.1",),
    bad=instead('example.com. CAA 1 issue "letsencrypt.org"', WILD),
    good=instead('example.com. CAA 128 issue "letsencrypt.org"', WILD),
)
def check(domain: str, caa: Certification) -> Iterator[Found]:
    bad = list(with_problem(caa, "reserved-flags"))
    if bad:
        shown = ", ".join(str(record.flags) for _, record, _ in bad[:5])
        yield found(
            caa,
            domain,
            f"CAA flags {shown}: only 0 and {CRITICAL} have a meaning",
            remove=[read.text for read, _, _ in bad],
            add=[
                render(msgspec.structs.replace(record, flags=record.flags & CRITICAL))
                for _, record, _ in bad
            ],
        )
