"""`mailworthy completion`."""

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    bash  eval "$(mailworthy completion bash)"         in ~/.bashrc
    zsh   eval "$(mailworthy completion zsh)"          in ~/.zshrc, after compinit
    fish  mailworthy completion fish | source          in ~/.config/fish/config.fish
    """
    from click.shell_completion import get_completion_class

    from mailworthy.cli import group

    kind = get_completion_class(shell)
    if kind is not None:
        click.echo(kind(group, {}, "mailworthy", "_MAILWORTHY_COMPLETE").source())
