"""A parked domain has an SPF record that does not turn all mail away.

## What it checks
The SPF record of a domain without mail is `v=spf1 -all`: nobody may send, and no doubt about it.

## Why it matters
Parked domains are liked by forgers, for nobody looks at them.
Nothing legitimate comes from here, so there is nothing that softness would protect.

## How to fix
Publish `v=spf1 -all` and nothing else.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._mail import authorises_nobody
from mailworthy.audit.rules.spf._shared import Spf, line, own, replaced, shown, world

_PARKED = {
    "parked": True,
    "selectors": (),
    "drop": (
        "example.com. MX",
        "mail.example.com.",
        "_25._tcp.mail",
        "r202611.",
        "e202611.",
        "_dmarc.",
        "_mta-sts.",
        "mta-sts.",
        "_smtp.",
        "_submission",
        "_imap",
        "_pop3",
        "autoconfig.",
        "autodiscover.",
        "_autodiscover",
        "default._bimi",
    ),
}
_REST = (
    "example.com. MX 0 .",
    line("v=DMARC1; p=reject; sp=reject; np=reject; psd=n", "_dmarc.example.com"),
    line("v=DKIM1; p=", "*._domainkey.example.com"),
)


@rule(
    severity=Severity.WARNING,
    references=("RFC 7208 §10.1.2",),
    bad=world("v=spf1 ~all", *_REST, **_PARKED),
    good=world("v=spf1 -all", *_REST, **_PARKED),
)
def check(parked: bool, spf: Spf) -> Iterator[Found]:
    read = own(spf)
    if parked and read and not _turns_away(spf):
        yield Found(
            subject=spf.name,
            message=f"{shown(spf.name)} is parked, yet {shown(read.text)!r} does not turn all away",
            evidence=(cite(spf.answer, read.text),),
            remedy=replaced(spf, read.text, "v=spf1 -all"),
        )


def _turns_away(spf: Spf) -> bool:
    """`-all` alone, or a redirect= alone, to a record that many parked domains share."""
    record = spf.record
    shared = record is not None and record.redirect is not None and not record.mechanisms
    return shared or authorises_nobody(spf)
