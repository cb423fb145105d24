"""The logo of a BIMI record is not at an https URL.

## What it checks
The tag `l=` is empty or one URL that begins with `https://` and names a host; commas in it are
written `%2C`.

## Why it matters
Receivers fetch logos by https only, and show none otherwise.

## How to fix
Serve the logo by https, and write that URL.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.bimi._shared import DRAFT, LOGO, OWN, broken, line, replaced
from mailworthy.audit.rules.bimi._uris import secured
from mailworthy.bimi.record import Bimi


@rule(
    severity=Severity.ADVICE,
    references=(f"{DRAFT} (Assertion Record Definition)",),
    bad=healthy(
        drop=(OWN,),
        add=(
            line("v=BIMI1; l=http://www.example.com/logo.svg; a=https://www.example.com/vmc.pem"),
        ),
    ),
    good=healthy(
        drop=(OWN,),
        add=(
            line("v=BIMI1; l=https://www.example.com/logo.svg; a=https://www.example.com/vmc.pem"),
        ),
    ),
)
def check(bimi: Published[Bimi]) -> Iterator[Found]:
    if found := broken(bimi, "bad-l"):
        read, problem = found
        new = secured(read.text, "l", LOGO)
        yield replaced(bimi, read.text, new, f"has no usable logo: {problem.message}")
