"""`mailworthy reports list`."""

from typing import Any

import click

from mailworthy.cli.reports.scope import asked, limit, offset, period, printed, say


@click.command("list")
@period
@click.option(
    "--kind",
    type=click.Choice(["aggregate", "tls", "failure", "complaint"]),
    help="Only reports of this kind.",
)
@click.option("--reporter", metavar="NAME", help="Only reports of this reporter.")
@limit(50)
@offset
@printed
def command(
    kind: str | None, reporter: str | None, limit: int, offset: int, format_: str, **given: Any
) -> None:
    """List the reports that came, the newest first; `show` prints one by its number."""
    from mailworthy.reports.answers.listing import listing
    from mailworthy.reports.model import Kind

    with asked(**given) as (store, scope):
        wanted = Kind(kind) if kind else None
        answer = listing(store, scope, kind=wanted, reporter=reporter, limit=limit, offset=offset)
    say("list", format_, [answer])
