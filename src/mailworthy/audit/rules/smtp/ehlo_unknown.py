"""A mail host does not know EHLO.

## What it checks
The MX hosts answer EHLO with 250, not with a code that says that the command is unknown.

## Why it matters
Every extension hangs on EHLO. Without it there is no encryption, no size limit that senders could heed,
and no eight-bit text.

## How to fix
Find what stands before the server: firewalls that "inspect" SMTP replace the commands that they do not know
(Cisco's `fixup smtp` shows stars in the greeting). Turn that off.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import AskOther, Found, Remedy, Severity
from mailworthy.audit.healthyconnect import connected, says, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import first_fault, hello, shown, told
from mailworthy.lookup.model import Dialled

_MUTE = {
    "ehlo": says("5.5.2 command not recognized", code=500),
    **{"starttls": None, "tls": None, "ehlo_tls": None},
}
_UNKNOWN = (500, 502)


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=(
        "RFC 5321 §3.2",
        "RFC 5321 §4.1.1.1",
    ),
    bad=connected(dials=world(_MUTE), cures=("",)),
    good=connected(),
)
def check(host: HostEvidence, talks: tuple[Dialled, ...]) -> Iterator[Found]:
    found = first_fault(talks, _refused)
    if found is None:
        return
    who = f"whoever runs the firewall before {shown(host.name)}"
    what = "Please switch the inspection of SMTP off: it keeps mail from being encrypted."
    yield Found(
        subject=host.name,
        message=f"{shown(host.name)} does not know EHLO: {found[1]}",
        evidence=(hello(found[0]),),
        remedy=Remedy((AskOther(who, what),)),
    )


def _refused(talk: Dialled) -> str:
    return told(talk.ehlo) if talk.ehlo and talk.ehlo.code in _UNKNOWN else ""
