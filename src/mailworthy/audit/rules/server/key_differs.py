"""The server signs with another key than the published one.

## What it checks
The private key that Rspamd or OpenDKIM signs with belongs to the key published for its selector.

## Why it matters
Every signature fails, though the record looks right and the log says that it signs. It happens when a key is
made anew and the zone is forgotten, or when one of two servers was changed.

## How to fix
Publish the server's key, or put back the private key that belongs to the published one.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.healthyserver import RSA_KEY, served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._keys import (
    OTHER_RSA,
    key_of,
    publish_key,
    published_key,
    shown_key,
)
from mailworthy.audit.rules.server._shared import short
from mailworthy.audit.serverparts import KeyOnServer
from mailworthy.dkim.record import same_key
from mailworthy.lookup.model import Answer


@rule(
    over="signing_keys",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §6.1.3",),
    bad=served(files={RSA_KEY: f"k=rsa; p={OTHER_RSA}"}),
    good=served(),
)
def check(each: KeyOnServer, text: str, published: Answer) -> Iterator[Found]:
    found, mine = published_key(published), key_of(text)
    if found is None or mine is None:
        return
    old, theirs = found
    if theirs.revoked or theirs.k != mine.k or same_key(mine, theirs):
        return
    yield Found(
        subject=each.name,
        message=f"{each.program} signs with another key than {short(each.name)} publishes",
        evidence=(cite(published, old), shown_key(each, text)),
        remedy=publish_key(published, old, text),
    )
