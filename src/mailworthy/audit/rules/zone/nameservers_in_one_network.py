"""All name servers of the zone are in the same network.

## What it checks
The name servers do not all have their addresses in one /24 (IPv4) and one /48 (IPv6).

## Why it matters
One cut line, one broken router or one attack takes all of them away, and with them your mail.

## How to fix
Have one of the servers in another network; most DNS providers and many friends offer one.
"""

from collections.abc import Iterator
from ipaddress import ip_network

from mailworthy.audit.evidence import NameserverEvidence, Nameservers
from mailworthy.audit.finding import Blank, Found, Remedy, Severity, Shown, cite
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.zone._shared import served_by, stand_in
from mailworthy.domain.intent import Domain
from mailworthy.names import printable

_ELSEWHERE = Blank("name-server", "a server for the zone in another network")


@rule(
    severity=Severity.ADVICE,
    references=("RFC 2182 §3.1",),
    bad=served_by("ns3.example.net", more=("ns3.example.net. A 198.51.100.54",)),
    good=served_by("ns3.example.net", more=("ns3.example.net. A 198.51.101.53",)),
)
def check(
    domain: str,
    ns: Nameservers,
    nameservers: tuple[NameserverEvidence, ...],
    wish: Domain | None,
) -> Iterator[Found]:
    if len(ns.names) < 2 or stand_in(wish):
        return
    networks = _networks(nameservers)
    if networks is None or not 1 <= len(networks) <= 2 or len(_families(networks)) < len(networks):
        return
    yield Found(
        subject=domain,
        message=(
            f"the {len(ns.names)} name servers of {printable(domain)} are all in "
            f"{' and '.join(sorted(networks))}"
        ),
        evidence=(cite(ns.answer), *_addresses(nameservers)),
        remedy=Remedy(
            mend(ns.answer, domain, add=("<name-server>.",)),
            note="Have the registrar add it too.",
            blanks=(_ELSEWHERE,),
        ),
    )


def _networks(servers: tuple[NameserverEvidence, ...]) -> set[str] | None:
    """The networks of all servers; None if the addresses of one are not known."""
    found = set()
    for server in servers:
        if not isinstance(server.addresses, Known) or not server.addresses.value.ips:
            return None
        for ip in server.addresses.value.ips:
            found.add(str(ip_network(f"{ip}/{48 if ':' in ip else 24}", strict=False)))
    return found


def _families(networks: set[str]) -> set[bool]:
    return {":" in network for network in networks}


def _addresses(servers: tuple[NameserverEvidence, ...]) -> tuple[Shown, ...]:
    known = (s.addresses.value for s in servers[:4] if isinstance(s.addresses, Known))
    return tuple(cite(a) for each in known for a in (each.a, each.aaaa) if a.records)
