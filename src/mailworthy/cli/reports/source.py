"""`mailworthy reports source`."""

from typing import Any

import click

from mailworthy.cli.reports.scope import (
    asked,
    each_domain,
    folder,
    known_of,
    period,
    printed,
    say,
)

DOMAINS = 5


@click.command("source")
@click.argument("name", metavar="NAME|ADDRESS")
@period
@folder
@printed
def command(name: str, dir: str | None, format_: str, **given: Any) -> None:
    """Show one source in full: all the evidence, its results, days, keys and addresses.

    NAME is what `mailworthy reports sources` prints: a title, a key such as service:mailchimp, or
    one of its addresses.
    """
    from mailworthy.errors import UsageError
    from mailworthy.reports.answers.find import find
    from mailworthy.reports.answers.words import expected

    known = known_of(dir)
    with asked(**given) as (store, scope):
        answers = [
            found
            for one in each_domain(store, scope, DOMAINS)
            for found in find(store, one, expected(store, one.domains[0], known), name)
        ]
    if not answers:
        raise UsageError(f"no source {name!r} in this period; mailworthy reports sources names all")
    say("source", format_, answers)
