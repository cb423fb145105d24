"""Changes to the text of an SPF record that leave all other terms as they are."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from mailworthy.parsed import Problem
from mailworthy.spf.model import Kind, Mechanism, Qualifier, Term
from mailworthy.spf.record import VERSION
from mailworthy.spf.terms import read_term

_WORD = re.compile(r"[^ ]+")
Span = tuple[int, int, str]


def spans(text: str) -> list[Span]:
    """The terms behind the version, with their places."""
    return [(m.start(), m.end(), m[0]) for m in _WORD.finditer(text, len(VERSION))]


def words(text: str) -> list[str]:
    """The terms behind the version."""
    return [word for _, _, word in spans(text)]


def record(terms: Iterable[str]) -> str:
    """A record of these terms."""
    return " ".join([VERSION, *(term for term in terms if term)])


def word_at(text: str, problem: Problem) -> Span:
    """The term that a problem lies in."""
    known, ends = _indexed(text)
    place = bisect_right(ends, problem.start)
    return known[place] if place < len(known) else (len(text), len(text), "")


@lru_cache(maxsize=8)
def _indexed(text: str) -> tuple[tuple[Span, ...], tuple[int, ...]]:
    """The terms, and where each ends: a hostile record has a problem in every one."""
    known = tuple(spans(text))
    return known, tuple(end for _, end, _ in known)


def swapped(text: str, changes: Mapping[int, str]) -> str:
    """The record with the terms that begin at these places replaced; "" takes one away."""
    return record(changes.get(start, word) for start, _, word in spans(text))


def without(text: str, problems: Iterable[Problem]) -> str:
    """The record without the terms that these problems lie in."""
    return swapped(text, {word_at(text, problem)[0]: "" for problem in problems})


def in_front(text: str, terms: Iterable[str]) -> str:
    """The record with more terms, which are evaluated before all others."""
    return record([*terms, *words(text)])


def literal(network: str, qualifier: Qualifier = Qualifier.PASS) -> str:
    """An address or network in CIDR text as a term that needs no look-up."""
    net = ip_network(network)
    whole = net.prefixlen == net.max_prefixlen
    sign = "" if qualifier is Qualifier.PASS else qualifier.value
    return f"{sign}ip{net.version}:{net.network_address if whole else net}"


def literals(ips: Iterable[str]) -> list[str]:
    """Addresses as terms, IPv4 first."""
    return sorted((literal(ip) for ip in ips), key=lambda term: term[:3])


def mechanism(word: str) -> Mechanism | None:
    """The mechanism that a term is, None for modifiers and for what cannot be read."""
    term = read_term(word).term if word.isascii() and word.isprintable() else None
    return term if isinstance(term, Mechanism) else None


def is_all(word: str) -> bool:
    """Whether a term is `all`, under any qualifier."""
    found = mechanism(word)
    return found is not None and found.kind is Kind.ALL


def authorises_somebody(terms: Iterable[str]) -> bool:
    """Whether any term could let a host pass, the whole world aside."""
    return any(
        word.lower().startswith("redirect=")
        or ((m := mechanism(word)) and m.qualifier is Qualifier.PASS and m.kind is not Kind.ALL)
        for word in terms
    )


def unlisted(terms: Iterable[str], ips: Iterable[str]) -> list[str]:
    """Literals for those addresses that no term could stand for; none where `a`, `mx` or the
    like may do so."""
    nets = []
    for found in filter(None, map(mechanism, terms)):
        if found.network is None and found.kind not in (Kind.ALL, Kind.INCLUDE, Kind.PTR):
            return []
        if found.network is not None:
            prefix = found.prefix4 if found.kind is Kind.IP4 else found.prefix6
            text = found.network if prefix is None else f"{found.network}/{prefix}"
            nets.append(ip_network(text, strict=False))
    lacking = [ip for ip in ips if not any(_lies_in(ip, net) for net in nets)]
    return literals(lacking)


def _lies_in(ip: str, net: IPv4Network | IPv6Network) -> bool:
    found = ip_address(ip)
    return found.version == net.version and found in net


def bound(word: str, term: Term, domain: str) -> str | None:
    """A term of the record at `domain` as it reads elsewhere, None if it hangs on the name."""
    spec = term.domain
    if spec is not None and "d" in spec.letters:
        return None
    if isinstance(term, Mechanism) and term.kind in _NAMING and spec is None:
        head, slash, prefix = word.partition("/")
        return f"{head}:{domain}{slash}{prefix}"
    return word


_NAMING = frozenset({Kind.A, Kind.MX, Kind.PTR})
