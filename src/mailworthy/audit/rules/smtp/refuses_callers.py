"""A mail host turns every caller away.

## What it checks
The MX hosts greet with 220. Refusals that speak of the caller's own address are left out: they say nothing
about others.

## Why it matters
554 in place of a greeting means that there is no mail service here. Senders try the other MX hosts, then
return the mail.

## How to fix
Let the server take mail from strangers on port 25, or take its MX record away.
"""

from collections.abc import Iterator

from mailworthy.audit.connectparts import Conversation
from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyconnect import connected, says, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import asked, greeting, ours, settled, shown, told
from mailworthy.lookup.model import Dialled, Said

_SILENT = {"ehlo": None, "starttls": None, "tls": None, "ehlo_tls": None}
_OPEN = "smtpd_client_restrictions ="
_NOTE = "the server must greet strangers with 220 on port 25"
_US = (
    *("listed", "blocked", "blacklist", "block list", "spamhaus", "rbl", "dnsbl", "reputation"),
    *("dynamic", "residential", "reverse", "ptr", "your ip", "client host", "banned", "policy"),
)


@rule(
    over="conversations",
    severity=Severity.BLOCKER,
    references=(
        "RFC 5321 §3.1",
        "RFC 5321 §4.3.2",
    ),
    bad=connected(
        dials=world({"banner": says("no mail here", code=554), **_SILENT}), cures=(_OPEN,)
    ),
    good=connected(),
)
def check(call: Conversation, dialled: Dialled, hosts: tuple[HostEvidence, ...]) -> Iterator[Found]:
    banner = dialled.banner
    host = next((h for h in hosts if h.name == call.host), None)
    if host is None or banner is None or banner.code < 500 or _about_us(banner):
        return
    yield Found(
        subject=call.host,
        message=f"{shown(call.host)} ({call.ip}) refuses to talk to anybody: {told(banner)}",
        evidence=(greeting(dialled, told(banner)),),
        remedy=settled(host, _OPEN, note=_NOTE) if ours(host) else asked(host, _NOTE),
    )


def _about_us(banner: Said) -> bool:
    """Whether the refusal may be about the address that we call from."""
    text = " ".join(banner.lines[:20])[:4000].lower()
    return any(word in text for word in _US)
