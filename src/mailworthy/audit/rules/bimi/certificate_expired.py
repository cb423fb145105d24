"""The mark certificate of a BIMI record is not in date.

## What it checks
The first certificate in the file that `a=` names is valid now.

## Why it matters
Gmail and Apple Mail do not show the logo any more.

## How to fix
Have the authority issue the next one, and put it in the place of the old file.
"""

from collections.abc import Iterator
from datetime import datetime

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthychain import AUTHORITY, EXPIRED
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.bimi._files import MARK, MARK_URL, complaint, pem, picture, served
from mailworthy.audit.rules.bimi._shared import DRAFT
from mailworthy.bimi.mark import first
from mailworthy.bimi.record import Bimi
from mailworthy.lookup.model import Fetched


@rule(
    severity=Severity.ADVICE,
    references=(
        f"{DRAFT} (Indicator Discovery With Evidence)",
        "RFC 5280 §4.1.2.5",
    ),
    bad=picture(mark=pem(EXPIRED, AUTHORITY), after={MARK_URL: MARK}),
    good=picture(),
)
def check(bimi: Published[Bimi], bimi_certificate: Fetched, now: datetime) -> Iterator[Found]:
    found = first(bimi_certificate.body) if served(bimi_certificate) else None
    if found is None or found.current(now):
        return
    when = f"is valid from {found.not_before:%Y-%m-%d} to {found.not_after:%Y-%m-%d}"
    yield complaint(bimi.name, bimi_certificate, when, "the certificate must be in date")
