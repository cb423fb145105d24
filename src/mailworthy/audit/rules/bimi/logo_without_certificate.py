"""A BIMI record names a logo without a certificate.

## What it checks
Where `l=` has a URL, `a=` has the URL of a mark certificate (VMC or CMC).

## Why it matters
Gmail and Apple Mail show logos only with a certificate; some others, such as Yahoo, do without.

## How to fix
Order a Verified or Common Mark Certificate and name its URL in `a=`.
If the receivers without it are enough for you, leave the record as it is and waive this advice.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import with_tag
from mailworthy.audit.rules.bimi._shared import CERTIFICATE, DRAFT, OWN, line, logo, replaced
from mailworthy.bimi.record import Bimi


@rule(
    severity=Severity.ADVICE,
    references=(f"{DRAFT} (Indicator Discovery Without Evidence)",),
    bad=healthy(
        drop=(OWN,),
        add=(line("v=BIMI1; l=https://www.example.com/logo.svg; a=;"),),
        blanks={"certificate-url": "https://www.example.com/vmc.pem"},
    ),
    good=healthy(
        drop=(OWN,),
        add=(
            line("v=BIMI1; l=https://www.example.com/logo.svg; a=https://www.example.com/vmc.pem"),
        ),
    ),
)
def check(bimi: Published[Bimi]) -> Iterator[Found]:
    found = logo(bimi)
    if found and not found[1].evidence:
        new = with_tag(found[0].text, "a", f"<{CERTIFICATE.placeholder}>")
        message = "names a logo without a certificate, so Gmail and Apple Mail do not show it"
        yield replaced(bimi, found[0].text, new, message)
