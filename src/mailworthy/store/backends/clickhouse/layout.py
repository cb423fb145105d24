"""The tables of a copy: in one server, or spread over the shards of a cluster.

Everything of a day lies on one shard, with the row that says which feed of that day counts; so a
day changes at once, in all tables. Entries of dictionaries are spread by their numbers.

    x_local   what was fed; on each server
    x_live    what counts of it; on each server (in one server this is x)
    x         what is asked: over all shards
    x_fed     what is written to: over all shards (in one server this is x_local)
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import sqlalchemy as sa

from mailworthy.errors import UsageError
from mailworthy.store.backends.clickhouse import tables
from mailworthy.store.schema.rollups import seen
from mailworthy.store.schema.views import DEFINITIONS

# So many in a partition: what changes is in few of them, and there are not many in all.
DAYS = 90
_LIVE_DAY = (
    "(day_, generation_) IN"
    " (SELECT day_, max(generation_) FROM {database}.generations_local GROUP BY day_)"
)
_LIVE_PART = (
    "(trail_id, generation_) IN"
    " (SELECT id, max(generation_) FROM {database}.trails_local GROUP BY id)"
)

_NULLS = " SETTINGS join_use_nulls = 1"
# A column of a view under its own name; ClickHouse would call it `r.day` where others have it too.
_BARE = re.compile(r'\b([a-z]\.)("?\w+"?)(?=,|\s+FROM\b)')


class Layout(msgspec.Struct, frozen=True):
    """Where tables lie.

    With a `cluster` (a name from the server's `remote_servers`) they are spread over its shards,
    and made on all of its servers, which takes ClickHouse Keeper; without `everywhere` they are
    made on the server that is asked alone. `replicated` tables are kept by all replicas of a shard.
    """

    database: str = "default"
    cluster: str = ""
    everywhere: bool = True
    replicated: bool = False

    def __post_init__(self) -> None:
        for name in (self.database, self.cluster or "x"):
            if not (name.isascii() and name.isidentifier()):
                raise UsageError(f"not the name of a database or cluster: {name}")

    def fed(self, name: str) -> str:
        """The table that rows are written to."""
        return f"{self.database}.{name}_{'fed' if self.cluster else 'local'}"

    def tables(self) -> Iterator[str]:
        """The statements that make all tables, if they are not there."""
        yield from self._generations()
        for table in tables.FACTS:
            order = _names(table.primary_key)
            yield self._local(table, f"MergeTree{{}} PARTITION BY intDiv(day_, {DAYS})", order)
            yield from self._shown(table, f"WHERE {_LIVE_DAY.format(database=self.database)}")
            yield from self._spread(table.name, "day_")
        for table in tables.ENTRIES:
            yield self._local(table, "ReplacingMergeTree{}", "id")
            yield from self._shown(table, "FINAL")
            yield from self._spread(table.name, "id")
        for table in tables.PARTS:
            yield self._local(table, "ReplacingMergeTree{}", "trail_id, position")
            yield from self._shown(
                table, f"FINAL WHERE {_LIVE_PART.format(database=self.database)}"
            )
            yield from self._spread(table.name, "trail_id")

    def views(self) -> Iterator[str]:
        """The statements that make the views that people ask, if they are not there."""
        yield self._made(
            "VIEW",
            seen.name,
            f"AS {_over_time()} FROM {self.database}.daily_sources"
            f" GROUP BY {_names(seen.primary_key)}",
        )
        for text in DEFINITIONS:
            _, _, rest = text.strip().partition("CREATE VIEW ")
            name, _, query = rest.partition(" ")
            yield self._made("VIEW", name, _BARE.sub(r"\1\2 AS \2", query) + _NULLS)

    def tidying(self) -> Iterator[str]:
        """The statements that remove what no longer counts, on each server."""
        live = _LIVE_DAY.format(database=self.database)
        for name in (*(table.name for table in tables.FACTS), tables.GENERATIONS):
            where = f"{self.database}.{name}_local{self._on}"
            yield f"ALTER TABLE {where} DELETE WHERE NOT ({live})"

    def _generations(self) -> Iterator[str]:
        name = tables.GENERATIONS
        columns = (
            "day_ Int32, generation_ Int64, fingerprint String, ledger String, revision String"
        )
        engine = f"ENGINE = {self._engine(name, 'MergeTree{}', '')} ORDER BY (day_, generation_)"
        yield self._made("TABLE", f"{name}_local", f"({columns}) {engine}")
        if not self.cluster:
            rest = f"AS SELECT * FROM {self.database}.{name}_local"
            yield self._made("VIEW", name, rest)
            return
        yield self._over(name, f"{name}_local")
        yield from self._spread(name, "day_")

    def _local(self, table: sa.Table, engine: str, order: str) -> str:
        columns = [f"`{c.name}` {tables.type_of(c)}" for c in tables.columns(table)]
        columns += ["day_ Int32"] * (table in tables.FACTS) + ["generation_ Int64"]
        version = "" if table in tables.FACTS else "generation_"
        engine = self._engine(table.name, engine, version)
        rest = f"({', '.join(columns)}) ENGINE = {engine} ORDER BY ({order})"
        return self._made("TABLE", f"{table.name}_local", rest)

    def _engine(self, name: str, engine: str, version: str) -> str:
        if not self.replicated:
            return engine.format(f"({version})")
        path = f"'/clickhouse/tables/{{shard}}/{self.database}/{name}', '{{replica}}'"
        return "Replicated" + engine.format(f"({', '.join(filter(None, (path, version)))})")

    def _shown(self, table: sa.Table, condition: str) -> Iterator[str]:
        """What counts of a table, on this server and on all."""
        names = _names(tables.columns(table))
        query = f"AS SELECT {names} FROM {self.database}.{table.name}_local {condition}"
        if not self.cluster:
            yield self._made("VIEW", table.name, query)
            return
        yield self._made("VIEW", f"{table.name}_live", query)
        yield self._over(table.name, f"{table.name}_live")

    def _spread(self, name: str, key: str) -> Iterator[str]:
        if self.cluster:
            yield self._over(f"{name}_fed", f"{name}_local", key)

    def _over(self, name: str, each: str, *key: str) -> str:
        engine = f"Distributed({', '.join((self.cluster, self.database, each, *key))})"
        return self._made("TABLE", name, f"AS {self.database}.{each} ENGINE = {engine}")

    def _made(self, what: str, name: str, rest: str) -> str:
        return f"CREATE {what} IF NOT EXISTS {self.database}.{name}{self._on} {rest}"

    @property
    def _on(self) -> str:
        return f" ON CLUSTER {self.cluster}" if self.cluster and self.everywhere else ""


def _names(columns: Any) -> str:
    return ", ".join(f"`{column.name}`" for column in columns)


def _over_time() -> str:
    """What is known of sources over all time, from their sums by day."""
    days = {"first_day": "min(day)", "last_day": "max(day)"}
    sums = {c.name: f"sum(`{c.name}`)" for c in seen.columns if not c.primary_key} | days
    return f"SELECT {_names(seen.primary_key)}, " + ", ".join(
        f"{made} AS `{name}`" for name, made in sums.items()
    )
