"""`mailworthy config`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from mailworthy.cli.options import dmarc_reject, option


@click.command()
@option("dir")
@dmarc_reject
@click.option("--list", "only_list", is_flag=True, help="List the files and where they go.")
@click.option("--yes", is_flag=True, help="Replace files that differ.")
def command(dir: str | None, dmarc_reject: str, only_list: bool, yes: bool) -> None:
    """Write the configuration of Postfix, Rspamd, BIND and the MTA-STS site to DIR/config.

    Its README.md says where each file goes, how to check it, and how to undo it.
    """
    from mailworthy.cli.dialogue import overwriter, say_written
    from mailworthy.domain.folder import open_folder
    from mailworthy.domain.write import write
    from mailworthy.servers import DmarcReject, configuration
    from mailworthy.setup.produce import config_files

    folder = open_folder(Path(dir or "."))
    now = datetime.now(UTC)
    reject = DmarcReject(dmarc_reject)
    if only_list:
        for file in configuration(folder.intent, now=now, selectors=folder.keys):
            click.echo(f"{file.path:<48} {file.install or 'stays'}")
        return
    files = config_files(folder, now, reject)
    say_written(folder, write(folder.path, files, overwrite=overwriter(yes)))
