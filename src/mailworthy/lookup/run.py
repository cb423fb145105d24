"""Running an engine for a caller who may name neither a resolver nor a moment.

Protocol packages import this and no resolver: the one of this machine is loaded when it is used.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeVar

from mailworthy.errors import UsageError
from mailworthy.lookup.drive import Resolver, adrive, drive
from mailworthy.lookup.model import Asking
from mailworthy.names import printable

T = TypeVar("T")


def run(engine: Asking[T], resolver: Resolver | None = None, *, deadline: float | None = None) -> T:
    """`drive` with the resolver given, or with this machine's where it is None.

    Raises UsageError if this machine has none, and for what is no resolver; nothing for I/O.
    """
    if resolver is not None:
        return drive(engine, _checked(resolver), deadline=deadline)
    with _system() as means:
        return drive(engine, means, deadline=deadline)


async def arun(
    engine: Asking[T], resolver: Resolver | None = None, *, deadline: float | None = None
) -> T:
    """`run` under asyncio."""
    if resolver is not None:
        return await adrive(engine, _checked(resolver), deadline=deadline)
    with _system() as means:
        return await adrive(engine, means, deadline=deadline)


def _checked(resolver: Resolver) -> Resolver:
    """The same, unless it is none: people give the text that names one."""
    if hasattr(resolver, "instant") or hasattr(resolver, "answer"):
        return resolver
    shown = printable(repr(resolver), 60)
    raise UsageError(f"{shown} is no resolver: mailworthy.lookup.open_resolver makes one")


def moment(now: datetime | None = None) -> datetime:
    """The moment given, or the present one."""
    return datetime.now(UTC) if now is None else now


def epoch(now: datetime | None = None) -> int:
    """The moment given, or the present one, in seconds since 1970."""
    return int(time.time() if now is None else now.timestamp())


@contextmanager
def _system() -> Iterator[Resolver]:
    """This machine's resolver, open for the time of one run."""
    from mailworthy.lookup.live import Live

    with Live() as live:
        yield live
