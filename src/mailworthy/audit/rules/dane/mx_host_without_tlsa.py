"""Some MX hosts of a domain have TLSA records, and one has none.

## What it checks
Where one of your MX hosts has TLSA records, all of them have.
Hosts that somebody else runs are left alone.

## Why it matters
An attacker only has to make the protected hosts unreachable, and mail goes to the open one.

## How to fix
Publish a `3 1 1` record of the key of that host too.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence, TlsaSet
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import POLICY, POLICY_URL, healthy
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.dane._shared import (
    BEST,
    CURRENT,
    DIGEST,
    domain_of,
    ours,
    receives,
    usable,
)
from mailworthy.names import printable

_SECOND = (
    "example.com. MX 20 mx2.example.com.",
    "mx2.example.com. A 192.0.2.25",
    "mx2.example.com. AAAA 2001:db8::25",
    'mx2.example.com. TXT "v=spf1 a -all"',
)
_POLICY = {POLICY_URL: POLICY + "mx: mx2.example.com\n"}


@rule(
    over="hosts",
    severity=Severity.ADVICE,
    references=("RFC 7672 §2.2.1",),
    bad=healthy(add=_SECOND, fetches=_POLICY, blanks={"digest": CURRENT}),
    good=healthy(
        add=(*_SECOND, f"_25._tcp.mx2.example.com. TLSA 3 1 1 {CURRENT}"), fetches=_POLICY
    ),
)
def check(
    host: HostEvidence, tlsa: TlsaSet, domain: str, hosts: tuple[HostEvidence, ...]
) -> Iterator[Found]:
    protected = next((h for h in hosts if _protected(h)), None)
    if protected is None or tlsa.found or not receives(host) or not ours(host):
        return
    yield Found(
        subject=host.name,
        message=f"MX {printable(protected.name, 100)} has TLSA records, {printable(host.name, 100)} has none",
        evidence=(cite(tlsa.answer),),
        remedy=Remedy(mend(tlsa.answer, domain_of(host, domain), add=(BEST,)), blanks=(DIGEST,)),
    )


def _protected(host: HostEvidence) -> bool:
    known = isinstance(host.tlsa, Known) and usable(host.tlsa.value)
    return known and receives(host) and ours(host)
