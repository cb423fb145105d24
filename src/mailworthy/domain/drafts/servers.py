"""Hosts, MX and name servers, read from published records."""

import msgspec

from mailworthy.domain.drafts.senders import SpfWish
from mailworthy.domain.intent import Host
from mailworthy.domain.intentcheck import check_host
from mailworthy.domain.intentplace import IntentError
from mailworthy.domain.recordset import Record
from mailworthy.names import is_fqdn, is_within
from mailworthy.rdata.mx import Mx, parse
from mailworthy.spf.model import Kind, Mechanism, Qualifier
from mailworthy.spf.record import is_spf
from mailworthy.spf.record import parse as parse_spf


class Exchanges(msgspec.Struct, frozen=True):
    """The hosts of an intent, and the records that they stand for.

    `whole` says that they are all the MX hosts; otherwise the MX records are kept as they are.
    """

    domain: str
    hosts: dict[str, Host] = {}
    understood: tuple[Record, ...] = ()
    notes: tuple[str, ...] = ()
    apex: frozenset[str] = frozenset()
    whole: bool = False

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
            return self.whole and all(h.sends for h in self.hosts.values())
        return term.kind is Kind.A and bool(self.apex) and self.apex <= self._sending


def host_table(name: str, *, mx: int | None = None) -> str:
    """What to write into an intent for a host, in a sentence."""
    receives = "" if mx is None else f", mx = {mx}"
    return f'[hosts."{name}"] with ipv4 = ["ADDRESS"]{receives}'


def exchanges(domain: str, records: tuple[Record, ...], spf: SpfWish) -> Exchanges:
    """The MX hosts as hosts of the intent, if at least one of them is ours.

    A host is ours if its name lies in the domain, or if SPF lets it send. Where one of them
    cannot be a host, for instance for want of its address, the MX records stay as they are.
    """
    sets = [r for r in records if r.name == domain and r.type == "MX"]
    mxs = [mx for r in sets if (mx := parse(r.value).record) is not None and not mx.null]
    apex = frozenset(_addresses(domain, records, "A") + _addresses(domain, records, "AAAA"))
    wanted = {mx.exchange: _host(mx, domain, records, spf) for mx in mxs}
    problems = _problems(wanted)
    hosts = {name: host for name, host in wanted.items() if name not in problems}
    if not any(host.sends for host in hosts.values()):
        return Exchanges(domain, notes=(_none_of_ours(sets, problems),), apex=apex)
    whole = not problems and len(wanted) == len(sets)
    own = {r for r in records if r.name in hosts and r.type in ("A", "AAAA")}
    notes = (*_strangers(domain, hosts), *(() if whole else _kept(wanted, problems)))
    return Exchanges(domain, hosts, (*(sets if whole else ()), *own), notes, apex, whole)


def _none_of_ours(sets: list[Record], problems: dict[str, str]) -> str:
    if not sets:
        return "there is no MX record"
    why = "; ".join(problems.values()) or "none of the hosts is yours"
    return f"the MX records are kept as they are, since {why}"


def _strangers(domain: str, hosts: dict[str, Host]) -> tuple[str, ...]:
    return tuple(
        f"{name} is taken for somebody else's host, which receives and does not send for {domain}"
        for name, host in hosts.items()
        if not host.sends
    )


def _kept(wanted: dict[str, Host], problems: dict[str, str]) -> tuple[str, ...]:
    """What to write for the MX hosts that the intent does not have."""
    if not problems:
        return ("the MX records are kept as they are, since one is unusable or there twice",)
    return tuple(
        f"the MX records and MTA-STS are kept as they are, since {why}. If you run {name}, write "
        f"into mailworthy.toml {host_table(name, mx=wanted[name].mx)}; then take the MX "
        "records out of the file that `records` names"
        for name, why in problems.items()
    )


def _host(mx: Mx, domain: str, records: tuple[Record, ...], spf: SpfWish) -> Host:
    v4 = _addresses(mx.exchange, records, "A")
    v6 = _addresses(mx.exchange, records, "AAAA")
    listed = bool(spf.literals.intersection((*v4, *v6)))
    ours = is_within(mx.exchange, domain) or spf.names_mx or listed
    return Host(ipv4=v4, ipv6=v6, mx=mx.preference, sends=ours)


def _problems(hosts: dict[str, Host]) -> dict[str, str]:
    """What keeps a name from being a host of an intent."""
    found: dict[str, str] = {}
    owners: dict[str, str] = {}
    for name, host in hosts.items():
        addresses = (*host.ipv4, *host.ipv6)
        other = next((owners[a] for a in addresses if a in owners), None)
        if not is_fqdn(name):
            found[name] = f"{name} is no host name"
        elif not addresses:
            found[name] = f"the addresses of {name} are not known"
        elif fault := _fault(host):
            found[name] = f"{name} cannot be used: {fault}"
        elif other is not None:
            found[name] = f"{name} shares its address with {other}"
        else:
            owners |= dict.fromkeys(addresses, name)
    return found


def _fault(host: Host) -> str:
    """What an intent would refuse about the addresses."""
    try:
        check_host(host, ())
    except IntentError as error:
        return str(error)
    return ""


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
