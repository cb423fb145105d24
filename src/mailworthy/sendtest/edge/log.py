"""What a log says from now on: a file, also when it is rotated, or the journal of systemd."""

import errno
import grp
import os
import selectors
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Protocol

from mailworthy.errors import UsageError
from mailworthy.names import readable

PLACES = ("/var/log/mail.log", "/var/log/maillog", "/var/log/postfix.log", "/var/log/mail/mail.log")
JOURNAL = "journal"
_JOURNAL_SOCKET = Path("/run/systemd/journal/socket")
_JOURNALS = ("/var/log/journal", "/run/log/journal")
_PIECE = 1 << 18
_LONGEST = 1 << 16  # octets of a line; what is longer is no line of Postfix's
MOST = 1 << 30  # octets that are read of a log in all
_COMMAND = (
    "journalctl",
    "--follow",
    "--lines=0",
    "--no-pager",
    "--quiet",
    "--output=short-iso",
    "SYSLOG_FACILITY=2",
)


class Log(Protocol):
    """New lines of a log; each call gives those that came since the last."""

    where: str

    def lines(self) -> list[str]:
        """Whole lines, without their ends."""
        ...


class _Cutter:
    """Cuts octets into lines, of bounded length."""

    def __init__(self) -> None:
        self._rest = b""
        self._dropping = False

    def cut(self, data: bytes) -> Iterator[str]:
        *whole, self._rest = (self._rest + data).split(b"\n")
        for line in whole:
            if not self._dropping and len(line) <= _LONGEST:
                yield line.decode("utf-8", "replace")
            self._dropping = False
        if len(self._rest) > _LONGEST:
            self._rest, self._dropping = b"", True


class FileLog:
    """A file, from its end on. A rotated one is read to its end before the new one is begun."""

    def __init__(self, path: Path) -> None:
        self.where = str(path)
        self._path = path
        self._cutter = _Cutter()
        self._left = MOST
        try:
            self._file = _regular(path)
            self._file.seek(0, os.SEEK_END)
        except OSError as error:
            raise UsageError(_unreadable(path, error)) from None

    def lines(self) -> list[str]:
        """What was added; nothing where the file has gone for a moment."""
        found = self._cut()
        if not found and self._rotated():
            self._reopen()
            found = self._cut()
        return found

    def close(self) -> None:
        """Read no more."""
        self._file.close()

    def _cut(self) -> list[str]:
        data = self._more()  # which may begin anew
        return list(self._cutter.cut(data))

    def _more(self) -> bytes:
        state = os.fstat(self._file.fileno())
        if state.st_size < self._file.tell():  # emptied in place (copytruncate)
            self._file.seek(0)
            self._cutter = _Cutter()
        data = self._file.read(min(_PIECE, self._left))
        self._left -= len(data or b"")
        return data or b""

    def _rotated(self) -> bool:
        try:
            there = os.stat(self._path)
        except OSError:
            return False
        here = os.fstat(self._file.fileno())
        return (there.st_dev, there.st_ino) != (here.st_dev, here.st_ino)

    def _reopen(self) -> None:
        try:
            file = _regular(self._path)
        except OSError:
            return  # not ours to read yet; it may be the next time
        self._file.close()
        self._file, self._cutter = file, _Cutter()  # half a line has no other half there


def _regular(path: Path) -> FileIO:
    """A file, and nothing that may keep us waiting. Raises OSError."""
    made = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(made).st_mode):
        os.close(made)
        raise OSError(errno.EINVAL, "it is no file")
    return FileIO(made)


class Journal:
    """What `journalctl --follow` prints of the mail system."""

    where = JOURNAL

    def __init__(self, command: tuple[str, ...] = _COMMAND) -> None:
        self._cutter = _Cutter()
        self._left = MOST
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "LC_ALL": "C"},
            )
        except OSError as error:
            raise UsageError(f"journalctl cannot be started: {error.strerror}") from None

    def lines(self) -> list[str]:
        """What has come, without waiting."""
        assert self._process.stdout is not None
        found: list[str] = []
        with selectors.DefaultSelector() as ready:
            ready.register(self._process.stdout, selectors.EVENT_READ)
            while self._left > 0 and ready.select(0):
                data = os.read(self._process.stdout.fileno(), _PIECE)
                if not data:
                    break
                self._left -= len(data)
                found += self._cutter.cut(data)
        return found

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


@contextmanager
def opened(where: str | None) -> Iterator[FileLog | Journal | None]:
    """The log to follow: a file, `journal`, or where mail systems usually write; None without.

    Raises UsageError where one was named that cannot be read.
    """
    log = _open(where)
    try:
        yield log
    finally:
        if log is not None:
            log.close()


def _open(where: str | None) -> FileLog | Journal | None:
    if where is not None:
        return Journal() if where == JOURNAL else FileLog(Path(where))
    path = next((each for each in map(Path, PLACES) if _readable(each)), None)
    if path is not None:
        return FileLog(path)
    return Journal() if _JOURNAL_SOCKET.exists() and _journals_readable() else None


def missing(places: Sequence[str] = PLACES) -> str:
    """Why there is no log to follow, and what to do."""
    shut = [path for path in map(Path, places) if path.is_file() and not _readable(path)]
    if shut:
        return _may_not(shut[0])
    if _JOURNAL_SOCKET.exists():
        return _may_not(Path(_JOURNALS[0]))
    return f"there is none of {', '.join(places)}, and no journal: name it with --log FILE"


def _readable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.R_OK, effective_ids=True)


def _journals_readable() -> bool:
    """Whether the journal of the system is for us; else we would be shown our own lines only."""
    files = (path for place in _JOURNALS for path in Path(place).glob("*/system.journal"))
    return any(os.access(path, os.R_OK, effective_ids=True) for path in files)


def _unreadable(path: Path, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return _may_not(path)
    name = readable(str(path), 100)
    return f"the log {name} cannot be read: {error.strerror}; name that of Postfix with --log FILE"


def _may_not(path: Path) -> str:
    """Who may read a file: its group, where that has the right, and root."""
    name, group = readable(str(path), 100), _group(path)
    join = f"be in the group {group} (usermod -aG {group} USER), " if group else ""
    return f"you may not read the log {name}: {join}use sudo, or name another one with --log"


def _group(path: Path) -> str:
    """The group that may read it; empty where there is none but root's."""
    try:
        state = path.stat()
        allowed = state.st_gid != 0 and state.st_mode & stat.S_IRGRP
        return grp.getgrgid(state.st_gid).gr_name if allowed else ""
    except (OSError, KeyError):
        return ""
