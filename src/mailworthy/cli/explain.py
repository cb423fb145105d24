"""`mailworthy explain`."""

import click


@click.command()
@click.argument("rule", required=False, metavar="RULE")
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
