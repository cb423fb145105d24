"""The certificate of a BIMI record is not at an https URL.

## What it checks
The tag `a=` is empty or one URL that begins with `https://` and names a host.

## Why it matters
A malformed tag is an error of the whole record, and no logo is shown.

## How to fix
Serve the certificate by https, and write that URL.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.bimi._shared import (
    CERTIFICATE,
    DRAFT,
    OWN,
    broken,
    line,
    replaced,
)
from mailworthy.audit.rules.bimi._uris import secured
from mailworthy.bimi.record import Bimi


@rule(
    severity=Severity.ADVICE,
    references=(f"{DRAFT} (Assertion Record Definition)",),
    bad=healthy(
        drop=(OWN,),
        add=(line("v=BIMI1; l=https://www.example.com/logo.svg; a=www.example.com/vmc.pem"),),
    ),
    good=healthy(
        drop=(OWN,),
        add=(line("v=BIMI1; l=https://www.example.com/logo.svg; a=https://ca.example.org/vmc"),),
    ),
)
def check(bimi: Published[Bimi]) -> Iterator[Found]:
    if found := broken(bimi, "bad-a"):
        read, problem = found
        new = secured(read.text, "a", CERTIFICATE)
        yield replaced(bimi, read.text, new, f"has no usable certificate: {problem.message}")
