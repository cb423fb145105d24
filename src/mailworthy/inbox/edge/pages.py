"""The folder of an inbox: addresses that were given out, and a page a message, for some days."""

import base64
import contextlib
import errno
import os
import re
import time
from datetime import datetime
from pathlib import Path
from secrets import token_bytes, token_hex

from mailworthy.errors import UsageError
from mailworthy.inbox.boxes import PREFIX, TOKEN, Box
from mailworthy.names import readable

_GIVEN = "given"
_DAY = 86_400
MOST_PAGES = 50  # of one address
MOST_GIVEN = 10_000
_FILE = re.compile(r"\.?\d{8}T\d{6}Z-[0-9a-f]{8}\.(?:json|html)")


class Full(Exception):
    """No more pages are written, for this address or in all."""


def _write(path: Path, text: str) -> None:
    """For the eyes of the owner alone: it is somebody's mail, or an address to send it to."""
    made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(made, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)


class Folder:
    """A folder; what in it is older than `days` goes."""

    def __init__(self, path: Path, *, days: float = 7, most: int = 5000) -> None:
        self.path = path
        self._days, self._most = days, most

    def prepare(self) -> None:
        """Make it. Raises UsageError where that is impossible."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            for folder in (self.path, self.path / _GIVEN):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            why = error.strerror or str(error)
            raise UsageError(f"{readable(str(self.path), 100)}: {why}") from None

    def give(self, domain: str) -> str:
        """A new address that nobody guesses. Raises UsageError where there are too many."""
        self.prepare()
        given = self.path / _GIVEN
        if sum(1 for _ in os.scandir(given)) >= MOST_GIVEN:
            raise UsageError(f"{MOST_GIVEN} addresses are given out: wait until the oldest go")
        token = base64.b32encode(token_bytes(10)).decode().lower()
        _write(given / token, f"{domain}\n")
        return f"{token}@{domain}"

    def knows(self, token: str, domain: str) -> bool:
        """Whether a token was given out for a domain, and has not run out."""
        if not TOKEN.fullmatch(token):
            return False
        place = self.path / _GIVEN / token
        try:
            fresh = time.time() - place.stat().st_mtime < self._days * _DAY
            return fresh and place.read_text().strip() == domain
        except OSError:
            return False

    def room(self, box: Box) -> None:
        """Raises Full where no page of this address can be added."""
        pages = [path for path in self._pages() if path.suffix == ".html"]
        mine = sum(path.parent.name == box.name for path in pages)
        if mine >= MOST_PAGES or len(pages) >= self._most:
            raise Full

    def write(self, box: Box, at: datetime, page: str, data: str) -> Path:
        """Write one message as HTML and JSON; the HTML is there when all of it is.
        Raises OSError."""
        folder = self.path / box.name
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink():  # what is there is counted and removed by nobody
            raise OSError(errno.ELOOP, f"{folder.name} is a link")
        name = f"{at.strftime('%Y%m%dT%H%M%SZ')}-{token_hex(4)}"
        for suffix, text in ((".json", data), (".html", page)):
            part = folder / f".{name}{suffix}"
            _write(part, text)
            part.replace(folder / f"{name}{suffix}")
        return folder / f"{name}.html"

    def clean(self) -> int:
        """Remove what is too old; how many files that were. Only what was written here goes,
        whatever else lies in the folder."""
        end = time.time() - self._days * _DAY
        given = (p for p in (self.path / _GIVEN).glob("*") if TOKEN.fullmatch(p.name))
        gone = 0
        for path in [*self._pages(), *given]:
            with contextlib.suppress(OSError):
                if path.lstat().st_mtime < end:
                    path.unlink()
                    gone += 1
        for folder in self._folders():
            with contextlib.suppress(OSError):  # it is not empty
                folder.rmdir()
        return gone

    def _folders(self) -> list[Path]:
        found = (path for path in self.path.glob("*") if _is_box(path.name))
        return [path for path in found if path.is_dir() and not path.is_symlink()]

    def _pages(self) -> list[Path]:
        return [
            p for folder in self._folders() for p in folder.iterdir() if _FILE.fullmatch(p.name)
        ]


def _is_box(name: str) -> bool:
    return bool(TOKEN.fullmatch(name)) or name.startswith(PREFIX)
