"""A rule as a page: for the terminal, the docs and the web."""

import textwrap

import click

from mailworthy.audit.case import Case
from mailworthy.audit.rule import Rule
from mailworthy.names import printable


def title_line(rule: Rule) -> str:
    """One line for a list of rules."""
    return f"{rule.id:<36} {rule.meta.severity.value:<8} {rule.title}"


def title_lines(rule: Rule, width: int) -> str:
    """The same for a terminal: what is too long goes on below the title."""
    line = title_line(rule)
    indent = " " * (len(line) - len(rule.title))
    most = max(width, len(indent) + 20)
    return textwrap.fill(line, most, subsequent_indent=indent, break_on_hyphens=False)


def page(rule: Rule) -> str:
    """The docstring with its headings in bold, then what sets the rule off."""
    lines = [
        f"{click.style(rule.id, bold=True)}  {rule.meta.severity.value}",
        ", ".join(rule.meta.references),
        "",
    ]
    for paragraph in rule.doc.split("\n\n"):
        lines += [*_paragraph(paragraph), ""]
    lines += [click.style("Example", bold=True), ""]
    lines += example(rule.meta.bad)
    return "\n".join(lines)


def _paragraph(paragraph: str) -> list[str]:
    if paragraph.startswith("## "):
        head, _, rest = paragraph.partition("\n")
        return [click.style(head[3:], bold=True), *([""] if rest else []), *_paragraph_body(rest)]
    return _paragraph_body(paragraph)


def _paragraph_body(text: str) -> list[str]:
    if text.startswith(("    ", "- ", "```")):
        return text.splitlines()
    return textwrap.wrap(" ".join(text.split()), 80)


def example(case: Case) -> list[str]:
    """What a case changes in the healthy world, a line each."""
    if not case.changes:
        return [f"  {printable(line, 300)}" for line in case.zones.splitlines()]
    lines = ["A healthy zone, but for these lines (- is left out, + is added):", ""]
    return [*lines, *(f"  {printable(change, 300)}" for change in case.changes)]
