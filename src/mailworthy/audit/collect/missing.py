"""A domain that does not exist: one fault, not a hundred; or no fault of the domain at all."""

from typing import Any

from mailworthy.audit.evidence import Existence
from mailworthy.audit.part import Known, NotAsked, Part, Unknown
from mailworthy.lookup.model import Answer, Asking, Status, look
from mailworthy.names import ancestors
from mailworthy.reserved import special_use

_WHY = "the domain does not exist"


def judged_absent(existence: Part[Existence]) -> Asking[bool | Unknown]:
    """Whether the domain itself is NXDOMAIN; Unknown where its top-level domain is so too.

    Below an alias that leads nowhere there may be names. A resolver that does not even know
    `com` speaks of itself, unless the name is one that nobody can register (RFC 6761).
    """
    if not isinstance(existence, Known) or existence.value.exists or existence.value.soa.chain:
        return False
    soa = existence.value.soa
    top = ancestors(soa.ask.name)[-1]
    if special_use(soa.ask.name):
        return True
    above = soa if top == soa.ask.name else (yield from look(top, "SOA"))
    return _cut_off(soa, top) if above.status is Status.ABSENT else True


def _cut_off(soa: Answer, top: str) -> Unknown:
    why = f"the resolver knows no {top}: it seems cut off from the DNS"
    return Unknown(f"{soa.ask.name}", why)


def nothing_but(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of Evidence for a name that is NXDOMAIN: `existence` alone is known.

    Below a name that does not exist there is nothing (RFC 8020 §2), so that everything else
    would be a finding that follows from this one.
    """
    return {
        name: value if name == "existence" else NotAsked("everything else", _WHY)
        for name, value in fields.items()
    }
