"""What servers say when they are called: mail hosts on port 25, and submission."""

from collections.abc import Iterable

import msgspec

from mailworthy.audit.collect.target import Target
from mailworthy.audit.connectparts import NOT_CALLED, Conversation, Submission
from mailworthy.audit.evidence import AddressSet, HostEvidence, ServiceEvidence
from mailworthy.audit.part import Known, NotAsked, Part, Unknown, missing
from mailworthy.lookup.drive import gather, together
from mailworthy.lookup.model import Asking, Dial, Dialled, Encryption, Status, Why, dial
from mailworthy.names import is_within, printable

MAX_HOSTS = 5  # MX hosts that are called, best first
MAX_ADDRESSES = 2  # of each
MAX_SUBMISSION = 4  # servers for submission that are called
OLD = "TLSv1.1"  # the newest version that nobody should need (RFC 8996)
_PORTS = {465: Encryption.IMPLICIT, 587: Encryption.STARTTLS}
_SERVICES = ("_submissions._tcp", "_submission._tcp")

Hosts = Part[tuple[HostEvidence, ...]]


def called(target: Target, hosts: Hosts) -> Asking[Hosts]:
    """The hosts, with what those that receive mail say on port 25."""
    if not isinstance(hosts, Known) or target.checkpoint:
        return hosts
    receiving = [h.name for h in hosts.value if h.preference is not None][:MAX_HOSTS]
    found = yield from gather([_host(target, h, h.name in receiving) for h in hosts.value])
    return Known(tuple(found))


def _host(target: Target, host: HostEvidence, called: bool) -> Asking[HostEvidence]:
    if host.preference is None:
        return msgspec.structs.replace(host, talks=Known(()), old_tls=NOT_CALLED)
    if not called:
        return host
    if not isinstance(host.addresses, Known):
        return msgspec.structs.replace(host, talks=host.addresses, old_tls=host.addresses)
    places = _places(host.addresses.value)
    if not places:
        return msgspec.structs.replace(host, talks=Known(()))
    trials = target.trials if host.ours else ()
    asks = [Dial(host.name, ip, trials=trials if ip == places[0] else ()) for ip in places]
    calls, old = yield from together(
        gather([_call(host.name, ask) for ask in asks]),
        dial(Dial(host.name, places[0], newest=OLD)),
    )
    return msgspec.structs.replace(
        host, calls=_settled(calls), talks=_any(calls), old_tls=_learned(host.name, old)
    )


def _places(addresses: AddressSet) -> list[str]:
    """One address of each family where there are both, as senders may take either."""
    families = [[ip for ip in addresses.ips if (":" in ip) is six] for six in (False, True)]
    mixed = [ip for family in families for ip in family[:1]]
    return list(dict.fromkeys([*mixed, *addresses.ips]))[:MAX_ADDRESSES]


def _call(host: str, ask: Dial) -> Asking[Conversation]:
    reply = yield from dial(ask)
    return Conversation(host, ask.ip, reply, _learned(host, reply))


def _settled(calls: list[Conversation]) -> tuple[Conversation, ...]:
    """Where another address answers, one at which nobody does is no gap but a fault, which
    rules tell."""
    answered = any(isinstance(c.dialled, Known) for c in calls)
    return tuple(_without_gap(c) if answered and _unreachable(c) else c for c in calls)


def _unreachable(call: Conversation) -> bool:
    return call.reply.status is Status.FAILED and call.reply.why is Why.UNREACHABLE


def _without_gap(call: Conversation) -> Conversation:
    what = f"{call.host} ({call.ip}), port {call.reply.ask.port}"
    return msgspec.structs.replace(call, dialled=NotAsked(what, "nobody answers there"))


def _any(calls: Iterable[Conversation]) -> Part[tuple[Dialled, ...]]:
    """What the addresses say of which something was learned; the gap where there is none."""
    parts = [c.dialled for c in calls]
    known = tuple(p.value for p in parts if isinstance(p, Known))
    gaps = [p for p in parts if not isinstance(p, Known)]
    if known or not gaps:
        return Known(known)
    return next((g for g in gaps if isinstance(g, Unknown)), gaps[0])


def _learned(host: str, reply: Dialled) -> Part[Dialled]:
    """Known if the server spoke, and did not only ask for time."""
    what = f"{host} ({reply.ask.ip}), port {reply.ask.port}"
    if reply.tls_error:
        return Known(reply)
    if reply.status is Status.FAILED:
        return _gap(host, what, reply)
    if reply.banner is not None and 400 <= reply.banner.code < 500:
        return Unknown(what, Why.BUSY.value)
    return Known(reply) if _whole(reply) else Unknown(what, Why.GARBLED.value)


def _gap(host: str, what: str, reply: Dialled) -> Unknown | NotAsked:
    """Without means all addresses of a host are one gap, unless it is about one of them."""
    if reply.why is not Why.NO_MEANS:
        return missing(reply, what)
    if reply.detail:
        return NotAsked(what, printable(reply.detail, 200))
    return NotAsked(f"port {reply.ask.port} of {host}", Why.NO_MEANS.value)


def _whole(reply: Dialled) -> bool:
    """Whether the conversation came to its end, or to a refusal."""
    if reply.banner is None or (reply.banner.code == 220 and reply.ehlo is None):
        return False
    agreed = reply.starttls is not None and reply.starttls.code == 220
    return reply.tls is not None or not (agreed or reply.ask.encryption is Encryption.IMPLICIT)


def conversations(hosts: Hosts) -> Part[tuple[Conversation, ...]]:
    """The calls of all hosts."""
    if not isinstance(hosts, Known):
        return hosts
    return Known(tuple(call for host in hosts.value for call in host.calls))


def submissions_of(
    target: Target, services: tuple[ServiceEvidence, ...]
) -> Asking[Part[tuple[Submission, ...]]]:
    """What the servers say that the SRV records name for submission, each at one address."""
    wanted = [s for s in services if s.service in _SERVICES]
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for service in wanted:
        for host, ip, port in _named(service):
            found.setdefault((host, port), (service.service, ip))
    asks = [
        (service, Dial(host, ip, port, _PORTS[port]))
        for (host, port), (service, ip) in list(found.items())[:MAX_SUBMISSION]
    ]
    return Known(tuple((yield from gather([_submission(target, s, ask) for s, ask in asks]))))


def _named(service: ServiceEvidence) -> Iterable[tuple[str, str, int]]:
    """Host, address and port of each server, as far as known; other ports are not mail's."""
    if not (isinstance(service.records, Known) and isinstance(service.targets, Known)):
        return
    places = {s.name: s.ips[0] for s in service.targets.value if s.ips}
    for record in service.records.value:
        if record.offered and record.port in _PORTS and record.target in places:
            yield record.target, places[record.target], record.port


def _submission(target: Target, service: str, ask: Dial) -> Asking[Submission]:
    reply = yield from dial(ask)
    own = is_within(ask.host, target.domain) or bool(
        target.intent and ask.host in target.intent.hosts
    )
    part = _learned(ask.host, reply)
    return Submission(service, ask.host, ask.ip, ask.port, ask.encryption, own, part)
