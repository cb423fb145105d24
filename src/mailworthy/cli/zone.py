"""`mailworthy zone`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from mailworthy.cli.options import option


@click.command()
@click.argument("domain", required=False)
@option("dir")
@click.option(
    "--as",
    "output",
    default="bind",
    show_default=True,
    type=click.Choice(["bind", "records", "octodns", "table", "json", "others", "ptr"]),
    help="What to print: the whole zone, the records alone, or what others must publish.",
)
@click.option("--write", is_flag=True, help="Write all files of the folder anew, and rehearse.")
@click.option("--yes", is_flag=True, help="With --write: replace files that differ.")
def command(domain: str | None, dir: str | None, output: str, write: bool, yes: bool) -> None:
    """Print the zone of DOMAIN (or of the only one), or what else follows from the intent."""
    from mailworthy.domain.folder import open_folder

    path = Path(dir or ".")
    now = datetime.now(UTC)
    if write:
        from mailworthy.cli.dialogue import settle
        from mailworthy.domain.folder import INTENT
        from mailworthy.domain.intentfile import load

        open_intent = load(path / INTENT)
        settle(path, open_intent, now, yes=yes)
        return
    folder = open_folder(path)
    from mailworthy.setup.show import shown

    click.echo(shown(folder, domain, output, now), nl=False)
