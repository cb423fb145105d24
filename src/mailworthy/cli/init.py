"""`mailworthy init`."""

from pathlib import Path
from typing import Any

import click

from mailworthy.cli.options import ASKING, asking, option


def _list_senders(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from mailworthy.sources.table import load

    senders = load()
    width = max(map(len, senders))
    for name, sender in senders.items():
        click.echo(f"{name:<{width}}  {sender.title}")
    ctx.exit()


@click.command()
@click.argument("domain")
@click.option("--hostname", metavar="NAME", help="The mail host (default: mail.DOMAIN).")
@click.option("--ipv4", multiple=True, metavar="ADDRESS", help="Its IPv4 address; repeatable.")
@click.option("--ipv6", multiple=True, metavar="ADDRESS", help="Its IPv6 address; repeatable.")
@click.option(
    "--reports", metavar="MAILBOX", help="Who reads DMARC reports (default: postmaster@DOMAIN)."
)
@click.option(
    "--sender",
    "senders",
    multiple=True,
    metavar="NAME[:BLANK=VALUE,…]",
    help="A service that sends for DOMAIN, such as mailchimp; repeatable.",
)
@click.option(
    "--list-senders",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_senders,
    help="Print the names that --sender takes.",
)
@click.option(
    "--nameserver",
    "nameservers",
    multiple=True,
    metavar="NAME[=IP]",
    help="A name server of the zone; repeatable.",
)
@click.option(
    "--ca",
    multiple=True,
    metavar="DOMAIN",
    help="A certification authority that may issue, such as letsencrypt.org; repeatable.",
)
@click.option("--dnssec", is_flag=True, help="The zone will be signed.")
@click.option("--parked", is_flag=True, help="DOMAIN is to have no mail at all.")
@click.option(
    "--from", "source", metavar="live|zone:FILE[,FILE…]", help="Draft from what is published."
)
@click.option("--yes", is_flag=True, help="Ask nothing; existing files that differ are replaced.")
@option("dir")
@asking
def command(domain: str, dir: str | None, source: str | None, yes: bool, **given: Any) -> None:
    """Write everything that DOMAIN needs for mail, and rehearse it.

    Into --dir (this folder by default) go mailworthy.toml, the DKIM keys, the zone, the PTR
    requests and the configuration of the servers. Keys are never replaced; other files that
    exist are shown as a diff first.
    """
    from mailworthy.cli import dialogue, questions

    path = Path(dir or ".")
    how = {name: given.pop(name) for name in ASKING}
    order = questions.order(domain, given, path, ask=not yes and source is None)
    if source is None:
        dialogue.from_order(path, order, yes=yes)
    else:
        dialogue.from_source(path, order, source, how, yes=yes)
