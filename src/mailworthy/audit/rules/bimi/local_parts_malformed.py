"""A BIMI record lists local parts in a way that cannot be read.

## What it checks
The tag `lps=` is empty, or prefixes of letters, digits and hyphens with commas between them.

## Why it matters
A malformed tag is an error of the whole record, and no logo is shown.

## How to fix
Write prefixes only, without `@`, dots or wildcards.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import with_tag
from mailworthy.audit.rules.bimi._shared import DRAFT, OWN, broken, line, replaced
from mailworthy.bimi.record import Bimi
from mailworthy.taglist import parse as parse_tags


@rule(
    severity=Severity.ADVICE,
    references=(f"{DRAFT} (Local-part Selectors)",),
    bad=healthy(drop=(OWN,), add=(line("v=BIMI1; l=; a=; lps=news*,brand"),)),
    good=healthy(drop=(OWN,), add=(line("v=BIMI1; l=; a=; lps=news-, brand"),)),
)
def check(bimi: Published[Bimi]) -> Iterator[Found]:
    if found := broken(bimi, "bad-lps"):
        read, problem = found
        written = (parse_tags(read.text).get("lps") or "").split(",")
        kept = [p for item in written if (p := _prefix(item))]
        new = with_tag(read.text, "lps", ",".join(dict.fromkeys(kept)))
        yield replaced(bimi, read.text, new, f"is not valid: {problem.message}")


def _prefix(text: str) -> str:
    """The allowed characters that an item begins with."""
    item = text.strip()
    end = next(
        (i for i, c in enumerate(item) if not (c.isascii() and (c.isalnum() or c == "-"))), None
    )
    return item[:end][:63]
