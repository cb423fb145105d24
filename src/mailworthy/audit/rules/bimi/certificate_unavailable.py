"""The mark certificate of a BIMI record cannot be fetched.

## What it checks
The URL in `a=` answers with HTTP status 200, from a server with a good certificate.

## Why it matters
Receivers show no logo, and nobody tells you.

## How to fix
Serve the file at this URL, without a login, without a redirect, and for every client.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.bimi._files import MARK, MARK_URL, complaint, picture, served, status
from mailworthy.audit.rules.bimi._shared import DRAFT
from mailworthy.bimi.record import Bimi
from mailworthy.lookup.model import Fetched


@rule(
    severity=Severity.ADVICE,
    references=(f"{DRAFT} (Indicator Discovery)",),
    bad=picture(mark=status(MARK_URL, 404), after={MARK_URL: MARK}),
    good=picture(),
)
def check(bimi: Published[Bimi], bimi_certificate: Fetched) -> Iterator[Found]:
    if served(bimi_certificate):
        return
    why = (
        f"answers with status {bimi_certificate.code}"
        if bimi_certificate.code
        else "cannot be trusted"
    )
    yield complaint(bimi.name, bimi_certificate, why, "it must come with status 200")
