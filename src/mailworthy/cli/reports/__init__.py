"""`mailworthy reports`: what the world reports back, one file a command, loaded when called."""

import importlib

import click

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
    "copy": ("copy", "Copy the store to ClickHouse."),
}


class ReportsGroup(click.Group):
    """A group that imports a command's module only when that command runs."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Whoever names no command is shown them."""
        return super().parse_args(ctx, args or ["--help"])

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"mailworthy.cli.reports.{COMMANDS[cmd_name][0]}")
        found: click.Command = module.command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=ReportsGroup)
def command() -> None:
    """Read, keep and understand what the world reports back."""
