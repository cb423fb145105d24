"""`mailworthy inbox`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailworthy.cli.options import ASKING, asking, dmarc_reject, option

if TYPE_CHECKING:
    from mailworthy.inbox.edge.desk import Desk, Told
    from mailworthy.inbox.edge.pages import Folder
    from mailworthy.lookup.drive import Resolver

_WHERE = "unix:PATH|ADDRESS:PORT"


@click.command("inbox")
@click.option("--smtp", metavar="ADDRESS:PORT", help="Take mails by SMTP, as the MX of --domain.")
@click.option("--lmtp", metavar=_WHERE, help="Take mails by LMTP, behind your own mail server.")
@click.option(
    "--address",
    "addresses",
    multiple=True,
    metavar="ADDRESS",
    help="Take mails for this address; repeatable.",
)
@click.option(
    "--domain",
    "domains",
    multiple=True,
    metavar="NAME",
    help="Take mails for the addresses of this domain that --new gave out; repeatable.",
)
@click.option("--new", is_flag=True, help="Give out a new address of --domain, and end.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write a page (HTML) and its data (JSON) for each mail, in a folder by its address.",
)
@click.option(
    "--keep",
    type=click.FloatRange(0.01, 3650),
    default=7.0,
    show_default=True,
    metavar="DAYS",
    help="How long pages stay, and addresses that were given out.",
)
@click.option(
    "--most",
    type=click.IntRange(1, 1_000_000),
    default=5000,
    show_default=True,
    metavar="N",
    help="How many pages there may be in all.",
)
@click.option(
    "--size",
    type=click.IntRange(1, 100),
    default=10,
    show_default=True,
    metavar="MB",
    help="The largest mail that is taken.",
)
@click.option(
    "--tls",
    nargs=2,
    type=click.Path(exists=True, dir_okay=False),
    metavar="CERTIFICATE KEY",
    help="Offer STARTTLS with these (PEM).",
)
@click.option("--group", default="", metavar="NAME", help="Who else may use a socket of unix:PATH.")
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    metavar="NAME",
    help="Judge as this receiver would; repeatable.  [default: all]",
)
@click.option(
    "--blocklists/--no-blocklists",
    default=None,
    help="Ask blocklists (default: if DNS is asked live).",
)
@dmarc_reject
@asking
@option("deadline")
def command(
    smtp: str | None,
    lmtp: str | None,
    addresses: tuple[str, ...],
    domains: tuple[str, ...],
    new: bool,
    out: Path | None,
    keep: float,
    most: int,
    size: int,
    tls: tuple[str, str] | None,
    group: str,
    **given: Any,
) -> None:
    """Take test messages until stopped, and show what receivers would make of each.

    Mail is taken for --address, and for what --new gave out at --domain; nothing is relayed, and
    no message is kept, only its page. By SMTP the client is who connects: make this machine the MX
    of a name of its own, such as test.example.com. By LMTP the client is read from the Received
    field of your server, or from its XFORWARD (lmtp_send_xforward_command = yes). For Postfix, in
    `transport`:

        test.example.com  lmtp:unix:/run/mailworthy/inbox
    """
    from mailworthy.cli.means import Asking, means
    from mailworthy.errors import UsageError
    from mailworthy.inbox.boxes import Boxes
    from mailworthy.inbox.edge.pages import Folder
    from mailworthy.inbox.edge.serve import Serving, Where, certificate, serve
    from mailworthy.names import to_ascii
    from mailworthy.sendtest.letter import address

    own = tuple(map(to_ascii, domains))
    folder = Folder(out, days=keep, most=most) if out is not None else None
    if new:
        _give(folder, own)
        return
    if not smtp and not lmtp:
        raise UsageError("nothing to listen on: give --smtp or --lmtp")
    if not addresses and not own:
        raise UsageError("mail for whom? give --address, or --domain and --out")
    if own and folder is None:
        raise UsageError("--domain needs --out, where the addresses that were given out are kept")
    fixed = tuple(each.lower() for each in map(address, addresses))
    boxes = Boxes(fixed, own, folder.knows if folder else lambda _token, _domain: False)
    places = [Where(text, kind) for text, kind in ((smtp, False), (lmtp, True)) if text]
    how = Asking(**{name: given.pop(name) for name in ASKING})
    with means(how) as (resolver, _):
        desk = _desk(resolver, folder, how.dns, given)
        context = certificate(*tls) if tls else None
        serve(Serving(desk, boxes, places, folder, size << 20, context, group), _listening)


def _give(folder: "Folder | None", domains: tuple[str, ...]) -> None:
    from mailworthy.errors import UsageError

    if folder is None or len(domains) != 1:
        raise UsageError("--new needs --out DIR and one --domain")
    click.echo(folder.give(domains[0]))


def _desk(resolver: "Resolver", folder: "Folder | None", dns: str, given: dict[str, Any]) -> "Desk":
    from mailworthy.dnsbl.lists import default
    from mailworthy.inbox.edge.desk import Desk
    from mailworthy.receive.engine import Options
    from mailworthy.receive.facade import profiles
    from mailworthy.receive.words import DmarcReject

    asked = given["blocklists"]
    ask = not dns.startswith(("zone:", "replay:")) if asked is None else asked
    options = Options(
        lists=default() if ask else (), dmarc_reject=DmarcReject(given["dmarc_reject"])
    )
    names = tuple(each.name for each in profiles(given["profiles"] or "all"))
    return Desk(resolver, names, options, _tell, folder=folder, deadline=given["deadline"])


def _listening(text: str) -> None:
    click.echo(text, err=True)


def _tell(told: "Told") -> None:
    click.echo(told.text, nl=False)
    for page in told.pages:
        click.echo(f"\n  Page: {page}")
    sys.stdout.flush()
