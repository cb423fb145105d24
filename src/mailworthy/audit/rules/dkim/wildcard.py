"""Every selector is answered with a text that is no key.

## What it checks
A name below `_domainkey` that nobody has set up gets no TXT record, a key, or a revoked key.

## Why it matters
A wildcard in the zone answers for every selector, even those that do not exist.
Receivers that meet an unknown selector get a text they cannot read in place of a clear no.
A wildcard with an empty `p=` is fine: it says that every other key is revoked.

## How to fix
Publish a revoked key as the wildcard below `_domainkey`: it hides a wildcard of the zone from there on, and leaves your real selectors alone.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Keys
from mailworthy.audit.finding import Found, Remedy, Severity, Step, cite, publish, withdraw
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.dkim.record import parse
from mailworthy.lookup.model import Status
from mailworthy.names import printable


@rule(
    severity=Severity.ADVICE,
    references=("RFC 6376 §6.1.2", "RFC 4592 §2.2.1"),
    bad=healthy(add=('*._domainkey.example.com. TXT "hello"',)),
    good=healthy(add=('*._domainkey.example.com. TXT "v=DKIM1; p="',)),
)
def check(keys: Keys, domain: str, parked: bool) -> Iterator[Found]:
    texts = keys.wildcard
    if not texts or parked or keys.base.status is Status.FAILED:
        return
    if any(parse(text).record for text in texts):
        return
    yield Found(
        subject=f"*._domainkey.{domain}",
        message=f"every selector of {domain} is answered with {printable(texts[0], 60)}, which is no key",
        evidence=(cite(keys.probe),),
        remedy=Remedy(_steps(keys, domain)),
    )


def _steps(keys: Keys, domain: str) -> tuple[Step, ...]:
    """Below `_domainkey` itself the wildcard goes; one further up is hidden by a better one."""
    name = f"*._domainkey.{domain}"
    better = publish(name, "TXT", "v=DKIM1; p=")
    if keys.base.status is Status.FOUND:
        return (better,)
    if keys.probe.chain:
        return (withdraw(name, "CNAME", f"{keys.probe.chain[0]}."), better)
    return (*(withdraw(name, "TXT", text) for text in keys.wildcard), better)
