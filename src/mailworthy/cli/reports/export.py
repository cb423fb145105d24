"""`mailworthy reports export`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click

from mailworthy.cli.reports.scope import asked, format_, period


@click.command("export")
@click.argument(
    "what",
    type=click.Choice(["records", "days", "reports", "tls", "failures", "complaints"]),
    default="records",
)
@period
@click.option("--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write to FILE.")
@format_("csv", "jsonl", "json", "parquet")
def command(what: str, output: str | None, format_: str, **given: Any) -> None:
    """Write all rows for other programs: CSV, JSON (whole or by line) or Parquet.

    WHAT is records (of aggregate reports), days (their sums), reports, tls, failures or
    complaints. Rows are written as they are read, whatever their number. In CSV, text that a
    spreadsheet would take for a formula begins with an apostrophe. Parquet needs --output and
    pip install 'mailworthy[parquet]'.
    """
    from mailworthy.errors import UsageError
    from mailworthy.render.reports.export import write
    from mailworthy.reports.answers.export import What, columns, rows

    if format_ == "parquet" and output is None:
        raise UsageError("Parquet is written to a file: name it with --output")
    with asked(**given) as (store, scope), _opened(output) as file:
        write(format_, columns(What(what)), rows(store, scope, What(what)), file)


@contextmanager
def _opened(output: str | None) -> Iterator[BinaryIO]:
    """Where to write: a file is there when all of it is, and not before."""
    if output is None:
        yield sys.stdout.buffer
        return
    path = Path(output).resolve()
    device = path.exists() and not path.is_file()  # or a pipe: there is nothing to replace
    part = path if device else path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        if not device:
            part.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, output) from None
    finally:
        if not device:
            part.unlink(missing_ok=True)
