"""A receiver's whole judgement of a message: every check, and what comes of them."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailworthy.receive.authresults import authentication_results, removals
    from mailworthy.receive.decision import Decision
    from mailworthy.receive.engine import Options
    from mailworthy.receive.envelope import Envelope
    from mailworthy.receive.facade import averify as aevaluate
    from mailworthy.receive.facade import verify as evaluate
    from mailworthy.receive.hops import Hop, Seen, Unseen, boundary, hops, seen_at
    from mailworthy.receive.verdict import Verdict
    from mailworthy.receive.words import Check, Disposition, DmarcReject, Fact, Held

__all__ = [
    "Check",
    "Decision",
    "Disposition",
    "DmarcReject",
    "Envelope",
    "Fact",
    "Held",
    "Hop",
    "Options",
    "Seen",
    "Unseen",
    "Verdict",
    "aevaluate",
    "authentication_results",
    "boundary",
    "evaluate",
    "hops",
    "removals",
    "seen_at",
]

_HOMES = {
    "Decision": ("decision", "Decision"),
    "Envelope": ("envelope", "Envelope"),
    "Hop": ("hops", "Hop"),
    "Options": ("engine", "Options"),
    "Seen": ("hops", "Seen"),
    "Unseen": ("hops", "Unseen"),
    "Verdict": ("verdict", "Verdict"),
    "aevaluate": ("facade", "averify"),
    "authentication_results": ("authresults", "authentication_results"),
    "boundary": ("hops", "boundary"),
    "evaluate": ("facade", "verify"),
    "removals": ("authresults", "removals"),
    "seen_at": ("hops", "seen_at"),
}


def __getattr__(name: str) -> Any:
    """PEP 562: profiles and weights are used without the engines."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "hops":  # a module that can be called
        return import_module(f"{__name__}.hops")
    home, attribute = _HOMES.get(name, ("words", name))
    return getattr(import_module(f"{__name__}.{home}"), attribute)
