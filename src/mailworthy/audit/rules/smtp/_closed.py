"""Addresses of a mail host at which nobody answers, while others do."""

from collections.abc import Iterator

from mailworthy.audit.connectparts import Conversation
from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Remedy
from mailworthy.audit.rules._talks import settled
from mailworthy.lookup.model import Dialled, Status, Why
from mailworthy.rdata.address import Kind, kind

NOTHING = "no connection"
LISTEN = ("inet_interfaces = all", "inet_protocols = all")
NO_ANSWER = {
    "status": Status.FAILED,
    "why": Why.UNREACHABLE,
    **dict.fromkeys(("banner", "ehlo", "starttls", "tls", "ehlo_tls")),
}
_RESTART = "then: systemctl restart postfix (a reload is not enough)"
_CALLED = (Kind.GLOBAL, Kind.DOCUMENTATION)


def closed(host: HostEvidence, talks: tuple[Dialled, ...], *, six: bool) -> Iterator[Conversation]:
    """The calls of one family of addresses that were turned away, if another one was taken.

    An address that kept silent may be there; one that is not public was never called.
    """
    for call in host.calls if talks else ():
        missed = call.reply.status is Status.FAILED and call.reply.why is Why.UNREACHABLE
        if missed and (":" in call.ip) is six and kind(call.ip) in _CALLED:
            yield call


def opened(host: HostEvidence, ip: str) -> Remedy:
    """Let the server listen at the address."""
    note = f"open port 25 for {ip} in the firewall too, or take the address of the host away"
    return settled(host, *LISTEN, note=note, then=_RESTART)
