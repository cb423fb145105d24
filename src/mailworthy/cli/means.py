"""The resolver that the options ask for, with its recorder and its clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from mailworthy.cli.connect import Call
from mailworthy.errors import UsageError
from mailworthy.lookup.drive import Resolver
from mailworthy.lookup.means import open_resolver
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.replay import Recorder, Replay


class Asking(msgspec.Struct, frozen=True):
    """The values of the options that every asking command has."""

    dns: str
    record: str | None = None
    timeout: float = 5.0
    trust_ad: bool | None = None
    signed: str | None = None
    call: Call = Call()


@contextmanager
def means(asking: Asking, **more: Any) -> Iterator[tuple[Resolver, datetime]]:
    """A resolver and the moment to judge by: now, or when a replay was recorded.

    `more` settings go into a recording, for a replay to ask alike. A replay holds what was said
    in connections too, so that it opens none.
    """
    zones = tuple(z for z in (asking.signed or "").split(",") if z)
    resolver = open_resolver(
        asking.dns, timeout=asking.timeout, trust_ad=asking.trust_ad, signed=zones
    )
    if asking.call.connect and not isinstance(resolver, Replay):
        resolver = asking.call.resolver(resolver)
        more["connect"] = True
    now = resolver.header.now if isinstance(resolver, Replay) else datetime.now(UTC)
    try:
        if asking.record is None:
            yield resolver, now
            return
        _check_place(asking.record)
        # What is replayed and recorded again was asked where it was asked the first time.
        first = {"dns": asking.dns, **more}
        settings = resolver.header.settings if isinstance(resolver, Replay) else first
        with Recorder(
            resolver, asking.record, now=now, version=version("mailworthy"), settings=settings
        ) as recorder:
            yield recorder, now
    finally:
        close = getattr(resolver, "close", None)
        if close is not None:
            close()


def is_rehearsal(resolver: Resolver) -> bool:
    """Whether zone files answer, or did when the answers were recorded."""
    inner: Any = resolver
    while hasattr(inner, "resolver"):  # recorders, and those that connect, ask another
        inner = inner.resolver
    if isinstance(inner, Replay):
        return str(inner.header.settings.get("dns")).startswith("zone:")
    return isinstance(inner, Memory)


def _check_place(record: str) -> None:
    """A recording takes the place of what has its name, which must not be a device."""
    path = Path(record)
    if path.exists() and not path.is_file():
        raise UsageError(f"{record} is not a file, so no recording can take its place")
