"""A BIMI record prefers a kind of picture that does not exist.

## What it checks
The tag `avp=` is `brand` or `personal`.

## Why it matters
Receivers ignore any other word, or take the record for broken.

## How to fix
Write one of the two, or leave the tag out, which means `brand`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import nearest, with_tag, without_tag
from mailworthy.audit.rules.bimi._shared import DRAFT, OWN, line, replaced, single
from mailworthy.bimi.record import Avatar, Bimi
from mailworthy.names import printable
from mailworthy.taglist import parse as parse_tags


@rule(
    severity=Severity.ADVICE,
    references=(f"{DRAFT} (Personal Avatars and BIMI)",),
    bad=healthy(drop=(OWN,), add=(line("v=BIMI1; l=; a=; avp=person"),)),
    good=healthy(drop=(OWN,), add=(line("v=BIMI1; l=; a=; avp=personal"),)),
)
def check(bimi: Published[Bimi]) -> Iterator[Found]:
    read = single(bimi)
    if read and read.parsed.record and read.parsed.has("bad-avp"):
        written = parse_tags(read.text).get("avp") or ""
        meant = nearest(written, Avatar)
        text = read.text
        new = with_tag(text, "avp", meant) if meant else without_tag(text, "avp")
        message = f"has avp={printable(written, 40)}; known are brand and personal"
        yield replaced(bimi, text, new, message)
