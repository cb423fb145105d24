"""Mail that people write from this domain is to be rejected when it fails.

## What it checks
Where `mailworthy.toml` says that people write from the domain, its policy is not `p=reject`, unless that file asks for it.

## Why it matters
Mailing lists change messages, and signatures break.
With `p=reject` the mail of your people to lists is rejected, and other subscribers may be thrown off the list for it.

## How to fix
Publish `p=quarantine`.
If you want `p=reject` all the same, write `dmarc.p = "reject"`, and tell your people about lists.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import with_tag
from mailworthy.audit.rules.dmarc._shared import change, governing, world
from mailworthy.dmarc.record import Policy
from mailworthy.domain.intent import Domain

_INTENT = """
[hosts."mail.example.com"]
ipv4 = ["192.0.2.25"]
ipv6 = ["2001:db8::25"]
mx = 10

[domains."example.com"]
people = PEOPLE
reports = "dmarc@example.com"
selectors = ["r202611", "e202611"]
"""


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9989 §7.4",),
    bad=world(
        "v=DMARC1; p=reject; rua=mailto:dmarc@example.com", intent=_INTENT.replace("PEOPLE", "true")
    ),
    good=world(
        "v=DMARC1; p=reject; rua=mailto:dmarc@example.com",
        intent=_INTENT.replace("PEOPLE", "false"),
    ),
)
def check(dmarc: DmarcEvidence, wish: Domain | None, parked: bool) -> Iterator[Found]:
    judged = governing(dmarc)
    if judged is None or wish is None or parked or not wish.people or wish.dmarc.p == "reject":
        return
    read, record = judged
    if record.p is Policy.REJECT:
        new = with_tag(read.text, "p", Policy.QUARANTINE)
        message = "has p=reject, and people write from this domain: their mail to lists is rejected"
        yield change(dmarc.published, read.text, new, message)
