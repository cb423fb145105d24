"""A file that the server is to sign with holds no key for DKIM.

## What it checks
Every key file holds an RSA or Ed25519 private key, without a passphrase.

## Why it matters
Nothing is signed with that selector. Keys of other kinds (ECDSA, DSA) exist in no standard for DKIM.

## How to fix
Make a key that DKIM has: `rspamadm dkim_keygen`, or `mailworthy init`.
"""

import shlex
from collections.abc import Iterator

from mailworthy.audit.finding import Execute, Found, Remedy, Severity, word
from mailworthy.audit.healthy import RSA
from mailworthy.audit.healthyserver import RSA_KEY, served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import noted, short
from mailworthy.audit.serverparts import KeyOnServer
from mailworthy.servers.reading.model import KeyState


@rule(
    over="signing_keys",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.3", "RFC 8463 §3"),
    bad=served(
        files={RSA_KEY: "it holds no RSA or Ed25519 private key without a passphrase"},
        after={RSA_KEY: f"k=rsa; p={RSA}"},
    ),
    good=served(),
)
def check(each: KeyOnServer) -> Iterator[Found]:
    if each.file.state is not KeyState.UNUSABLE:
        return
    path = short(each.file.path)
    command = f"rspamadm dkim_keygen -b 2048 -s {shlex.quote(each.selector)} -k {shlex.quote(each.file.path)}"
    yield Found(
        subject=each.name,
        message=f"{each.program} is to sign with {path}: {short(each.file.why)}",
        evidence=(noted(f"openssl pkey -in {word(each.file.path)} -noout", short(each.file.why)),),
        remedy=Remedy((Execute(command),), "then publish the record that it prints"),
    )
