"""Reports in a Maildir (https://cr.yp.to/proto/maildir.html), which other mail may share."""

import contextlib
import os
import stat
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from mailworthy.errors import UsageError
from mailworthy.reports.intake.files import opened
from mailworthy.reports.intake.importing import Importer
from mailworthy.reports.intake.model import Done, Incoming, What
from mailworthy.reports.intake.progress import Progress
from mailworthy.reports.intake.together import each_opened, take_all
from mailworthy.reports.shown import shown

ORIGIN = "maildir"
_BATCH = 100  # mails for each that is forced to the disc
_INFO = ":2,"
_SEEN = "S"


class Maildir:
    """A Maildir to take reports from.

    A report is moved from `new` to `cur` and flagged as seen once it is stored; one that lies in
    `cur` is flagged. Other mail stays as it is. Raises UsageError for what is no Maildir.
    """

    def __init__(self, path: Path, importer: Importer, *, vouch: bool = False) -> None:
        if not all((path / name).is_dir() for name in ("cur", "new", "tmp")):
            raise UsageError(f"{shown(str(path))} is no Maildir: it has no cur, new and tmp")
        self.path = path
        self._importer = importer
        self._vouched = f"the Maildir {shown(str(path))}" if vouch else ""
        self._progress = Progress(importer.store, f"maildir:{path.resolve()}")

    def fetch(self) -> Iterator[Done]:
        """Take all that has not been taken yet. Raises StoreError, and OSError for the folders;
        a mail that cannot be read, or has gone, is FAILED, and tried again the next time."""
        waiting = self._waiting()
        for at in range(0, len(waiting), _BATCH):
            yield from self._batch([self.path / name for name in waiting[at : at + _BATCH]])

    def _waiting(self) -> list[str]:
        """What has not been taken yet; of a hundred thousand mails, only names are held."""
        there = [name for folder in ("cur", "new") for name in sorted(self._files(folder))]
        gone = self._progress.done()
        waiting = [name for name in there if _base(name) not in gone]
        gone.difference_update(map(_base, there))
        self._progress.forget(gone)
        return waiting

    def _files(self, folder: str) -> Iterator[str]:
        with os.scandir(self.path / folder) as found:
            for entry in found:
                if entry.name[0] != "." and entry.is_file(follow_symlinks=False):
                    yield f"{folder}/{entry.name}"

    def _batch(self, paths: list[Path]) -> Iterator[Done]:
        """Store, settle, then mark: in this order nothing is lost, whenever we are killed."""
        came = map(_as_mail, each_opened(paths, self._opened))
        outcomes = list(zip(paths, take_all(self._importer, came), strict=True))
        self._importer.settle()
        for path, done in outcomes:
            if done.ours:
                _mark(path)
        had = [_base(path.name) for path, done in outcomes if done.what is not What.FAILED]
        self._progress.add(had, int(time.time()))
        yield from (done for _, done in outcomes)

    def _opened(self, path: Path) -> AbstractContextManager[Incoming]:
        return opened(path, vouched=self._vouched, origin=ORIGIN, follow=False)


def _as_mail(came: Incoming | Done) -> Incoming | Done:
    if isinstance(came, Done):
        return came
    return msgspec.structs.replace(came, mail=True, shared=True, delivered=True)


def _base(name: str) -> str:
    """What stays of the name when a mail is moved and flagged."""
    return name.rpartition("/")[2].partition(_INFO)[0]


def _mark(path: Path) -> None:
    """Move a mail to `cur`, seen; that somebody else did so first is as good.

    Another mail that has that name already is not replaced: then this one stays where it is.
    """
    base, _, flags = path.name.partition(_INFO)
    if _SEEN in flags and path.parent.name == "cur":
        return
    target = path.parent.parent / "cur" / f"{base}{_INFO}{''.join(sorted({*flags, _SEEN}))}"
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISREG(path.lstat().st_mode) and not os.path.lexists(target):
            path.rename(target)
