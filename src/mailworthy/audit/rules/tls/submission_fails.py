"""People cannot encrypt where they are to send.

## What it checks
The servers that the SRV records name for submission agree on TLS.

## Why it matters
Mail programs cannot send at all, and say "the server cannot be reached".

## How to fix
Look for "TLS" in the log of the server: often the key does not belong to the certificate, or a file may not be
read.
"""

from collections.abc import Iterator

from mailworthy.audit.connectparts import Submission
from mailworthy.audit.finding import AskOther, Execute, Found, Remedy, Severity
from mailworthy.audit.healthyconnect import connected, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import openssl, shown
from mailworthy.audit.rules.smtp._submission import subject
from mailworthy.audit.rules.tls.handshake_fails import failure
from mailworthy.lookup.model import Dialled

_LOOK = "postconf -M submissions/inet submission/inet"


@rule(
    over="submissions",
    severity=Severity.WARNING,
    references=(
        "RFC 8314 §3",
        "RFC 8314 §3.3",
    ),
    bad=connected(
        dials=world(submissions={"tls": None, "ehlo": None, "tls_error": "wrong version number"}),
        cures=(_LOOK,),
    ),
    good=connected(),
)
def check(each: Submission, dialled: Dialled) -> Iterator[Found]:
    why = failure(dialled)
    if not why:
        return
    who, what = (
        f"whoever runs {shown(each.host)}",
        f"TLS on port {each.port} fails: please mend it.",
    )
    yield Found(
        subject=subject(each),
        message=f"TLS on port {each.port} of {shown(each.host)} fails: {why}",
        evidence=(openssl(dialled, why),),
        remedy=Remedy((Execute(_LOOK) if each.own else AskOther(who, what),)),
    )
