"""Reverse names that a provider made up, which receivers take for end-user machines."""

import re
from collections.abc import Sequence
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

from mailworthy.names import labels
from mailworthy.rdata.address import Address, address


class Generic(StrEnum):
    """Why a reverse name looks generic."""

    ADDRESS = "address"  # it spells the address
    POOL = "pool"  # a label says that addresses here are handed out
    NUMBERED = "numbered"  # a label such as `host` beside a part of the address


_STRONG_WORDS = (
    "adsl broadband cable cgnat dhcp dial dialin dialup dip dsl dyn dynamic dynip fiber ftth nat "
    "pool ppp pppoe residential vdsl xdsl"
)
_WEAK_WORDS = (
    "client clients cloud compute cust customer customers host hosting ip ipv4 ipv6 node "
    "rev reverse server srv static unassigned user users vm vps"
)
_STRONG = frozenset(_STRONG_WORDS.split())
_WEAK = frozenset(_WEAK_WORDS.split())
_DIGITS = re.compile(r"[0-9]+")
_HEXTET = re.compile(r"[0-9a-f]{1,4}")


def generic_ptr(name: str, ip: Address | str) -> Generic | None:
    """Why the reverse name `name` of `ip` looks generic, None if it does not.

    It does if it spells the address: octets in any order, dotted, dashed, padded or run
    together, or hexadecimal; nibbles or hextets of IPv6. It does if a label, or a part of one
    between hyphens, is a word for handed-out addresses (`dyn`, `pool`), unless that stands in
    the registered domain itself. Words that servers bear too (`host`, `static`) count only
    beside two octets of the address. No standard says this; receivers do, for example
    https://postmaster.web.de/. `name` in the inside form; None for an `ip` that is no address.
    """
    found = address(ip) if isinstance(ip, str) else ip
    if found is None or not name:
        return None
    if _spells_v4(name, found) if isinstance(found, IPv4Address) else _spells_v6(name, found):
        return Generic.ADDRESS
    words = _words(name)
    if words & _STRONG:
        return Generic.POOL
    if words & _WEAK and isinstance(found, IPv4Address) and _two_octets(name, found):
        return Generic.NUMBERED
    return None


def _words(name: str) -> set[str]:
    """The parts of all labels left of the registered domain, without trailing digits.

    Which domain is registered is a guess: two labels, three below the likes of `co.uk`.
    """
    parts = labels(name)
    registered = 3 if len(parts) > 2 and len(parts[-1]) == 2 and len(parts[-2]) <= 3 else 2
    split = (re.split(r"[-_]", label) for label in parts[:-registered])
    return {word.rstrip("0123456789") for words in split for word in words}


def _spells_v4(name: str, ip: IPv4Address) -> bool:
    octets = list(ip.packed)
    numbers = _numbers(name)
    if any(sorted(window) == sorted(octets) for window in _windows(numbers, 4)):
        return True
    runs = {f"{int(ip):d}", "".join(f"{o:03d}" for o in octets)}
    runs.add("".join(f"{o:03d}" for o in reversed(octets)))
    runs.update(r for r in ("".join(map(str, octets)), _joined_reverse(octets)) if len(r) >= 7)
    if runs & set(_DIGITS.findall(name)):
        return True
    squeezed = re.sub(r"[-._]", "", name)
    return ip.packed.hex() in squeezed or ip.packed[::-1].hex() in squeezed


def _joined_reverse(octets: Sequence[int]) -> str:
    return "".join(map(str, reversed(octets)))


def _numbers(name: str) -> list[int]:
    """The runs of digits as numbers; -1 for one that is too long to be an octet."""
    return [int(run) if len(run) <= 3 else -1 for run in _DIGITS.findall(name)]


def _windows(items: Sequence[int], size: int) -> list[list[int]]:
    return [list(items[i : i + size]) for i in range(len(items) - size + 1)]


def _two_octets(name: str, ip: IPv4Address) -> bool:
    """Whether two neighbouring octets stand in the name side by side, in either order."""
    pairs = _windows(list(ip.packed), 2)
    return any(w in pairs or w[::-1] in pairs for w in _windows(_numbers(name), 2))


def _spells_v6(name: str, ip: IPv6Address) -> bool:
    nibbles = ip.packed.hex()
    squeezed = re.sub(r"[-._]", "", name)
    if nibbles in squeezed or nibbles[::-1] in squeezed or _interface(nibbles) in squeezed:
        return True
    groups = [int(g, 16) for g in re.split(r"[-._]", name) if _HEXTET.fullmatch(g)]
    hextets = [int(nibbles[i : i + 4], 16) for i in range(0, 32, 4)]
    if any(w in (hextets, hextets[::-1]) for w in _windows(groups, 8)):
        return True
    shown = [g for g in groups if g]  # `::` leaves zeros out
    return any(_holds(shown, [h for h in part if h]) for part in (hextets, hextets[4:]))


def _interface(nibbles: str) -> str:
    """The last 64 bits, if they are long enough to be no coincidence; else what fits no name."""
    return nibbles[16:] if len(nibbles[16:].lstrip("0")) >= 8 else "\0"


def _holds(shown: list[int], wanted: list[int]) -> bool:
    """Whether three or more wanted numbers stand in a row, in either order."""
    if len(wanted) < 3:
        return False
    return any(w in (wanted, wanted[::-1]) for w in _windows(shown, len(wanted)))
