"""The message that a command is about: a file, or standard input."""

import sys
from pathlib import Path

import click

from mailworthy.errors import UsageError
from mailworthy.names import printable

MAX_OCTETS = 64 * 1024 * 1024  # more than any receiver takes


def read_message(place: str) -> bytes:
    """What a file holds, or standard input for "-".

    Raises UsageError where nobody gave a message, or one that is too large; OSError for a file
    that cannot be read.
    """
    data = _piped() if place == "-" else _file(Path(place))
    name = "standard input" if place == "-" else printable(place, 200)
    if len(data) > MAX_OCTETS:
        raise UsageError(f"{name} has more than {MAX_OCTETS >> 20} MB, so it is no message")
    if not data.strip():
        raise UsageError(f"{name} is empty: save the whole message with its header, then try again")
    return data


def _piped() -> bytes:
    if sys.stdin is None or sys.stdin.isatty():
        ctx = click.get_current_context()
        raise click.UsageError("Name a file with a message, or pipe one in.", ctx)
    return sys.stdin.buffer.read(MAX_OCTETS + 1)


def _file(path: Path) -> bytes:
    """Pipes too: a shell makes one of <(command)."""
    with path.open("rb") as file:
        return file.read(MAX_OCTETS + 1)
