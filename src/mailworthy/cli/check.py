"""`mailworthy check`."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import click

from mailworthy.cli.connect import call_of, calling
from mailworthy.cli.options import asking, option
from mailworthy.cli.outward import named, recorded
from mailworthy.cli.server import consulted, looking, taken


@click.command()
@click.argument("domains", nargs=-1, metavar="[DOMAIN]…")
@option("dir")
@click.option(
    "--selector",
    "selectors",
    multiple=True,
    metavar="NAME",
    help="A DKIM selector in use; repeatable.",
)
@click.option("--checkpoint", is_flag=True, help="Ask only what the six dots need.")
@click.option("--spf-tree", is_flag=True, help="Show what the SPF record costs, term by term.")
@click.option("--parked", is_flag=True, help="These domains are meant to have no mail.")
@looking
@calling
@asking
@option("deadline", "jobs", "fail_on", "format")
def command(
    domains: tuple[str, ...],
    dir: str | None,
    selectors: tuple[str, ...],
    checkpoint: bool,
    spf_tree: bool,
    parked: bool,
    deadline: float,
    jobs: int,
    fail_on: str,
    format: str,
    **how: Any,
) -> None:
    """Check each DOMAIN: live, or with --dns zone:FILE before it is published.

    With a mailworthy.toml (--dir, or in this folder) every wanted record is compared with what
    is published, and the DKIM keys on disk with the published ones; DOMAIN may then be left
    out. A lone - reads domains from standard input, one a line.

    With --server (or --ssh HOST) the mail server itself is read too, and nothing is changed
    there; without DOMAIN and mailworthy.toml its own settings tell the domains.

    With --connect mail servers are called and web sites fetched, at public addresses only, and
    no message is ever sent; DNS may still come from zone files.

    Exit code: 0 clean, 1 findings at or above --fail-on, 2 usage, 3 nothing failed but
    something could not be determined.
    """
    from mailworthy.audit.collect.target import Target
    from mailworthy.audit.facade import Audit
    from mailworthy.audit.rule import load
    from mailworthy.cli.means import Asking, is_rehearsal, means
    from mailworthy.cli.targets import Wish, folder_of, targets

    look, call = taken(how), call_of(how)
    wish = Wish(tuple(_names(domains)), dir, selectors, checkpoint, parked)
    seconds = call.deadline(deadline)
    todo: list[Target] = []
    done: list[Audit] = []
    with means(Asking(**how, call=call), **recorded(look, call)) as (resolver, now):
        each = _printer(format, spf_tree)
        server = consulted(look, resolver, domains)
        tried = partial(_tried, resolver, now) if is_rehearsal(resolver) else None

        async def work() -> None:
            from mailworthy.audit.many import aaudits, settle

            rules = load()
            settle()
            folder = folder_of(wish)
            todo.extend(call.put_to(targets(wish, folder, now, server)))
            todo[:] = named(todo, look, call, resolver)
            async for audit in aaudits(todo, resolver, rules, deadline=seconds, jobs=jobs):
                done.append(await tried(audit, folder) if tried and not checkpoint else audit)
                each(done[-1])

        _run(resolver, work())
    _finish(format, done)
    _note_waivers(todo, done)
    sys.exit(_code(done, fail_on))


def _code(audits: list[Any], fail_on: str) -> int:
    from mailworthy.audit.finding import Severity

    codes = {audit.exit_code(Severity(fail_on)) for audit in audits}
    return 1 if 1 in codes else max(codes, default=0)


async def _tried(resolver: Any, now: Any, audit: Any, folder: Any) -> Any:
    import asyncio

    from mailworthy.lookup.drive import Instant
    from mailworthy.setup.trial import tried

    if isinstance(resolver, Instant):
        return tried(audit, folder, resolver, now)
    # The resolver works on this loop, which must not wait for itself.
    return await asyncio.to_thread(tried, audit, folder, resolver, now)


def _note_waivers(targets: list[Any], audits: list[Any]) -> None:
    from mailworthy.setup.waivers import stale

    intent = next((target.intent for target in targets if target.intent), None)
    looked = any(target.server is not None for target in targets)  # else nothing was to be found
    waivers = intent.waive if intent else ()
    judged = [w for w in waivers if looked or not w.rule.startswith("server-")]
    for line in stale(judged, audits, targets[0].now.date()) if judged else ():
        click.echo(f"mailworthy: {line}", err=True)


def _names(domains: tuple[str, ...]) -> list[str]:
    if "-" not in domains:
        return list(domains)
    return [d for d in domains if d != "-"] + list(_piped())


def _piped() -> Iterator[str]:
    """The domains on standard input; what is none is named with its line."""
    from mailworthy.errors import UsageError
    from mailworthy.names import BadName, to_ascii

    for number, line in enumerate(sys.stdin, 1):
        name = line.split("#")[0].strip()
        try:
            if name:
                yield to_ascii(name)
        except BadName as error:
            raise UsageError(f"line {number} of standard input: {error}") from None


def _run(resolver: Any, work: Any) -> None:
    import asyncio

    run: Any = getattr(resolver, "run", asyncio.run)
    run(work)


def _printer(format_: str, spf_tree: bool) -> Callable[[Any], None]:
    """What to do as soon as one domain is judged."""
    from mailworthy.render import STREAMED, document
    from mailworthy.render.text import document as text

    render = partial(text, spf_tree=spf_tree) if format_ == "text" else document(format_)
    if format_ in STREAMED:
        return lambda audit: _say(format_, render([audit]))
    return lambda audit: None


def _finish(format_: str, audits: list[Any]) -> None:
    from mailworthy.render import STREAMED, document

    if format_ not in STREAMED:
        _say(format_, document(format_)(audits))


def _say(format_: str, text: str) -> None:
    """People read in the alphabet of their terminal, programs in UTF-8."""
    click.echo(text if format_ == "text" else text.encode(), nl=False)
