"""The file of the mark certificate of a BIMI record holds no certificate.

## What it checks
The file that `a=` names begins with a certificate (PEM).

## Why it matters
Receivers that want evidence find none, and do not show the logo.

## How to fix
Put the file there as the authority sent it: PEM, your own certificate first.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.bimi._files import MARK, MARK_URL, complaint, picture, served
from mailworthy.audit.rules.bimi._shared import DRAFT
from mailworthy.bimi.mark import first
from mailworthy.bimi.record import Bimi
from mailworthy.lookup.model import Fetched


@rule(
    severity=Severity.ADVICE,
    references=(f"{DRAFT} (Indicator Discovery With Evidence)",),
    bad=picture(mark="<html>moved</html>", after={MARK_URL: MARK}),
    good=picture(),
)
def check(bimi: Published[Bimi], bimi_certificate: Fetched) -> Iterator[Found]:
    if served(bimi_certificate) and first(bimi_certificate.body) is None:
        what = "a certificate in PEM is wanted"
        yield complaint(bimi.name, bimi_certificate, "holds no certificate", what)
