"""`mailworthy reports complaints`."""

from typing import Any

import click

from mailworthy.cli.reports.scope import asked, period, printed, say


@click.command("complaints")
@period
@printed
def command(format_: str, **given: Any) -> None:
    """Show what people called spam: how often, and which mailings it was."""
    from mailworthy.reports.answers.complaints import complaints

    with asked(**given) as (store, scope):
        answer = complaints(store, scope)
    say("complaints", format_, [answer])
