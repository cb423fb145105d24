"""A BIMI record names a certificate and no logo.

## What it checks
Where `a=` has a URL, `l=` has one too.

## Why it matters
An empty `l=` gives receivers nothing to show, and the certificate vouches for nothing.

## How to fix
Name the logo that the certificate is about, or empty both tags to decline.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import with_tag
from mailworthy.audit.rules.bimi._shared import DRAFT, LOGO, OWN, line, replaced, single
from mailworthy.bimi.record import Bimi


@rule(
    severity=Severity.ADVICE,
    references=(f"{DRAFT} (Indicator Discovery)",),
    bad=healthy(
        drop=(OWN,),
        add=(line("v=BIMI1; l=; a=https://www.example.com/vmc.pem"),),
        blanks={"logo-url": "https://www.example.com/logo.svg"},
    ),
    good=healthy(drop=(OWN,), add=(line("v=BIMI1; l=; lps=brand"),)),
)
def check(bimi: Published[Bimi]) -> Iterator[Found]:
    read = single(bimi)
    if read and read.parsed.record and read.parsed.has("evidence-only"):
        new = with_tag(read.text, "l", f"<{LOGO.placeholder}>")
        yield replaced(bimi, read.text, new, "names a certificate (a=), but no logo (l=)")
