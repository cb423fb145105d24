"""Reports in files and folders, and from standard input."""

import errno
import os
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from mailworthy.errors import UsageError
from mailworthy.reports.intake.model import Incoming
from mailworthy.reports.shown import shown

SMALL = 1 << 20  # held in memory rather than read several times
ORIGIN, STDIN = "file", "stdin"


class TooMuch(UsageError):
    """More came on standard input than anything may have."""


def walk(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Path]:
    """Every regular file that is named, and every one below a folder that is named, in order.

    Below a folder, links and names that begin with a dot are passed over, and so is `tmp` of a
    Maildir, where mails lie that have not arrived yet. A folder that cannot be read is given
    itself, so that whoever opens it is told why. Raises OSError for what does not exist.
    """
    for path in map(Path, paths):
        if stat.S_ISDIR(path.stat().st_mode):
            yield from _below(path)
        else:
            yield path


def _below(top: Path) -> Iterator[Path]:
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            files, folders = _within(folder)
        except OSError:
            yield folder
            continue
        yield from (folder / name for name in files)
        waiting += (folder / name for name in reversed(folders))


def _within(folder: Path) -> tuple[list[str], list[str]]:
    """The names of the files and folders in a folder that are looked at, in order."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    maildir = {"cur", "new", "tmp"} <= {entry.name for entry in entries}
    files, folders = [], []
    for entry in entries:
        if entry.is_dir(follow_symlinks=False) and (maildir or entry.name[0] != "."):
            if not (maildir and entry.name == "tmp"):
                folders.append(entry.name)
        elif entry.is_file(follow_symlinks=False) and entry.name[0] != ".":
            files.append(entry.name)
    return files, folders


@contextmanager
def opened(
    path: Path, *, vouched: str = "", origin: str = ORIGIN, follow: bool = True
) -> Iterator[Incoming]:
    """A file as something that came when it was last changed; delivered to us if the user says so.

    Raises OSError, also for what is no regular file: a device or a pipe may never end. Without
    `follow` also for a link, which somebody may have put there after we looked.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | (0 if follow else os.O_NOFOLLOW)
    descriptor = os.open(path, flags)
    with open(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "not a file", str(path))
        received = max(0, min(int(about.st_mtime), int(time.time())))
        raw: bytes | BinaryIO = file.read(SMALL + 1) if about.st_size <= SMALL else file
        if isinstance(raw, bytes) and len(raw) > SMALL:  # it has grown, or lied
            file.seek(0)
            raw = file
        yield Incoming(raw, shown(str(path)), origin, received, vouched, delivered=bool(vouched))


@contextmanager
def piped(
    source: BinaryIO, most: int, *, vouched: str = "", mail: bool = False
) -> Iterator[Incoming]:
    """Standard input as one thing that came now; what is large lies in a temporary file.

    `mail` says that it is one mail, as in a pipe of a mail server. Raises TooMuch beyond `most`
    octets, and OSError.
    """
    with tempfile.SpooledTemporaryFile(max_size=8 * SMALL) as file:
        octets = 0
        while piece := source.read(SMALL):
            octets += len(piece)
            if octets > most:
                raise TooMuch(f"more than {most} octets came on standard input")
            file.write(piece)
        file.seek(0)
        raw = file.read() if octets <= SMALL else cast(BinaryIO, cast(IO[bytes], file))
        now = int(time.time())
        yield Incoming(raw, "standard input", STDIN, now, vouched, mail, delivered=True)
