"""Nobody can agree to receive the reports: the name would be too long.

## What it checks
The name at which another domain agrees to receive reports, `<domain>._report._dmarc.<its domain>`, fits into DNS.

## Why it matters
A name has 253 characters at most.
Where the record cannot exist, receivers must ignore the address.

## How to fix
Use a mailbox at a shorter name, best in your own domain.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Destination, DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dmarc._shared import SLOT, change, sound, uris, world
from mailworthy.dmarc.authorise import Authorised, Permit
from mailworthy.names import printable

_SHORT = "reports." + "a" * 50 + ".example.net"
_LONG = f"{'b' * 60}.{'c' * 60}.{'d' * 40}.{_SHORT}"


@rule(
    over="destinations",
    severity=Severity.WARNING,
    references=("RFC 9990 §4",),
    bad=world(
        f"v=DMARC1; p=quarantine; rua=mailto:dmarc@{_LONG}",
        add=(f"{_LONG}. A 198.51.100.25",),
        blanks={"mailbox": "dmarc@example.com"},
    ),
    good=world(
        f"v=DMARC1; p=quarantine; rua=mailto:dmarc@{_SHORT}",
        add=(f"{_SHORT}. A 198.51.100.25", f'example.com._report._dmarc.{_SHORT}. TXT "v=DMARC1"'),
    ),
)
def check(each: Destination, authorised: Authorised, dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    if authorised.permit is not Permit.TOO_LONG or read is None:
        return
    new = uris(read.text, each.tag, lambda uri: f"mailto:{SLOT}" if uri == each.uri else uri)
    message = f"sends reports to {printable(each.host, 80)}, whose permission has too long a name"
    yield change(dmarc.published, read.text, new, message)
