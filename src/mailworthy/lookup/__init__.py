"""Asking the world: questions, answers, and the resolvers that turn one into the other.

`lookup.drive(engine, resolver)` is `lookup.drive.drive`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailworthy.lookup.drive import adrive, drive
    from mailworthy.lookup.live import Live
    from mailworthy.lookup.means import open_resolver
    from mailworthy.lookup.memory import Memory
    from mailworthy.lookup.replay import Recorder, Replay

__all__ = ["Live", "Memory", "Recorder", "Replay", "adrive", "drive", "open_resolver"]

_HOMES = {
    "Live": "live",
    "Memory": "memory",
    "Recorder": "replay",
    "Replay": "replay",
    "adrive": "drive",
    "open_resolver": "means",
}


def __getattr__(name: str) -> Any:
    """PEP 562: resolvers are imported when first used, since most commands need one of them."""
    if name == "drive":  # a module that can be called
        return import_module("mailworthy.lookup.drive")
    if name in _HOMES:
        return getattr(import_module(f"mailworthy.lookup.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
