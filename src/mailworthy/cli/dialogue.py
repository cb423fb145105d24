"""What `init` and `zone --write` say and ask."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from mailworthy.domain.folder import INTENT, Folder, has_intent, open_folder
from mailworthy.domain.intent import Intent
from mailworthy.domain.write import Change, Outcome, Overwrite, Written
from mailworthy.errors import UsageError
from mailworthy.setup.order import Order, intent_of
from mailworthy.setup.produce import prepare, write_all
from mailworthy.setup.rehearse import rehearsal


def order(domain: str, given: dict[str, Any], *, ask: bool) -> Order:
    """The order as typed; what is missing is asked for where somebody can answer."""
    if ask and sys.stdin.isatty() and not given["parked"]:
        given["hostname"] = given["hostname"] or click.prompt("Mail host", default=f"mail.{domain}")
        if not given["ipv4"] and not given["ipv6"]:
            given["ipv4"] = _addresses("IPv4 address (empty for none)")
            given["ipv6"] = _addresses("IPv6 address (empty for none)")
        given["reports"] = given["reports"] or click.prompt(
            "Who reads DMARC reports", default=f"postmaster@{domain}"
        )
    return Order(domain, **given)


def _addresses(question: str) -> tuple[str, ...]:
    text: str = click.prompt(question, default="", show_default=False)
    return tuple(text.replace(",", " ").split())


def from_order(path: Path, wanted: Order, *, yes: bool) -> None:
    """Add the ordered domain to the folder, write everything, rehearse it."""
    now = datetime.now(UTC)
    before = open_folder(path).intent if has_intent(path) else None
    settle(path, intent_of(wanted, now, before), now, yes=yes)


def settle(path: Path, intent: Intent, now: datetime, *, yes: bool) -> None:
    """Write what follows from an intent, rehearse it, say what comes next; exits with the
    code of the rehearsal."""
    folder = prepare(path, intent, now)
    generated = folder.generated(now)
    written = write_all(folder, generated, now, overwrite=overwriter(yes))
    say_written(folder, written)
    audits = list(rehearsal(folder, generated, now))
    _say_rehearsal(audits)
    if any(audit.exit_code() == 1 for audit in audits):
        sys.exit(1)
    _say_next(folder)


def overwriter(yes: bool) -> Overwrite:
    """Show the diff, then ask; with `yes` the diff is shown all the same."""

    def decide(change: Change) -> bool:
        click.echo(change.diff)
        if yes:
            return True
        if not sys.stdin.isatty():
            raise UsageError(
                f"{change.path} exists and differs; run again with --yes to replace it"
            )
        return click.confirm(f"Replace {change.path}?", default=False)

    return decide


def say_written(folder: Folder, written: tuple[Written, ...]) -> None:
    """One line a file that was touched, keys included."""
    for domain, keys in folder.keys.items():
        for selector in keys:
            click.echo(f"  key      {folder.key_folder / f'{domain}.{selector}.key'}")
    for each in written:
        if each.outcome is not Outcome.SAME:
            click.echo(f"  {each.outcome.value:<8} {each.path}")
    same = sum(each.outcome is Outcome.SAME for each in written)
    if same:
        click.echo(f"  {same} files are as they were")


def _say_rehearsal(audits: list[Any]) -> None:
    from mailworthy.render.text import document

    click.echo(click.style("\nRehearsal, as if all of this were published:", bold=True))
    click.echo(document(audits), nl=False)


def _say_next(folder: Folder) -> None:
    steps = [
        f"Read {folder.path / INTENT}; change it and run `mailworthy zone --write` as often as you like.",
        f"Send {folder.path / 'ptr-requests.txt'} to whoever gave you the addresses.",
        f"Install what {folder.path / 'config' / 'README.md'} lists.",
        "Publish the zone: *.zone whole on your own name server, *.records at a provider.",
        f"Then `mailworthy check --dir {folder.path}` compares the world with it.",
    ]
    click.echo(click.style("\nNext", bold=True))
    for number, step in enumerate(steps, 1):
        click.echo(f"  {number}. {step}")
