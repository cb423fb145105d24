"""The domain sends mail, but has neither MX nor address: nothing can be sent to it.

## What it checks
A domain whose SPF record lets somebody send has an MX record, or at least an address.

## Why it matters
Mail for the domain cannot be delivered, nor can a single bounce or reply.
Many receivers look up the sender's domain, and refuse mail from one that could not be answered.

## How to fix
Publish an MX record with the name of the host that takes mail.
If the domain is not to be used for mail at all, let SPF say so too: `v=spf1 -all`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, Existence, MxSet, Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite, publish
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._mail import authorises_nobody
from mailworthy.audit.rules.mx._shared import MAIL_HOST
from mailworthy.domain.intent import Domain
from mailworthy.names import printable
from mailworthy.spf.model import SpfRecord

_REPORTS = 'rua=mailto:reports@mail.example.com"'
_ELSEWHERE = (
    f'_dmarc.example.com. TXT "v=DMARC1; p=quarantine; sp=quarantine; np=reject; psd=n; {_REPORTS}',
    f'_smtp._tls.example.com. TXT "v=TLSRPTv1; {_REPORTS}',
)
_DROP = ("_dmarc.example.com.", "_smtp._tls.")


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 5321 §5.1", "RFC 5321 §2.3.5"),
    bad=healthy(
        drop=(*_DROP, "example.com. MX"),
        add=_ELSEWHERE,
        blanks={"mail-host": "mail.example.com"},
    ),
    good=healthy(drop=_DROP, add=_ELSEWHERE),
)
def check(  # noqa: PLR0917  as many parts of the evidence have a say
    domain: str,
    existence: Existence,
    mx: MxSet,
    own: AddressSet,
    spf: Published[SpfRecord],
    wish: Domain | None,
) -> Iterator[Found]:
    if mx.answer.records or own.ips or wish is not None:
        return
    if spf.record is None or authorises_nobody(spf) or not existence.apex:
        return  # of a name inside a zone mx-missing-inside-zone speaks
    yield Found(
        subject=domain,
        message=(
            f"{printable(domain)} may send by its SPF record, but has no MX record and no address "
            "that answers could go to"
        ),
        evidence=(cite(mx.answer), cite(own.a), cite(own.aaaa)),
        remedy=Remedy((publish(domain, "MX", "10 <mail-host>."),), blanks=(MAIL_HOST,)),
    )
