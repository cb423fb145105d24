"""An address for reports is not valid.

## What it checks
What follows `mailto:` in `rua=` and `ruf=` is a mail address in ASCII; commas and exclamation marks in it are written as `%2C` and `%21`.

## Why it matters
Receivers ignore an entry that they cannot read: you get no reports.

## How to fix
Correct the address.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dmarc._shared import change, first_problem, sound, uris, world
from mailworthy.dmarc.record import parse


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.6", "RFC 9989 §4.8"),
    bad=world(
        "v=DMARC1; p=quarantine; rua=mailto:dmarc.example.com",
        blanks={"mailbox": "dmarc@example.com"},
    ),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    problem = (
        first_problem(read, "uri-bad-mailbox", "uri-bad-character", "uri-empty") if read else None
    )
    if read and problem:
        new = uris(uris(read.text, "rua", _valid), "ruf", _valid)
        message = f"has an invalid address for reports: {problem.message}"
        yield change(dmarc.published, read.text, new, message)


def _valid(uri: str) -> str | None:
    """The URI, unless it is what the parser complains about."""
    parsed = parse(f"v=DMARC1; p=none; rua={uri}")
    bad = parsed.has("uri-bad-mailbox", "uri-bad-character", "uri-empty")
    return None if bad else uri
