"""`mailworthy config`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from mailworthy.cli.options import dmarc_reject, option


@click.command()
@click.argument("what", type=click.Choice(["all", "milter"]), default="all", metavar="[milter]")
@option("dir")
@dmarc_reject
@click.option("--list", "only_list", is_flag=True, help="List the files and where they go.")
@click.option("--yes", is_flag=True, help="Replace files that differ.")
def command(what: str, dir: str | None, dmarc_reject: str, only_list: bool, yes: bool) -> None:
    """Write the configuration of Postfix, Rspamd, BIND and the MTA-STS site to DIR/config.

    With `milter`, write to DIR/config/milter what `mailworthy milter` needs, which can take the
    place of Rspamd.

    A README.md says where each file goes, how to check it, and how to undo it.
    """
    from mailworthy.cli.dialogue import overwriter, say_written
    from mailworthy.domain.folder import open_folder
    from mailworthy.domain.write import write
    from mailworthy.servers import DmarcReject, configuration, milter_configuration
    from mailworthy.setup.produce import config_files, milter_files

    folder = open_folder(Path(dir or "."))
    now = datetime.now(UTC)
    reject = DmarcReject(dmarc_reject)
    if only_list:
        made = milter_configuration if what == "milter" else configuration
        for file in made(folder.intent, now=now, selectors=folder.keys):
            click.echo(f"{file.path:<48} {file.install or 'stays'}")
        return
    files = (milter_files if what == "milter" else config_files)(folder, now, reject)
    say_written(folder, write(folder.path, files, overwrite=overwriter(yes)))
