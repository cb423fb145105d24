"""A key record has the name of a tag in capitals.

## What it checks
The names of tags are written in lower case.

## Why it matters
In DKIM the names of tags are case-sensitive: `P=` is not `p=`, and the record has no key.

## How to fix
Write the names in lower case.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import renamed
from mailworthy.audit.rules.dkim._shared import broken, change, line, mended
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.2",),
    bad=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; P={RSA}"),)),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    if found := broken(each, key, "uppercase-tag"):
        read, problem = found
        new = read.text
        for name in ("V", "K", "P", "H", "S", "T"):
            new = renamed(new, name, name.lower())
        message = f"has the name of a tag in capitals: {problem.message}"
        yield change(each, key, message, read.text, mended(read.text, new))
