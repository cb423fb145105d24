"""Hosts, MX and name servers, read from published records."""

import msgspec

from mailworthy.domain.drafts.senders import SpfWish
from mailworthy.domain.intent import Host
from mailworthy.domain.recordset import Record
from mailworthy.names import is_fqdn, is_within
from mailworthy.rdata.mx import Mx, parse
from mailworthy.spf.model import Kind, Mechanism, Qualifier
from mailworthy.spf.record import is_spf
from mailworthy.spf.record import parse as parse_spf


class Exchanges(msgspec.Struct, frozen=True):
    """The hosts of an intent, and the records that they stand for."""

    domain: str
    hosts: dict[str, Host] = {}
    understood: tuple[Record, ...] = ()
    notes: tuple[str, ...] = ()
    apex: frozenset[str] = frozenset()

    @property
    def _sending(self) -> frozenset[str]:
        senders = [h for h in self.hosts.values() if h.sends]
        return frozenset(a for h in senders for a in (*h.ipv4, *h.ipv6))

    def cover(self, term: Mechanism) -> bool:
        """Whether the addresses of sending hosts say what an SPF mechanism says."""
        whole = term.prefix4 in (None, 32) and term.prefix6 in (None, 128)
        if not whole:
            return False
        if term.kind in (Kind.IP4, Kind.IP6):
            return term.network in self._sending
        if term.domain is not None:
            return False
        if term.kind is Kind.MX:
            return bool(self.hosts) and all(h.sends for h in self.hosts.values())
        return term.kind is Kind.A and bool(self.apex) and self.apex <= self._sending


def exchanges(domain: str, records: tuple[Record, ...], spf: SpfWish) -> Exchanges:
    """The MX hosts as hosts of the intent, if at least one of them is ours and all are known.

    A host is ours if its name lies in the domain, or if SPF lets it send.
    """
    sets = [r for r in records if r.name == domain and r.type == "MX"]
    mxs = [mx for r in sets if (mx := parse(r.value).record) is not None and not mx.null]
    apex = frozenset(_addresses(domain, records, "A") + _addresses(domain, records, "AAAA"))
    if not mxs or len(mxs) < len(sets):
        why = "there is no MX record" if not sets else "an MX record is unusable"
        return Exchanges(domain, notes=(f"{why}: add the host that receives",), apex=apex)
    hosts = {mx.exchange: _host(mx, domain, records, spf) for mx in mxs}
    problem = _problem(mxs, hosts)
    if problem:
        kept = f"the MX records are kept as they are, since {problem}"
        return Exchanges(domain, notes=(kept,), apex=apex)
    own = {r for r in records if r.name in hosts and r.type in ("A", "AAAA")}
    notes = tuple(
        f"{name} is taken for somebody else's host, which receives and does not send for {domain}"
        for name, host in hosts.items()
        if not host.sends
    )
    return Exchanges(domain, hosts, (*sets, *own), notes, apex)


def _host(mx: Mx, domain: str, records: tuple[Record, ...], spf: SpfWish) -> Host:
    v4 = _addresses(mx.exchange, records, "A")
    v6 = _addresses(mx.exchange, records, "AAAA")
    listed = bool(spf.literals.intersection((*v4, *v6)))
    ours = is_within(mx.exchange, domain) or spf.names_mx or listed
    return Host(ipv4=v4, ipv6=v6, mx=mx.preference, sends=ours)


def _problem(mxs: list[Mx], hosts: dict[str, Host]) -> str:
    if len(hosts) < len(mxs):
        return "a host is named twice"
    seen: set[str] = set()
    for name, host in hosts.items():
        addresses = {*host.ipv4, *host.ipv6}
        if not is_fqdn(name):
            return f"{name} is no host name"
        if not addresses:
            return f"the addresses of {name} are not known"
        if seen & addresses:
            return f"{name} shares its address with another host"
        seen |= addresses
    return "" if any(h.sends for h in hosts.values()) else "none of the hosts is yours"


def _addresses(name: str, records: tuple[Record, ...], type_: str) -> tuple[str, ...]:
    return tuple(r.value for r in records if r.name == name and r.type == type_)


def nameservers(domain: str, records: tuple[Record, ...]) -> tuple[str, ...]:
    """NS as an intent writes it; the addresses of servers inside stay among the records."""
    found = [r.value.removesuffix(".") for r in records if (r.name, r.type) == (domain, "NS")]
    return tuple(dict.fromkeys(name for name in found if is_fqdn(name)))


def is_parked(domain: str, records: tuple[Record, ...]) -> bool:
    """A null MX alone, and no SPF record that lets anybody send (RFC 7505 §3)."""
    mxs = [r.value for r in records if (r.name, r.type) == (domain, "MX")]
    null = [mx for text in mxs if (mx := parse(text).record) is not None and mx.null]
    texts = [r.value for r in records if r.name == domain and r.type == "TXT" and is_spf(r.value)]
    return len(mxs) == 1 and len(null) == 1 and all(_sends_nothing(text) for text in texts)


def _sends_nothing(text: str) -> bool:
    spf = parse_spf(text).record
    if spf is None or spf.modifiers or len(spf.mechanisms) != 1 or spf.all is None:
        return False
    return spf.all.qualifier is Qualifier.FAIL
