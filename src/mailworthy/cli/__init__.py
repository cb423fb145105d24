"""The command line: one file a command, loaded when it is called."""

import importlib
import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import click

# Name and one-line help of each command; `--help` needs nothing else, so it stays fast.
COMMANDS = {
    "init": "Write everything a mail domain needs, and rehearse it.",
    "check": "Check domains, live or before they are published.",
    "zone": "Print the zone, or what else follows from the intent.",
    "config": "Write the configuration of Postfix, Rspamd, BIND and the MTA-STS site.",
    "explain": "Explain a rule: what it checks, why it matters, how to fix it.",
    "verify": "Judge a message as a receiver would, and say why.",
    "sign": "Sign a message with DKIM.",
    "milter": "Judge mail while Postfix or Sendmail takes it, and sign what leaves.",
    "send-test": "Send a real message, follow it, and read the verdict where it landed.",
    "inbox": "Take test messages, and show what receivers would make of each.",
    "reports": "Read, keep and understand what the world reports back.",
    "demo": "Show the whole story on a made-up domain, with no network.",
    "completion": "Print the shell completion script.",
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command runs.

    `homes` has for each command its module and its one-line help; `--help` needs nothing else.
    """

    def __init__(self, *args: Any, homes: Mapping[str, tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.homes = homes

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.homes)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.homes:
            return None
        command: click.Command = importlib.import_module(self.homes[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.homes.items()])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Whoever mistypes a command is told which may be meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise click.UsageError(error.message + _near(args[0], self.homes), ctx) from None


class MainGroup(LazyGroup):
    """The commands of the program."""

    def invoke(self, ctx: click.Context) -> Any:
        from mailworthy.cli.streams import ReaderGone

        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # click would exit with 1, which here means that something was found.
            raise ReaderGone from None


def _near(word: str, names: Iterable[str]) -> str:
    import difflib

    close = difflib.get_close_matches(word, names, n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"mailworthy {version('mailworthy')}")
        ctx.exit()


@click.group(
    cls=MainGroup,
    homes={
        name: (f"mailworthy.cli.{name.replace('-', '_')}", line) for name, line in COMMANDS.items()
    },
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96},
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_version,
    help="Print the version.",
)
def group() -> None:
    """Take a domain from nothing to mail that the internet trusts, and keep it there."""


def main(args: list[str] | None = None) -> None:
    """The entry point. Whatever goes wrong ends with one line on stderr: 2 for usage and files,
    130 when interrupted, 141 when nobody reads on."""
    from mailworthy.cli.streams import open_minded

    open_minded()
    given = sys.argv[1:] if args is None else args
    sys.exit(_code(given or ["--help"]))


def _code(args: list[str]) -> int:
    from mailworthy.cli.streams import ReaderGone, drop_output, flush
    from mailworthy.errors import MailworthyError

    try:
        code = _ended(args)
        flush()
        return code
    except (MailworthyError, OSError, click.ClickException) as error:
        drop_output()
        return _tell(error)
    except (KeyboardInterrupt, click.Abort):
        click.echo("mailworthy: stopped", err=True)
        return 130
    except ReaderGone:
        drop_output()
        return 141


def _ended(args: list[str]) -> int:
    colour = False if os.environ.get("NO_COLOR") else None  # None: as the terminal can
    try:
        code = group.main(args, "mailworthy", standalone_mode=False, color=colour)
    except SystemExit as stop:
        code = stop.code
    return code if isinstance(code, int) else 0


def _tell(error: Exception) -> int:
    from mailworthy.cli.streams import one_line

    click.echo(one_line(error), err=True)
    return 2
