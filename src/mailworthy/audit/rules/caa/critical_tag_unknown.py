"""A CAA record marks a tag as critical that no certification authority knows.

## What it checks
Records with the critical flag (128) have one of the registered tags.

## Why it matters
A CA that does not know a critical tag must not issue anything.
One such record therefore stops every certificate for the domain and all names below it.

## How to fix
Correct the tag if it was misspelt, or remove the record.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Certification
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import nearest
from mailworthy.audit.rules.caa._shared import found, with_problem
from mailworthy.names import printable
from mailworthy.rdata.caa import KNOWN_TAGS, Caa, render


@rule(
    severity=Severity.WARNING,
    references=("RFC 8659 §4.5",),
    bad=healthy(add=('example.com. CAA 128 policy "1.3.6.1.4.1"',)),
    good=healthy(add=('example.com. CAA 128 issuemail ";"',)),
)
def check(domain: str, caa: Certification) -> Iterator[Found]:
    bad = list(with_problem(caa, "unknown-critical-tag"))
    if bad:
        shown = ", ".join(printable(record.tag, 40) for _, record, _ in bad[:5])
        yield found(
            caa,
            domain,
            f"no CA knows the critical CAA tag {shown}, so none may issue",
            remove=[read.text for read, _, _ in bad],
            add=[new for _, record, _ in bad for new in _meant(record)],
        )


def _meant(record: Caa) -> Iterator[str]:
    tag = nearest(record.tag, KNOWN_TAGS, cutoff=0.8)
    if tag is not None:
        yield render(Caa(record.flags, tag, record.value))
