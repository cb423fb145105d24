"""Reports that are in the store already: removed exactly, or trusted more or less than before."""

import sqlalchemy as sa

from mailworthy.errors import UsageError
from mailworthy.reports.model import Kind
from mailworthy.store.importer import rollup
from mailworthy.store.model import Trust
from mailworthy.store.opened import Store
from mailworthy.store.schema.reports import arrivals, flaws, problems, reports
from mailworthy.store.schema.rows import aggregate_rows, feedback_rows, tls_failures, tls_rows

ROWS = (tls_failures, tls_rows, feedback_rows, aggregate_rows)


def remove(store: Store, report: int) -> None:
    """Remove a report and what it added to the sums.

    Raises UsageError if there is none with this number, or if its rows have been given up by
    retention: then nobody knows any more what it added.
    """
    with store.writing() as connection:
        _kept(connection, report)
        lock(store, connection, report)
        erase(store, connection, report)


def retrust(store: Store, report: int, trust: Trust) -> None:
    """Trust a report as the user says; its messages move between proven and unproven sums.

    Raises UsageError as `remove` does.
    """
    with store.writing() as connection:
        set_trust(store, connection, report, _kept(connection, report), trust)


def lock(store: Store, connection: sa.Connection, report: int) -> None:
    """Keep others from booking reports of the same domains until the transaction ends."""
    of = [(reports, reports.c.id), (tls_rows, tls_rows.c.report_id)]
    of.append((feedback_rows, feedback_rows.c.report_id))
    if not store.backend.apart:
        return
    parts = [sa.select(table.c.domain_id).where(whose == report) for table, whose in of]
    ids = connection.execute(sa.union(*parts)).scalars().all()
    store.backend.lock_domains(connection, list(ids))


def erase(store: Store, connection: sa.Connection, report: int, *, into: int | None = None) -> None:
    """The same as `remove` within a transaction; its arrivals become those of the report `into`."""
    kind = connection.execute(sa.select(reports.c.kind).where(reports.c.id == report)).scalar_one()
    rollup.unbook(store, connection, report, Kind(kind))
    for table in ROWS:
        connection.execute(sa.delete(table).where(table.c.report_id == report))
    mine = arrivals.c.report_id == report
    if into is None:
        connection.execute(sa.delete(arrivals).where(mine))
    else:
        connection.execute(sa.update(arrivals).where(mine).values(report_id=into))
    for table in (flaws, problems):
        connection.execute(sa.delete(table).where(table.c.report_id == report))
    connection.execute(sa.delete(reports).where(reports.c.id == report))


def set_trust(store: Store, connection: sa.Connection, report: int, old: Trust, new: Trust) -> None:
    """The same as `retrust` within a transaction."""
    lock(store, connection, report)
    kind = connection.execute(sa.select(reports.c.kind).where(reports.c.id == report)).scalar_one()
    moves = old.proven != new.proven
    if moves:
        rollup.unbook(store, connection, report, Kind(kind))
    values = {"trust": new.value, "proven": int(new.proven)}
    connection.execute(sa.update(reports).where(reports.c.id == report).values(values))
    if moves:
        rollup.book(store, connection, report, Kind(kind))


def _kept(connection: sa.Connection, report: int) -> Trust:
    """The trust of a report that can be changed."""
    query = sa.select(reports.c.trust, reports.c.rows_kept).where(reports.c.id == report)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise UsageError(f"there is no report {report}")
    if not row.rows_kept:
        raise UsageError(f"the rows of report {report} are no longer kept")
    return Trust(row.trust)
