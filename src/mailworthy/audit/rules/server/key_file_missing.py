"""A key that the server is to sign with is not there.

## What it checks
Every key file that Rspamd or OpenDKIM names for the domain exists.

## Why it matters
Nothing is signed with that selector, and the log says so once a message: mail leaves unsigned.

## How to fix
Put the key where the settings look for it; `mailworthy config` says where its keys go.
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
    references=("RFC 6376 §5.2",),
    bad=served(files={RSA_KEY: None}, after={RSA_KEY: f"k=rsa; p={RSA}"}),
    good=served(),
)
def check(each: KeyOnServer) -> Iterator[Found]:
    if each.file.state is not KeyState.MISSING:
        return
    path = short(each.file.path)
    owner = "opendkim" if each.program == "OpenDKIM" else "_rspamd"
    command = f"install -o {owner} -g {owner} -m 0600 KEY {shlex.quote(each.file.path)}"
    yield Found(
        subject=each.name,
        message=f"{each.program} is to sign with {path}, which is not there",
        evidence=(noted(f"ls -l {word(each.file.path)}", "No such file or directory"),),
        remedy=Remedy(
            (Execute(command),), "KEY is the private key that belongs to the published one"
        ),
    )
