"""What `init` and `zone --write` say and ask."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from mailworthy.domain.folder import INTENT, Folder, has_intent, open_folder
from mailworthy.domain.generate import Generated
from mailworthy.domain.intent import Intent
from mailworthy.domain.intentcheck import mailbox
from mailworthy.domain.keys import key_path
from mailworthy.domain.write import Change, File, Outcome, Overwrite, Written
from mailworthy.errors import UsageError
from mailworthy.names import harmless, to_ascii
from mailworthy.setup.notes import OTHERS, assumptions, host_missing, report_notes
from mailworthy.setup.order import Order, intent_of, receiving_host
from mailworthy.setup.produce import prepare, write_all
from mailworthy.setup.rehearse import rehearsal

if TYPE_CHECKING:
    from mailworthy.setup.adopt import Adopted

MOST_ASSUMED = 8


def from_order(path: Path, wanted: Order, *, yes: bool) -> None:
    """Add the ordered domain to the folder, write everything, rehearse it."""
    now = datetime.now(UTC)
    before = open_folder(path).intent if has_intent(path) else None
    intent = intent_of(wanted, now, before)
    there = receiving_host(before)
    new = before is None or to_ascii(wanted.domain) not in before.domains
    if there and new and not wanted.parked and not wanted.names_host:
        _say_note(f"{there} of {INTENT} serves {wanted.domain} too; --hostname names another")
    settle(path, intent, now, yes=yes)


def from_source(path: Path, wanted: Order, source: str, how: dict[str, Any], *, yes: bool) -> None:
    """Draft from what is published, keep what is foreign, weaken nothing without a yes."""
    from mailworthy.setup import adopt

    domain = to_ascii(wanted.domain)
    _check_flags(wanted)
    now = datetime.now(UTC)
    found = _adopted(domain, source, how, now)
    before = open_folder(path).intent if has_intent(path) else None
    if wanted.names_host:
        found = adopt.with_host(found, wanted, now, before)
    intent = _with_reports(adopt.joined(found.draft, before), domain, wanted.reports)
    for note in adopt.notes(found.draft):
        _say_note(note)
    _accept_losses(adopt.losses(found, intent, now), yes=yes)
    folder = adopt.adopted_folder(path, found, intent, now)
    _produce(folder, folder.generated(now), now, adopt.foreign_file(found.draft), yes=yes)


def _check_flags(wanted: Order) -> None:
    """Everything but the host and the reports is read from DNS."""
    taken = ("hostname", "ipv4", "ipv6", "reports")
    allowed = Order(wanted.domain, **{name: getattr(wanted, name) for name in taken})
    if wanted != allowed:
        raise UsageError(
            "with --from go --reports, and --hostname, --ipv4, --ipv6 where DNS gives no host; "
            "add the rest to mailworthy.toml afterwards"
        )


def _say_note(note: str) -> None:
    click.echo(f"  note     {harmless(note)}")


def _adopted(domain: str, source: str, how: dict[str, Any], now: datetime) -> "Adopted":
    from mailworthy.cli.means import Asking, means
    from mailworthy.setup import adopt

    if source.startswith("zone:"):
        paths = [Path(path) for path in source.removeprefix("zone:").split(",") if path]
        if not paths:
            raise UsageError(f"zone: needs a file, for example --from zone:{domain}.zone")
        return adopt.from_zone(domain, paths, now)
    if source != "live":
        raise UsageError("--from takes live, or zone:FILE[,FILE…]")
    with means(Asking(**how)) as (resolver, _):
        return adopt.from_live(domain, resolver, now)


def _with_reports(intent: Intent, domain: str, reports: str | None) -> Intent:
    if reports is None:
        return intent
    wish = msgspec.structs.replace(intent.domains[domain], reports=mailbox(reports, ("reports",)))
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
    for note in report_notes(folder.intent):
        _say_note(note)
    audits = list(rehearsal(folder, generated, now))
    _say_rehearsal(audits, list(assumptions(generated)))
    faulty = any(audit.exit_code() == 1 for audit in audits)
    _say_next(folder, faulty=faulty)
    if faulty:
        sys.exit(1)


def overwriter(yes: bool) -> Overwrite:
    """Show the diff, then ask; with `yes` the diff is shown all the same."""

    def decide(change: Change) -> bool:
        click.echo(change.diff)
        if yes:
            return True
        adds = change.adds and change.path.name == INTENT
        if not sys.stdin.isatty():
            what = f"this adds to {INTENT}" if adds else f"{change.path} exists and differs"
            raise UsageError(f"{what}; run again with --yes to {'add' if adds else 'replace'} it")
        question = f"Add this to {INTENT}?" if adds else f"Replace {change.path}?"
        return click.confirm(question, default=False)

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


def _say_rehearsal(audits: list[Any], assumed: list[str]) -> None:
    from mailworthy.render.text import document

    click.echo(click.style("\nRehearsal, as if all of this were published:", bold=True))
    for line in assumed[:MOST_ASSUMED]:
        click.echo(f"  assumed: {harmless(line)} ({OTHERS})")
    if len(assumed) > MOST_ASSUMED:
        click.echo(f"  and {len(assumed) - MOST_ASSUMED} more in {OTHERS}")
    click.echo(document(audits), nl=False)


def _say_next(folder: Folder, *, faulty: bool) -> None:
    click.echo(click.style("\nNext", bold=True))
    for number, step in enumerate(_steps(folder, faulty=faulty), 1):
        click.echo(f"  {number}. {step}")


def _steps(folder: Folder, *, faulty: bool) -> Iterator[str]:
    intent = folder.intent
    if faulty:
        yield "Cure what the rehearsal found, before anything is published."
    here = "" if folder.path == Path() else f" --dir {folder.path}"
    yield f"Read {folder.path / INTENT}; change it and run `mailworthy zone{here} --write` as often as you like."
    for domain in (d for d in intent.domains if host_missing(intent, d)):
        yield f'{domain} has no host that sends, so no keys: add it to {INTENT} as [hosts."mail.{domain}"].'
    if intent.hosts:
        yield f"Send {folder.path / 'ptr-requests.txt'} to whoever gave you the addresses."
    yield f"Install what {folder.path / 'config' / 'README.md'} lists."
    yield "Publish the zone: *.zone whole on your own name server, *.records at a provider."
    yield f"Then `mailworthy check{here}` compares the world with it."
