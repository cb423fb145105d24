"""What is kept how long: the options, and what the commands that take reports do once a day."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mailworthy.cli.options import option

if TYPE_CHECKING:
    from mailworthy.store import Store
    from mailworthy.store.retention import Given

F = TypeVar("F", bound=Callable[..., Any])
options = option("keep_raw", "keep_rows")


def tend(store: "Store", keep_raw: int, keep_rows: int) -> None:
    """Give up what is too old, once a day. Whatever goes wrong is said, and stops no import."""
    from mailworthy.cli.streams import one_line
    from mailworthy.store import StoreError
    from mailworthy.store.daily import daily

    try:
        given = daily(
            store,
            datetime.now(UTC),
            keep_raw=timedelta(days=keep_raw),
            keep_rows=timedelta(days=keep_rows),
        )
    except StoreError as error:
        click.echo(f"nothing old was given up today: {one_line(error)}", err=True)
        return
    if given is not None and (given.raws or given.reports or given.problems):
        click.echo(sentence(given, "given up"), err=True)


def sentence(given: "Given", word: str) -> str:
    """What was given up, or would be, in one line."""
    return (
        f"{word}: {given.raws} files, the records of {given.reports} reports, "
        f"{given.problems} problems"
    )
