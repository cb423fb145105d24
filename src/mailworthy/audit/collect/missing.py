"""A domain that does not exist: one fault, not a hundred."""

from typing import Any

from mailworthy.audit.part import NotAsked

_WHY = "the domain does not exist"


def nothing_but(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of Evidence for a name that is NXDOMAIN: `existence` alone is known.

    Below a name that does not exist there is nothing (RFC 8020 §2), so that everything else
    would be a finding that follows from this one.
    """
    return {
        name: value if name == "existence" else NotAsked("everything else", _WHY)
        for name, value in fields.items()
    }
