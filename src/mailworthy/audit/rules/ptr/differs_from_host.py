"""The reverse name of an address is not the name that its host greets with.

## What it checks
Where `mailworthy.toml` names the sending hosts, the PTR record of each address holds the name
of one of the hosts that have it.

## Why it matters
A server greets with its own name.
Reverse name, EHLO, banner and certificate should all say the same: each that differs makes
filters a little more suspicious.

## How to fix
Have the PTR record set to the name of the host, or name the host in `mailworthy.toml` as the
PTR record does.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressEvidence, HostEvidence
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._intent import with_sender
from mailworthy.audit.rules.ptr._shared import confirmed, request
from mailworthy.names import printable
from mailworthy.rdata.ptr import generic_ptr

_HOST = ("out.example.com. A 192.0.2.26", 'out.example.com. TXT "v=spf1 a -all"')


@rule(
    severity=Severity.ADVICE,
    references=("RFC 5321 §2.3.5", "RFC 8601 §2.7.3"),
    bad=with_sender(*_HOST, "box.example.com. A 192.0.2.26", ptr="box.example.com"),
    good=with_sender(*_HOST),
)
def check(
    hosts: tuple[HostEvidence, ...], addresses: tuple[AddressEvidence, ...]
) -> Iterator[Found]:
    ours = {h.name for h in hosts if h.ours and _stands(h)}
    for address in addresses:
        names = _names(address)
        wanted = [h for h in address.hosts if h in ours]
        if not names or not wanted or set(names) & set(address.hosts):
            continue
        if not isinstance(address.ptr, Known) or generic_ptr(names[0], address.ip):
            continue
        yield Found(
            subject=address.ip,
            message=(
                f"the PTR of {address.ip} is {printable(names[0], 100)}, but the host that sends "
                f"from it is {printable(wanted[0], 100)}"
            ),
            evidence=(cite(address.ptr.value.answer),),
            remedy=request(address, address.ptr.value, wanted[0]),
        )


def _stands(host: HostEvidence) -> bool:
    """Whether the host's name has addresses of its own."""
    found = host.addresses
    return isinstance(found, Known) and bool(found.value.ips) and not found.value.chain


def _names(address: AddressEvidence) -> tuple[str, ...]:
    """The PTR names that lead back, and the aliases' targets behind them."""
    if not isinstance(address.forward, Known):
        return ()
    return tuple(
        name for s in confirmed(address, address.forward.value) for name in (s.name, *s.chain)
    )
