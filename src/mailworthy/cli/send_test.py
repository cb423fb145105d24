"""`mailworthy send-test`."""

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from mailworthy.cli.options import ASKING, asking, option
from mailworthy.cli.reports.secret import NAMES, secret_options

if TYPE_CHECKING:
    from mailworthy.cli.means import Asking
    from mailworthy.sendtest.edge.run import Mailbox, Plan
    from mailworthy.sendtest.edge.submit import Smtp
    from mailworthy.sendtest.model import Sent

FORMATS = ("text", "json", "markdown")
PASSWORD = "MAILWORTHY_SMTP_PASSWORD"
MOST = 20


@click.command("send-test")
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS…")
@click.option(
    "--from",
    "sender",
    metavar="ADDRESS",
    help="Who sends.  [default: postmaster@ the first domain of mailworthy.toml]",
)
@option("dir")
@click.option(
    "--smtp",
    metavar="HOST[:PORT]",
    help="Send through this server.  [default: the sendmail program, or localhost without one]",
)
@click.option(
    "--login", metavar="USER", help=f"Log in there; the password is in the variable {PASSWORD}."
)
@click.option(
    "--sendmail",
    metavar="PROGRAM",
    help="Send through this program.  [default: /usr/sbin/sendmail]",
)
@click.option(
    "--log",
    metavar="FILE|journal",
    help="The log of Postfix.  [default: the usual files, else the journal]",
)
@click.option(
    "--imap",
    metavar="imaps://USER@HOST",
    help="Look for the message in this mailbox, which is that of ADDRESS (%40 is @ in USER).",
)
@secret_options
@click.option(
    "--wait",
    type=click.FloatRange(1, 86_400),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to follow it.",
)
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    metavar="NAME",
    help="Judge what arrived as this receiver would; repeatable.  [default: strict, and the "
    "provider's]",
)
@click.option(
    "--blocklists/--no-blocklists",
    default=None,
    help="Ask blocklists (default: if DNS is asked live).",
)
@asking
@option("deadline")
@click.option(
    "--format",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to print what came of it.",
)
def command(
    addresses: tuple[str, ...],
    sender: str | None,
    dir: str | None,
    smtp: str | None,
    login: str | None,
    sendmail: str | None,
    log: str | None,
    imap: str | None,
    wait: float,
    format: str,
    **given: Any,
) -> None:
    """Send a real message to each ADDRESS, follow it, and read the verdict where it landed.

    It leaves through your own server, and is followed by its Message-ID in the log of Postfix
    until it is delivered or refused; what the receiver replied is explained. With --imap it is
    read back: which folder, and the receiver's results beside our own verdict. The password of the
    mailbox comes from one of the options or the variable MAILWORTHY_IMAP_PASSWORD; Microsoft and
    Google want a token.

    Exit code: 0 delivered, and nothing failed; 1 refused, in the spam folder or not authenticated;
    2 usage; 3 still under way, handed to a relay, or not seen.
    """
    from mailworthy.cli.means import Asking, means
    from mailworthy.errors import UsageError
    from mailworthy.render.sendtest import document
    from mailworthy.sendtest.edge.log import opened
    from mailworthy.sendtest.edge.run import run
    from mailworthy.sendtest.letter import address

    recipients = list(dict.fromkeys(map(address, addresses)))
    if len(recipients) > MOST or (imap and len(recipients) > 1):
        most = 1 if imap else MOST
        raise UsageError(
            f"{len(recipients)} addresses: at most {most} at once" + " with --imap" * bool(imap)
        )
    secret = {name: given.pop(name) for name in NAMES}
    how = Asking(**{name: given.pop(name) for name in ASKING})
    who = address(sender) if sender else _postmaster(dir)
    via = _via(smtp, login, sendmail)
    place = _mailbox(imap, secret) if imap else None
    with opened(log) as found, means(how) as (resolver, _):
        plan = _plan(who, via, wait, resolver, how, given)
        tests = run(_with(plan, found, place), recipients, told=_progress)
    _say(document(format)(tests), format)
    sys.exit(_code(tests))


def _plan(
    sender: str, via: "str | Smtp", wait: float, resolver: Any, how: "Asking", given: dict[str, Any]
) -> "Plan":
    from mailworthy.dnsbl.lists import default
    from mailworthy.receive.engine import Options
    from mailworthy.receive.facade import profiles
    from mailworthy.sendtest.edge.run import Judging, Plan

    names = tuple(each.name for each in profiles(given["profiles"]))
    asked = given["blocklists"]
    ask = not how.dns.startswith(("zone:", "replay:")) if asked is None else asked
    options = Options(lists=default() if ask else ())
    judging = Judging(resolver, names, options, given["deadline"])
    return Plan(sender, via, _name(), wait, judging)


def _with(plan: "Plan", log: Any, mailbox: "Mailbox | None") -> "Plan":
    import msgspec

    return msgspec.structs.replace(plan, log=log, mailbox=mailbox)


def _name() -> str:
    """How we introduce ourselves to a server."""
    import socket

    name = socket.getfqdn()
    return (
        name if name.isascii() and name.replace("-", "").replace(".", "").isalnum() else "localhost"
    )


def _postmaster(dir_: str | None) -> str:
    from pathlib import Path

    from mailworthy.domain.folder import INTENT, has_intent
    from mailworthy.domain.intentfile import load
    from mailworthy.errors import UsageError

    path = Path(dir_ or "")
    domains = load(path / INTENT).domains if has_intent(path) else {}
    name = next((name for name, domain in domains.items() if not domain.parked), None)
    if name is None:
        raise UsageError("who sends? name an address of yours with --from")
    return f"postmaster@{name}"


def _via(smtp: str | None, login: str | None, sendmail: str | None) -> "str | Smtp":
    """The program, unless a server was named or there is no program."""
    import msgspec

    from mailworthy.errors import UsageError
    from mailworthy.sendtest.edge.submit import SENDMAIL, Smtp, server

    if smtp and sendmail:
        raise UsageError("--smtp and --sendmail: one of them is enough")
    if smtp is None and login:
        raise UsageError("--login is for a server that is named with --smtp")
    if smtp is None:
        program = sendmail or SENDMAIL
        return program if sendmail or os.access(program, os.X_OK) else Smtp()
    to = msgspec.structs.replace(server(smtp), ca=os.environ.get("SSL_CERT_FILE"))
    if login is None:
        return to
    return msgspec.structs.replace(to, user=login, password=_password(login))


def _password(user: str) -> str:
    from mailworthy.errors import UsageError

    if found := os.environ.get(PASSWORD):
        return found
    if sys.stdin.isatty():
        asked: str = click.prompt(f"Password of {user}", hide_input=True, err=True)
        return asked
    raise UsageError(f"no password for {user}: put it into the variable {PASSWORD}")


def _mailbox(text: str, given: dict[str, Any]) -> "Mailbox":
    from mailworthy.cli.reports.secret import secrets
    from mailworthy.reports.intake.imap.address import parse
    from mailworthy.sendtest.edge.run import Mailbox

    where = parse(text)
    return Mailbox(where, secrets(where, given))


def _progress(text: str) -> None:
    click.echo(f"mailworthy: {text}", err=True)


def _say(text: str, format: str) -> None:
    """People read in the alphabet of their terminal, programs in UTF-8."""
    click.echo(text if format == "text" else text.encode(), nl=False)


def _code(tests: "list[Sent]") -> int:
    from mailworthy.sendtest.model import Outcome

    outcomes = {test.outcome for test in tests}
    if Outcome.FAILED in outcomes:
        return 1
    return 3 if outcomes & {Outcome.UNDETERMINED, Outcome.RELAYED} else 0
