"""`mailworthy verify`."""

import sys
from typing import TYPE_CHECKING, Any

import click

from mailworthy.cli.options import ASKING, asking, dmarc_reject, option
from mailworthy.settings import BY_NAME

if TYPE_CHECKING:
    from mailworthy.cli.envelopes import View
    from mailworthy.dnsbl.model import Dnsbl
    from mailworthy.lookup.drive import Resolver
    from mailworthy.receive.authresults import Marking
    from mailworthy.receive.verdict import Verdict

FORMATS = ("text", "json", "markdown", "html")


def _profiles(_: click.Context, __: click.Parameter, typed: str) -> list[str]:
    from mailworthy.receive.load import names

    return [name for name in ("all", *names()) if name.startswith(typed)]


@click.command()
@click.argument("message", default="-", metavar="[MESSAGE|-]")
@click.option("--ip", metavar="ADDRESS", help="The address of the client that brought it.")
@click.option("--helo", metavar="NAME", help="The name that the client gave itself.")
@click.option("--mail-from", metavar="ADDRESS", help="Its return path; empty for a bounce.")
@click.option("--rcpt-to", multiple=True, metavar="ADDRESS", help="A recipient; repeatable.")
@click.option("--tls/--no-tls", default=None, help="Whether it came encrypted.")
@click.option(
    "--hop",
    type=click.IntRange(1),
    metavar="N",
    help="Judge as the server that wrote Received number N, counted from the top.",
)
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    metavar="NAME",
    shell_complete=_profiles,
    help="Judge as this receiver would, or as all; repeatable.  [default: strict]",
)
@click.option(
    "--blocklists/--no-blocklists",
    default=None,
    help="Ask blocklists (default: if DNS is asked live).",
)
@dmarc_reject
@click.option(
    "--own",
    multiple=True,
    metavar="NAME_OR_ADDRESS",
    help="One of our own names or addresses, which a client must not claim; repeatable.",
)
@click.option(
    "--authserv-id",
    metavar="NAME",
    help="Who speaks in the Authentication-Results field for the message "
    "(default: the server that took it, as its Received field has it).",
)
@click.option("--trace", is_flag=True, help="Show every question with its answer.")
@asking
@option("deadline")
@click.option(
    "--format",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    envvar=BY_NAME["format"].env,
    help="How to print the verdict.",
)
def command(
    message: str,
    profiles: tuple[str, ...],
    blocklists: bool | None,
    dmarc_reject: str,
    own: tuple[str, ...],
    authserv_id: str | None,
    trace: bool,
    deadline: float,
    format: str,
    **given: Any,
) -> None:
    """Judge MESSAGE, a file or standard input, as a receiver would: accept, spam folder, refuse?

    Give the whole message, header and all, as it was stored. Who brought it is read from the
    Received field of your own server, the topmost with a public address; --hop chooses another,
    --ip, --helo and --mail-from say it outright, as for a message that was never sent.

    Exit code: 0 accepted, 1 refused or sent to the spam folder by a profile asked for, 2 usage,
    3 nothing speaks against it but something could not be determined.
    """
    from mailworthy.cli.envelopes import Typed, view
    from mailworthy.cli.means import Asking, means
    from mailworthy.cli.messages import read_message
    from mailworthy.cli.worlds import assumes, told
    from mailworthy.receive.authresults import check_identifier
    from mailworthy.receive.engine import Options
    from mailworthy.receive.facade import verify
    from mailworthy.receive.words import DmarcReject

    how = Asking(**{name: given.pop(name) for name in ASKING})
    stored = read_message(message)
    wanted = _wanted(profiles)
    ours = tuple(map(_ours, own))
    if authserv_id is not None:
        check_identifier(authserv_id)
    ask = not how.dns.startswith(("zone:", "replay:")) if blocklists is None else blocklists
    assumed = assumes(how.dns)
    with means(how, blocklists=ask, assumed=assumed) as (resolver, now):
        seen = view(stored, Typed(**given))
        world = told(resolver, how.dns, assumed, seen.envelope.received_at, now)
        lists = _lists(resolver, blocklists, ask)
        verdict = verify(
            seen.message,
            seen.envelope,
            resolver=resolver,
            now=now,
            profile=wanted,
            options=Options(
                lists=lists,
                own=ours,
                dmarc_reject=DmarcReject(dmarc_reject),
                assumptions=(*seen.assumptions, *world),
            ),
            deadline=deadline,
        )
    _say(verdict, format, trace, _marking(verdict, seen, authserv_id))
    sys.exit(_code(verdict))


def _wanted(profiles: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the profiles, each once; a wrong one ends the run before anything is asked."""
    from mailworthy.receive.facade import profiles as chosen

    return tuple(profile.name for profile in chosen(profiles))


def _lists(resolver: "Resolver", typed: bool | None, ask: bool) -> "tuple[Dnsbl, ...]":
    """The blocklists to ask: a replay asks those that its recording asked."""
    from mailworthy.dnsbl.lists import default
    from mailworthy.lookup.replay import Replay

    inner = getattr(resolver, "resolver", resolver)  # a recorder asks another
    if typed is None and isinstance(inner, Replay):
        ask = inner.header.settings.get("blocklists") is True
    return default() if ask else ()


def _ours(text: str) -> str:
    """A name or address of our own in the form in which they are compared."""
    from mailworthy.names import to_ascii
    from mailworthy.rdata.address import address, render

    found = address(text)
    return to_ascii(text) if found is None else render(found)


def _marking(verdict: "Verdict", seen: "View", authserv_id: str | None) -> "Marking | None":
    """The header field for the message; None where nobody is known to speak in it."""
    from mailworthy.message.authres import is_identifier
    from mailworthy.receive.authresults import marking

    name = seen.server if authserv_id is None else authserv_id
    if not is_identifier(name):
        return None
    return marking(verdict, name, seen.message, lines_above=seen.lines_above)


def _say(verdict: "Verdict", format: str, trace: bool, header: "Marking | None") -> None:
    """People read in the alphabet of their terminal, programs in UTF-8."""
    from mailworthy.render.verdict import document

    text = document(format)(verdict, trace=trace, header=header)
    click.echo(text if format == "text" else text.encode(), nl=False)


def _code(verdict: "Verdict") -> int:
    from mailworthy.receive.words import Disposition, Held

    found = {decision.disposition for decision in verdict.decisions}
    if found & {Disposition.REJECT, Disposition.SPAM}:
        return 1
    lines = [o for d in verdict.decisions for o in d.outcomes if not o.line.advice]
    unknown = any(o.broken is Held.UNKNOWN for o in lines)
    return 3 if unknown or Disposition.DEFER in found or verdict.not_done else 0
