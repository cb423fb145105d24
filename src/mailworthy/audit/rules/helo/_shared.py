"""What the rules about the HELO name share."""

from ipaddress import ip_network

from mailworthy.audit.evidence import AddressSet, HostEvidence
from mailworthy.rdata.address import address
from mailworthy.spf.macro import DomainSpec
from mailworthy.spf.model import Kind, Mechanism, Result, SpfRecord

STANDARD = "v=spf1 a -all"  # RFC 7208 §10.1.2


def introduces(host: HostEvidence, addresses: AddressSet, domain: str) -> bool:
    """Whether a host greets with a name of its own inside the domain.

    A host of another domain has an administrator of its own, the domain itself an SPF record
    that other rules judge, and an alias cannot have any.
    """
    own = host.within and host.name != domain
    return own and host.outbound and bool(addresses.ips) and not addresses.chain


def refused(record: SpfRecord, host: str, ips: tuple[str, ...]) -> tuple[str, ...]:
    """The addresses of a host that its HELO record surely fails, softly or not."""
    return tuple(ip for ip in ips if result(record, host, ip) in (Result.FAIL, Result.SOFTFAIL))


def passes(record: SpfRecord, host: str, ips: tuple[str, ...]) -> bool:
    """Whether a HELO record surely passes all addresses of its host."""
    return all(result(record, host, ip) is Result.PASS for ip in ips)


def result(record: SpfRecord, host: str, ip: str) -> Result | None:
    """What the record says of an address of this very host, None if a look-up decides."""
    for mechanism in record.mechanisms:
        matches = _matches(mechanism, host, ip)
        if matches is None:
            return None
        if matches:
            return mechanism.qualifier.result
    return None if record.redirect else Result.NEUTRAL


def _matches(mechanism: Mechanism, host: str, ip: str) -> bool | None:
    if mechanism.kind is Kind.ALL:
        return True
    if mechanism.kind is Kind.A and _target(mechanism.domain, host) == host:
        return True
    if mechanism.kind in (Kind.IP4, Kind.IP6):
        return _in_network(mechanism, ip)
    return None


def _target(domain: DomainSpec | None, host: str) -> str:
    return host if domain is None else str(domain)


def _in_network(mechanism: Mechanism, ip: str) -> bool | None:
    found = address(ip)
    if mechanism.network is None or found is None:
        return None
    prefix = mechanism.prefix4 if mechanism.kind is Kind.IP4 else mechanism.prefix6
    text = mechanism.network if prefix is None else f"{mechanism.network}/{prefix}"
    network = ip_network(text, strict=False)
    return network.version == found.version and found in network
