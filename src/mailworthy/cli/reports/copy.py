"""`mailworthy reports copy`."""

import click

from mailworthy.cli.reports.intake import store as where_
from mailworthy.cli.reports.scope import opened
from mailworthy.cli.reports.urls import guarded


@click.command("copy")
@click.argument(
    "url",
    envvar="MAILWORTHY_CLICKHOUSE",
    callback=guarded("put the URL into the variable MAILWORTHY_CLICKHOUSE instead"),
)
@where_
@click.option("--cluster", default="", metavar="NAME", help="Spread it over the shards of NAME.")
@click.option("--replicated", is_flag=True, help="Keep it on all replicas of each shard.")
def command(url: str, where: str | None, cluster: str, replicated: bool) -> None:
    """Copy what has changed in the store to ClickHouse, for those who ask about a whole fleet.

    URL is clickhouse://user:password@host:port/database; to keep the password from other users
    of this machine, put it into the environment as MAILWORTHY_CLICKHOUSE instead. The database
    has to be there. Run this as often as you like, but once at a time; it needs
    pip install 'mailworthy[clickhouse]'.
    """
    from mailworthy.store.backends import clickhouse

    with (
        opened(where) as store,
        clickhouse.open(url, cluster=cluster, replicated=replicated) as mirror,
    ):
        fed = mirror.feed(store)
        if not fed.days:
            click.echo("nothing has changed")
            return
        mirror.tidy()
    click.echo(f"copied days: {fed.days}, rows: {fed.rows}")
