"""The DMARC record says that the domain is a public suffix.

## What it checks
A domain with mail of its own does not have `psd=y`.

## Why it matters
`psd=y` is for registries, under whose names others register theirs.
Each name below the domain then counts as an organisation of its own: mail with the domain in From and a subdomain in SPF or DKIM no longer passes.

## How to fix
Remove `psd=y`, or write `psd=n` at the top of your organisation.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence, MxSet
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import without_tag
from mailworthy.audit.rules.dmarc._shared import change, governing, world
from mailworthy.dmarc.record import Psd
from mailworthy.domain.intent import Domain
from mailworthy.names import labels


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.7", "RFC 9989 §5.2"),
    bad=world("v=DMARC1; p=quarantine; psd=y; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; psd=n; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence, mx: MxSet, domain: str, wish: Domain | None) -> Iterator[Found]:
    judged = governing(dmarc)
    if judged is None or judged[1].psd is not Psd.YES or (wish and wish.dmarc.psd == "y"):
        return
    if len(labels(domain)) < 2 or not mx.exchanges:
        return
    text = judged[0].text
    message = "has psd=y, which is for registries: names below no longer align with this one"
    yield change(dmarc.published, text, without_tag(text, "psd"), message)
