"""What people called spam, by mailing, and how often (RFC 5965)."""

from datetime import date

import msgspec

from mailworthy.reports.answers.model import Answer, Period, period
from mailworthy.reports.answers.newest import newest_report
from mailworthy.reports.model import Kind
from mailworthy.store import Store, queries
from mailworthy.store.queries import Scope

HIGH = 0.003  # Gmail and Yahoo want senders to stay below 0.3 %
WATCH = 0.001  # and advise to stay below 0.1 %


class Rate(msgspec.Struct, frozen=True):
    """Complaints about one domain beside the mail of its own that other reports counted.

    `rate` is a hint only, since complaints and counts come from different receivers; None where
    nothing was counted.
    """

    domain: str
    complaints: int
    messages: int

    @property
    def rate(self) -> float | None:
        """Complaints for each message."""
        return self.complaints / self.messages if self.messages else None


class Mailing(msgspec.Struct, frozen=True):
    """Complaints about one campaign or list."""

    domain: str
    campaign: str
    list_id: str
    complaints: int
    first_day: date
    last_day: date


class TypeCount(msgspec.Struct, frozen=True):
    """Complaints of one day and type, such as abuse."""

    day: date
    feedback_type: str
    complaints: int


class Complaints(Answer, frozen=True):
    """Complaints by domain, by mailing and by day.

    `unproven` are those in reports whose origin nobody could show: anybody can write one. Where
    the period is empty, `newest` is the day of the last one outside of it.
    """

    domains: tuple[str, ...]
    period: Period
    rates: tuple[Rate, ...]
    mailings: tuple[Mailing, ...]
    days: tuple[TypeCount, ...]
    unproven: int
    newest: date | None


def complaints(store: Store, scope: Scope) -> Complaints:
    """The complaints of a scope. Raises StoreError."""
    rates = store.rows(queries.complaint_rate(scope))
    days = store.rows(queries.feedback_days(scope, Kind.COMPLAINT))
    return Complaints(
        scope.domains,
        period(scope),
        tuple(Rate(r.domain, r.complaints, r.messages) for r in rates),
        tuple(
            Mailing(r.domain, r.campaign, r.list_id, r.incidents, r.first_day, r.last_day)
            for r in store.rows(queries.campaigns(scope))
        ),
        tuple(TypeCount(r.day, r.feedback_type, r.incidents) for r in days),
        _unproven(store, scope),
        None if rates else newest_report(store, scope, Kind.COMPLAINT),
    )


def _unproven(store: Store, scope: Scope) -> int:
    if scope.proven:
        return 0
    rows = store.rows(queries.complaint_rate(msgspec.structs.replace(scope, proven=False)))
    return sum(row.complaints for row in rows)
