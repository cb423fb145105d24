"""`mailworthy reports fetch`."""

import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from mailworthy.cli.reports.intake import TEMPFAIL, Told, importer, intake
from mailworthy.cli.reports.secret import NAMES, secret_options, secrets

if TYPE_CHECKING:
    from mailworthy.reports.intake.importing import Importer
    from mailworthy.reports.intake.model import Done, Trouble

Source: TypeAlias = "Callable[[], Iterator[Done | Trouble]]"
_POLL = 60.0
_HOUR = 3600.0


@click.command("fetch")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE…")
@click.option("--watch", is_flag=True, help="Stay, and take what comes when it comes.")
@click.option(
    "--move-to",
    default="",
    metavar="FOLDER",
    help="Move reports that are stored to this folder of the same IMAP account.  [default: mark "
    "them as read]",
)
@secret_options
@intake
def command(
    sources: tuple[str, ...],
    watch: bool,
    vouch: bool,
    format: str,
    move_to: str,
    **given: Any,
) -> None:
    """Read reports from mailboxes, which other mail may share.

    SOURCE is imaps://USER@HOST/FOLDER (imap:// for STARTTLS; %40 is the @ in a user's name) or
    maildir:PATH. A report is marked or moved when it is stored for certain; other mail is left as
    it is, unread. The password comes from one of the options or the variable
    MAILWORTHY_IMAP_PASSWORD; Microsoft and Google want a token. No shell reads the commands, and
    nothing that they print is shown. A certificate authority of your own is named by SSL_CERT_FILE.

    Exit code: 0 all of it was read, 1 something in it could not be, 2 usage, 75 the server or the
    store cannot be had now.
    """
    told = Told(format)
    secret = {name: given.pop(name) for name in NAMES}
    with importer(**given) as (mine, tend):
        making = _Making(mine, vouch, move_to, secret)
        opened = [making.source(text, watch) for text in sources]
        code = _run(opened, told, partial(_judging, mine, tend, watch), watch)
    told.sum()
    sys.exit(code or told.code)


class _Making:
    """Makes sources of what the user typed."""

    def __init__(self, mine: "Importer", vouch: bool, move: str, secret: dict[str, Any]) -> None:
        self._mine, self._vouch, self._move = mine, vouch, move
        self._secret = secret

    def source(self, text: str, watch: bool) -> "Source":
        return (
            self._maildir(text, watch) if text.startswith("maildir:") else self._imap(text, watch)
        )

    def _maildir(self, text: str, watch: bool) -> "Source":
        from pathlib import Path

        from mailworthy.reports.intake.maildir import Maildir

        box = Maildir(Path(text.removeprefix("maildir:")), self._mine, vouch=self._vouch)
        return (lambda: _again(box.fetch)) if watch else box.fetch

    def _imap(self, text: str, watch: bool) -> "Source":
        from mailworthy.reports.intake.imap.address import parse
        from mailworthy.reports.intake.imap.follow import Follower
        from mailworthy.reports.intake.imap.mailbox import Mailbox, Then

        address = parse(text)
        box = Mailbox(address, self._mine, then=Then(self._move), vouch=self._vouch)
        follower = Follower(box, secrets(address, self._secret))
        return follower.watch if watch else follower.once


def _judging(mine: "Importer", tend: Callable[[], None], watch: bool) -> "Iterator[Done | Trouble]":
    """Judge anew what could not be judged before, and give up what is old, as long as we run."""
    from mailworthy.reports.intake.model import Trouble
    from mailworthy.store import StoreBusy, StoreFull

    while True:
        try:
            mine.judge_again()
        except (StoreBusy, StoreFull) as error:
            yield Trouble(str(error), _HOUR)
        if not watch:
            return
        tend()
        time.sleep(_HOUR)


def _again(fetch: "Source") -> "Iterator[Done | Trouble]":
    """Look again and again; a Maildir does not call."""
    from mailworthy.reports.intake.model import Trouble
    from mailworthy.store import StoreBusy, StoreFull

    while True:
        try:
            yield from fetch()
        except (StoreBusy, StoreFull, OSError) as error:
            yield Trouble(str(error), _POLL)
        time.sleep(_POLL)


def _run(opened: "list[Source]", told: Told, judging: "Source", watch: bool) -> int:
    """One after the other, whatever becomes of the one before; all at once where they never end."""
    opened = [judging, *opened]
    if not watch:
        return max(_tried(source, told) for source in opened)
    ended: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
    for source in opened:
        threading.Thread(target=_watched, args=(source, told, ended), daemon=True).start()
    if error := ended.get():
        raise error
    return 0


def _watched(
    source: "Source", told: Told, ended: "queue.SimpleQueue[BaseException | None]"
) -> None:
    """What ends one of those that never end ends all; killing the others loses nothing."""
    from mailworthy.cli.streams import ReaderGone
    from mailworthy.errors import MailworthyError

    try:
        _tell(source, told)
    except (MailworthyError, OSError, ReaderGone) as error:
        ended.put(error)
    else:
        ended.put(None)


def _tried(source: "Source", told: Told) -> int:
    """75 for a source that cannot be had now."""
    from mailworthy.cli.streams import one_line
    from mailworthy.reports.intake.imap.errors import Gone
    from mailworthy.store import StoreBusy, StoreFull

    try:
        _tell(source, told)
    except (Gone, StoreBusy, StoreFull) as error:
        click.echo(one_line(error), err=True)
        return TEMPFAIL
    return 0


def _tell(source: "Source", told: Told) -> None:
    from mailworthy.names import harmless
    from mailworthy.reports.intake.model import Trouble, What

    for item in source():
        if isinstance(item, Trouble):
            click.echo(harmless(item.reason), err=True)
        elif item.what is not What.OTHER:
            told.tell(item)
