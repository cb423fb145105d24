"""Reports are sent to a domain that receives no mail.

## What it checks
The domain of each mailbox in `rua=` and `ruf=` has an MX record, or at least an address, and no null MX.

## Why it matters
The reports cannot be delivered.
Receivers give up after a while, and nobody tells you.

## How to fix
Name a mailbox that exists.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Destination, DmarcEvidence
from mailworthy.audit.finding import Found, Severity, dig
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dmarc._shared import SLOT, change, said, sound, uris, world
from mailworthy.lookup.model import Question
from mailworthy.names import printable


@rule(
    over="destinations",
    severity=Severity.WARNING,
    references=("RFC 9989 §5.1.3", "RFC 9990 §3.5"),
    bad=world(
        "v=DMARC1; p=quarantine; rua=mailto:dmarc@reports.example.com",
        blanks={"mailbox": "dmarc@example.com"},
    ),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@mail.example.com"),
)
def check(each: Destination, receives: bool, dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    if receives or each.tag not in ("rua", "ruf") or read is None:
        return
    new = uris(read.text, each.tag, lambda uri: f"mailto:{SLOT}" if _same(uri, each.uri) else uri)
    message = f"sends reports to {printable(each.host, 200)}, which receives no mail"
    found = change(dmarc.published, read.text, new, message)
    yield Found(
        found.subject,
        found.message,
        found.remedy,
        (
            *found.evidence,
            said(dig(Question(each.host, "MX")), "no MX and no address, or a null MX"),
        ),
    )


def _same(written: str, uri: str) -> bool:
    """Whether a URI as written, perhaps with an obsolete size, is this one."""
    return written == uri or written.startswith(f"{uri}!")
