"""`mailworthy reports`: what the world reports back, one file a command, loaded when called."""

import click

from mailworthy.cli import LazyGroup

# The module of each command, and its one-line help.
COMMANDS = {
    "import": ("importing", "Read reports from files, folders or standard input."),
    "fetch": ("fetch", "Read reports from mailboxes: IMAP or Maildir."),
    "listen": ("listen", "Receive reports: mail by LMTP, TLS reports by HTTP."),
    "overview": ("overview", "Mail by day, and how much of it passes DMARC."),
    "sources": ("sources", "Who sends in your name, and what to do about each."),
    "source": ("source", "One source in full."),
    "why": ("why", "Why mail failed: what was reported, and what DNS says today."),
    "approve": ("approve", "Say of a source that it may send."),
    "list": ("listing", "The reports that came."),
    "show": ("show", "One report, or the file that it came in."),
    "reporters": ("reporters", "Who reports, and how well."),
    "problems": ("problems", "What could not be read, and why."),
    "tls": ("tls", "Sessions that failed to be encrypted."),
    "complaints": ("complaints", "What people called spam."),
    "export": ("export", "All rows as CSV, JSON or Parquet."),
    "prune": ("prune", "Give up files and records that are too old."),
    "copy": ("copy", "Copy the store to ClickHouse."),
}


class ReportsGroup(LazyGroup):
    """The commands about reports."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Whoever names no command is shown them."""
        return super().parse_args(ctx, args or ["--help"])


HOMES = {
    name: (f"mailworthy.cli.reports.{module}", line) for name, (module, line) in COMMANDS.items()
}


@click.group(cls=ReportsGroup, homes=HOMES)
def command() -> None:
    """Read, keep and understand what the world reports back."""
