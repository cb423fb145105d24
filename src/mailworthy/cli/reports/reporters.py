"""`mailworthy reports reporters`."""

from typing import Any

import click

from mailworthy.cli.reports.scope import asked, limit, period, printed, say


@click.command("reporters")
@period
@limit(50)
@printed
def command(limit: int, format_: str, **given: Any) -> None:
    """Show who reports, how much, and how good the reports are.

    Points are from 0 to 100: a report that is not whole is worth nothing, what RFC 9990 does not
    allow costs a quarter, and so does a delay of more than a day.
    """
    from mailworthy.reports.answers.reporters import reporters

    with asked(**given) as (store, scope):
        answer = reporters(store, scope, limit=limit)
    say("reporters", format_, [answer])
