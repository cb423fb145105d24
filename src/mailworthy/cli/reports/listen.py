"""`mailworthy reports listen`."""

import asyncio
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from mailworthy.cli.reports.intake import importer, intake

if TYPE_CHECKING:
    from mailworthy.reports.intake.desk import Desk

_HOUR = 3600.0


@click.command("listen")
@click.option(
    "--lmtp",
    metavar="unix:PATH|ADDRESS:PORT",
    help="Take mails by LMTP, for --recipient only.",
)
@click.option(
    "--recipient",
    "recipients",
    multiple=True,
    metavar="ADDRESS",
    help="An address that reports come to; repeatable.",
)
@click.option(
    "--http",
    metavar="unix:PATH|ADDRESS:PORT",
    help="Take TLS reports by POST, about --domain only.",
)
@click.option(
    "--domain",
    "domains",
    multiple=True,
    metavar="NAME",
    help="A domain that TLS reports may be about; repeatable.",
)
@click.option("--group", default="", metavar="NAME", help="Who else may use sockets of unix:PATH.")
@intake
def command(
    lmtp: str | None,
    recipients: tuple[str, ...],
    http: str | None,
    domains: tuple[str, ...],
    group: str,
    vouch: bool,
    format: str,
    **given: Any,
) -> None:
    """Receive reports until stopped, behind your own mail and web server.

    Both listen on this machine only. A mail or a report is answered with yes when it has been
    stored for certain; otherwise whoever sent it keeps it. For Postfix, in `transport`:

        dmarc@example.com  lmtp:unix:/run/mailworthy/lmtp
    """
    from mailworthy.errors import UsageError
    from mailworthy.names import to_ascii
    from mailworthy.reports.intake.desk import Desk

    if not lmtp and not http:
        raise UsageError("nothing to listen on: give --lmtp or --http")
    if lmtp and not recipients:
        raise UsageError("--lmtp needs a --recipient: mail for others is not taken")
    if http and not domains:
        raise UsageError("--http needs a --domain: anybody may post anything")
    own = tuple(to_ascii(domain) for domain in domains)
    with importer(**given) as (mine, tend):
        desk = Desk(mine)
        try:
            asyncio.run(_listen(desk, tend, lmtp, recipients, http, own, group, vouch))
        finally:
            desk.close()


async def _listen(
    desk: "Desk",
    tend: Callable[[], None],
    lmtp: str | None,
    recipients: tuple[str, ...],
    http: str | None,
    domains: tuple[str, ...],
    group: str,
    vouch: bool,
) -> None:
    from mailworthy.reports.intake.place import listen, parse

    stopped = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stopped.set)
    servers = []
    if lmtp:
        from mailworthy.reports.intake.lmtp.server import Server as Lmtp

        handler = Lmtp(desk, recipients, vouch=vouch).serve
        servers.append(await listen(parse(lmtp), handler, group=group))
    if http:
        from mailworthy.reports.intake.http import Server as Http

        servers.append(await listen(parse(http), Http(desk, domains).serve, group=group))
    for server in servers:
        for sock in server.sockets:
            click.echo(f"listening on {_shown(sock.getsockname())}", err=True)
    tasks = [asyncio.create_task(each) for each in (desk.judge_again(_HOUR), _tended(tend))]
    await stopped.wait()
    for task in tasks:
        task.cancel()
    for server in servers:
        server.close()


async def _tended(tend: Callable[[], None]) -> None:
    """Give up what is old, as long as we run."""
    while True:
        await asyncio.to_thread(tend)
        await asyncio.sleep(_HOUR)


def _shown(name: Any) -> str:
    return name if isinstance(name, str) else f"{name[0]}:{name[1]}"
