"""Who sends: by address, and by what reporters saw of DKIM and SPF (the *trail*)."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from mailworthy.store.queries.parts import first, last, sums, total
from mailworthy.store.queries.scope import Scope
from mailworthy.store.schema.dictionaries import addresses, domains, trail_dkim, trail_spf
from mailworthy.store.schema.rollups import COUNTS, daily_sources, daily_trails, seen
from mailworthy.store.schema.views import report_rows


def sources(scope: Scope, *, limit: int = 1000) -> sa.Select[Any]:
    """A row for each address and trail, those with most mail first.

    Columns: address, trail_id, counts, first_day and last_day within the scope. What a trail is
    made of is told by `trail_signatures` and `trail_paths`. Without `since` and `until` this is
    answered from the sums over all time.
    """
    always = scope.since is None and scope.until is None
    table = seen if always else daily_sources
    begin, end = (seen.c.first_day, seen.c.last_day) if always else (table.c.day, table.c.day)
    row = table.c
    inner = (
        sa.select(
            row.address_id,
            row.trail_id,
            *sums(table),
            first(begin, "first_day"),
            last(end, "last_day"),
        )
        .where(*scope.conditions(table))
        .group_by(row.address_id, row.trail_id)
        .order_by(sa.desc("messages"), row.address_id, row.trail_id)
        .limit(limit)
        .subquery()
    )
    columns = [column for column in inner.c if column.name != "address_id"]
    query = sa.select(addresses.c.name.label("address"), *columns)
    joined = inner.join(addresses, addresses.c.id == inner.c.address_id)
    return query.select_from(joined).order_by(inner.c.messages.desc(), "address", "trail_id")


def trails(scope: Scope, *, limit: int = 1000) -> sa.Select[Any]:
    """A row a trail, those with most mail first: trail_id, counts, first_day, last_day."""
    row = daily_trails.c
    days = (first(row.day, "first_day"), last(row.day, "last_day"))
    return (
        sa.select(row.trail_id, *sums(daily_trails), *days)
        .where(*scope.conditions(daily_trails))
        .group_by(row.trail_id)
        .order_by(sa.desc("messages"), row.trail_id)
        .limit(limit)
    )


def known(scope: Scope, *, limit: int = 1000) -> sa.Select[Any]:
    """Sources over all time, the newest first.

    Columns: domain, address, trail_id, proven, first_day, last_day, counts. `since` and `until`
    are about the first day: with `since` of last week these are the sources that are new.
    """
    row = seen.c
    wanted = [] if not scope.domains else [scope.whose(row.domain_id)]
    if scope.proven is not None:
        wanted.append(row.proven == int(scope.proven))
    if scope.since is not None:
        wanted.append(row.first_day >= scope.since)
    if scope.until is not None:
        wanted.append(row.first_day <= scope.until)
    order = (row.first_day.desc(), row.domain_id, row.address_id, row.trail_id, row.proven)
    newest = sa.select(seen).where(*wanted).order_by(*order).limit(limit).subquery()
    part = newest.c
    query = sa.select(
        domains.c.name.label("domain"),
        addresses.c.name.label("address"),
        *(part.trail_id, part.proven, part.first_day, part.last_day),
        *(part[name] for name in COUNTS),
    )
    joined = newest.join(addresses, addresses.c.id == part.address_id).join(
        domains, domains.c.id == part.domain_id
    )
    ordered = (part.first_day.desc(), "domain", "address", "trail_id", part.proven)
    return query.select_from(joined).order_by(*ordered)


def source_days(scope: Scope, address: str, *, trail_id: int | None = None) -> sa.Select[Any]:
    """One source by day: day, header_from, trail_id, counts."""
    row = daily_sources.c
    whose = sa.select(addresses.c.id).where(addresses.c.name == address).scalar_subquery()
    # Which domains it has sent for is known; without that all of a store would be read.
    theirs = sa.select(seen.c.domain_id).where(seen.c.address_id == whose)
    wanted = [*scope.conditions(daily_sources), row.address_id == whose]
    if not scope.domains:
        wanted.append(row.domain_id.in_(theirs))
    if trail_id is not None:
        wanted.append(row.trail_id == trail_id)
    query = sa.select(
        row.day, domains.c.name.label("header_from"), row.trail_id, *sums(daily_sources)
    )
    joined = daily_sources.join(domains, domains.c.id == row.from_id)
    grouped = query.select_from(joined).where(*wanted)
    keys = (row.day, domains.c.name, row.trail_id)
    return grouped.group_by(*keys).order_by(*keys)


def source_rows(scope: Scope, address: str, *, limit: int = 1000) -> sa.Select[Any]:
    """What reporters wrote about one source, the newest first: columns of the view report_rows.

    This reads rows, not sums: it takes longer, and sees only what retention has left.
    """
    row = report_rows.c
    query = sa.select(report_rows).where(*scope.named(report_rows), row.address == address)
    return query.order_by(row.day.desc(), row.report, row.position).limit(limit)


def trail_signatures(trail_ids: Sequence[int]) -> sa.Select[Any]:
    """The DKIM results of trails: trail_id, position, domain, selector, result."""
    row = trail_dkim.c
    query = sa.select(
        row.trail_id, row.position, domains.c.name.label("domain"), row.selector, row.result
    )
    joined = trail_dkim.join(domains, domains.c.id == row.domain_id)
    chosen = query.select_from(joined).where(row.trail_id.in_(trail_ids))
    return chosen.order_by(row.trail_id, row.position)


def trail_paths(trail_ids: Sequence[int]) -> sa.Select[Any]:
    """The SPF results of trails: trail_id, position, domain, scope, result."""
    row = trail_spf.c
    query = sa.select(
        row.trail_id, row.position, domains.c.name.label("domain"), row.scope, row.result
    )
    joined = trail_spf.join(domains, domains.c.id == row.domain_id)
    chosen = query.select_from(joined).where(row.trail_id.in_(trail_ids))
    return chosen.order_by(row.trail_id, row.position)


def selectors(scope: Scope, *, limit: int = 1000) -> sa.Select[Any]:
    """Which keys signed: domain, selector, result, messages, first_day, last_day."""
    inner = (
        sa.select(
            daily_trails.c.trail_id,
            total(daily_trails.c.messages).label("messages"),
            first(daily_trails.c.day, "first_day"),
            last(daily_trails.c.day, "last_day"),
        )
        .where(*scope.conditions(daily_trails))
        .group_by(daily_trails.c.trail_id)
        .subquery()
    )
    row, name = trail_dkim.c, domains.c.name
    keys = (name, row.selector, row.result)
    joined = inner.join(trail_dkim, row.trail_id == inner.c.trail_id)
    return (
        sa.select(
            name.label("domain"),
            row.selector,
            row.result,
            total(inner.c.messages).label("messages"),
            first(inner.c.first_day, "first_day"),
            last(inner.c.last_day, "last_day"),
        )
        .select_from(joined.join(domains, domains.c.id == row.domain_id))
        .group_by(*keys)
        .order_by(sa.desc("messages"), *keys)
        .limit(limit)
    )


def shared(scope: Scope, *, limit: int = 1000) -> sa.Select[Any]:
    """Addresses that send for several domains, as forwarders do: address, domains (how many).

    Of the addresses that were seen for the domains of the scope, over all time.
    """
    other = seen.alias("other")
    theirs = sa.select(seen.c.address_id)
    if scope.domains:
        theirs = theirs.where(scope.whose(seen.c.domain_id))
    count = sa.func.count(sa.distinct(other.c.domain_id))
    inner = (
        sa.select(other.c.address_id, count.label("domains"))
        .where(other.c.address_id.in_(theirs))
        .group_by(other.c.address_id)
        .having(count > 1)
        .subquery()
    )
    query = sa.select(addresses.c.name.label("address"), inner.c.domains)
    joined = inner.join(addresses, addresses.c.id == inner.c.address_id)
    return query.select_from(joined).order_by(inner.c.domains.desc(), "address").limit(limit)
