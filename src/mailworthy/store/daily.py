"""Retention beside imports: once a day, whoever comes first, and never for long."""

from datetime import datetime, timedelta

from mailworthy.store import intake, retention
from mailworthy.store.opened import Store
from mailworthy.store.retention import KEEP_RAW, KEEP_ROWS, Given

SOURCE, NAME = "retention", "next"
PATIENCE = 5.0  # seconds; a mail server may wait for an import
_DAY = timedelta(days=1)


def daily(
    store: Store,
    now: datetime,
    *,
    keep_raw: timedelta = KEEP_RAW,
    keep_rows: timedelta = KEEP_ROWS,
    patience: float = PATIENCE,
) -> Given | None:
    """Apply retention if nobody has done so for a day; None if somebody has.

    What is not done in `patience` seconds is gone on with at the next call. Raises StoreError,
    after which the next try is a day later.
    """
    if not _claim(store, now):
        return None
    given = retention.apply(store, now, keep_raw=keep_raw, keep_rows=keep_rows, patience=patience)
    if not given.whole:
        intake.forget(store, SOURCE)
    return given


def _claim(store: Store, now: datetime) -> bool:
    """Whether it is our turn; then nobody else's for a day. A mark of a clock that was wrong, more
    than a day ahead, counts for nothing."""
    said = intake.recall(store, SOURCE).get(NAME, "")
    moment = int(now.timestamp())
    if said.isdecimal() and moment < int(said) <= moment + _DAY.total_seconds():
        return False
    next_ = moment + int(_DAY.total_seconds())
    intake.remember(store, SOURCE, {NAME: str(next_)}, now=moment)
    return True
