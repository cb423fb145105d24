"""`mailworthy reports export`."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

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


def _opened(output: str | None) -> Any:
    if output is None:
        return nullcontext(sys.stdout.buffer)
    return Path(output).open("wb")
