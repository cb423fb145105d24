"""`mailworthy reports import`."""

import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from mailworthy.cli.reports.intake import TEMPFAIL, Kept, Told, importer, intake

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from mailworthy.reports.intake.importing import Importer
    from mailworthy.reports.intake.model import Done, Incoming

# Postfix's local(8) sets these for a command in an alias.
_PIPED = ("RECIPIENT", "SENDER", "LOCAL")


@click.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…|-")
@click.option("--again", is_flag=True, help="Read what has been read before once more.")
@intake
def command(paths: tuple[str, ...], vouch: bool, format: str, **given: Any) -> None:
    """Read reports from files and folders (with all below them), or with - standard input.

    Whatever they are wrapped in: XML, JSON, gzip, zip, tar, mails, mbox files, Maildirs. What was
    there before is not stored twice. In an alias of Postfix:

        reports: "|mailworthy reports import --store /var/lib/mailworthy/mailworthy.db -"

    Exit code: 0 all of it was read, 1 something in it could not be, 2 usage, 75 (and the mail
    server keeps the mail) if it could not be stored now. From standard input it is 0 also for
    what could not be read, which the store keeps with the reason.
    """
    from mailworthy.errors import UsageError

    told = _Told(format)
    if "-" in paths:
        if len(paths) > 1:
            raise UsageError("standard input (-) is read alone")
        with Kept(), importer(**given) as (mine, _):
            _standard_input(mine, vouch, told)
        return
    if "" in paths:
        raise UsageError("an empty text is no file or folder; this one is called .")
    code = _paths(paths, vouch, told, given)
    told.sum()
    told.hint()
    sys.exit(code)


class _Told(Told):
    """Says at the end what to do with all that, to a person."""

    def __init__(self, format: str) -> None:
        super().__init__(format)
        self._stored = self._unproven = 0

    def tell(self, done: "Done") -> None:
        """Print one outcome."""
        from mailworthy.reports.trust import Word

        super().tell(done)
        self._stored += bool(done.saved)
        self._unproven += bool(
            done.trust is not None and done.saved and done.trust.word is Word.UNPROVEN
        )

    def hint(self) -> None:
        """What is next, on a standard error that is a terminal."""
        if not self._stored or not sys.stderr.isatty():
            return
        if self._unproven:
            click.echo(_UNPROVEN.format(self._unproven), err=True)
        click.echo(_NEXT, err=True)


_UNPROVEN = """
{} unproven: neither a signature nor your own server shows who sent them.
If nobody else can put files there, import them once more with --vouch --again."""
_NEXT = """
Next: mailworthy reports sources    who sends in your name, and what to do;
      with --all-time, if these reports are older than a month"""


def _paths(paths: tuple[str, ...], vouch: bool, told: _Told, given: dict[str, Any]) -> int:
    from pathlib import Path

    from mailworthy.cli.streams import one_line
    from mailworthy.reports.intake.files import walk
    from mailworthy.reports.intake.together import each_opened, take_all
    from mailworthy.store import StoreBusy, StoreFull

    try:
        with importer(**given) as (mine, _):
            mine.judge_again()
            each = partial(_opened, vouch=vouch, named=frozenset(map(Path, paths)))
            for done in take_all(mine, each_opened(walk(paths), each)):
                told.tell(done)
            mine.settle()
    except (StoreBusy, StoreFull) as error:
        click.echo(one_line(error), err=True)
        return TEMPFAIL
    return told.code


def _opened(
    path: "Path", *, vouch: bool, named: "frozenset[Path]"
) -> "AbstractContextManager[Incoming]":
    """A file; only a link that the user has named is followed."""
    from mailworthy.reports.intake.files import opened

    vouched = f"the folder {path.parent}" if vouch else ""
    return opened(path, vouched=vouched, follow=path in named)


def _standard_input(mine: "Importer", vouch: bool, told: Told) -> None:
    from mailworthy.reports.intake.files import piped

    vouched = "standard input" if vouch else ""
    mail = all(name in os.environ for name in _PIPED)
    with piped(sys.stdin.buffer, mine.limits.octets, vouched=vouched, mail=mail) as came:
        for done in mine.take(came):
            if not mail:
                told.tell(done)
        mine.settle()
