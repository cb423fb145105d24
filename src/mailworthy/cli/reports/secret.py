"""Where the password or token of a mailbox comes from: never from the command line."""

import os
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from mailworthy.reports.intake.imap.address import Address
    from mailworthy.reports.intake.imap.sasl import Secret, Secrets

F = TypeVar("F", bound=Callable[..., Any])
VARIABLE = "MAILWORTHY_IMAP_PASSWORD"
_FILES = ("password_file", "token_file")
_COMMANDS = ("password_command", "token_command")
NAMES = (*_FILES, *_COMMANDS, "keyring")


def _file(flag: str, help: str) -> Callable[[F], F]:
    return click.option(flag, metavar="FILE", type=click.Path(dir_okay=False), help=help)


def _command(flag: str, help: str) -> Callable[[F], F]:
    variable = "MAILWORTHY_IMAP_" + flag.removeprefix("--").replace("-", "_").upper()
    return click.option(flag, metavar="COMMAND", envvar=variable, help=help)


_OPTIONS = (
    _file("--password-file", "The password is its first line."),
    _command("--password-command", "The password is the first line that this prints."),
    _file("--token-file", "The access token (OAuth 2.0) is its first line."),
    _command("--token-command", "The access token is the first line that this prints."),
    click.option("--keyring", is_flag=True, help="The password is in the keyring of this desktop."),
)


def secret_options(function: F) -> F:
    """The options, which `secrets` reads."""
    for add in reversed(_OPTIONS):
        function = add(function)
    return function


def secrets(address: "Address", given: dict[str, Any]) -> "Secrets":
    """What gives the secret for each connection: files and commands are read anew each time.

    Raises UsageError for more than one way, or none, or a file that has no secret in it.
    """
    from mailworthy.errors import UsageError
    from mailworthy.reports.intake.imap.errors import Gone
    from mailworthy.reports.intake.imap.sasl import Secret

    chosen = [name for name in NAMES if given[name]]
    if len(chosen) > 1 and (named := _on_the_command_line(chosen)):
        chosen = named
    if len(chosen) > 1:
        flags = " and ".join("--" + name.replace("_", "-") for name in chosen)
        raise UsageError(f"{flags}: one of them is enough")
    if not chosen or chosen == ["keyring"]:
        found = Secret(_password(address, bool(chosen)))
        return lambda: found
    (name,) = chosen
    read = partial(_read, name, given[name])
    if name in _FILES:
        try:
            read()
        except Gone as error:
            raise UsageError(str(error)) from None
    return read


def _on_the_command_line(names: list[str]) -> list[str]:
    """Those of the options that do not come from the environment."""
    context = click.get_current_context()
    line = click.core.ParameterSource.COMMANDLINE
    return [name for name in names if context.get_parameter_source(name) is line]


def _read(name: str, where: str) -> "Secret":
    from mailworthy.reports.intake.imap.sasl import Secret
    from mailworthy.reports.intake.secrets import of_command, of_file

    text = of_file(Path(where)) if name in _FILES else of_command(where)
    return Secret(text, token=name.startswith("token"))


def _password(address: "Address", keyring: bool) -> str:
    """Of the keyring, of the environment, or asked for. Raises UsageError where there is none."""
    from mailworthy.errors import UsageError

    if keyring:
        return _from_keyring(address)
    if found := os.environ.get(VARIABLE):
        return found
    if sys.stdin.isatty():
        asked: str = click.prompt(f"Password of {address}", hide_input=True, err=True)
        return asked
    raise UsageError(
        f"no password for {address}: give --password-file, --password-command, --keyring"
        f" or {VARIABLE}; or a token by --token-command"
    )


def _from_keyring(address: "Address") -> str:
    from mailworthy.errors import UsageError

    try:
        keyring = import_module("keyring")
    except ImportError:
        raise UsageError("--keyring needs a library: pip install keyring") from None
    name = f"{address.user}@{address.host}"
    found: str | None = keyring.get_password("mailworthy", name)
    if found is None:
        raise UsageError(f"the keyring has no password of mailworthy for {name}")
    return found
