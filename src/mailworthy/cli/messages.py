"""The message that a command is about: a file, or standard input."""

import re
import sys
from pathlib import Path

import click

from mailworthy.errors import UsageError
from mailworthy.message.header import Message, read
from mailworthy.names import readable

MAX_OCTETS = 64 * 1024 * 1024  # more than any receiver takes
_AGAIN = "save the whole message with its header, then try again"
_BOM = b"\xef\xbb\xbf"  # editors put it in front of a file; no message begins with it
# Without any of these no file is a message, whatever receivers would make of it.
_USUAL = frozenset(
    b"from sender to cc date subject message-id return-path received dkim-signature".split()
)
_URL = re.compile(r"(?:https?|ftp|file|imaps?)://", re.IGNORECASE)
# Between two messages of an mbox file stands such a line, after an empty one.
_NEXT = re.compile(rb"\n\r?\nFrom \S[^\n]{0,200}\b\d{4}\b[^\n]{0,20}\n[!-9;-~]{1,100}:")


def read_message(place: str) -> Message:
    """The message in a file, or on standard input for "-".

    What saving put in front of the header is left out: a byte order mark, empty lines. Raises
    UsageError where nobody gave a message, or several, or one that is too large; OSError for a
    file that cannot be read.
    """
    if _URL.match(place) and not Path(place).exists():
        raise UsageError(f"{readable(place, 200)} is an address and no file: {_AGAIN}")
    data = _piped() if place == "-" else _file(Path(place))
    name = "standard input" if place == "-" else readable(place, 200)
    if len(data) > MAX_OCTETS:
        raise UsageError(f"{name} has more than {MAX_OCTETS >> 20} MB, so it is no message")
    if not data.strip():
        raise UsageError(f"{name} is empty: {_AGAIN}")
    if data.startswith(b"From ") and _NEXT.search(data):
        raise UsageError(f"{name} holds several messages: save one of them alone, then try again")
    message = read(data.removeprefix(_BOM).lstrip(b"\r\n"))
    if _USUAL.isdisjoint(message.places):
        raise UsageError(f"{name} is no message, it has no header: {_AGAIN}")
    return message


def _piped() -> bytes:
    if sys.stdin is None or sys.stdin.isatty():
        ctx = click.get_current_context()
        raise click.UsageError("Name a file with a message, or pipe one in.", ctx)
    return sys.stdin.buffer.read(MAX_OCTETS + 1)


def _file(path: Path) -> bytes:
    """Pipes too: a shell makes one of <(command)."""
    with path.open("rb") as file:
        return file.read(MAX_OCTETS + 1)
