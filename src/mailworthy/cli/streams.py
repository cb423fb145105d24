"""Standard input and output in the wrong hands: closed, full, or of another alphabet."""

import contextlib
import io
import os
import sys

import click

WIDE = 80  # columns that we use at most


class ReaderGone(Exception):
    """Whoever read our output (head, less) has gone; there is nobody left to tell."""


def open_minded() -> None:
    """Let no octet that arrives and no letter that leaves end the run: what the terminal
    cannot show is escaped."""
    for stream, errors in (
        (sys.stdin, "surrogateescape"),
        (sys.stdout, "backslashreplace"),
        (sys.stderr, "backslashreplace"),
    ):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)
    _fit()


def _fit() -> None:
    """Wrap lines for a terminal that is narrower than what we print."""
    try:
        columns = os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError, AttributeError):  # no terminal, no file, closed from the start
        return
    if 0 < columns < WIDE:
        from mailworthy.render.columns import fit

        fit(columns)


def flush() -> None:
    """Hand over what is buffered, while an error can still be told. Raises ReaderGone."""
    try:
        _flush()
    except BrokenPipeError:
        raise ReaderGone from None


def drop_output() -> None:
    """Forget what is buffered and cannot be written, before Python tries once more."""
    try:
        _flush()
    except OSError:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _flush() -> None:
    if sys.stdout is not None:  # as it is where the output was closed from the start
        sys.stdout.flush()


def one_line(error: Exception) -> str:
    """What went wrong, in one line, with nothing in it that could steer a terminal."""
    from mailworthy.names import harmless

    return harmless(" ".join(f"{_where(error)}: {_what(error)}".split()))


def _where(error: Exception) -> str:
    """The command that was misused, as it is called."""
    ctx = getattr(error, "ctx", None)
    return ctx.command_path if isinstance(ctx, click.Context) else "mailworthy"


def _what(error: Exception) -> str:
    if isinstance(error, click.ClickException):
        message = error.format_message()
        return f"{message}{'' if message.endswith(('.', '?')) else '.'}{_see(error)}"
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else "cannot go on: "
        return place + (error.strerror or str(error))
    return str(error)


def _see(error: click.ClickException) -> str:
    ctx = getattr(error, "ctx", None)
    return f" See {ctx.command_path} --help." if isinstance(ctx, click.Context) else ""
