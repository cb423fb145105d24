"""What the commands that take reports in share: options, and lines that say what became of them."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mailworthy.cli.options import asking, option
from mailworthy.cli.reports import retaining
from mailworthy.cli.reports.urls import guarded

if TYPE_CHECKING:
    from mailworthy.reports.intake.importing import Importer
    from mailworthy.reports.intake.model import Done

F = TypeVar("F", bound=Callable[..., Any])
TEMPFAIL = 75  # EX_TEMPFAIL of sysexits(3): a mail server keeps the mail and tries again

store = click.option(
    "--store",
    "where",
    envvar="MAILWORTHY_STORE",
    callback=guarded(
        "put the URL into the variable MAILWORTHY_STORE instead, or the password into ~/.pgpass "
        "(mode 0600)"
    ),
    metavar="PATH|URL",
    help="The store: a SQLite file, a folder, or postgresql://…  [default: your own]",
)
_own = click.option(
    "--authserv-id",
    "own_ids",
    multiple=True,
    envvar="MAILWORTHY_AUTHSERV_ID",
    metavar="NAME",
    help="Believe the Authentication-Results of your own server, which must remove forged ones; "
    "repeatable.",
)
_vouch = click.option(
    "--vouch",
    is_flag=True,
    help="You answer for what comes this way: count reports that prove nothing by themselves.",
)
_verify = click.option(
    "--verify/--no-verify",
    default=True,
    help="Ask DNS who signed the mails (default), or do not.",
)
_records = click.option(
    "--max-records",
    "records",
    type=click.IntRange(1, 10_000_000),
    default=1_000_000,
    show_default=True,
    envvar="MAILWORTHY_MAX_RECORDS",
    metavar="N",
    help="Read so many records of one report; the rest is left out, and the report is partial.",
)
_format = click.option(
    "--format",
    type=click.Choice(["text", "jsonl"]),
    default="text",
    show_default=True,
    help="How to print what became of each.",
)


def intake(function: F) -> F:
    """The options of every command that takes reports in."""
    keeping = (_records, option("keep_whole"), retaining.options)
    for add in (_format, asking, option("deadline"), _verify, _own, _vouch, *keeping, store):
        function = add(function)
    return function


class Told:
    """Prints what became of each thing, and counts."""

    def __init__(self, format: str) -> None:
        self._format = format
        self.counts: dict[str, int] = {}

    def tell(self, done: "Done") -> None:
        """Print one outcome."""
        from mailworthy.render.intake import json_line, text_lines

        self.counts[done.what.value] = self.counts.get(done.what.value, 0) + 1
        if self._format == "jsonl":
            click.echo(json_line(done))
        else:
            for line in text_lines(done):
                click.echo(line)

    def sum(self) -> None:
        """Print the counts, on standard error."""
        parts = [f"{count} {word}" for word, count in sorted(self.counts.items())]
        click.echo(", ".join(parts) or "nothing there", err=True)

    @property
    def code(self) -> int:
        """0 if all of it was read."""
        return 1 if {"problem", "partial", "failed"} & self.counts.keys() else 0


@contextmanager
def importer(
    where: str | None,
    own_ids: tuple[str, ...],
    verify: bool,
    deadline: float,
    *,
    again: bool = False,
    keep_raw: int,
    keep_rows: int,
    keep_whole: bool,
    records: int,
    **asked: Any,
) -> "Iterator[tuple[Importer, Callable[[], None]]]":
    """The importer that the options ask for, and what gives up what is too old once a day; that
    is also done at the end."""
    from mailworthy import store as stores
    from mailworthy.cli.means import Asking, means
    from mailworthy.reports.envelope.limits import Limits
    from mailworthy.reports.intake.importing import Importer
    from mailworthy.reports.intake.judging import Judge

    with means(Asking(**asked)) as (resolver, _), stores.open(where) as opened:
        judge = Judge(resolver if verify else None, own_ids=own_ids, deadline=deadline)
        tend = partial(retaining.tend, opened, keep_raw, keep_rows)
        limits = Limits(records=records)
        yield Importer(opened, judge, limits=limits, again=again, keep_whole=keep_whole), tend
        tend()


class Kept:
    """Ends with EX_TEMPFAIL whatever goes wrong, so that a mail server keeps the mail."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: Any, _: object) -> None:
        if isinstance(error, Exception):
            from mailworthy.cli.streams import one_line

            click.echo(one_line(error), err=True)
            sys.exit(TEMPFAIL)
