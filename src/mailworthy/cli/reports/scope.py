"""What the commands that answer from reports share: options, the store, and printing."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mailworthy.cli.options import option
from mailworthy.cli.reports.intake import store as where

if TYPE_CHECKING:
    from mailworthy.reports.answers.words import Known
    from mailworthy.store import Store
    from mailworthy.store.queries import Scope

F = TypeVar("F", bound=Callable[..., Any])
DAYS = 30
SHOWN = 5  # domains that are named to who asks about none of them
MOST = 2**62  # more than any store has of anything, and less than a database cannot count


def _day(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise click.BadParameter(f"{value!r} is no day: write it as 2026-12-31") from None


_domain = click.option(
    "--domain", "domains", multiple=True, metavar="NAME", help="Only this domain; repeatable."
)
_since = click.option(
    "--since", callback=_day, metavar="DAY", help="From this day on (2026-12-31)."
)
_until = click.option("--until", callback=_day, metavar="DAY", help="Up to this day, and with it.")
_days = click.option(
    "--days",
    type=click.IntRange(1, 36_500),
    metavar="N",
    help=f"So many days up to --until, or today; {DAYS} unless you say otherwise.",
)
_all = click.option("--all-time", is_flag=True, help="All days that there are.")
_proven = click.option(
    "--proven", is_flag=True, help="Only reports that are proven to be their reporter's."
)
offset = click.option(
    "--offset",
    type=click.IntRange(0, MOST),
    default=0,
    metavar="N",
    help="Leave out so many first.",
)
folder = option("dir")


def period(function: F) -> F:
    """The options that say which domains and days."""
    for add in (_proven, _all, _days, _until, _since, _domain, where):
        function = add(function)
    return function


def format_(*formats: str) -> Callable[[F], F]:
    """The option that says how to print."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How to print the answer.",
    )


printed = format_("text", "json", "csv")


def limit(default: int) -> Callable[[F], F]:
    """The option that says how many."""
    return click.option(
        "--limit",
        type=click.IntRange(1, 10_000),
        default=default,
        show_default=True,
        metavar="N",
        help="Show so many at most.",
    )


@contextmanager
def asked(
    where: str | None,
    domains: tuple[str, ...],
    since: date | None,
    until: date | None,
    days: int | None,
    all_time: bool,
    proven: bool,
) -> "Iterator[tuple[Store, Scope]]":
    """The store, and which part of it the options are about; who asks about a domain without
    any report is told so on standard error."""
    from mailworthy.names import to_ascii
    from mailworthy.store.queries import Scope

    names = tuple(dict.fromkeys(to_ascii(name) for name in domains))
    first, last = _bounds(since, until, days, all_time)
    with opened(where) as store:
        scope = Scope(names, first, last, True if proven else None)
        _told_unknown(store, scope)
        yield store, scope


def _told_unknown(store: "Store", scope: "Scope") -> None:
    from mailworthy.reports.answers.newest import unknown_domains

    if not (unknown := unknown_domains(store, scope)):
        return
    there = ", ".join(largest(store, None, SHOWN)) or "no domain yet"
    click.echo(f"no report is about {', '.join(unknown)}; most are about {there}", err=True)


def _bounds(
    since: date | None, until: date | None, days: int | None, all_time: bool
) -> tuple[date | None, date | None]:
    from mailworthy.errors import UsageError

    if sum((since is not None, days is not None, all_time)) > 1:
        raise UsageError("--since, --days and --all-time each say where to begin: give one of them")
    if since and until and until < since:
        raise UsageError(f"--until {until} is before --since {since}")
    if since or all_time:
        return since, until
    last = until or datetime.now(UTC).date()
    try:
        return last - timedelta(days=(days or DAYS) - 1), until
    except OverflowError:
        return None, until


@contextmanager
def opened(where: str | None) -> "Iterator[Store]":
    """The store, which has to be there already."""
    from mailworthy import store as stores
    from mailworthy.errors import UsageError
    from mailworthy.store.opened import FILE

    if where is None or "://" not in where:
        path = stores.default_path() if where is None else Path(where)
        path = path / FILE if path.is_dir() else path
        if not path.exists():
            raise UsageError(f"there is no store at {path}; mailworthy reports import makes one")
    with stores.open(where) as found:
        yield found


def known_of(dir_: str | None) -> "Known | None":
    """What the folder that was named, or this one, says of senders: the intent, and the names of
    keys. The keys themselves are not read; whoever reads reports need not be allowed to."""
    from mailworthy.domain.folder import INTENT, KEYS, has_intent
    from mailworthy.domain.intentfile import load
    from mailworthy.errors import UsageError
    from mailworthy.reports.answers.words import Known

    path = Path(dir_ or "")
    if not has_intent(path):
        if dir_ is None:
            return None
        raise UsageError(f"there is no {INTENT} in {path}")
    keys = tuple(file.stem for file in sorted((path / KEYS).glob("*.key")))
    return Known(load(path / INTENT), keys)


def each_domain(store: "Store", scope: "Scope", most: int) -> "list[Scope]":
    """A scope for each domain: those named, or else those with most mail, lately or ever."""
    import msgspec

    names = scope.domains or largest(store, scope, most) or largest(store, None, most)
    return [msgspec.structs.replace(scope, domains=(name,)) for name in names]


def nowhere(name: str) -> str:
    """That there is no such source, and where to look for it."""
    return (
        f"no source {name!r} in this period (see --since, --days, --all-time); "
        "`mailworthy reports sources` names all"
    )


def largest(store: "Store", scope: "Scope | None", most: int) -> tuple[str, ...]:
    """The domains with most mail, of a scope or of all.

    Those of proven reports first: of others anybody can make up as many as he likes.
    """
    from msgspec.structs import replace

    from mailworthy.store import queries

    whole = scope or queries.EVERYTHING
    found: dict[str, None] = {}
    for one in (replace(whole, proven=True), whole):
        if len(found) < most:
            found |= {row.domain: None for row in store.rows(queries.by_domain(one, limit=most))}
    return tuple(found)[:most]


def say(name: str, chosen: str, answers: list[Any]) -> None:
    """Print answers: people read in the alphabet of their terminal, programs in UTF-8."""
    from mailworthy.render.reports import document

    text = document(name, chosen, answers)
    click.echo(text if chosen == "text" else text.encode(), nl=False)


def write_raw(store: "Store", sha256: str) -> None:
    """Print a content as it came, by the name that the store has for it."""
    from mailworthy.errors import UsageError
    from mailworthy.store import importer

    if sys.stdout.isatty():
        raise UsageError("strangers wrote it, and it may steer a terminal: use > FILE or | less")
    for piece in importer.load(store, sha256):
        click.echo(piece, nl=False)
