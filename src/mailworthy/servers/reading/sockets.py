"""The UNIX sockets at which Postfix looks for its milters: there, waited at, and open to it.

Nothing here raises for any text.
"""

import posixpath
from collections.abc import Iterable, Iterator

from mailworthy.servers.reading.model import KeyState, MilterSocket, Postfix
from mailworthy.servers.reading.places import asked, path_for
from mailworthy.servers.reading.request import Command, Outcome, Told

MAX_SOCKETS = 8
LISTENING = Command(("ss", "-lxnH"))


def wanted(postfix: Postfix) -> tuple[str, ...]:
    """The paths that services to which strangers come open."""
    found = (
        path_for(postfix, service, place.path)
        for service in postfix.public
        for place in asked(postfix.value("smtpd_milters", service))
        if place.path
    )
    return tuple(dict.fromkeys(found))[:MAX_SOCKETS]


def commands(postfix: Postfix) -> Iterator[Command]:
    """What is asked about them: three commands for each, the last as Postfix's own user."""
    owner = postfix.value("mail_owner") or "postfix"
    for path in wanted(postfix):
        yield Command(("stat", "-L", "-c", "%F:%G", "--", path))
        as_owner = ("setpriv", f"--reuid={owner}", f"--regid={owner}", "--init-groups")
        yield Command((*as_owner, "test", "-w", path))


def built(postfix: Postfix, listening: Told, told: Iterable[Told]) -> tuple[MilterSocket, ...]:
    """The sockets; `told` answers the commands."""
    answers = iter(told)
    names = _names(listening.out) if listening.done else None
    return tuple(
        _socket(path, names, shown, opened)
        for path, shown, opened in zip(wanted(postfix), answers, answers, strict=False)
    )


def _socket(path: str, names: set[str] | None, shown: Told, opened: Told) -> MilterSocket:
    kind, _, group = shown.out.strip().rpartition(":")
    state = KeyState.READ if shown.done else KeyState.DENIED
    if shown.done and kind != "socket":
        state = KeyState.UNUSABLE
    if shown.outcome is Outcome.FAILED and "No such file" in shown.err:
        state = KeyState.MISSING
    # A program may have bound the path under another name of the folder.
    heard = None if names is None else posixpath.basename(path) in names
    return MilterSocket(path, state, heard, _opens(opened), group[:64])


def _opens(told: Told) -> bool | None:
    """`test` says nothing where the answer is no; whatever complains has not asked."""
    if told.done:
        return True
    return False if told.outcome is Outcome.FAILED and not told.err.strip() else None


def _names(text: str) -> set[str]:
    """The last parts of the paths in `ss -lxnH`."""
    lines = (line.split() for line in text.splitlines()[:5000])
    return {posixpath.basename(words[4]) for words in lines if len(words) > 4}
