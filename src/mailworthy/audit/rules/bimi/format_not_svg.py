"""The logo of a BIMI record is not an SVG file.

## What it checks
The URL in `l=` does not end like a picture of another kind: png, jpg, gif, webp, pdf and so on.

## Why it matters
Only SVG and SVGZ are allowed; any other ending is a permanent error.

## How to fix
Draw the logo as SVG Tiny PS, square and without scripts, and name that file.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import with_tag
from mailworthy.audit.rules.bimi._shared import DRAFT, LOGO, OWN, broken, line, replaced
from mailworthy.bimi.record import Bimi


@rule(
    severity=Severity.ADVICE,
    references=(f"{DRAFT} (Supported Image Formats for l= tag)",),
    bad=healthy(
        drop=(OWN,),
        add=(
            line("v=BIMI1; l=https://www.example.com/logo.png; a=https://www.example.com/vmc.pem"),
        ),
        blanks={"logo-url": "https://www.example.com/logo.svg"},
    ),
    good=healthy(
        drop=(OWN,),
        add=(
            line("v=BIMI1; l=https://www.example.com/logo.svgz; a=https://www.example.com/vmc.pem"),
        ),
    ),
)
def check(bimi: Published[Bimi]) -> Iterator[Found]:
    if found := broken(bimi, "bad-format"):
        read, problem = found
        new = with_tag(read.text, "l", f"<{LOGO.placeholder}>")
        yield replaced(bimi, read.text, new, f"has no usable logo: {problem.message}")
