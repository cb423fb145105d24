"""`mailworthy reports prune`."""

from datetime import UTC, datetime, timedelta

import click

from mailworthy.cli.reports import retaining
from mailworthy.cli.reports.intake import store as where_
from mailworthy.cli.reports.scope import opened

MOST = 36_500


@click.command("prune")
@where_
@retaining.options
@click.option(
    "--older-than",
    type=click.IntRange(1, MOST),
    metavar="DAYS",
    help="Give up all that is older than so many days, whatever is said for each.",
)
@click.option("--dry-run", is_flag=True, help="Say what would go, and change nothing.")
def command(
    where: str | None, keep_raw: int, keep_rows: int, older_than: int | None, dry_run: bool
) -> None:
    """Give up files and records that came too long ago; sums by day stay for ever.

    The commands that take reports do this by themselves once a day, with the same settings.
    """
    from mailworthy.store import retention

    now = datetime.now(UTC)
    raw = timedelta(days=older_than or keep_raw)
    rows = timedelta(days=older_than or keep_rows)
    with opened(where) as store:
        if dry_run:
            told, word = retention.due(store, now, keep_raw=raw, keep_rows=rows), "would go"
        else:
            told, word = retention.apply(store, now, keep_raw=raw, keep_rows=rows), "given up"
    click.echo(retaining.sentence(told, word))
