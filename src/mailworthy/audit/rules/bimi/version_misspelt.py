"""A BIMI record does not begin with `v=BIMI1`.

## What it checks
A TXT record at `default._bimi` that looks like BIMI has `v=BIMI1` as its first tag, in capitals.

## Why it matters
Receivers discard every other record, and must not mend anything.

## How to fix
Write `v=BIMI1;` first, and leave the rest as it is.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import joined, name_of, pieces
from mailworthy.audit.rules.bimi._shared import DECLINED, DRAFT, OWN, counted, line, replaced
from mailworthy.bimi.record import Bimi, parse
from mailworthy.names import printable


@rule(
    severity=Severity.ADVICE,
    references=(f"{DRAFT} (Assertion Record Definition)",),
    bad=healthy(drop=(OWN,), add=(line("v=bimi1; l=; a=;"),)),
    good=healthy(drop=(OWN,), add=(line("v = BIMI1; l=; a=;"),)),
)
def check(bimi: Published[Bimi]) -> Iterator[Found]:
    if counted(bimi) or not bimi.found:
        return
    text = bimi.found[0].text
    rest = [p for p in pieces(text) if name_of(p).lower() != "v"]
    repaired = joined(["v=BIMI1", *rest])
    new = repaired if parse(repaired).record else DECLINED
    message = (
        f"begins with {printable(text.partition(';')[0], 20)}, not with v=BIMI1; and is discarded"
    )
    yield replaced(bimi, text, new, message)
