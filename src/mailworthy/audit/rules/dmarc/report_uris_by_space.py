"""Two addresses for reports are not separated by a comma.

## What it checks
No white space stands inside an entry of `rua=` and `ruf=`; a comma stands between two.

## Why it matters
Receivers read both as one, which is no valid address, and send no reports.

## How to fix
Write a comma between two addresses, and no space after `mailto:`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dmarc._shared import change, first_problem, sound, uris, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.6", "RFC 9989 §4.8"),
    bad=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com mailto:two@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com , mailto:two@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    problem = first_problem(read, "uri-space") if read else None
    if read and problem:
        new = uris(uris(read.text, "rua", _commas), "ruf", _commas)
        message = "has a space inside an address for reports; a comma separates two"
        yield change(dmarc.published, read.text, new, message)


def _commas(uri: str) -> str:
    words = uri.split()
    if all(":" in word or "@" in word for word in words) and words[0].lower() != "mailto:":
        return ",".join(words)
    return "".join(words)
