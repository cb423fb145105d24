"""The domain sends no mail, but its DMARC policy does not say reject.

## What it checks
A domain that is parked has the policy `reject`, its own or that of a domain above.

## Why it matters
All mail that claims to come from it is forged.
There is nothing that a strict policy could break.

## How to fix
Publish `p=reject`.
"""

from collections.abc import Iterator

from mailworthy.audit.case import Case
from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Remedy, Severity, cite, publish
from mailworthy.audit.healthy import PTR4, PTR6
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules._tags import with_tag, without_tag
from mailworthy.audit.rules.dmarc._shared import governing, world
from mailworthy.dmarc.discover import Outcome, PolicyFound
from mailworthy.dmarc.record import Policy


def _parked(policy: str) -> Case:
    """A domain without mail, with this policy."""
    return world(
        f"v=DMARC1; p={policy}",
        drop=(
            "example.com. MX",
            "example.com. TXT",
            "r202611.",
            "e202611.",
            "mail.",
            "_25._tcp",
            "_mta-sts",
            "mta-sts",
            "_smtp._tls",
            "_submission",
            "_imap",
            "_pop3",
            "auto",
            "_auto",
            "default._bimi",
            PTR4,
            PTR6,
        ),
        add=(
            "example.com. MX 0 .",
            'example.com. TXT "v=spf1 -all"',
            '*._domainkey.example.com. TXT "v=DKIM1; p="',
        ),
        parked=True,
        selectors=(),
        fetches={},
    )


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.7", "RFC 9989 §7.4"),
    bad=_parked("quarantine"),
    good=_parked("reject"),
)
def check(dmarc: DmarcEvidence, policy: PolicyFound, parked: bool) -> Iterator[Found]:
    if not parked or policy.outcome is not Outcome.FOUND or policy.effective is Policy.REJECT:
        return
    published, judged = dmarc.published, governing(dmarc)
    new, steps = "v=DMARC1; p=reject", None
    if judged is not None:
        new = with_tag(without_tag(judged[0].text, "t"), "p", Policy.REJECT)
        steps = edit(published.answer, judged[0].text, new)
    yield Found(
        subject=published.name,
        message=f"{policy.author} is parked, but its DMARC policy is {policy.effective}, not reject",
        evidence=(cite(published.answer),),
        remedy=Remedy(steps or (publish(published.name, "TXT", new),)),
    )
