"""`mailworthy reports problems`."""

import click

from mailworthy.cli.reports.intake import store as where_
from mailworthy.cli.reports.scope import MOST, limit, offset, opened, printed, say, write_raw


@click.command("problems")
@where_
@click.option(
    "--raw",
    type=click.IntRange(1, MOST),
    metavar="NUMBER",
    help="Print the file or mail of this problem as it came, and nothing else.",
)
@limit(20)
@offset
@printed
def command(where: str | None, raw: int | None, limit: int, offset: int, format_: str) -> None:
    """Show what could not be read, or was left out of a report, and why; the newest first."""
    from mailworthy.reports.answers.problems import content_of, problems

    with opened(where) as store:
        if raw is not None:
            write_raw(store, content_of(store, raw))
            return
        answer = problems(store, limit=limit, offset=offset)
    say("problems", format_, [answer])
