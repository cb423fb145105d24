"""A selector is an alias that leads to no key.

## What it checks
Where a selector in use is a CNAME, there is a TXT record at the end of the chain.

## Why it matters
Services that sign for you ask for such a CNAME, so that they can change the key themselves.
An alias that leads nowhere is a selector without a key: every signature with it fails.
If the name it points to can be registered by anybody, so can your signatures.

## How to fix
Compare the target with what the service asks for, letter by letter.
If it is right, the service has to publish the key there.
If you left the service, remove the CNAME.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import RSA, RSA_RECORD, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.dkim._shared import FRESH, PUBLIC_KEY, SLOT, known, line, on_disk, shown
from mailworthy.dkim.record import DkimKey
from mailworthy.names import is_within

_DOT = (
    "if the target is a name of your mail service, only its final dot is missing: in a zone file a "
    "name without it gets the name of the zone appended"
)


@rule(
    over="selectors",
    severity=Severity.WARNING,
    references=("RFC 6376 §3.6.2.1", "RFC 6376 §6.1.2"),
    bad=healthy(
        drop=("r202611.",),
        add=("r202611._domainkey.example.com. CNAME r202611.keys.example.net.",),
        blanks={"public-key": RSA},
    ),
    good=healthy(
        drop=("r202611.",),
        add=(
            "r202611._domainkey.example.com. CNAME r202611.keys.example.net.",
            line("r202611", RSA_RECORD).replace("._domainkey.example.com", ".keys.example.net"),
        ),
    ),
)
def check(each: SelectorEvidence, key: Published[DkimKey], domain: str) -> Iterator[Found]:
    if not known(each) or key.texts or not key.answer.chain:
        return
    value = on_disk(each) or FRESH
    inside = is_within(key.answer.chain[0], domain)
    yield Found(
        subject=key.name,
        message=f"{shown(key.name)} is an alias of {shown(key.answer.chain[-1])}, which has no TXT record",
        evidence=(cite(key.answer),),
        remedy=Remedy(
            edit(key.answer, None, value),
            _DOT if inside else "",
            (PUBLIC_KEY,) if SLOT in value else (),
        ),
    )
