"""ARC: the Authenticated Received Chain (RFC 8617), an experiment that is being retired.

`verify` and `seal` are for callers; the generator behind the first is in `engine`. A chain that
passes says who handled a message and what they say they found, not that they can be trusted:
nothing in mailworthy trusts one unless it is told to. `RETIRED` is a note on this for people.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailworthy.arc.facade import averify, seal, sealed, verify
    from mailworthy.arc.result import ArcResult, ArcSet, Result
    from mailworthy.arc.sealer import Refusal, Sealed

RETIRED = (
    "ARC is an experiment that is coming to its end: draft-ietf-dmarc-arc-to-historic asks that "
    "it be neither deployed nor relied upon between parties that do not know each other. Check "
    "a chain only where you know the sealer, and seal only for those who ask for it."
)

__all__ = [
    "RETIRED",
    "ArcResult",
    "ArcSet",
    "Refusal",
    "Result",
    "Sealed",
    "averify",
    "seal",
    "sealed",
    "verify",
]

_HOMES = {
    "ArcResult": "result",
    "ArcSet": "result",
    "Refusal": "sealer",
    "Result": "result",
    "Sealed": "sealer",
    "averify": "facade",
    "seal": "facade",
    "sealed": "facade",
    "verify": "facade",
}


def __getattr__(name: str) -> Any:
    """PEP 562: whoever shows the note needs no engine."""
    if name in _HOMES:
        found = getattr(import_module(f"mailworthy.arc.{_HOMES[name]}"), name)
        globals()[name] = found
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
