"""`mailworthy reports approve`."""

from datetime import UTC, datetime
from typing import Any

import click

from mailworthy.cli.reports.intake import store as where_
from mailworthy.cli.reports.scope import folder, known_of, opened


@click.command("approve")
@click.argument("name", metavar="NAME|ADDRESS")
@click.option("--domain", required=True, metavar="NAME", help="The domain that it sends for.")
@click.option(
    "--as",
    "word",
    type=click.Choice(["approved", "mine", "ignore", "forget"]),
    default="approved",
    show_default=True,
    help="What it is; forget takes back what was said before.",
)
@where_
@folder
def command(name: str, domain: str, word: str, where: str | None, dir: str | None) -> None:
    """Say of a source that it may send: your word counts as evidence from now on.

    It is about what `mailworthy reports sources` shows, and changes nothing in DNS.
    """
    from mailworthy.names import harmless, to_ascii
    from mailworthy.reports.answers.words import say
    from mailworthy.sources.expect import Word

    asked = to_ascii(domain)
    now = int(datetime.now(UTC).timestamp())
    with opened(where) as store:
        key = _key(store, asked, name, known_of(dir))
        say(store, asked, key, None if word == "forget" else Word(word), now=now)
    click.echo(f"{harmless(key)} for {asked}: {word}")


def _key(store: Any, domain: str, name: str, known: Any) -> str:
    """The key of the source that is meant; it has to have sent mail."""
    from mailworthy.errors import UsageError
    from mailworthy.reports.answers.find import find
    from mailworthy.reports.answers.words import expected
    from mailworthy.store.queries import Scope

    found = find(store, Scope((domain,)), expected(store, domain, known), name)
    if not found:
        raise UsageError(f"no source {name!r} ever sent for {domain}")
    key: str = found[0].key
    return key
