"""Put generated files on disk: all decisions first, then complete files only."""

import contextlib
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Mapping
from difflib import unified_diff
from enum import StrEnum
from pathlib import Path, PurePosixPath

import msgspec

from mailworthy.domain.intent import Intent
from mailworthy.domain.recordset import Record
from mailworthy.domain.regular import read_regular
from mailworthy.errors import UsageError
from mailworthy.lookup.zonetext import read_zone
from mailworthy.names import printable

MAX_FILE = 64 * 1024 * 1024
_SECRET = 0o600


class File(msgspec.Struct, frozen=True):
    """A text to be written; mode 0600 for what only its owner may read."""

    text: str
    mode: int = 0o644


class Change(msgspec.Struct, frozen=True):
    """A file that exists with another text."""

    path: Path
    diff: str

    @property
    def adds(self) -> bool:
        """Whether every line of the old text stays."""
        lines = self.diff.splitlines()
        shown = bool(lines) and lines[0].startswith("--- ")
        return shown and not any(line.startswith("-") for line in lines[1:])


class Outcome(StrEnum):
    """What became of a file."""

    CREATED = "created"
    REPLACED = "replaced"
    SAME = "same"
    KEPT = "kept"  # it differs, and the answer was no


class Written(msgspec.Struct, frozen=True):
    """One file and its outcome."""

    path: Path
    outcome: Outcome


Overwrite = Callable[[Change], bool]


def write(
    directory: Path,
    files: Mapping[str, File],
    *,
    overwrite: Overwrite,
    decided: Callable[[], None] = lambda: None,
) -> tuple[Written, ...]:
    """Write files below `directory`, which is created if need be.

    An existing file with another text is shown to `overwrite` as a diff and kept unless it says
    yes; everything is asked before anything is written, and `decided` is called in between, for
    what else has to be done then. Each file is written under a temporary
    name first and all are renamed at the end, so that a failure leaves the old ones. Raises
    UsageError for a place that cannot be written, in one line.
    """
    targets = {_place(directory, path): file for path, file in files.items()}
    plan = {path: _decide(path, file, overwrite) for path, file in targets.items()}
    decided()
    new = {p: targets[p] for p, o in plan.items() if o in (Outcome.CREATED, Outcome.REPLACED)}
    _write_all(new)
    return tuple(Written(path, outcome) for path, outcome in plan.items())


def read_texts(directory: Path, paths: Iterable[str]) -> dict[str, str]:
    """The texts of those files that exist below a folder, for `generate.files`."""
    found = {path: _read(_place(directory, path)) for path in paths}
    return {path: text for path, text in found.items() if text is not None}


def zone_texts(directory: Path) -> dict[str, str]:
    """The zone files that lie in a folder already, by relative path."""
    paths = [*directory.glob("*.zone"), *directory.glob("reverse/*.zone")]
    return read_texts(directory, [path.relative_to(directory).as_posix() for path in paths])


def read_foreign(intent: Intent, base: Path) -> dict[str, tuple[Record, ...]]:
    """The records of the files that `records = "…"` names, by domain; paths relative to `base`.

    Raises UsageError for a file that is missing or no zone text.
    """
    found: dict[str, tuple[Record, ...]] = {}
    for domain, wish in intent.domains.items():
        if wish.records is not None:
            path = base / wish.records
            text = _read(path)
            if text is None:
                raise UsageError(f"{path}, the records of {domain}, is missing")
            zone = read_zone(text, origin=domain, source=str(path))
            found[domain] = tuple(Record(r.name, r.type, r.value, r.ttl) for r in zone)
    return found


def _place(directory: Path, path: str) -> Path:
    """Where a relative path leads; never out of the folder."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts:
        raise UsageError(f"{printable(path, 80)} would be written outside {directory}")
    return directory / pure


def _read(path: Path) -> str | None:
    try:
        data = read_regular(path, MAX_FILE + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > MAX_FILE:
        raise UsageError(f"{path} is larger than {MAX_FILE >> 20} MiB")
    return data.decode("utf-8", "surrogateescape")


def _decide(path: Path, file: File, overwrite: Overwrite) -> Outcome:
    old = _read(path)
    if old is None:
        return Outcome.CREATED
    if old == file.text:
        return Outcome.SAME
    return Outcome.REPLACED if overwrite(Change(path, _diff(path, old, file))) else Outcome.KEPT


def _diff(path: Path, old: str, file: File) -> str:
    """What would change, safe for a terminal; nothing of a secret is shown."""
    if file.mode & 0o077 == 0:
        return f"{path} differs; its content is secret\n"
    before, after = (text.splitlines() for text in (old, file.text))
    lines = unified_diff(before, after, f"{path} (now)", f"{path} (new)", lineterm="")
    return "".join(f"{_shown(line)}\n" for line in lines)


def _shown(line: str) -> str:
    """Letters of every script stay; what could steer a terminal is escaped."""
    return "".join(c if c.isprintable() else printable(c) for c in line)


def _write_all(files: Mapping[Path, File]) -> None:
    drafts: dict[Path, Path] = {}
    try:
        for path, file in files.items():
            drafts[path] = _draft(path, file)
        for path, draft in list(drafts.items()):
            draft.replace(path)
            del drafts[path]
    except OSError as error:
        where = error.filename or "a file"
        raise UsageError(f"{where} cannot be written: {error.strerror}") from None
    finally:
        for draft in drafts.values():
            with contextlib.suppress(OSError):
                draft.unlink()


def _draft(path: Path, file: File) -> Path:
    """The finished text beside its place, on disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.new")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, _SECRET)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as out:
            os.fchmod(out.fileno(), _mode(path, file))
            out.write(file.text)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        draft.unlink()
        raise
    return draft


def _mode(path: Path, file: File) -> int:
    """The mode that a file has already, but never a wider one than wished."""
    try:
        return stat.S_IMODE(path.stat().st_mode) & file.mode
    except FileNotFoundError:
        return file.mode
