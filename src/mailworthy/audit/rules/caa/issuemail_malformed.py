"""A CAA record about certificates for mail addresses cannot be read.

## What it checks
The value of `issuemail` is a domain name, or nothing, and after a semicolon parameters written
`tag=value`.

## Why it matters
A malformed value counts as "nobody": no CA may issue S/MIME certificates for your addresses.

## How to fix
Write the CA's own domain, or `;` if nobody shall issue.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Certification
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.caa._shared import found, revised, with_problem
from mailworthy.audit.rules.caa._values import repaired
from mailworthy.names import printable


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9495 §3", "RFC 9495 §4"),
    bad=healthy(add=('example.com. CAA 0 issuemail "mail-ca.example.net, ca.example.org"',)),
    good=healthy(add=('example.com. CAA 0 issuemail "mail-ca.example.net; account=1"',)),
)
def check(domain: str, caa: Certification) -> Iterator[Found]:
    bad = list(with_problem(caa, "malformed-issue", "issuemail"))
    if bad:
        shown = printable(bad[0][1].value, 80)
        yield found(
            caa,
            domain,
            f"the issuemail value {shown} allows nobody: {bad[0][2]}",
            remove=[read.text for read, _, _ in bad],
            add=[revised(record, repaired(record.value)) for _, record, _ in bad],
        )
