"""`mailworthy reports problems`."""

import click

from mailworthy.cli.reports.intake import store as where_
from mailworthy.cli.reports.scope import limit, offset, opened, printed, say


@click.command("problems")
@where_
@limit(20)
@offset
@printed
def command(where: str | None, limit: int, offset: int, format_: str) -> None:
    """Show what could not be read, or was left out of a report, and why; the newest first."""
    from mailworthy.reports.answers.problems import problems

    with opened(where) as store:
        answer = problems(store, limit=limit, offset=offset)
    say("problems", format_, [answer])
