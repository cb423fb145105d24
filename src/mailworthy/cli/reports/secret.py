"""Where the password of a mailbox comes from: never from the command line."""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mailworthy.reports.intake.imap.address import Address

VARIABLE = "MAILWORTHY_IMAP_PASSWORD"
_MOST = 4096


def password(address: "Address", file: str | None, keyring: bool) -> str:
    """The password: of the file, of the keyring, of the environment, or asked for.

    Raises UsageError where there is none, OSError for the file.
    """
    from mailworthy.errors import UsageError

    if file is not None:
        return _first_line(Path(file))
    if keyring:
        return _from_keyring(address)
    if found := os.environ.get(VARIABLE):
        return found
    if sys.stdin.isatty():
        asked: str = click.prompt(f"Password of {address}", hide_input=True, err=True)
        return asked
    raise UsageError(f"no password for {address}: give --password-file, --keyring or {VARIABLE}")


def _first_line(path: Path) -> str:
    from mailworthy.errors import UsageError

    with path.open("rb") as file:
        line = file.read(_MOST).partition(b"\n")[0].removesuffix(b"\r")
    try:
        found = line.decode()
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text") from None
    if not found:
        raise UsageError(f"{path} has no password in its first line")
    return found


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
