"""Reports are sent to a URI that receivers do not support.

## What it checks
Each entry in `rua=` and `ruf=` is a `mailto:`.

## Why it matters
Receivers need to support nothing else, and ignore the rest.

## How to fix
Name a mailbox instead.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dmarc._shared import change, first_problem, sound, uris, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.6", "RFC 9989 §4.8"),
    bad=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com,https://www.example.com/dmarc"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    problem = first_problem(read, "uri-bad-scheme") if read else None
    if read and problem:
        new = uris(uris(read.text, "rua", _mailto), "ruf", _mailto)
        message = f"sends reports to a URI that receivers ignore: {problem.message}"
        yield change(dmarc.published, read.text, new, message)


def _mailto(uri: str) -> str | None:
    """The URI, if it is no other than a mailto."""
    scheme, colon, _ = uri.partition(":")
    return uri if not colon or scheme.strip().lower() == "mailto" else None
