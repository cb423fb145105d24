"""The domain has no DKIM key at all.

## What it checks
A domain that has a zone of its own and sends mail has something below `_domainkey`.
Where that name does not exist, there can be no key under any selector.

## Why it matters
Mail without a DKIM signature depends on SPF alone, which does not survive forwarding.
Gmail, Yahoo and Outlook refuse large senders without it.

## How to fix
Make an RSA key of 2048 bits, publish it, and let the server sign.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Existence, Keys, MxSet, Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite, publish
from mailworthy.audit.healthy import RSA, RSA_RECORD, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._mail import sends
from mailworthy.audit.rules.dkim._shared import FRESH, PUBLIC_KEY, line
from mailworthy.dkim.record import parse
from mailworthy.dmarc.discover import PolicyFound
from mailworthy.dmarc.record import Policy
from mailworthy.lookup.model import Status
from mailworthy.spf.model import SpfRecord


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §5.1.2", "RFC 8020 §2"),
    bad=healthy(drop=("r202611.", "e202611."), selectors=(), blanks={"public-key": RSA}),
    good=healthy(drop=("r202611.", "e202611."), selectors=(), add=(line("default", RSA_RECORD),)),
)
def check(  # noqa: PLR0917  as many parts of the evidence have a say
    keys: Keys,
    existence: Existence,
    parked: bool,
    mx: MxSet,
    spf: Published[SpfRecord],
    policy: PolicyFound,
) -> Iterator[Found]:
    if keys.known or keys.tried or not _nothing(keys) or not sends(parked, mx, spf):
        return
    if not existence.apex:
        return  # mail of a name inside a zone may be signed with the keys of the zone's domain
    if policy.effective is Policy.REJECT and policy.domain == policy.author:
        return  # dmarc-reject-without-dkim says it, and how much worse it is
    domain = policy.author
    yield Found(
        subject=domain,
        message=f"{domain} has no DKIM key: nothing exists below _domainkey.{domain}",
        evidence=(cite(keys.base),),
        remedy=Remedy(
            (publish(f"default._domainkey.{domain}", "TXT", FRESH),), blanks=(PUBLIC_KEY,)
        ),
    )


def _nothing(keys: Keys) -> bool:
    """Whether the name `_domainkey` itself is missing; a wildcard further up hides that."""
    if not keys.wildcard:
        return True
    above = keys.base.status is Status.FOUND and keys.base.records == keys.wildcard
    return above and not any(parse(text).record for text in keys.wildcard)
