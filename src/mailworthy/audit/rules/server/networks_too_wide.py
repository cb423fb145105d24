"""Strangers are taken for the server's own network.

## What it checks
`mynetworks` of Postfix holds loopback, private networks, and of public addresses no more than a /24 (IPv4) or a
/48 (IPv6).

## Why it matters
Whoever is in `mynetworks` may send to anybody, without a password: in a provider's network those are the
neighbours, and with `0.0.0.0/0` the whole world.

## How to fix
Name this machine alone, and let everybody else log in.
"""

from collections.abc import Iterator
from ipaddress import ip_network

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import items, main, named, short, show
from mailworthy.rdata.address import Kind, kind
from mailworthy.servers.reading.model import Postfix

_OWN = ("127.0.0.0/8", "[::1]/128")
_INSIDE = (Kind.PRIVATE, Kind.LOOPBACK, Kind.LINK_LOCAL, Kind.ULA, Kind.CGNAT)


@rule(
    over="postfixes",
    severity=Severity.BLOCKER,
    references=("RFC 5321 §7.9", "RFC 2505 §2.1"),
    bad=served(main=("mynetworks = 127.0.0.0/8 [::1]/128 0.0.0.0/0",)),
    good=served(main=("mynetworks = 127.0.0.0/8 [::1]/128 10.0.0.0/8",)),
)
def check(postfix: Postfix) -> Iterator[Found]:
    wide = [word for word in items(postfix.value("mynetworks")) if _is_wide(word)]
    if not wide:
        return
    kept = [word for word in items(postfix.value("mynetworks")) if word not in wide]
    yield Found(
        subject=named(postfix),
        message=f"mynetworks holds {short(', '.join(wide[:4]))}: everybody there may send to anybody",
        evidence=show(postfix, "mynetworks"),
        remedy=main(postfix, ("mynetworks", " ".join(kept or _OWN))),
    )


def _is_wide(word: str) -> bool:
    """Whether a network holds public addresses, and more of them than one site has."""
    try:
        network = ip_network(word.replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        return False
    own = kind(str(network.network_address)) in _INSIDE and kind(str(network[-1])) in _INSIDE
    return not own and network.prefixlen < (24 if network.version == 4 else 48)
