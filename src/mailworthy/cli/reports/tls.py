"""`mailworthy reports tls`."""

from typing import Any

import click

from mailworthy.cli.options import ASKING, asking
from mailworthy.cli.reports.scope import asked, folder, known_of, period, printed, say


@click.command("tls")
@period
@click.option(
    "--check",
    is_flag=True,
    help="Ask DNS and the web what MTA-STS, DANE and DNSSEC look like today.",
)
@folder
@asking
@printed
def command(check: bool, dir: str | None, format_: str, **given: Any) -> None:
    """Show how many sessions were encrypted, which failed, what that means and what to do.

    With --check each failure stands beside what `mailworthy check` finds of the same matter today.
    """
    from mailworthy.reports.answers.tls import tls

    how = {key: given.pop(key) for key in ASKING}
    with asked(**given) as (store, scope):
        answer = tls(store, scope)
        if check and answer.failures:
            names = dict.fromkeys(each.domain for each in answer.failures)
            answer = tls(store, scope, _findings(tuple(names), known_of(dir), how))
    say("tls", format_, [answer])


def _findings(names: tuple[str, ...], known: Any, how: dict[str, Any]) -> dict[str, Any]:
    """What an audit finds of each domain."""
    from mailworthy.audit.facade import audit
    from mailworthy.cli.means import Asking, means

    intent = known.intent if known else None
    with means(Asking(**how)) as (resolver, now):
        return {
            name: audit(
                name,
                intent=intent if intent and name in intent.domains else None,
                resolver=resolver,
                now=now,
            ).findings
            for name in names
        }
