"""`mailworthy reports sources`."""

from typing import Any

import click

from mailworthy.cli.options import ASKING
from mailworthy.cli.reports.places import asked_names, located, places
from mailworthy.cli.reports.scope import (
    asked,
    each_domain,
    folder,
    known_of,
    limit,
    period,
    printed,
    say,
)

DOMAINS = 5
_UNKNOWN = """
There is no mailworthy.toml here, so this is what reports tell by themselves.
`mailworthy init DOMAIN --from live --dir FOLDER` writes one; with --dir FOLDER
your own servers and services are known for certain."""


@click.command("sources")
@period
@folder
@places
@limit(25)
@printed
def command(
    dir: str | None, named: bool, geo: str | None, limit: int, format_: str, **given: Any
) -> None:
    """Show who sends mail in the name of a domain, and what to do about each.

    \b
    ✓ own        your servers, by address or by your DKIM key
    ✓ approved   services that mailworthy.toml, your DNS or your word names
    » forwarder  hands on mail of yours: your signature holds, SPF does not
    ? unknown    nothing shows who it is
    ✗ threat     has nothing to do with you, and behaves like a forger
    !            yours, but more than one message in a hundred passes nothing

    With a mailworthy.toml (--dir, or in this folder) your servers and services are known. Without
    --domain these are the five domains with most mail, with fewer sources each.
    """
    from msgspec.structs import replace

    from mailworthy.reports.answers.sources import of_several
    from mailworthy.reports.answers.words import expected

    known = known_of(dir)
    how = {key: given.pop(key) for key in ASKING}
    with asked(**given) as (store, scope):
        scopes = each_domain(store, scope, DOMAINS)
        names = asked_names(store, scopes, how, named)
        asked_ = [(one, expected(store, one.domains[0], known)) for one in scopes]
        found = of_several(store, asked_, limit=limit, names=names)
    answers = [replace(each, sources=located(each.sources, geo)) for each in found]
    say("sources", format_, answers)
    if known is None and format_ == "text" and any(each.sources for each in answers):
        click.echo(_UNKNOWN, err=True)
