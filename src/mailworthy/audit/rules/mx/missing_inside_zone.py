"""A name that sends mail, inside the zone of another, has neither MX nor address.

## What it checks
A sub-domain whose SPF record lets somebody send has an MX record, or at least an address.

## Why it matters
Such names send newsletters and notices, and answers go elsewhere by Reply-To.
Bounces still go to the name itself if it stands in the envelope, and some receivers refuse a sender
domain to which nothing can be sent.

## How to fix
Publish an MX record, most often the one that the sending service names.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, Existence, MxSet, Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite, publish
from mailworthy.audit.healthy import RSA_RECORD, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._mail import authorises_nobody
from mailworthy.audit.rules.mx._shared import MAIL_HOST
from mailworthy.domain.intent import Domain
from mailworthy.names import printable
from mailworthy.spf.model import SpfRecord

_NEWS = (
    'news.example.com. TXT "v=spf1 ip4:192.0.2.25 -all"',
    f's1._domainkey.news.example.com. TXT "{RSA_RECORD[:200]}" "{RSA_RECORD[200:]}"',
)
_SUB = "news.example.com"


@rule(
    severity=Severity.WARNING,
    references=("RFC 5321 §5.1", "RFC 5321 §2.3.5"),
    bad=healthy(
        add=_NEWS,
        domain=_SUB,
        selectors=("s1",),
        fetches={},
        blanks={"mail-host": "mail.example.com"},
    ),
    good=healthy(
        add=(*_NEWS, "news.example.com. MX 10 mail.example.com."),
        domain=_SUB,
        selectors=("s1",),
        fetches={},
    ),
)
def check(  # noqa: PLR0917  as many parts of the evidence have a say
    domain: str,
    existence: Existence,
    mx: MxSet,
    own: AddressSet,
    spf: Published[SpfRecord],
    wish: Domain | None,
) -> Iterator[Found]:
    if existence.apex or not existence.exists or mx.answer.records or own.ips or wish is not None:
        return
    if spf.record is None or authorises_nobody(spf):
        return
    yield Found(
        subject=domain,
        message=(
            f"{printable(domain)} may send by its SPF record, but has no MX record and no address "
            "that bounces could go to"
        ),
        evidence=(cite(mx.answer), cite(own.a), cite(own.aaaa)),
        remedy=Remedy(
            (publish(domain, "MX", "10 <mail-host>."),),
            note="If its mail has another domain in the envelope, nothing needs to be done.",
            blanks=(MAIL_HOST,),
        ),
    )
