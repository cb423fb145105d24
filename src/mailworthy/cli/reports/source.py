"""`mailworthy reports source`."""

from typing import Any

import click

from mailworthy.cli.options import ASKING
from mailworthy.cli.reports.places import asked_names, located, places
from mailworthy.cli.reports.scope import (
    asked,
    each_domain,
    folder,
    known_of,
    nowhere,
    period,
    printed,
    say,
)

DOMAINS = 5


@click.command("source")
@click.argument("name", metavar="NAME|ADDRESS")
@period
@folder
@places
@printed
def command(
    name: str, dir: str | None, named: bool, geo: str | None, format_: str, **given: Any
) -> None:
    """Show one source in full: all the evidence, its results, days, keys and addresses.

    NAME is what `mailworthy reports sources` prints: a title, a key such as service:mailchimp, or
    one of its addresses.
    """
    from mailworthy.errors import UsageError
    from mailworthy.reports.answers.find import find
    from mailworthy.reports.answers.words import expected

    known = known_of(dir)
    how = {key: given.pop(key) for key in ASKING}
    with asked(**given) as (store, scope):
        scopes = each_domain(store, scope, DOMAINS)
        names = asked_names(store, scopes, how, named)
        found = tuple(
            source
            for one in scopes
            for source in find(
                store, one, expected(store, one.domains[0], known), name, names=names
            )
        )
    answers = list(located(found, geo))
    if not answers:
        raise UsageError(nowhere(name))
    say("source", format_, answers)
