"""The server signs with a key that is not published.

## What it checks
For every selector that Rspamd or OpenDKIM signs mail of the domain with, a TXT record exists.

## Why it matters
Every such signature is a permanent error: receivers treat the mail as unsigned, and DMARC has to do
without DKIM. With `check_pubkey` Rspamd does not sign at all.

## How to fix
Publish the key, or take the selector out of the server's settings.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.healthy import RSA
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._keys import publish_key, shown_key
from mailworthy.audit.rules.server._shared import short
from mailworthy.audit.serverparts import KeyOnServer
from mailworthy.lookup.model import Answer


@rule(
    over="signing_keys",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.6.2", "RFC 6376 §6.1.2"),
    bad=served(
        drop=("r202611._domainkey",),
        selectors=("e202611", "old"),
        add=(
            f'old._domainkey.example.com. TXT "v=DKIM1; k=rsa; t=s; p={RSA[:200]}" "{RSA[200:]}"',
        ),
    ),
    good=served(),
)
def check(each: KeyOnServer, text: str, published: Answer) -> Iterator[Found]:
    if published.records or not text:
        return
    yield Found(
        subject=each.name,
        message=f"{each.program} signs with selector {short(each.selector)}, and {short(each.name)} has no key",
        evidence=(cite(published), shown_key(each, text)),
        remedy=publish_key(published, None, text),
    )
