"""`mailworthy completion`."""

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script for SHELL.

    For bash, put `eval "$(mailworthy completion bash)"` into ~/.bashrc.
    """
    from click.shell_completion import get_completion_class

    from mailworthy.cli import group

    kind = get_completion_class(shell)
    if kind is not None:
        click.echo(kind(group, {}, "mailworthy", "_MAILWORTHY_COMPLETE").source())
