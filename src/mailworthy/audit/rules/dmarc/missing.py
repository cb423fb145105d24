"""No DMARC policy governs the domain.

## What it checks
There is a DMARC record at `_dmarc.<domain>`, or at a domain above that governs this one.

## Why it matters
Anybody can use the domain in the From of a message, and receivers are not told what to do about it.
Gmail, Yahoo and Outlook refuse large senders without a DMARC record.

## How to fix
Publish a record with `p=none` and the address of a mailbox for reports; it changes nothing for your mail, and shows who sends in your name.
A domain without mail gets `p=reject` at once.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence, Existence
from mailworthy.audit.finding import Found, Remedy, Severity, cite, publish
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dmarc._shared import blanks, candidates, doubled, start, world
from mailworthy.dmarc.discover import Outcome, PolicyFound
from mailworthy.domain.intent import Domain


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.10.1", "RFC 9989 §5.1.4"),
    bad=healthy(drop=("_dmarc.",), blanks={"mailbox": "dmarc@example.com"}),
    good=world("v=DMARC1;p=none;rua=mailto:dmarc@example.com"),
)
def check(
    dmarc: DmarcEvidence,
    policy: PolicyFound,
    existence: Existence,
    wish: Domain | None,
    parked: bool,
) -> Iterator[Found]:
    published = dmarc.published
    if policy.outcome is not Outcome.NOTHING or not existence.exists:
        return
    if (
        candidates(dmarc)
        or dmarc.misplaced
        or doubled(dmarc)
        or (published.answer.chain and not published.texts)
    ):
        return
    new = start(wish, parked=parked)
    yield Found(
        subject=published.name,
        message=f"no DMARC policy governs {policy.author}: neither it nor a domain above publishes one",
        evidence=(cite(published.answer),),
        remedy=Remedy((publish(published.name, "TXT", new),), blanks=blanks(new)),
    )
