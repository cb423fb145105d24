"""`mailworthy explain`."""

import shutil
import sys

import click
from click.shell_completion import CompletionItem


def _ids(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    from mailworthy.audit.rule import load

    return [CompletionItem(r.id, help=r.title) for r in load() if r.id.startswith(typed)]


@click.command()
@click.argument("rule", required=False, metavar="[RULE]", shell_complete=_ids)
def command(rule: str | None) -> None:
    """Explain RULE: what it checks, why it matters, how to fix it, and an example.

    RULE may be a family, such as spf: then its rules are listed. Without RULE all are.
    """
    from mailworthy.audit.rule import find, load
    from mailworthy.render.page import page, title_line, title_lines

    listed = [each for each in load() if rule is None or each.family == rule.lower()]
    if not listed and rule is not None:
        click.echo(page(find(rule)))
    # A pipe gets a line for each rule.
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for each in listed:
        click.echo(title_lines(each, width) if width else title_line(each))
