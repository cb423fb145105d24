"""A BIMI record does not say where the logo is.

## What it checks
The record has the tag `l=`, empty if you decline.

## Why it matters
The tag is required: without it the record is an error.

## How to fix
Add `l=` with the https URL of the logo, or empty to say that there is none.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import with_tag
from mailworthy.audit.rules.bimi._shared import DRAFT, LOGO, OWN, broken, line, replaced
from mailworthy.bimi.record import Bimi
from mailworthy.taglist import parse as parse_tags


@rule(
    severity=Severity.ADVICE,
    references=(f"{DRAFT} (Assertion Record Definition)",),
    bad=healthy(drop=(OWN,), add=(line("v=BIMI1; a=;"),)),
    good=healthy(drop=(OWN,), add=(line("v=BIMI1; l=;"),)),
)
def check(bimi: Published[Bimi]) -> Iterator[Found]:
    if found := broken(bimi, "missing-l"):
        text = found[0].text
        # Who shows a certificate has a logo; who shows nothing declines.
        location = f"<{LOGO.placeholder}>" if parse_tags(text).get("a") else ""
        yield replaced(bimi, text, with_tag(text, "l", location), "has no l=, which is required")
