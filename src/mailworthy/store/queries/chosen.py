"""Questions for the largest sources, and about addresses that were found so: few rows, always."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from mailworthy.reports.model import Kind
from mailworthy.store.queries.parts import first, last, sums
from mailworthy.store.queries.scope import Scope
from mailworthy.store.schema.dictionaries import addresses, domains
from mailworthy.store.schema.reports import reports
from mailworthy.store.schema.rollups import daily_sources, seen


def largest(scope: Scope, *, limit: int) -> sa.Select[Any]:
    """The addresses and trails with most mail, proven and not proven apart: address, trail_id,
    proven, counts, first_day and last_day within the scope."""
    row = daily_sources.c
    keys = (row.address_id, row.trail_id, row.proven)
    days = (first(row.day, "first_day"), last(row.day, "last_day"))
    inner = (
        sa.select(*keys, *sums(daily_sources), *days)
        .where(*scope.conditions(daily_sources))
        .group_by(*keys)
        .order_by(sa.desc("messages"), *keys)
        .limit(limit)
        .subquery()
    )
    columns = [column for column in inner.c if column.name != "address_id"]
    query = sa.select(addresses.c.name.label("address"), *columns)
    joined = inner.join(addresses, addresses.c.id == inner.c.address_id)
    ordered = query.select_from(joined).order_by(inner.c.messages.desc(), "address")
    return ordered.order_by("trail_id", "proven")


def days_of(scope: Scope, names: Sequence[str], *, limit: int = 20_000) -> sa.Select[Any]:
    """Addresses by day: address, trail_id, proven, day, counts."""
    row, name = daily_sources.c, addresses.c.name
    keys = (row.address_id, row.trail_id, row.proven, row.day)
    inner = (
        sa.select(*keys, *sums(daily_sources))
        .where(*scope.conditions(daily_sources), row.address_id.in_(_ids(names)))
        .group_by(*keys)
        .limit(limit)
        .subquery()
    )
    columns = [column for column in inner.c if column.name != "address_id"]
    joined = inner.join(addresses, addresses.c.id == inner.c.address_id)
    query = sa.select(name.label("address"), *columns).select_from(joined)
    return query.order_by(inner.c.day, "address", inner.c.trail_id)


def known_of(scope: Scope, names: Sequence[str]) -> sa.Select[Any]:
    """When addresses were seen first and last for the domains of the scope, over all time:
    address, trail_id, first_day, last_day."""
    row = seen.c
    wanted = [row.address_id.in_(_ids(names))]
    if scope.domains:
        wanted.append(row.domain_id.in_(scope.domain_ids()))
    keys = (addresses.c.name, row.trail_id)
    days = (first(row.first_day, "first_day"), last(row.last_day, "last_day"))
    query = sa.select(addresses.c.name.label("address"), row.trail_id, *days)
    joined = seen.join(addresses, addresses.c.id == row.address_id)
    return query.select_from(joined).where(*wanted).group_by(*keys).order_by(*keys)


def newest_of(domain: str) -> sa.Select[Any]:
    """The day and the policy of the newest aggregate report about one domain: day, p."""
    row = reports.c
    whose = sa.select(domains.c.id).where(domains.c.name == domain).scalar_subquery()
    wanted = (row.domain_id == whose, row.kind == Kind.AGGREGATE.value)
    return sa.select(row.day, row.p).where(*wanted).order_by(row.day.desc()).limit(1)


def shared_of(names: Sequence[str]) -> sa.Select[Any]:
    """For how many domains addresses were seen, of those that were for several: address,
    domains."""
    count = sa.func.count(sa.distinct(seen.c.domain_id)).label("domains")
    joined = seen.join(addresses, addresses.c.id == seen.c.address_id)
    query = sa.select(addresses.c.name.label("address"), count).select_from(joined)
    grouped = query.where(seen.c.address_id.in_(_ids(names))).group_by(addresses.c.name)
    return grouped.having(count > 1).order_by("address")


def _ids(names: Sequence[str]) -> sa.Select[Any]:
    return sa.select(addresses.c.id).where(addresses.c.name.in_(names))
