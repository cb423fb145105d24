"""A host that sends is not authorised by the SPF record.

## What it checks
Every address that `mailworthy.toml` lets mail leave from passes SPF for the domain, evaluated as
receivers do it.

## Why it matters
Mail from that address fails SPF.
Where the record ends in `-all` many receivers refuse it; elsewhere all depends on DKIM alone.

## How to fix
Add the address to the record with `ip4:` or `ip6:`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressEvidence
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._authorised import legible, refused, with_hosts
from mailworthy.audit.rules.spf._shared import Spf, replaced, shown, world
from mailworthy.domain.intent import Domain
from mailworthy.spf.authorise import Authorisation

_INTENT = """\
[hosts."mail.example.com"]
ipv4 = ["192.0.2.25"]
ipv6 = ["2001:db8::25"]
mx = 10

[domains."example.com"]
dnssec = true
ca = ["letsencrypt.org"]
selectors = ["r202611", "e202611"]
"""


@rule(
    over="addresses",
    severity=Severity.BLOCKER,
    references=("RFC 7208 §2.4", "RFC 7208 §10.1"),
    bad=world("v=spf1 ip4:192.0.2.26 ip6:2001:db8::25 -all", intent=_INTENT),
    good=world("v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all", intent=_INTENT),
)
def check(
    address: AddressEvidence, authorisation: Authorisation, intent: Domain, spf: Spf
) -> Iterator[Found]:
    text = legible(spf)
    if text is None or intent.parked or not address.sends or not refused(address):
        return
    by = f" by {shown(authorisation.by)}" if authorisation.by else ""
    yield Found(
        subject=address.ip,
        message=(
            f"mail of {shown(address.hosts[0])} from {address.ip} does not pass SPF for "
            f"{shown(spf.name)}: {authorisation.result}{by}"
        ),
        evidence=(cite(spf.answer, text),),
        remedy=replaced(spf, text, with_hosts(text, [address.ip])),
    )
