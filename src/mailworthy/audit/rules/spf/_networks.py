"""The networks that the terms of a record let pass, judged by their size and by their sort."""

from ipaddress import IPv4Network, IPv6Network, ip_network

import msgspec

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Blank
from mailworthy.audit.rules.spf._repair import Repair
from mailworthy.audit.rules.spf._shared import Spf, own, placed
from mailworthy.audit.rules.spf._text import Span, literals, swapped
from mailworthy.rdata.address import Kind as Sort
from mailworthy.rdata.address import kind
from mailworthy.spf.model import Kind, Mechanism, Qualifier, Term

# Nobody holds as much: the largest blocks that were ever given out are /8 and /19.
EVERYONE = {4: 7, 6: 16}
WIDE = {4: 16, 6: 31}


class Wide(msgspec.Struct, frozen=True):
    """A term, and the shortest of its prefixes, with the IP version that it is for."""

    span: Span
    version: int
    prefix: int
    network: str | None


def wide(spf: Spf, least: dict[int, int], most: dict[int, int]) -> list[Wide]:
    """The terms that let networks pass whose prefixes lie between these lengths."""
    found = []
    for span, term in placed(spf):
        for version, prefix in _prefixes(term):
            if least[version] <= prefix <= most[version] and not unroutable(term):
                network = str(net) if (net := network_of(term)) else None
                found.append(Wide(span, version, prefix, network))
                break
    return found


def _prefixes(term: Term) -> list[tuple[int, int]]:
    if not isinstance(term, Mechanism) or term.qualifier is not Qualifier.PASS:
        return []
    both = ((4, term.prefix4), (6, term.prefix6))
    return [(version, prefix) for version, prefix in both if prefix is not None]


def network_of(term: Term) -> IPv4Network | IPv6Network | None:
    """The network of ip4 and ip6."""
    if not isinstance(term, Mechanism) or term.network is None:
        return None
    prefix = term.prefix4 if term.kind is Kind.IP4 else term.prefix6
    text = term.network if prefix is None else f"{term.network}/{prefix}"
    return ip_network(text, strict=False)


def unroutable(term: Term, documentation: bool = True) -> Sort | None:
    """What an ip4 or ip6 term is for, if no mail on the internet can come from there.

    `documentation` says that the domain itself is one for examples.
    """
    net = network_of(term)
    if net is None or net.prefixlen <= EVERYONE[net.version]:
        return None
    sort = kind(net.network_address)
    fine = sort is Sort.GLOBAL or (documentation and sort is Sort.DOCUMENTATION)
    return None if fine or kind(net.broadcast_address) is not sort else sort


def narrowed(spf: Spf, found: list[Wide], sending: Sending) -> Repair:
    """The record with each of these terms narrowed to the domain's own hosts in it.

    Of a term for names the prefix goes; where no host is known the user is asked.
    """
    read = own(spf)
    changes: dict[int, str] = {}
    blanks: dict[str, Blank] = {}
    for each in found:
        new = _narrow(each, sending)
        if new is None:
            new = f"ip{each.version}:<network-{each.version}>"
            meaning = f"the IPv{each.version} address or small network that your mail leaves from"
            blanks[new] = Blank(f"network-{each.version}", meaning)
        changes[each.span[0]] = new
    return Repair(swapped(read.text if read else "", changes), tuple(blanks.values()))


def _narrow(each: Wide, sending: Sending) -> str | None:
    if each.network is None:
        return each.span[2].partition("/")[0]
    net = ip_network(each.network)
    inside = [ip for ip in sending.ips if ip_network(ip).version == net.version]
    return " ".join(literals(ip for ip in inside if _holds(net, ip))) or None


def _holds(net: IPv4Network | IPv6Network, ip: str) -> bool:
    return (
        int(net.network_address)
        <= int(ip_network(ip).network_address)
        <= int(net.broadcast_address)
    )
