"""What can go wrong with a store, as typed errors instead of those of a driver."""

import sqlite3

from mailworthy.errors import MailworthyError


class StoreError(MailworthyError):
    """Root of what a store raises; the text is one clear line for a person."""


class StoreBusy(StoreError):
    """Others kept the store locked for longer than we wait; trying again later is right."""


class StoreFull(StoreError):
    """No room is left. Nothing of the transaction was kept, and what was stored before is whole."""


class StoreUnusable(StoreError):
    """The store cannot be used: not there, not ours, damaged, read-only or too new."""


# SQLite's result codes (https://sqlite.org/rescode.html) without their extensions.
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_FULL = {sqlite3.SQLITE_FULL}
# SQLSTATEs of PostgreSQL: deadlock, serialization, lock not available; disc full, out of memory,
# too many connections.
_BUSY_STATES = {"40P01", "40001", "55P03", "53300"}
_FULL_STATES = {"53100", "53200"}


def translated(error: BaseException | None, place: str | None = None) -> StoreError:
    """The error of ours for one of the driver's; `place` is the file or database."""
    text = " ".join(str(error).split())
    return _kind(error)(f"the store{f' {place}' if place else ''}: {text[:300]}")


def is_busy(error: BaseException | None) -> bool:
    """Whether another try may succeed."""
    return _kind(error) is StoreBusy


def _kind(orig: BaseException | None) -> type[StoreError]:
    code = getattr(orig, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in _BUSY | _FULL:
        return StoreBusy if code & 0xFF in _BUSY else StoreFull
    state = getattr(orig, "sqlstate", None)
    if state in _BUSY_STATES:
        return StoreBusy
    return StoreFull if state in _FULL_STATES else StoreUnusable
