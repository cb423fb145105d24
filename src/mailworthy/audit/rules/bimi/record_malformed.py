"""A BIMI record breaks the syntax of tags.

## What it checks
The record is a list of `tag=value` with semicolons between them, each tag once.

## Why it matters
Receivers must not mend a record: with one slip they show no logo.

## How to fix
Publish the record as shown; it has the same tags without what is wrong.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import rebuilt, scrubbed
from mailworthy.audit.rules.bimi._shared import (
    DECLINED,
    DRAFT,
    OWN,
    SYNTAX,
    broken,
    line,
    replaced,
)
from mailworthy.bimi.record import Bimi, parse


@rule(
    severity=Severity.ADVICE,
    references=(f"{DRAFT} (Assertion Record Definition)", "RFC 6376 §3.2"),
    bad=healthy(drop=(OWN,), add=(line("v=BIMI1; l=; l=; a=;"),)),
    good=healthy(drop=(OWN,), add=(line("v=BIMI1;l=;a=;lps=;avp=brand"),)),
)
def check(bimi: Published[Bimi]) -> Iterator[Found]:
    if found := broken(bimi, *SYNTAX):
        read, problem = found
        repaired = rebuilt(scrubbed(read.text, "bad-character"))
        new = repaired if parse(repaired).record else DECLINED
        yield replaced(bimi, read.text, new, f"is not valid: {problem.message}")
