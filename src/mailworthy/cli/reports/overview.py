"""`mailworthy reports overview`."""

from typing import Any

import click

from mailworthy.cli.reports.scope import asked, period, printed, say


@click.command("overview")
@period
@printed
def command(format_: str, **given: Any) -> None:
    """Show how much mail there was, day by day, and how much of it passes DMARC.

    A long period is shown by week or month; JSON and CSV have every day.
    """
    from mailworthy.reports.answers.overview import overview

    with asked(**given) as (store, scope):
        answer = overview(store, scope)
    say("overview", format_, [answer])
