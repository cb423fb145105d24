"""What could not be read, or was left out of a report, and why."""

from datetime import date

import msgspec

from mailworthy.errors import UsageError
from mailworthy.reports.answers.model import Answer
from mailworthy.reports.answers.reporters import day_of
from mailworthy.store import Store, queries

OMISSION = "omission"


class Problem(msgspec.Struct, frozen=True):
    """One of them. `report` is the report that it was left out of, None where there is none;
    `sha256` names the content, which is kept and can be read again."""

    id: int
    fault: str
    report: int | None
    received: date
    origin: str
    path: str
    place: str
    reason: str
    excerpt: str
    sha256: str


class Problems(Answer, frozen=True):
    """Problems, the newest first; `more` is whether there are others."""

    problems: tuple[Problem, ...]
    more: bool


def problems(
    store: Store, *, limit: int = 100, offset: int = 0, report: int | None = None
) -> Problems:
    """The newest problems, or those of one report. Raises StoreError."""
    query = queries.problem_list(limit=limit + 1, offset=offset, report=report)
    rows = store.rows(query)
    found = tuple(
        Problem(
            row.id,
            row.fault,
            row.report_id,
            day_of(row.received),
            row.origin,
            row.path,
            row.place,
            row.reason,
            row.excerpt,
            row.sha256,
        )
        for row in rows[:limit]
    )
    return Problems(found, len(rows) > limit)


def content_of(store: Store, number: int) -> str:
    """The name (SHA-256) of the content that a problem is about, which the importer loads. Raises
    UsageError if there is no such problem, StoreError."""
    found = store.rows(queries.problem_list(number=number, limit=1))
    if not found:
        raise UsageError(f"there is no problem {number}; mailworthy reports problems names them")
    sha256: str = found[0].sha256
    return sha256
