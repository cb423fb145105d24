"""The commands, from what they say of themselves."""

from collections.abc import Iterator

import click

from mailworthy.cli import group
from pages.markdown import block

INTRODUCTION = """\
# Commands

Results go to standard output, progress to standard error.
Exit codes: 0 clean, 1 findings at or above `--fail-on`, 2 usage,
3 nothing failed but something asked could not be determined.
"""
WIDTH = 96


def page() -> str:
    """The help of every command, as it is printed."""
    return INTRODUCTION + "".join(
        f"\n## {name}\n\n{block(text)}" for name, text in helps(group, "mailworthy", None)
    )


def helps(
    command: click.Command, name: str, parent: click.Context | None
) -> Iterator[tuple[str, str]]:
    """The full name and help of a command and of all below it."""
    context = click.Context(command, info_name=name, parent=parent, **command.context_settings)
    context.terminal_width = WIDTH
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            if (sub := command.get_command(context, each)) and not sub.hidden:
                yield from helps(sub, each, context)
