"""An MTA-STS record is published, but the host that serves the policy has no address.

## What it checks
Where `_mta-sts` has a usable record, the name `mta-sts` in the same domain has an A or AAAA
record, directly or through a CNAME.

## Why it matters
The policy is fetched from that host and from nowhere else.
Senders that cannot reach it carry on as if there was no MTA-STS.

## How to fix
Point `mta-sts` at the web server that serves the policy file, or remove the TXT record until
there is one.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, HostEvidence, MxSet, Published
from mailworthy.audit.finding import Blank, Found, Remedy, Severity, cite, publish, withdraw
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mtasts._shared import in_use
from mailworthy.mtasts.record import StsRecord
from mailworthy.rdata.fields import absolute

_HOST = Blank("policy-host", "the name of the web server that serves the policy file")


@rule(
    severity=Severity.WARNING,
    references=("RFC 8461 §3.2", "RFC 8461 §3.3"),
    bad=healthy(drop=("mta-sts.",), blanks={"policy-host": "mail.example.com"}),
    good=healthy(drop=("mta-sts.",), add=("mta-sts.example.com. AAAA 2001:db8::25",)),
)
def check(
    domain: str,
    mta_sts: Published[StsRecord],
    mta_sts_host: AddressSet,
    hosts: tuple[HostEvidence, ...],
    mx: MxSet,
) -> Iterator[Found]:
    if not in_use(mta_sts) or mta_sts_host.ips or mx.refuses:
        return
    name = f"mta-sts.{domain}"
    ours = next((h.name for h in hosts if h.ours), None)
    alias = publish(name, "CNAME", absolute(ours or f"<{_HOST.placeholder}>"))
    dangling = mta_sts_host.chain[:1]
    yield Found(
        subject=name,
        message=f"{domain} announces an MTA-STS policy, but {name} has no address to fetch it from",
        evidence=(cite(mta_sts.answer), cite(mta_sts_host.a), cite(mta_sts_host.aaaa)),
        remedy=Remedy(
            (*(withdraw(name, "CNAME", absolute(target)) for target in dangling), alias),
            "The host needs a certificate for this name and the policy file.",
            () if ours else (_HOST,),
        ),
    )
