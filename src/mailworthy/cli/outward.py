"""Who is called to see whether port 25 is open on the way out of the mail server."""

from typing import Any

import msgspec

from mailworthy.cli.connect import Call
from mailworthy.cli.server import Look

NAME = "receivers"  # of the setting, in the head of a recording too


def recorded(look: Look, call: Call) -> dict[str, Any]:
    """The receivers as a recording keeps them, where this run calls some or none by choice.

    Only the mail server itself knows how its mail gets out: not who reads it over ssh. Raises
    UsageError for what is no domain.
    """
    here = look.server and look.ssh is None
    return {NAME: list(call.outward)} if call.connect and here else {}


def named(targets: list[Any], look: Look, call: Call, resolver: Any) -> list[Any]:
    """The targets with their receivers: those of this run, or of the one that is replayed.

    Raises UsageError for a recording that names what is no domain.
    """
    from mailworthy.audit.receivers import chosen
    from mailworthy.lookup.replay import Replay

    inner = getattr(resolver, "resolver", resolver)  # a recorder asks another
    settings = inner.header.settings if isinstance(inner, Replay) else recorded(look, call)
    names = settings.get(NAME)
    if not isinstance(names, list):
        return targets
    found = chosen(str(name) for name in names)
    return [msgspec.structs.replace(target, receivers=found) for target in targets]
