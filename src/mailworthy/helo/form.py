"""The forms that an argument of HELO or EHLO takes, right and wrong (RFC 5321 §4.1.1.1, §4.1.3)."""

import re
from functools import lru_cache

import msgspec

from mailworthy.helo.result import Cause
from mailworthy.names import is_fqdn, normalize
from mailworthy.rdata.address import address, canonical

MAX_TEXT = 512  # RFC 5321 §4.5.3.1.4: a command line has no more octets
_SNUMS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
# Every host has these for itself (RFC 6761 §6.3, RFC 6762 §3; localdomain by custom).
_LOCAL = frozenset({"localhost", "localdomain", "local"})


class Form(msgspec.Struct, frozen=True):
    """What an argument is: a `name` to look up, a `literal` address, or a `fault`.

    `local` names are those that lead everybody to himself.
    """

    name: str = ""
    literal: str = ""
    fault: Cause | None = None
    local: bool = False


def form(helo: str) -> Form:
    """Read an argument; never raises."""
    return _form(helo) if len(helo) <= MAX_TEXT else Form(fault=Cause.MALFORMED)


@lru_cache(maxsize=4096)
def _form(helo: str) -> Form:
    if not helo:
        return Form(fault=Cause.MISSING)
    if helo.startswith("["):
        found = _literal(helo)
        return Form(literal=found) if found else Form(fault=Cause.BAD_LITERAL)
    if not helo.isascii():
        return Form(fault=Cause.NOT_ASCII)
    if address(helo) is not None:
        return Form(fault=Cause.BARE_ADDRESS)
    name = normalize(helo)
    if name.rpartition(".")[2] in _LOCAL:
        return Form(name=name, local=True)
    return Form(name=name) if is_fqdn(name) else Form(fault=_fault(name))


def _literal(helo: str) -> str | None:
    """The canonical address in `[192.0.2.1]` or `[IPv6:2001:db8::1]`; None if there is none."""
    inside = helo[1:-1] if helo.endswith("]") else ""
    if _SNUMS.fullmatch(inside):  # leading zeros are decimal here, and nothing to Python
        return canonical(".".join(str(int(number)) for number in inside.split(".")))
    tag, _, rest = inside.partition(":")
    return canonical(rest) if tag.lower() == "ipv6" and ":" in rest else None


def _fault(name: str) -> Cause:
    return Cause.SINGLE_LABEL if "." not in name and _is_label(name) else Cause.MALFORMED


def _is_label(name: str) -> bool:
    return is_fqdn(f"{name}.example")
