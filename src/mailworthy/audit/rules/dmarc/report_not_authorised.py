"""Another domain has not agreed to receive the reports.

## What it checks
Where `rua=` or `ruf=` names a mailbox in another organisation, that publishes `<domain>._report._dmarc.<its domain>`.

## Why it matters
Without that record receivers must ignore the address, so that nobody can flood a stranger with reports.
You get none.

## How to fix
Ask whoever runs the mailbox to publish the record, or use a mailbox in your own domain.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Destination
from mailworthy.audit.finding import AskOther, Found, Remedy, Severity, dig, publish
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dmarc._shared import said, world
from mailworthy.dmarc.authorise import Authorised, Permit
from mailworthy.lookup.model import Question
from mailworthy.names import printable


@rule(
    over="destinations",
    severity=Severity.WARNING,
    references=("RFC 9990 §4", "RFC 9991 §5"),
    bad=world(
        "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.net",
        add=("example.net. MX 10 ns1.example.net.",),
    ),
    good=world(
        "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.net",
        add=(
            "example.net. MX 10 ns1.example.net.",
            'example.com._report._dmarc.example.net. TXT "v=DMARC1"',
        ),
    ),
)
def check(each: Destination, authorised: Authorised) -> Iterator[Found]:
    if each.scheme != "mailto" or each.tag not in ("rua", "ruf"):
        return
    if authorised.permit is not Permit.DENIED or each.receives == Known(False):
        return
    host = printable(each.host, 200)
    yield Found(
        subject=each.host,
        message=f"{host} has not agreed to receive reports about {authorised.domain} ({each.tag}=)",
        evidence=(
            said(dig(Question(authorised.name, "TXT")), "no record that begins with v=DMARC1"),
        ),
        remedy=Remedy(
            (
                AskOther(
                    f"whoever runs {host}",
                    f"Please allow DMARC reports about {authorised.domain} to be sent to {host}: "
                    f'publish the TXT record "v=DMARC1" at {printable(authorised.name, 300)}',
                    (publish(authorised.name, "TXT", "v=DMARC1"),),
                ),
            )
        ),
    )
