"""Questions for the largest sources, and about addresses that were found so: few rows, always."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from mailworthy.reports.model import Kind
from mailworthy.store.queries.parts import KEYS, first, last, named, sums, total
from mailworthy.store.queries.scope import Scope
from mailworthy.store.schema.dictionaries import addresses, domains
from mailworthy.store.schema.reports import reports
from mailworthy.store.schema.rollups import COUNTS, daily_sources, seen


def largest(scope: Scope, *, limit: int) -> sa.Select[Any]:
    """The addresses and trails with most mail, proven and not proven apart: address, trail_id,
    proven, counts, first_day and last_day within the scope.

    Who is the largest is found by messages alone, first of all those of proven reports, since
    anybody can make up others; the other sums are made of those few only.
    Without `since` and `until` this is answered from the sums over all time.
    """
    if _always(scope) and len(scope.domains) == 1:
        return _ever(scope, limit)
    always = _always(scope)
    table: sa.Table = seen if always else daily_sources
    begin, end = (seen.c.first_day, seen.c.last_day) if always else (table.c.day, table.c.day)
    wanted = scope.conditions(table)
    keys = [table.c[name] for name in KEYS]
    top = (
        sa.select(*keys, total(table.c.messages).label("most"))
        .where(*wanted)
        .group_by(*keys)
        .order_by(table.c.proven.desc(), sa.desc("most"), *keys)
        .limit(limit)
        .subquery()
    )
    same = sa.and_(*(table.c[name] == top.c[name] for name in KEYS))
    columns = [*sums(table), first(begin, "first_day"), last(end, "last_day")]
    inner = sa.select(*keys, *columns).select_from(table.join(top, same)).where(*wanted)
    return named(inner.group_by(*keys).subquery())


def _always(scope: Scope) -> bool:
    return scope.since is None and scope.until is None


def _ever(scope: Scope, limit: int) -> sa.Select[Any]:
    """The largest sources of one domain over all time, of which there is one row each."""
    row = seen.c
    order = (row.proven.desc(), row.messages.desc(), row.address_id, row.trail_id)
    columns = [*(row[name] for name in (*KEYS, *COUNTS)), row.first_day, row.last_day]
    found = sa.select(*columns).where(*scope.conditions(seen)).order_by(*order).limit(limit)
    return named(found.subquery())


def days_of(scope: Scope, names: Sequence[str], *, limit: int) -> sa.Select[Any]:
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
    """The day and the policy of the newest proven aggregate report about one domain: day, p."""
    row = reports.c
    whose = sa.select(domains.c.id).where(domains.c.name == domain).scalar_subquery()
    wanted = (row.domain_id == whose, row.kind == Kind.AGGREGATE.value, row.proven == 1)
    return sa.select(row.day, row.p).where(*wanted).order_by(row.day.desc()).limit(1)


def volumes_of(scope: Scope, names: Sequence[str], *, limit: int) -> sa.Select[Any]:
    """Messages alone of addresses by day: address, trail_id, day as a number since 1970, messages.

    An address has several rows of a day where the sums have several, so that nothing has to be
    sorted. Days are many, so that they stay numbers. Which trails an address has is known from the
    sums over all time; so only its own days are read.
    """
    row = daily_sources.c
    day = sa.type_coerce(row.day, sa.Integer).label("day")
    keys = ("trail_id", "address_id", "domain_id")
    theirs = sa.select(*(seen.c[name] for name in keys)).where(seen.c.address_id.in_(_ids(names)))
    if scope.domains:
        theirs = theirs.where(scope.whose(seen.c.domain_id))
    known = sa.tuple_(*(row[name] for name in keys)).in_(theirs)
    inner = (
        sa.select(row.address_id, row.trail_id, day, row.messages)
        .where(known, *scope.times(daily_sources))
        .limit(limit)
        .subquery()
    )
    joined = inner.join(addresses, addresses.c.id == inner.c.address_id)
    columns = (inner.c.trail_id, inner.c.day, inner.c.messages)
    return sa.select(addresses.c.name.label("address"), *columns).select_from(joined)


def shared_of(names: Sequence[str]) -> sa.Select[Any]:
    """For how many domains addresses were seen in proven reports, of those that were for several:
    address, domains."""
    row, count = seen.c, sa.func.count(sa.distinct(seen.c.domain_id)).label("domains")
    whose = (row.address_id.in_(_ids(names)), row.proven == 1)
    grouped = sa.select(row.address_id, count).where(*whose)
    inner = grouped.group_by(row.address_id).having(count > 1).subquery()
    joined = inner.join(addresses, addresses.c.id == inner.c.address_id)
    return sa.select(addresses.c.name.label("address"), inner.c.domains).select_from(joined)


def _ids(names: Sequence[str]) -> sa.Select[Any]:
    return sa.select(addresses.c.id).where(addresses.c.name.in_(names))
