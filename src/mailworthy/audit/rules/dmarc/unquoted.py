"""Of the DMARC record only v=DMARC1 is left, since it was written without quotes.

## What it checks
The record says more than `v=DMARC1`.

## Why it matters
In a zone file a semicolon begins a comment, unless it stands between quotes.
Whatever followed it was not published: there is no policy, and nobody sends you reports.

## How to fix
Put quotes around the whole record: `"v=DMARC1; p=…; rua=mailto:…"`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Blank, Found, Remedy, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules._tags import COMMENTED, bare
from mailworthy.audit.rules.dmarc._shared import blanks, reports_to, sound, world
from mailworthy.domain.intent import Domain
from mailworthy.names import printable

_POLICY = Blank("policy", "what you had meant to ask for: reject, quarantine or none")


@rule(
    severity=Severity.WARNING,
    references=("RFC 1035 §5.1", "RFC 9989 §4.7"),
    bad=world("v=DMARC1", blanks={"policy": "quarantine", "mailbox": "dmarc@example.com"}),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence, wish: Domain | None, parked: bool) -> Iterator[Found]:
    read = sound(dmarc)
    if read is None or not bare(read.text, "DMARC1"):
        return
    policy = "reject" if parked else (wish.dmarc.p if wish else None)
    new = f"v=DMARC1; p={policy or f'<{_POLICY.placeholder}>'}; rua={reports_to(wish)}"
    published = dmarc.published
    yield Found(
        subject=published.name,
        message=(
            f"{printable(published.name, 200)} says {printable(read.text, 20)} and no more: "
            f"{COMMENTED}"
        ),
        evidence=(cite(published.answer, read.text),),
        remedy=Remedy(
            edit(published.answer, read.text, new),
            blanks=(*(() if policy else (_POLICY,)), *blanks(new)),
        ),
    )
