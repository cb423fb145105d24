"""ClickHouse: a copy of a store for those who ask about the mail of thousands of domains.

    with store.open("postgresql://...") as mine, clickhouse.open("clickhouse://...") as copy:
        copy.feed(mine)
        for row in copy.rows(queries.overview(scope)):
            print(row.day, row.messages)

ClickHouse has no transactions and no unique keys, so it does not decide what is stored: SQLite or
PostgreSQL does, and ClickHouse answers the same Selects.
"""

from mailworthy.store.backends.clickhouse.feed import Fed
from mailworthy.store.backends.clickhouse.layout import Layout
from mailworthy.store.backends.clickhouse.link import Link
from mailworthy.store.backends.clickhouse.mirror import Mirror, open

__all__ = ["Fed", "Layout", "Link", "Mirror", "open"]
