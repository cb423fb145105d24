"""The SPF record was published with its quotation marks.

## What it checks
A TXT record of the domain was meant to be an SPF record, but begins with a quotation mark.

## Why it matters
In a zone file the quotes hold the text together and are not part of it.
Most web forms for DNS want the text alone: quotes typed there become part of the record, which
then does not begin with `v=spf1`, and the domain has no SPF record at all.

## How to fix
Enter the text without quotes.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._almost import almost, quoted
from mailworthy.audit.rules.spf._repair import reversioned
from mailworthy.audit.rules.spf._shared import BASE, Spf, replaced, shown, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 7208 §4.5", "RFC 1035 §5.1"),
    bad=world(f'"v=spf1 {BASE} ~all"'),
    good=world(f"v=spf1 {BASE} ~all"),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    texts = [] if spf.found else almost(spf)
    if texts and quoted(texts[0]):
        yield Found(
            subject=spf.name,
            message=f"{shown(spf.name)} has no SPF record, for quotation marks were published in it",
            evidence=(cite(spf.answer, texts[0]),),
            remedy=replaced(spf, texts[0], reversioned(texts[0], sending)),
        )
