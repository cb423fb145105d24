"""What the rules about the addresses of mail hosts share."""

from collections.abc import Callable, Iterator
from ipaddress import IPv6Network

from mailworthy.audit.case import Case
from mailworthy.audit.evidence import AddressSet, HostEvidence
from mailworthy.audit.finding import Blank, Found, Remedy, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rules._records import mend, owner
from mailworthy.names import printable
from mailworthy.rdata.address import Kind, address, canonical, kind
from mailworthy.reserved import documentation_name

_TUNNELS = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))
_BLANKS = {
    "A": Blank("ipv4", "the public IPv4 address of the mail host"),
    "AAAA": Blank("ipv6", "the public IPv6 address of the mail host"),
}


def with_address(type_: str, ip: str) -> Case:
    """The healthy world in which the mail host has one more address, which SPF knows."""
    return healthy(
        drop=("example.com. TXT",),
        add=('example.com. TXT "v=spf1 mx ~all"', f"mail.example.com. {type_} {ip}"),
    )


def misused(
    host: HostEvidence,
    addresses: AddressSet,
    domain: str,
    wrong: Callable[[str], bool],
    what: str,
) -> Iterator[Found]:
    """A finding for each address of a host that is wrong; `what` says what it is instead."""
    usable = [ip for ip in addresses.ips if not wrong(ip) and public(ip, host.name)]
    for answer in (addresses.a, addresses.aaaa):
        for text in answer.records:
            ip = canonical(text)
            if ip is None or not wrong(ip):
                continue
            blank = _BLANKS[answer.ask.type]
            add = () if usable else (f"<{blank.placeholder}>",)
            also = " Correct the address in mailworthy.toml as well." if host.ours else ""
            yield Found(
                subject=host.name,
                message=f"{printable(host.name, 100)} has the address {ip}, {what}",
                evidence=(cite(answer, text),),
                remedy=Remedy(
                    mend(answer, domain, remove=(text,), add=add),
                    note=f"The record stands at {printable(owner(answer), 100)}.{also}",
                    blanks=(blank,) if add else (),
                ),
            )


def of(*kinds: Kind) -> Callable[[str], bool]:
    """Whether an address is of one of these kinds."""
    return lambda ip: kind(ip) in kinds


def public(ip: str, name: str) -> bool:
    """Whether senders can reach an address, or could if its name were no example."""
    found = kind(ip)
    return found is Kind.GLOBAL or (found is Kind.DOCUMENTATION and documentation_name(name))


def is_tunnel(ip: str) -> bool:
    """Whether an address belongs to 6to4 or Teredo (RFC 3056 §2, RFC 4380 §4)."""
    found = address(ip)
    return any(found in network for network in _TUNNELS)
