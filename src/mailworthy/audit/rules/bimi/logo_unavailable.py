"""The logo of a BIMI record cannot be fetched.

## What it checks
The URL in `l=` answers with HTTP status 200, from a server with a good certificate.

## Why it matters
Receivers show no logo, and nobody tells you.

## How to fix
Serve the file at this URL, without a login, without a redirect, and for every client.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.bimi._files import LOGO, LOGO_URL, complaint, picture, served, status
from mailworthy.audit.rules.bimi._shared import DRAFT
from mailworthy.bimi.record import Bimi
from mailworthy.lookup.model import Fetched


@rule(
    severity=Severity.ADVICE,
    references=(f"{DRAFT} (Indicator Discovery)",),
    bad=picture(logo=status(LOGO_URL, 404), after={LOGO_URL: LOGO}),
    good=picture(),
)
def check(bimi: Published[Bimi], bimi_logo: Fetched) -> Iterator[Found]:
    if served(bimi_logo):
        return
    why = f"answers with status {bimi_logo.code}" if bimi_logo.code else "cannot be trusted"
    yield complaint(bimi.name, bimi_logo, why, "it must come with status 200")
