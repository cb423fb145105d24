"""The logo of a BIMI record is not of the kind that receivers show.

## What it checks
The picture is SVG Tiny PS: version 1.2 with `baseProfile="tiny-ps"`, a title, square, and with nothing in it that
moves, acts, or comes from elsewhere.

## Why it matters
Receivers must not mend a picture; one of another kind is not shown.

## How to fix
Convert it (the BIMI group has a converter), and look at it once more before it is served.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.bimi._files import LOGO, LOGO_URL, complaint, picture, served
from mailworthy.audit.rules.bimi._shared import DRAFT
from mailworthy.bimi.indicator import read
from mailworthy.bimi.record import Bimi
from mailworthy.lookup.model import Fetched


@rule(
    severity=Severity.ADVICE,
    references=(
        f"{DRAFT} (Indicator Format)",
        "draft-svg-tiny-ps-abrotman",
    ),
    bad=picture(logo=LOGO.replace("tiny-ps", "full"), after={LOGO_URL: LOGO}),
    good=picture(),
)
def check(bimi: Published[Bimi], bimi_logo: Fetched) -> Iterator[Found]:
    if not served(bimi_logo):
        return
    problems = [p for p in read(bimi_logo.body).problems if p.code != "large"]
    if problems:
        what = "; ".join(problem.message for problem in problems[:4])
        yield complaint(bimi.name, bimi_logo, f"is not shown: {what}", "SVG Tiny PS is wanted")
