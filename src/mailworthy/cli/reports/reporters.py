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

    Points are the part of the reports that is whole, of 100, less a quarter of the part that
    RFC 9990 would not allow and of the part that came more than a day late.
    """
    from mailworthy.reports.answers.reporters import reporters

    with asked(**given) as (store, scope):
        answer = reporters(store, scope, limit=limit)
    say("reporters", format_, [answer])
