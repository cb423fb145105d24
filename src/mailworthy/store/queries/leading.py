"""The largest sources of some days, looked for among the largest of all time.

A store answers this faster than `largest`, since only the days of those few are read. It is not
asked of copies in ClickHouse, which reads all days fast anyway.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from mailworthy.store.queries.parts import KEYS, first, last, named, sums, total
from mailworthy.store.queries.scope import Scope
from mailworthy.store.schema.rollups import daily_sources, seen


def leading(scope: Scope, *, limit: int, among: int) -> sa.Select[Any]:
    """What `largest` answers for some days of one domain, if the sources that have been largest
    over all time are so many that nobody else can be; faster, since only their days are read.

    Of the `among` largest over all time that were seen before the end of the scope and after its
    beginning. Three columns more are the same in all rows: `candidates`, how many these are, and
    `least_proven` and `least`, the smallest of them. See `is_certain`.
    """
    ever = _candidates(scope, among)
    row = daily_sources.c
    of_it = (*scope.conditions(daily_sources), *(row[name] == ever.c[name] for name in KEYS))
    most = sa.select(total(row.messages)).where(*of_it).correlate(ever).scalar_subquery()
    keys = [ever.c[name] for name in KEYS]
    order = (ever.c.proven.desc(), sa.desc("most"), *keys)
    top = sa.select(*keys, most.label("most")).order_by(*order).limit(limit).subquery()
    same = sa.and_(*(row[name] == top.c[name] for name in KEYS))
    columns = [*sums(daily_sources), first(row.day, "first_day"), last(row.day, "last_day")]
    mine = [row[name] for name in KEYS]
    inner = sa.select(*mine, *columns).select_from(top.join(daily_sources, same))
    few = inner.where(*scope.conditions(daily_sources)).group_by(*mine).subquery()
    last_one = sa.select(ever.c.proven, ever.c.messages).order_by(ever.c.proven, ever.c.messages)
    end = last_one.limit(1).subquery()
    return named(
        few,
        sa.select(sa.func.count()).select_from(ever).scalar_subquery().label("candidates"),
        sa.select(end.c.proven).scalar_subquery().label("least_proven"),
        sa.select(end.c.messages).scalar_subquery().label("least"),
    )


def is_certain(rows: Sequence[Any], *, limit: int, among: int) -> bool:
    """Whether what `leading` answered is what `largest` would answer.

    A source that was not looked at has at most as much mail as the smallest that was, in all its
    life. So nothing is missing if all were looked at, or if the last that was found has more.
    """
    if not rows:
        return False
    end = rows[-1]
    if end.candidates <= limit:
        return bool(end.candidates < among)
    beyond = (end.proven, end.messages) > (end.least_proven, end.least)
    return len(rows) == limit and (beyond or end.candidates < among)


def _candidates(scope: Scope, among: int) -> sa.CTE:
    """The largest sources over all time that may have mail in the scope: KEYS, messages."""
    row = seen.c
    wanted = [scope.whose(row.domain_id)]
    if scope.proven is not None:
        wanted.append(row.proven == int(scope.proven))
    if scope.since is not None:
        wanted.append(row.last_day >= scope.since)
    if scope.until is not None:
        wanted.append(row.first_day <= scope.until)
    found = sa.select(*(row[name] for name in KEYS), row.messages).where(*wanted)
    return found.order_by(row.proven.desc(), row.messages.desc()).limit(among).cte("ever")
