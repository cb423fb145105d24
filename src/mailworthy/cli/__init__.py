"""The command line: one file a command, loaded when it is called."""

import importlib
import sys
from typing import Any

import click

# Name and one-line help of each command; `--help` needs nothing else, so it stays fast.
COMMANDS = {
    "init": "Write everything a mail domain needs, and rehearse it.",
    "check": "Check domains, live or before they are published.",
    "zone": "Print the zone, or what else follows from the intent.",
    "config": "Write the configuration of Postfix, Rspamd, BIND and the MTA-STS site.",
    "explain": "Explain a rule: what it checks, why it matters, how to fix it.",
    "demo": "Show the whole story on a made-up domain, with no network.",
    "completion": "Print the shell completion script.",
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"mailworthy.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise click.UsageError(error.message + _near(args[0]), ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _near(word: str) -> str:
    import difflib

    close = difflib.get_close_matches(word, COMMANDS, n=1)
    return f" Did you mean {close[0]!r}?" if close and "Did you mean" not in word else ""


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"mailworthy {version('mailworthy')}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
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
    """The entry point: usage errors end with one line and exit code 2."""
    from mailworthy.errors import MailworthyError

    try:
        group.main(args=args, prog_name="mailworthy", standalone_mode=True)
    except MailworthyError as error:
        click.echo(f"mailworthy: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        # The reader (head, less) has gone; there is nobody left to tell.
        sys.stderr.close()
        sys.exit(141)
