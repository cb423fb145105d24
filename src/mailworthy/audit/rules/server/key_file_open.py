"""Others on the server may read the private key.

## What it checks
No key file that mail is signed with can be read or written by every user of the machine.

## Why it matters
Whoever has the key signs mail as you, and receivers cannot tell the difference. A broken web application on
the same machine is enough. OpenDKIM does not sign with such a key.

## How to fix
Take the rights away. If the machine is not yours alone, make a new key under a new selector too.
"""

import shlex
from collections.abc import Iterator

from mailworthy.audit.finding import Execute, Found, Remedy, Severity, word
from mailworthy.audit.healthyserver import RSA_KEY, served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import noted, short
from mailworthy.audit.serverparts import KeyOnServer


@rule(
    over="signing_keys",
    severity=Severity.WARNING,
    references=("RFC 6376 §8.3",),
    bad=served(modes={RSA_KEY: 0o644}),
    good=served(),
)
def check(each: KeyOnServer) -> Iterator[Found]:
    mode = each.file.mode
    if mode is None or not mode & 0o006:
        return
    path = short(each.file.path)
    kept = mode & 0o770
    yield Found(
        subject=each.file.path,
        message=f"{path} has mode {mode:04o}: every user of the machine may read the key",
        evidence=(
            noted(
                f"stat -c '%a %U:%G' {word(each.file.path)}",
                f"{mode:o} {short(each.file.owner)}".strip(),
            ),
        ),
        remedy=Remedy((Execute(f"chmod {kept:o} {shlex.quote(each.file.path)}"),)),
    )
