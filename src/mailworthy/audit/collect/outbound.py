"""Which hosts and addresses the mail of a domain leaves from, as far as its records tell."""

import msgspec

from mailworthy.audit.evidence import AddressEvidence, HostEvidence
from mailworthy.audit.part import Known, Part, value_or
from mailworthy.spf.authorise import ARROW, Authorisation, Standing
from mailworthy.spf.model import Kind, Mechanism, Qualifier
from mailworthy.spf.treemodel import SpfTree

_OPEN = frozenset({Standing.NONE, Standing.PERMERROR, Standing.UNKNOWN})
_NAMING = ("ip4:", "ip6:", "a:")

_Hosts = Part[tuple[HostEvidence, ...]]
_Addresses = Part[tuple[AddressEvidence, ...]]


def departures(
    hosts: _Hosts, addresses: _Addresses, tree: Part[SpfTree], *, intended: bool
) -> tuple[_Hosts, _Addresses]:
    """Hosts and addresses with `outbound` set, and hosts with `proven`.

    With an intent, what it says counts. Without one, an MX host is taken for a sender if it
    bears a name of the domain and SPF does not speak against all its addresses, or if SPF names
    it: the MX hosts of a provider receive, but its mail leaves elsewhere.
    """
    if not isinstance(hosts, Known) or not isinstance(addresses, Known):
        return hosts, addresses
    borrows = isinstance(tree, Known) and any(node.child for node in tree.value.nodes)
    leaving = {
        host.name
        for host in hosts.value
        if (host.sends if intended else _leaves(host, addresses.value, borrows))
    }
    crowded = _crowded(tree)
    proven = {
        host.name
        for host in hosts.value
        if (host.sends if intended else _is_named(_said(host, addresses.value), crowded))
    }
    return (
        Known(tuple(_marked(h, h.name in leaving, h.name in proven) for h in hosts.value)),
        Known(tuple(_set(a, not leaving.isdisjoint(a.hosts)) for a in addresses.value)),
    )


def _set(one: AddressEvidence, outbound: bool) -> AddressEvidence:
    return msgspec.structs.replace(one, outbound=outbound)


def _marked(host: HostEvidence, outbound: bool, proven: bool) -> HostEvidence:
    return msgspec.structs.replace(host, outbound=outbound, proven=proven)


def _crowded(tree: Part[SpfTree]) -> bool:
    """Whether the record lets others pass too, so that a bare `mx` may be there out of habit."""
    nodes = tree.value.nodes if isinstance(tree, Known) else ()
    terms = [n.term for n in nodes if isinstance(n.term, Mechanism)]
    return sum(t.qualifier is Qualifier.PASS and t.kind is not Kind.ALL for t in terms) > 1


def _said(host: HostEvidence, addresses: tuple[AddressEvidence, ...]) -> list[Authorisation | None]:
    return [value_or(a.authorisation, None) for a in addresses if host.name in a.hosts]


def _is_named(said: list[Authorisation | None], borrows: bool) -> bool:
    return any(s is not None and _names(s, borrows) for s in said)


def _leaves(host: HostEvidence, addresses: tuple[AddressEvidence, ...], borrows: bool) -> bool:
    said = _said(host, addresses)
    if not host.within:
        return _is_named(said, borrows)
    results = {s.result if s else Standing.NONE for s in said}
    return Standing.PASS in results or (bool(results) and results <= _OPEN)


def _names(said: Authorisation, borrows: bool) -> bool:
    """Whether the record itself, not one that it includes, means this very address.

    Beside an include, a bare `mx` or `a` tells little: many write it out of habit.
    """
    if said.result is not Standing.PASS or ARROW in said.by:
        return False
    term = said.by.removeprefix("+").lower()
    if borrows or term == "all":
        return term.startswith(_NAMING)
    return term.startswith((*_NAMING, "a", "mx"))
