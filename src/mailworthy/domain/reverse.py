"""Reverse DNS: zones for those who hold the address block, requests for all others."""

from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address, ip_network

import msgspec

from mailworthy.domain.intent import Intent
from mailworthy.domain.records.zone import REPLACE, serial_of
from mailworthy.domain.recordset import RecordSet, Section
from mailworthy.rdata.address import reverse_name
from mailworthy.rdata.fields import absolute
from mailworthy.rdata.soa import Soa, render

_BLOCKS = {4: 24, 6: 64}  # what is usually delegated: one octet, and the interface's half


class ReverseZone(msgspec.Struct, frozen=True):
    """The zone of one block of addresses, and its content."""

    name: str
    block: str
    sets: tuple[RecordSet, ...]


class PtrRequest(msgspec.Struct, frozen=True):
    """What to ask of whoever holds the reverse zone of an address."""

    address: str
    host: str
    owner: str

    @property
    def text(self) -> str:
        """A request to send as it stands."""
        return (
            f"Please set the reverse DNS entry (PTR) of {self.address} to {self.host}\n\n"
            f"    {self.owner}. IN PTR {self.host}.\n\n"
            f"It must be the only PTR of that address. {self.host} already leads to "
            f"{self.address}.\n"
            f"To see whether it is done:  dig +short -x {self.address}\n"
        )


def ptr_requests(intent: Intent) -> tuple[PtrRequest, ...]:
    """One request for each address of each host."""
    return tuple(
        PtrRequest(address, name, reverse_name(address))
        for name, host in intent.hosts.items()
        for address in (*host.ipv4, *host.ipv6)
    )


def ptr_sets(intent: Intent) -> Iterator[RecordSet]:
    """The PTR records, which the holder of the addresses publishes (RFC 1912 §2.1)."""
    for request in ptr_requests(intent):
        yield RecordSet(
            name=request.owner,
            type="PTR",
            values=(absolute(request.host),),
            comment=f"the reverse name of {request.address}",
            references=("RFC 1912 §2.1",),
            assumed=True,
            section=Section.OTHERS,
        )


def reverse_zones(intent: Intent, *, now: datetime) -> tuple[ReverseZone, ...]:
    """A zone for every /24 and /64 that holds a host's address."""
    found: dict[str, tuple[str, list[RecordSet]]] = {}
    for record_set, request in zip(ptr_sets(intent), ptr_requests(intent), strict=True):
        name, block = _zone_of(request.address)
        _, sets = found.setdefault(name, (block, []))
        own = "one name for each address, and that name leads back to it"
        sets.append(
            msgspec.structs.replace(record_set, assumed=False, comment=own, section=Section.HOSTS)
        )
    return tuple(
        ReverseZone(name, block, (*_top(intent, name, now), *sets))
        for name, (block, sets) in found.items()
    )


def _zone_of(address: str) -> tuple[str, str]:
    ip = ip_address(address)
    size = _BLOCKS[ip.version]
    block = ip_network(f"{address}/{size}", strict=False)
    bits_a_label = 8 if ip.version == 4 else 4
    skipped = (ip.max_prefixlen - size) // bits_a_label
    return reverse_name(address).split(".", skipped)[-1], str(block)


def _top(intent: Intent, zone: str, now: datetime) -> Iterator[RecordSet]:
    named = next((d.nameservers for d in intent.domains.values() if d.nameservers), ())
    servers = list(dict.fromkeys(entry.partition("=")[0] for entry in named))
    comment = "the name servers, as the parent zone lists them" if servers else REPLACE
    servers = servers or [next(iter(intent.hosts))]
    home = next((n for n, d in intent.domains.items() if not d.parked), servers[0])
    soa = Soa(servers[0], f"hostmaster.{home}", serial_of(now), 14400, 3600, 1209600, 300)
    yield RecordSet(
        zone, "SOA", (render(soa),), comment="the start of the zone", section=Section.ZONE
    )
    names = tuple(absolute(name) for name in servers)
    yield RecordSet(zone, "NS", names, comment=comment, section=Section.ZONE)
