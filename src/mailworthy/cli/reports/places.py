"""The options that ask where addresses are: reverse names, and a database of countries."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mailworthy.cli.options import ASKING, asking

if TYPE_CHECKING:
    from mailworthy.reports.answers.sources import Source
    from mailworthy.store import Store
    from mailworthy.store.queries import Scope

F = TypeVar("F", bound=Callable[..., Any])
DEADLINE = 20.0  # seconds for all names
_names = click.option(
    "--names",
    "named",
    is_flag=True,
    help="Ask DNS for the reverse names of addresses, and keep them for a month.",
)
_geo = click.option(
    "--geo",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="Show countries and networks from this MaxMind database.",
)


def places(function: F) -> F:
    """The options."""
    for add in (asking, _geo, _names):
        function = add(function)
    return function


def asked_names(
    store: "Store", scopes: "list[Scope]", given: dict[str, Any], named: bool
) -> dict[str, str]:
    """The reverse names of those who send most, if they were asked for."""
    from mailworthy.cli.means import Asking, means
    from mailworthy.lookup.run import run
    from mailworthy.reports.answers.names import names

    how = {key: given[key] for key in ASKING}
    if not named:
        return {}
    now = int(datetime.now(UTC).timestamp())
    with means(Asking(**how)) as (resolver, _):
        return names(
            store, scopes, lambda engine: run(engine, resolver, deadline=DEADLINE), now=now
        )


def located(sources: "tuple[Source, ...]", geo: str | None) -> "tuple[Source, ...]":
    """The sources with their places, if there is a database."""
    from mailworthy.reports.answers.names import placed
    from mailworthy.sources.place import open_database

    if geo is None:
        return sources
    database = open_database(Path(geo))
    return tuple(placed(each, database) for each in sources)
