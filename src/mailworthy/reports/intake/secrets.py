"""Secrets out of files and of commands, read anew whenever a connection is made."""

import contextlib
import os
import shlex
import signal
import subprocess
import threading
from pathlib import Path

from mailworthy.errors import UsageError
from mailworthy.reports.intake.imap.errors import Gone
from mailworthy.reports.shown import shown

MOST = 16_384  # octets; tokens have some thousands
SECONDS = 60.0


class NoSecret(Gone):
    """A command gave no secret; it may the next time."""


def of_file(path: Path) -> str:
    """The first line of a file. Raises NoSecret."""
    try:
        with path.open("rb") as file:
            return _first_line(file.read(MOST + 1), str(path))
    except OSError as error:
        raise NoSecret(f"{shown(str(path))} cannot be read: {error.strerror or error}") from None


def of_command(text: str, *, seconds: float = SECONDS) -> str:
    """The first line that a command prints; no shell reads it, and it can ask nothing.

    It ends with 0 within so many seconds, or is killed with all that it has started. Nothing that
    it prints is ever shown. Raises UsageError for what cannot be started, NoSecret.
    """
    words = _words(text)
    name = shown(words[0], 60)
    with _started(words, name) as process:
        said = _said(process, name, seconds)
    return _first_line(said, f"what the command {name} prints")


def _words(text: str) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"no command: {shown(str(error))}") from None
    if not words:
        raise UsageError("no command: there is nothing in it")
    return words


def _started(words: list[str], name: str) -> "subprocess.Popen[bytes]":
    """The command as the leader of a session, so that all of it can be killed."""
    quiet = subprocess.DEVNULL
    try:
        return subprocess.Popen(
            words, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet, start_new_session=True
        )
    except (FileNotFoundError, PermissionError, ValueError) as error:
        why = shown(getattr(error, "strerror", None) or str(error))
        raise UsageError(f"the command {name} cannot be started: {why}") from None
    except OSError as error:
        raise NoSecret(f"the command {name} was not started: {error.strerror or error}") from None


def _said(process: "subprocess.Popen[bytes]", name: str, seconds: float) -> bytes:
    """What it prints, when it has ended well."""
    late = threading.Event()

    def end() -> None:
        late.set()
        _kill(process)

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        said = process.stdout.read(MOST + 1) if process.stdout else b""
        code = process.wait() if len(said) <= MOST else None
    finally:
        timer.cancel()
        _kill(process)
    if late.is_set():
        raise NoSecret(f"the command {name} took more than {seconds:g} seconds")
    if code is None:
        raise NoSecret(f"the command {name} prints more than {MOST} octets")
    if code:
        raise NoSecret(f"the command {name} ended with {code}: run it yourself to see why")
    return said


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End it with what it has started; one that has ended by itself may have left an agent."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _first_line(data: bytes, whence: str) -> str:
    line = data.partition(b"\n")[0].removesuffix(b"\r")
    if not line or len(line) > MOST:
        raise NoSecret(f"{shown(whence)} has no secret in its first line")
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise NoSecret(f"{shown(whence)} is not UTF-8 text") from None
