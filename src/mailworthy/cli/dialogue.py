"""What `init` and `zone --write` say and ask."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from mailworthy.domain.folder import INTENT, Folder, has_intent, open_folder
from mailworthy.domain.generate import Generated
from mailworthy.domain.intent import Intent
from mailworthy.domain.keys import key_path
from mailworthy.domain.write import Change, File, Outcome, Overwrite, Written
from mailworthy.errors import UsageError
from mailworthy.names import harmless, to_ascii
from mailworthy.setup.order import Order, intent_of
from mailworthy.setup.produce import prepare, write_all
from mailworthy.setup.rehearse import rehearsal

if TYPE_CHECKING:
    from mailworthy.setup.adopt import Adopted


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


def from_source(path: Path, wanted: Order, source: str, how: dict[str, Any], *, yes: bool) -> None:
    """Draft from what is published, keep what is foreign, weaken nothing without a yes."""
    from mailworthy.setup import adopt

    domain = to_ascii(wanted.domain)
    if wanted != Order(wanted.domain, reports=wanted.reports):
        raise UsageError("--from reads hosts and addresses from DNS; give them without --from")
    now = datetime.now(UTC)
    found = _adopted(domain, source, how, now)
    before = open_folder(path).intent if has_intent(path) else None
    intent = _with_reports(adopt.joined(found.draft, before), domain, wanted.reports)
    for note in found.draft.notes:
        click.echo(f"  note     {harmless(note)}")
    _accept_losses(adopt.losses(found, intent, now), yes=yes)
    folder = adopt.adopted_folder(path, found, intent, now)
    _produce(folder, folder.generated(now), now, adopt.foreign_file(found.draft), yes=yes)


def _adopted(domain: str, source: str, how: dict[str, Any], now: datetime) -> "Adopted":
    from mailworthy.cli.means import Asking, means
    from mailworthy.setup import adopt

    if source.startswith("zone:"):
        return adopt.from_zone(domain, Path(source.removeprefix("zone:")), now)
    if source != "live":
        raise UsageError("--from takes live, or zone:FILE")
    with means(Asking(**how)) as (resolver, _):
        return adopt.from_live(domain, resolver, now)


def _with_reports(intent: Intent, domain: str, reports: str | None) -> Intent:
    if reports is None:
        return intent
    wish = msgspec.structs.replace(intent.domains[domain], reports=reports)
    return msgspec.structs.replace(intent, domains={**intent.domains, domain: wish})


def _accept_losses(losses: tuple[str, ...], *, yes: bool) -> None:
    for loss in losses:
        click.echo(f"  {click.style('weaker', fg='yellow')}   {harmless(loss)}")
    if not losses or yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("the new zone would be weaker, as shown; --yes accepts that")
    if not click.confirm("Accept this?", default=False):
        raise UsageError("nothing was written")


def settle(path: Path, intent: Intent, now: datetime, *, yes: bool) -> None:
    """Write what follows from an intent, rehearse it, say what comes next; exits with the
    code of the rehearsal."""
    folder = prepare(path, intent, now)
    _produce(folder, folder.generated(now), now, {}, yes=yes)


def _produce(
    folder: Folder, generated: Generated, now: datetime, more: dict[str, File], *, yes: bool
) -> None:
    written = write_all(folder, generated, now, overwrite=overwriter(yes), more=more)
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
    for new in folder.fresh:
        path = key_path(folder.key_folder, new.domain, new.public.selector)
        click.echo(f"  {Outcome.CREATED.value:<8} {path}")
    for each in written:
        if each.outcome is not Outcome.SAME:
            click.echo(f"  {each.outcome.value:<8} {each.path}")
    same = sum(map(len, folder.keys.values())) - len(folder.fresh)
    same += sum(each.outcome is Outcome.SAME for each in written)
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
