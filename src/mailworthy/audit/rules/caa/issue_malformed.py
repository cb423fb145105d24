"""A CAA record names a certification authority in a way that cannot be read.

## What it checks
The value of `issue`, `issuewild` and `issuevmc` is a domain name, or nothing, and after a
semicolon parameters written `tag=value` with semicolons between them.

## Why it matters
A malformed value counts as "nobody": the CA that you meant must refuse.
The next renewal fails.

## How to fix
Write the CA's own domain, without `https://`, blanks or further names; each CA has a record of its
own.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Certification
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.caa._shared import WILD, found, instead, revised, with_problem
from mailworthy.audit.rules.caa._values import repaired
from mailworthy.names import printable


@rule(
    severity=Severity.WARNING,
    references=("RFC 8659 §4.2", "RFC 8659 §4.3"),
    bad=instead('example.com. CAA 0 issue "https://letsencrypt.org/"', WILD),
    good=instead('example.com. CAA 0 issue " letsencrypt.org ; policy=ev "', WILD),
)
def check(domain: str, caa: Certification) -> Iterator[Found]:
    bad = list(with_problem(caa, "malformed-issue", "issue", "issuewild", "issuevmc"))
    if bad:
        shown = printable(bad[0][1].value, 80)
        yield found(
            caa,
            domain,
            f"the CAA value {shown} allows nobody: {bad[0][2]}",
            remove=[read.text for read, _, _ in bad],
            add=[revised(record, repaired(record.value)) for _, record, _ in bad],
        )
