"""A certificate that the server is to show is not there.

## What it checks
Every file of certificates that Postfix or Dovecot names exists and holds a certificate.

## Why it matters
Postfix goes on without STARTTLS; Dovecot does not start. Renewals that write to another folder end so.

## How to fix
Get the certificate, or name the file in which it is.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity, word
from mailworthy.audit.healthyserver import CERTIFICATE, CHAIN, served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._certificates import renewed, who
from mailworthy.audit.rules.server._shared import noted, short
from mailworthy.audit.serverparts import Served
from mailworthy.certificate import Certificate
from mailworthy.servers.reading.model import KeyState, Postfix


@rule(
    over="files",
    severity=Severity.BLOCKER,
    references=("RFC 3207 §4",),
    bad=served(files={CHAIN: None}, after={CHAIN: CERTIFICATE}),
    good=served(),
)
def check(each: Served, postfix: Postfix, chain: tuple[Certificate, ...]) -> Iterator[Found]:
    if chain:
        return
    file = each.file
    why = (
        "is not there"
        if file.state is KeyState.MISSING
        else "holds no certificate that can be read"
    )
    yield Found(
        subject=file.path,
        message=f"{short(file.path)}, which {who(each)} shows to others, {why}",
        evidence=(noted(f"ls -lL {word(file.path)}", short(file.why or "no certificate in it")),),
        remedy=renewed(postfix.value("myhostname")),
    )
