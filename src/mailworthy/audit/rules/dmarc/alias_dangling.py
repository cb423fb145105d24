"""The name of the DMARC record is an alias that leads to nothing.

## What it checks
Where `_dmarc.<domain>` is a CNAME, there is a TXT record at the end of the chain.

## Why it matters
Services for DMARC reports ask for such a CNAME.
When the service goes, the domain has no policy, and nothing in your own zone shows it.
Whoever gets hold of the target decides about your mail.

## How to fix
Publish a record of your own in place of the alias, or have the service publish the record again.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Remedy, Severity, cite, publish, withdraw
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dmarc._shared import blanks, start
from mailworthy.domain.intent import Domain
from mailworthy.names import printable


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.10", "RFC 1034 §3.6.2"),
    bad=healthy(
        drop=("_dmarc.",),
        add=("_dmarc.example.com. CNAME dmarc.example.net.",),
        blanks={"mailbox": "dmarc@example.com"},
    ),
    good=healthy(
        drop=("_dmarc.",),
        add=(
            "_dmarc.example.com. CNAME dmarc.example.net.",
            'dmarc.example.net. TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"',
        ),
    ),
)
def check(dmarc: DmarcEvidence, wish: Domain | None, parked: bool) -> Iterator[Found]:
    published = dmarc.published
    chain = published.answer.chain
    if not chain or published.texts:
        return
    new = start(wish, parked=parked)
    steps = (withdraw(published.name, "CNAME", f"{chain[0]}."), publish(published.name, "TXT", new))
    yield Found(
        subject=published.name,
        message=f"{published.name} is an alias of {printable(chain[-1], 200)}, which has no TXT record",
        evidence=(cite(published.answer),),
        remedy=Remedy(steps, "or have the record published at the target", blanks(new)),
    )
