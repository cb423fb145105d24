"""A mail host greets with a name that is not its own.

## What it checks
The name in the greeting of your MX hosts is that of the host, or one that the PTR record of its address has.

## Why it matters
Tests of mail servers compare the two, and so do some filters. It also shows that mail arrives at another
machine than you think.

## How to fix
Set `myhostname` to the name that the MX record and the PTR record have, and begin the greeting with it.
"""

from collections.abc import Iterator

from mailworthy.audit.connectparts import Conversation
from mailworthy.audit.evidence import AddressEvidence, HostEvidence
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.healthyconnect import connected, says, world
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import greeting, ours, settled, shown, told
from mailworthy.audit.rules.smtp._banner import BANNER, name_of, names_of
from mailworthy.lookup.model import Dialled
from mailworthy.names import is_fqdn


@rule(
    over="conversations",
    severity=Severity.ADVICE,
    references=("RFC 5321 §4.3.1",),
    bad=connected(
        dials=world({"banner": says("other.example.net ESMTP", code=220)}),
        cures=("myhostname = mail.example.com",),
    ),
    good=connected(),
)
def check(
    call: Conversation,
    dialled: Dialled,
    addresses: tuple[AddressEvidence, ...],
    hosts: tuple[HostEvidence, ...],
) -> Iterator[Found]:
    host = next((h for h in hosts if h.name == call.host), None)
    known = next((a for a in addresses if a.ip == call.ip), None)
    if host is None or not ours(host) or known is None or not isinstance(known.ptr, Known):
        return
    name = name_of(dialled)
    if not is_fqdn(name) or name in (host.name, *known.ptr.value.names) or _told_before(call, host):
        return
    yield Found(
        subject=host.name,
        message=f"{shown(host.name)} ({call.ip}) greets as {shown(name)}",
        evidence=(greeting(dialled, told(dialled.banner)), cite(known.ptr.value.answer)),
        remedy=settled(host, f"myhostname = {shown(host.name)}", BANNER),
    )


def _told_before(call: Conversation, host: HostEvidence) -> bool:
    """Whether another address has the same fault, or names differ, which is another finding."""
    talks = [c.dialled.value for c in host.calls if isinstance(c.dialled, Known)]
    return len(names_of(tuple(talks))) > 1 or talks[0].ask.ip != call.ip
