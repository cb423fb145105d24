"""The reports themselves: a list of them, and one with all that is in it."""

from datetime import date
from typing import Any

import msgspec

from mailworthy.errors import UsageError
from mailworthy.reports.answers.contents import Content, contents
from mailworthy.reports.answers.model import Answer, Period, period
from mailworthy.reports.answers.newest import newest_report
from mailworthy.reports.answers.problems import Problem, problems
from mailworthy.reports.answers.reporters import day_of
from mailworthy.reports.model import Flaw, Kind
from mailworthy.store import Store, queries
from mailworthy.store.queries import Scope


class Line(msgspec.Struct, frozen=True):
    """One report in a list. `day` is that on which it is booked; `begin` and `end` are seconds
    since 1970, `omissions` what was left out of it."""

    id: int
    kind: str
    domain: str
    reporter: str
    report_id: str
    day: date
    begin: int
    end: int
    records: int
    messages: int
    omissions: int
    flaws: int
    complete: bool
    trust: str
    origin: str
    received: date


class Listing(Answer, frozen=True):
    """Reports, the newest first; `more` is whether there are others. Where the period is empty,
    `newest` is the day of the last one outside of it."""

    domains: tuple[str, ...]
    period: Period
    reports: tuple[Line, ...]
    more: bool
    newest: date | None


class Delivery(msgspec.Struct, frozen=True):
    """One content that brought a report, where in it, and what became of the report there."""

    outcome: str
    origin: str
    received: date
    trust: str
    spot: str
    sha256: str


class Shown(Answer, frozen=True):
    """One report: its head, policy, flaws, what was left out, and how it came; `rows` is what
    stands in it, by its kind; `path` is where it was found, from the outside inwards."""

    report: Line
    path: str
    format: str
    email: str
    contact: str
    generator: str
    policy: dict[str, str]
    errors: str
    rows: Content
    more: bool
    flaws: tuple[Flaw, ...]
    problems: tuple[Problem, ...]
    deliveries: tuple[Delivery, ...]


_POLICY = ("p", "sp", "np", "adkim", "aspf", "fo", "pct", "testing", "discovery")


def listing(
    store: Store,
    scope: Scope,
    *,
    kind: Kind | None = None,
    reporter: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> Listing:
    """The newest reports of a scope. Raises StoreError."""
    query = queries.reports(scope, kind=kind, reporter=reporter, limit=limit + 1, offset=offset)
    rows = store.rows(query)
    lines = tuple(_line(row) for row in rows[:limit])
    last = None if lines else newest_report(store, scope, kind, reporter)
    return Listing(scope.domains, period(scope), lines, len(rows) > limit, last)


def show(store: Store, number: int, *, limit: int = 1000, offset: int = 0) -> Shown:
    """One report by its number. Raises UsageError if there is none, StoreError."""
    found = store.rows(queries.report(number))
    if not found:
        raise UsageError(f"there is no report {number}; mailworthy reports list names them")
    row = found[0]
    rows = contents(store, number, Kind(row.kind), limit=limit + 1, offset=offset)
    return Shown(
        report=_line(row),
        path=row.path,
        format=row.format,
        email=row.email,
        contact=row.contact,
        generator=row.generator,
        policy={name: text for name in _POLICY if (text := getattr(row, name))},
        errors=row.errors,
        rows=rows[:limit],
        more=len(rows) > limit,
        flaws=tuple(Flaw(*flaw) for flaw in store.rows(queries.report_flaws(number))),
        problems=problems(store, report=number).problems,
        deliveries=tuple(
            Delivery(d.outcome, d.origin, day_of(d.received), d.trust, d.spot, d.sha256)
            for d in store.rows(queries.deliveries(number))
        ),
    )


def _line(row: Any) -> Line:
    return Line(**{name: _value(row, name) for name in Line.__struct_fields__})


def _value(row: Any, name: str) -> Any:
    value = getattr(row, name)
    if name == "received":
        return day_of(value)
    return bool(value) if name == "complete" else value
