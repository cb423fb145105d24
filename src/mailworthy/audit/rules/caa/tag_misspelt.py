"""A CAA record has a tag that is almost, but not quite, a known one.

## What it checks
Tags are those of the registry: `issue`, `issuewild`, `issuemail`, `issuevmc`, `iodef`,
`contactemail` and `contactphone`.
A tag that resembles none of them is left alone: CAs ignore it.

## Why it matters
CAs ignore the record, so the restriction that you meant does not exist.

## How to fix
Correct the tag.
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
    references=("RFC 8659 §4.1",),
    bad=healthy(drop=("example.com. CAA 0 issuewild",), add=('example.com. CAA 0 issuewilde ";"',)),
    good=healthy(add=('example.com. CAA 0 tbs "1.3.6.1.4.1"',)),
)
def check(domain: str, caa: Certification) -> Iterator[Found]:
    for read, record, _ in with_problem(caa, "unknown-tag"):
        tag = nearest(record.tag, KNOWN_TAGS, cutoff=0.8)
        if tag is not None:
            yield found(
                caa,
                domain,
                f"the CAA tag {printable(record.tag, 40)} is ignored; {tag} was probably meant",
                remove=[read.text],
                add=[render(Caa(record.flags, tag, record.value))],
            )
