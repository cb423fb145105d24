"""The domain has no MX record, so mail goes to the address of the domain itself.

## What it checks
A domain with an A or AAAA record and no MX record at all.

## Why it matters
Without MX records, senders take the domain's own address for its mail host.
That is seldom meant: the address is most often a web server, and mail for the domain waits in
queues for days before it bounces.
Spammers, too, find an open door where nobody looks.

## How to fix
Publish an MX record with the name of the host that takes mail.
A domain that takes none publishes a null MX instead: `0 .`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, MxSet, Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite, publish
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._mail import authorises_nobody
from mailworthy.audit.rules.mx._shared import MAIL_HOST
from mailworthy.domain.intent import Domain
from mailworthy.names import printable
from mailworthy.spf.model import SpfRecord

_ADDRESS = "example.com. A 192.0.2.25"


@rule(
    severity=Severity.ADVICE,
    references=("RFC 5321 §5.1", "RFC 8314 §4.5.1"),
    bad=healthy(
        drop=("example.com. MX",), add=(_ADDRESS,), blanks={"mail-host": "mail.example.com"}
    ),
    good=healthy(add=(_ADDRESS,)),
)
def check(  # noqa: PLR0917  as many parts of the evidence have a say
    domain: str,
    mx: MxSet,
    own: AddressSet,
    parked: bool,
    wish: Domain | None,
    spf: Published[SpfRecord],
) -> Iterator[Found]:
    if mx.answer.records or not own.ips or parked or wish is not None or mx.answer.chain:
        return
    yield Found(
        subject=domain,
        message=f"{printable(domain)} has no MX record; its mail goes to {', '.join(own.ips[:4])}",
        evidence=(cite(mx.answer), cite(own.a), cite(own.aaaa)),
        remedy=_refuse(domain) if authorises_nobody(spf) else _receive(domain),
    )


def _refuse(domain: str) -> Remedy:
    """For a domain that sends nothing, as most web sites do."""
    return Remedy(
        (publish(domain, "MX", "0 ."),),
        note="If the domain takes mail, publish 10 and the name of its mail host instead.",
    )


def _receive(domain: str) -> Remedy:
    return Remedy(
        (publish(domain, "MX", "10 <mail-host>."),),
        note="If the domain takes no mail, publish 0 . instead.",
        blanks=(MAIL_HOST,),
    )
