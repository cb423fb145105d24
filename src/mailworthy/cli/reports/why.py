"""`mailworthy reports why`."""

import sys
from typing import Any

import click

from mailworthy.cli.options import ASKING, asking, option
from mailworthy.cli.reports.scope import (
    asked,
    each_domain,
    folder,
    format_,
    known_of,
    largest,
    nowhere,
    period,
    say,
)

DOMAINS = 5
MOST = 3
_NO_MAIL = "  No mail was reported in this period: see --since, --days or --all-time."


@click.command("why")
@click.argument("name", required=False, metavar="[NAME|ADDRESS]")
@period
@folder
@asking
@option("deadline")
@format_("text", "json")
def command(name: str | None, dir: str | None, deadline: float, format_: str, **given: Any) -> None:
    """Tell why mail of a source failed: what reporters saw, beside what DNS says today.

    The SPF record of every envelope is walked, every DKIM key looked up, and both compared with
    the domain in From under the policy of today. Without NAME the sources that fail most are
    looked at, yours before strangers.

    Exit code: 0, or 3 if DNS left something open.
    """
    from mailworthy.cli.means import Asking, means
    from mailworthy.errors import UsageError
    from mailworthy.lookup.run import run
    from mailworthy.reports.answers.why import why

    how = {key: given.pop(key) for key in ASKING}
    with asked(**given) as (store, scope):
        chosen = list(_chosen(store, each_domain(store, scope, DOMAINS), known_of(dir), name))
        mail = bool(largest(store, scope, 1))
    if name and not chosen:
        raise UsageError(nowhere(name))
    with means(Asking(**how)) as (resolver, _):
        answers = [run(why(each), resolver, deadline=deadline) for each in chosen]
    if not answers and format_ == "text":
        click.echo("  Nothing failed in this period." if mail else _NO_MAIL)
    else:
        say("why", format_, answers)
    sys.exit(3 if any(answer.undetermined for answer in answers) else 0)


def _chosen(store: Any, scopes: Any, known: Any, name: str | None) -> Any:
    """The sources that are meant."""
    from mailworthy.reports.answers.find import failing, find
    from mailworthy.reports.answers.sources import sources
    from mailworthy.reports.answers.words import expected

    for scope in scopes:
        wanted = expected(store, scope.domains[0], known)
        if name:
            yield from find(store, scope, wanted, name)
        else:
            yield from failing(list(sources(store, scope, wanted).sources), MOST)
