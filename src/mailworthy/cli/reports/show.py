"""`mailworthy reports show`."""

import click

from mailworthy.cli.reports.intake import store as where_
from mailworthy.cli.reports.scope import MOST, limit, offset, opened, printed, say, write_raw


@click.command("show")
@click.argument("number", type=click.IntRange(1, MOST))
@where_
@click.option("--raw", is_flag=True, help="Print the file or mail as it is kept, and nothing else.")
@limit(100)
@offset
@printed
def command(
    number: int, where: str | None, raw: bool, limit: int, offset: int, format_: str
) -> None:
    """Show one report with all that stands in it, what is wrong with it, and how it came.

    NUMBER is what `mailworthy reports list` prints.
    """
    from mailworthy.reports.answers.listing import show

    with opened(where) as store:
        answer = show(store, number, limit=limit, offset=offset)
        if raw:
            write_raw(store, answer.deliveries[-1].sha256)
            return
    say("show", format_, [answer])
