"""The lookup chain: domain, MX, host, address, PTR, and back."""

from mailworthy.audit.collect.target import Target
from mailworthy.audit.collect.texts import texts_at
from mailworthy.audit.evidence import (
    AddressEvidence,
    AddressSet,
    Forward,
    HostEvidence,
    MxSet,
    Ptr,
    Read,
    TlsaSet,
)
from mailworthy.audit.part import Known, NotAsked, Part, every, missing, part
from mailworthy.dane.record import parse as parse_tlsa
from mailworthy.lookup.drive import gather, together
from mailworthy.lookup.model import Answer, Asking, Question, Status, ask, look
from mailworthy.names import is_within, normalize
from mailworthy.rdata.address import canonical, reverse_name
from mailworthy.rdata.mx import parse as parse_mx
from mailworthy.spf.record import is_spf
from mailworthy.spf.record import parse as parse_spf

MAX_HOSTS = 12  # a domain with more MX hosts than this is judged by its first ones
MAX_ADDRESSES = 32
MAX_PTR_NAMES = 10  # RFC 7208 §4.6.4, RFC 8601 §3


def addresses_of(name: str) -> Asking[Part[AddressSet]]:
    """A and AAAA of one name."""
    a, aaaa = yield from ask(Question(name, "A"), Question(name, "AAAA"))
    return address_set(a, aaaa)


def address_set(a: Answer, aaaa: Answer) -> Part[AddressSet]:
    """Known if both families are."""
    lacking = [answer for answer in (a, aaaa) if answer.status is Status.FAILED]
    if lacking:
        return missing(lacking[0])
    ips = (canonical(text) for text in (*a.records, *aaaa.records))
    return Known(AddressSet(a.ask.name, a, aaaa, tuple(ip for ip in ips if ip)))


def mx_of(name: str) -> Asking[Part[MxSet]]:
    """The MX set of one name."""
    answer = yield from look(name, "MX")
    return mx_set(answer)


def mx_set(answer: Answer) -> Part[MxSet]:
    """The MX set in an answer."""
    return part(answer, lambda: _mx_set(answer))


def _mx_set(answer: Answer) -> MxSet:
    parsed = [(text, parse_mx(text).record) for text in answer.records]
    records = sorted((r for _, r in parsed if r), key=lambda r: (r.preference, r.exchange))
    return MxSet(answer, tuple(records), tuple(text for text, r in parsed if r is None))


def hosts_of(target: Target, mx: Part[MxSet]) -> Asking[Part[tuple[HostEvidence, ...]]]:
    """Every mail host: the MX targets, and the sending hosts of the intent."""
    wished = target.intent.senders(target.domain) if target.wish and target.intent else {}
    if not isinstance(mx, Known) and not wished:
        return mx
    found = (
        {r.exchange: r.preference for r in reversed(mx.value.exchanges)}
        if isinstance(mx, Known)
        else {}
    )
    names = sorted(found, key=lambda n: (found[n], n))[:MAX_HOSTS]
    names += [n for n in wished if n not in found]
    collected = yield from gather([_host(target, name, found.get(name)) for name in names])
    return Known(tuple(collected))


def _host(target: Target, name: str, preference: int | None) -> Asking[HostEvidence]:
    intent, wish = target.intent, target.wish
    ours = bool(intent and wish and name in intent.domain_hosts(target.domain))
    sends = bool(ours and intent and intent.hosts[name].sends)
    (a, aaaa), spf, mx, tlsa = yield from together(
        ask(Question(name, "A"), Question(name, "AAAA")),
        texts_at(name, is_spf, parse_spf),
        _helo_mx(target, name),
        _tlsa(target, name),
    )
    return HostEvidence(
        name=name,
        preference=preference,
        sends=sends if wish else True,
        ours=ours,
        within=is_within(name, target.domain),
        addresses=address_set(a, aaaa),
        a=part(a, lambda: a),
        aaaa=part(aaaa, lambda: aaaa),
        helo_spf=spf,
        helo_mx=mx,
        tlsa=tlsa,
    )


def _helo_mx(target: Target, name: str) -> Asking[Part[MxSet]]:
    if target.checkpoint or not is_within(name, target.domain):
        return NotAsked(f"{name} MX", "not part of this check")
    return (yield from mx_of(name))


def _tlsa(target: Target, name: str) -> Asking[Part[TlsaSet]]:
    if target.checkpoint:
        return NotAsked(f"_25._tcp.{name} TLSA", "not part of this check")
    answer = yield from look(f"_25._tcp.{name}", "TLSA")
    return part(
        answer, lambda: TlsaSet(answer, tuple(Read(t, parse_tlsa(t)) for t in answer.records))
    )


def reverse_of(
    target: Target, hosts: Part[tuple[HostEvidence, ...]]
) -> Asking[Part[tuple[AddressEvidence, ...]]]:
    """Each address of the mail hosts with its PTR names and where those lead."""
    if not isinstance(hosts, Known):
        return hosts
    owners = _owners(target, hosts.value)
    sets = every([h.addresses for h in hosts.value])
    if not owners and not isinstance(sets, Known):
        return sets
    collected = yield from gather(
        [_address(ip, names, sends) for ip, (names, sends) in list(owners.items())[:MAX_ADDRESSES]]
    )
    return Known(tuple(collected))


def _owners(
    target: Target, hosts: tuple[HostEvidence, ...]
) -> dict[str, tuple[tuple[str, ...], bool]]:
    """By address: the hosts that have it, published or wished, and whether mail leaves there."""
    owners: dict[str, tuple[tuple[str, ...], bool]] = {}
    for host in hosts:
        ips = set(host.addresses.value.ips) if isinstance(host.addresses, Known) else set()
        if host.ours and target.intent:
            wished = target.intent.hosts[host.name]
            ips |= {*wished.ipv4, *wished.ipv6}
        for ip in sorted(ips):
            names, sends = owners.get(ip, ((), False))
            owners[ip] = ((*names, host.name), sends or host.sends)
    return owners


def _address(ip: str, hosts: tuple[str, ...], sends: bool) -> Asking[AddressEvidence]:
    answer = yield from look(reverse_name(ip), "PTR")
    ptr = part(answer, lambda: _ptr(answer), f"the PTR of {ip}")
    forward: Part[Forward]
    if isinstance(ptr, Known):
        sets = yield from gather([addresses_of(name) for name in ptr.value.names])
        forward = _forward(ip, every(sets))
    else:
        forward = ptr
    return AddressEvidence(ip, hosts, sends, ptr, forward, NotAsked("SPF", "assembled later"))


def _ptr(answer: Answer) -> Ptr:
    return Ptr(answer, tuple(normalize(text) for text in answer.records[:MAX_PTR_NAMES]))


def _forward(ip: str, sets: Part[tuple[AddressSet, ...]]) -> Part[Forward]:
    if not isinstance(sets, Known):
        return sets
    confirmed = tuple(s.name for s in sets.value if ip in s.ips)
    return Known(Forward(sets.value, confirmed))
