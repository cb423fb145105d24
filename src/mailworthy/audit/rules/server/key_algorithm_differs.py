"""The server signs with another kind of key than the published one.

## What it checks
The private key of each selector is of the kind (RSA, Ed25519) that its record tells.

## Why it matters
A signature names its selector, and the receiver takes the key that is published there. With a key of another
kind every signature fails. Often two selectors were mixed up.

## How to fix
Let each selector name its own file, or publish the key that it has.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.healthy import ED25519
from mailworthy.audit.healthyserver import RSA_KEY, served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._keys import key_of, publish_key, published_key, shown_key
from mailworthy.audit.rules.server._shared import short
from mailworthy.audit.serverparts import KeyOnServer
from mailworthy.lookup.model import Answer


@rule(
    over="signing_keys",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.6.1", "RFC 8463 §4"),
    bad=served(files={RSA_KEY: f"k=ed25519; p={ED25519}"}),
    good=served(),
)
def check(each: KeyOnServer, text: str, published: Answer) -> Iterator[Found]:
    found, mine = published_key(published), key_of(text)
    if found is None or mine is None or found[1].revoked or found[1].k == mine.k:
        return
    yield Found(
        subject=each.name,
        message=f"the key in {short(each.file.path)} is of kind {mine.k}, and {short(each.name)} publishes {short(found[1].k, 40)}",
        evidence=(cite(published, found[0]), shown_key(each, text)),
        remedy=publish_key(published, found[0], text),
    )
