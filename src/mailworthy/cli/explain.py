"""`mailworthy explain`."""

import click
from click.shell_completion import CompletionItem


def _ids(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    from mailworthy.audit.rule import load

    return [CompletionItem(r.id, help=r.title) for r in load() if r.id.startswith(typed)]


@click.command()
@click.argument("rule", required=False, metavar="[RULE]", shell_complete=_ids)
def command(rule: str | None) -> None:
    """Explain RULE: what it checks, why it matters, how to fix it, and an example.

    Without RULE, list every rule with its severity.
    """
    from mailworthy.audit.rule import find, load
    from mailworthy.render.page import page, title_line

    if rule is None:
        for each in load():
            click.echo(title_line(each))
        return
    click.echo(page(find(rule)))
