"""This machine: its programs and files, read only."""

import grp
import os
import pwd
import shutil
import stat
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from mailworthy.dkim.material import public_text
from mailworthy.dkim.private import private_key
from mailworthy.domain.regular import read_regular
from mailworthy.names import printable
from mailworthy.probe.process import run
from mailworthy.servers.reading.request import (
    Command,
    File,
    Key,
    Outcome,
    Request,
    Told,
)

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin"
FILE_SECONDS = 30.0  # for all files of a round
MAX_FILE = 4 * 1024 * 1024
MAX_KEY = 65536
_CERTIFICATE = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_OUTCOMES = {
    FileNotFoundError: Outcome.MISSING,
    NotADirectoryError: Outcome.MISSING,
    PermissionError: Outcome.DENIED,
}
_DENIED = ("permission denied", "operation not permitted")


class Local:
    """The machine that this runs on."""

    where = "this host"

    def tell(self, requests: Sequence[Request]) -> list[Told]:
        """An answer to each request; files have a time between them, as a dead mount has none."""
        end = time.monotonic() + FILE_SECONDS
        return [
            _tell(each) if isinstance(each, Command) else within(partial(_tell, each), end)
            for each in requests
        ]


def within(ask: Callable[[], Told], end: float) -> Told:
    """An answer until `end` (of the monotonic clock). Who waits for a dead mount cannot be
    stopped: that thread is left behind, and ends with the program."""
    found: SimpleQueue[Told] = SimpleQueue()
    Thread(target=lambda: found.put(ask()), daemon=True).start()
    try:
        return found.get(timeout=max(0.05, end - time.monotonic()))
    except Empty:
        return Told(Outcome.LATE, err="reading it gave no answer in time")


def _tell(request: Request) -> Told:
    try:
        if isinstance(request, Command):
            return _run(request)
        if isinstance(request, Key):
            return _key(request)
        text = read_regular(Path(request.path), MAX_FILE).decode(errors="replace")
        return Told(Outcome.DONE, text if isinstance(request, File) else _certificates(text))
    except OSError as error:
        outcome = _OUTCOMES.get(type(error), Outcome.FAILED)
        return Told(outcome, err=error.strerror or type(error).__name__)
    except ValueError:  # a NUL in a path
        return Told(Outcome.MISSING, err="no file has such a name")


def _run(request: Command) -> Told:
    search = f"{os.environ.get('PATH', '')}:{PATH}"
    program = shutil.which(request.argv[0], path=search)
    if program is None:
        return Told(Outcome.MISSING)
    environment = {"PATH": search, "LC_ALL": "C", "HOME": "/"}
    ran = run(request.argv, program=program, environment=environment)
    out, err = ran.out.decode(errors="replace"), ran.err.decode(errors="replace")
    return Told(outcome(ran.code, err, late=ran.late, large=ran.large), out, err)


def outcome(code: int, err: str, *, late: bool = False, large: bool = False) -> Outcome:
    """How a program ended, by its code and its complaints."""
    if late or large:
        return Outcome.LATE if late else Outcome.LARGE
    if code == 0:
        return Outcome.DONE
    denied = any(word in err.lower() for word in _DENIED)
    return Outcome.DENIED if denied else Outcome.FAILED


def _certificates(text: str) -> str:
    """The certificates of a file, and nothing else that is in it."""
    begin, end = _CERTIFICATE
    parts = (part.partition(end) for part in text.split(begin)[1:])
    return "\n".join(f"{begin}{body}{found}" for body, found, _ in parts if found)


def _key(request: Key) -> Told:
    path = Path(request.path)
    state = path.stat()
    mode, owner = stat.S_IMODE(state.st_mode), _owner(state)
    try:
        key = private_key(read_regular(path, MAX_KEY))
    except PermissionError as error:
        return Told(Outcome.DENIED, "", error.strerror or "denied", mode, owner)
    if key is None:
        why = "it holds no RSA or Ed25519 private key without a passphrase"
        return Told(Outcome.FAILED, "", why, mode, owner)
    kind, p = public_text(key)
    return Told(Outcome.DONE, f"k={kind}; p={p}", "", mode, owner)


def _owner(state: os.stat_result) -> str:
    """User and group by name, by number where they have none."""
    try:
        user = pwd.getpwuid(state.st_uid).pw_name
    except KeyError:
        user = str(state.st_uid)
    try:
        group = grp.getgrgid(state.st_gid).gr_name
    except KeyError:
        group = str(state.st_gid)
    return printable(f"{user}:{group}", 100)
