"""The modifiers by which a domain asks for SPF failure reports (RFC 6652 §3).

RFC 7208 ignores them, so a malformed one is a problem but never an error of the record.
"""

import re
from collections.abc import Callable

from mailworthy.parsed import Problem

_QP = re.compile(r"=([0-9A-F]{2})")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL_PART = re.compile(rf'{_ATOM}(?:\.{_ATOM})*|"(?:[^"\\]|\\.)*"')
_RATIO = re.compile(r"([0-9]{1,12})(?:/([0-9]{1,12}))?")
_REPORTS = frozenset({"all", "e", "f", "s", "n"})
REPORTING = frozenset({"ra", "rp", "rr"})


def report_faults(name: str, value: str) -> tuple[Problem, ...]:
    """What is wrong with the value of ra, rp or rr; nothing for any other modifier."""
    check = _CHECKS.get(name)
    message = check(value) if check else None
    return (Problem(f"bad-{name}", message, 0, len(value)),) if message else ()


def _ra(value: str) -> str | None:
    decoded = _QP.sub(lambda found: chr(int(found[1], 16)), value)
    if "@" in decoded:
        return "'ra=' takes the local part only; the domain is added by the report's sender"
    return None if _LOCAL_PART.fullmatch(decoded) else "this is not the local part of an address"


def _rp(value: str) -> str | None:
    """The prose of RFC 6652 says a percentage, its ABNF a ratio; both are taken."""
    found = _RATIO.fullmatch(value)
    if found and int(found[1]) <= int(found[2] or 100) > 0:
        return None
    return "'rp=' takes a percentage from 0 to 100"


def _rr(value: str) -> str | None:
    if all(token.lower() in _REPORTS for token in value.split(":")):
        return None
    return "'rr=' takes all, e, f, s and n, separated by colons"


_CHECKS: dict[str, Callable[[str], str | None]] = {"ra": _ra, "rp": _rp, "rr": _rr}
