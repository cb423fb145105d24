"""The domain refuses all mail with a null MX, but its SPF record lets somebody send.

## What it checks
A domain with a null MX publishes an SPF record that lets nobody send, or none.

## Why it matters
Receivers may refuse mail from a domain that takes no answers, not even bounces.
There is a reply code of its own for this, 5.7.27, and it is in use.

## How to fix
If the domain sends, give it a mail host that takes the answers.
If it does not, let SPF say so: `v=spf1 -all`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet, Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._mail import authorises_nobody
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.mx._shared import MAIL_HOST, NO_MAIL, SAYS_SO, texts
from mailworthy.names import printable
from mailworthy.spf.model import SpfRecord


@rule(
    severity=Severity.WARNING,
    references=("RFC 7505 §4.2",),
    bad=healthy(
        drop=NO_MAIL,
        add=(
            "example.com. MX 0 .",
            'example.com. TXT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all"',
            *SAYS_SO[1:],
        ),
        selectors=(),
        fetches={},
        blanks={"mail-host": "mail.example.com"},
    ),
    good=healthy(drop=NO_MAIL, add=("example.com. MX 0 .", *SAYS_SO), selectors=(), fetches={}),
)
def check(mx: MxSet, spf: Published[SpfRecord], domain: str, parked: bool) -> Iterator[Found]:
    if not mx.refuses or parked or spf.record is None or authorises_nobody(spf):
        return
    yield Found(
        subject=domain,
        message=f"{printable(domain)} has a null MX, but its SPF record lets somebody send",
        evidence=(cite(mx.answer), cite(spf.answer, spf.only.text if spf.only else None)),
        remedy=Remedy(
            mend(mx.answer, domain, remove=texts(mx.records), add=("10 <mail-host>.",)),
            note="If the domain sends no mail, publish v=spf1 -all instead.",
            blanks=(MAIL_HOST,),
        ),
    )
