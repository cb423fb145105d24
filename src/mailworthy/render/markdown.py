"""Audits as Markdown, for issues, pull requests and wikis."""

from collections.abc import Iterator, Sequence

from mailworthy.audit.checkpoint import State
from mailworthy.audit.facade import Audit
from mailworthy.audit.finding import Finding
from mailworthy.audit.run import Gap
from mailworthy.audit.trial import Trial
from mailworthy.names import harmless
from mailworthy.render.gaps import explained
from mailworthy.render.steps import lines_of
from mailworthy.render.trials import MARKS, addresses, as_of, heading, told

_MARKS = {State.PASS: "✓", State.FAIL: "✗", State.UNKNOWN: "?", State.NOT_ASKED: "–"}


def document(audits: Sequence[Audit]) -> str:
    """A heading a domain."""
    return "\n".join(line for audit in audits for line in _lines(audit)) + "\n"


def _lines(audit: Audit) -> Iterator[str]:
    yield from (f"# {audit.domain}", "", "| | | |", "|---|---|---|")
    for dot in audit.checkpoint:
        yield f"| {_MARKS[dot.state]} | {dot.name} | {literal(dot.says)} |"
    yield ""
    yield from _trials(audit.trials)
    for finding in audit.findings:
        yield from _finding(finding)
    yield from _gaps("Could not be determined", audit.undetermined)
    yield from _gaps("Not asked", audit.not_rehearsed)


def _trials(trials: Sequence[Trial]) -> Iterator[str]:
    if not trials:
        return
    yield from (f"## {heading(trials)}", "", f"What receivers would do ({as_of(trials)}):", "")
    yield from ("| | | |", "|---|---|---|")
    for each in told(trials):
        why = f"{each.says} (from {addresses(each.ips)}): {each.why}"
        yield f"| {MARKS[each.answer]} | {literal(each.title)} | {literal(why)} |"
    yield ""


def _finding(finding: Finding) -> Iterator[str]:
    title = finding.severity.value if finding.waived is None else "waived"
    yield from (
        f"## {title}: {finding.rule}",
        "",
        f"{literal(finding.message)} ({', '.join(finding.references)})",
        "",
    )
    if finding.waived is not None:
        yield from (f"Waived: {literal(finding.waived)}", "")
        return
    shown = [line for s in finding.evidence for line in (f"$ {s.command}", s.said)]
    yield from fenced([*shown, "", *lines_of(finding.remedy)])


def fenced(lines: Sequence[str]) -> Iterator[str]:
    """A code block whose fence is longer than any run of backquotes inside."""
    fence = "```"
    while any(fence in line for line in lines):
        fence += "`"
    yield from (fence + "text", *(harmless(line, lines=True) for line in lines), fence, "")


def _gaps(title: str, gaps: Sequence[Gap]) -> Iterator[str]:
    if gaps:
        yield from (
            f"## {title}",
            "",
            *(f"- {literal(g.what)}: {literal(explained(g.why))}" for g in gaps),
            "",
        )


def literal(text: str) -> str:
    """Text of the world in which Markdown and HTML have no say."""
    escaped = "".join("\\" + c if c in r"\`*_{}[]()#+!|~" else c for c in harmless(text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
