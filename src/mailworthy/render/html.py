"""Audits as one HTML page with no script, no font and no picture from anywhere."""

from collections.abc import Iterator, Sequence
from html import escape

from mailworthy.audit.checkpoint import State
from mailworthy.audit.facade import Audit
from mailworthy.audit.finding import Finding
from mailworthy.audit.run import Gap
from mailworthy.audit.trial import Answer, Trial
from mailworthy.names import harmless
from mailworthy.render.gaps import explained
from mailworthy.render.steps import lines_of
from mailworthy.render.trials import MARKS, addresses, as_of, heading, told

_MARKS = {State.PASS: "✓", State.FAIL: "✗", State.UNKNOWN: "?", State.NOT_ASKED: "–"}
_CLASS = {State.PASS: "pass", State.FAIL: "fail", State.UNKNOWN: "unknown", State.NOT_ASKED: "none"}
_ANSWERS = {Answer.ACCEPTED: "pass", Answer.REFUSED: "fail", Answer.UNDETERMINED: "unknown"}

_STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 2rem 0 1rem; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: break-word; }
td:last-child { overflow-wrap: anywhere; }
th { white-space: nowrap; font-weight: 600; }
.dot { width: 1.4em; font-weight: 700; text-align: center; }
.pass { color: #16803c; } .fail, .blocker { color: #c62828; } .unknown, .warning { color: #a15c00; }
.none, .waived { color: #6b7280; } .advice { color: #0b6bcb; }
@media (prefers-color-scheme: dark) {
  .pass { color: #4ade80; } .fail, .blocker { color: #ff8a80; } .unknown, .warning { color: #fbbf24; }
  .none, .waived { color: #9ca3af; } .advice { color: #7cc4ff; }
}
details { border: 1px solid var(--line); border-radius: .5rem; margin: .8rem 0; padding: .6rem .9rem; }
summary { cursor: pointer; }
summary b { text-transform: uppercase; font-size: .8rem; letter-spacing: .04em; margin-right: .5rem; }
pre { overflow-x: auto; background: color-mix(in srgb, currentColor 7%, transparent); padding: .7rem; border-radius: .4rem; font-size: .85rem; }
code { font-size: .9em; }
"""


def document(audits: Sequence[Audit]) -> str:
    """The whole page; it opens from a file, and under the strictest content policy that
    allows inline style."""
    title = audits[0].domain if len(audits) == 1 else f"{len(audits)} domains"
    return page(title, "\n".join(line for audit in audits for line in _audit(audit)))


def page(title: str, body: str) -> str:
    """A whole page; `body` is HTML, the title is text."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>mailworthy: {text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
    )
    return f"{head}<main>\n{body}\n</main>\n</body>\n</html>\n"


def _audit(audit: Audit) -> Iterator[str]:
    yield f"<h1>{text(audit.domain)}</h1>\n<table>"
    for dot in audit.checkpoint:
        mark = f'<td class="dot {_CLASS[dot.state]}" title="{dot.state.value}">{_MARKS[dot.state]}</td>'
        yield f"<tr>{mark}<th scope=row>{dot.name}</th><td>{text(dot.says)}</td></tr>"
    yield "</table>"
    yield from _trials(audit.trials)
    for finding in audit.findings:
        yield from _finding(finding)
    if not audit.findings:
        yield "<p>No findings.</p>"
    yield from _gaps("Could not be determined", audit.undetermined)
    yield from _gaps("Not asked", audit.not_rehearsed)


def _trials(trials: Sequence[Trial]) -> Iterator[str]:
    if not trials:
        return
    yield f"<h2>{heading(trials)}</h2>\n<p>What receivers would do ({as_of(trials)}):</p>\n<table>"
    for each in told(trials):
        mark = f'<td class="dot {_ANSWERS[each.answer]}" title="{each.answer}">{MARKS[each.answer]}</td>'
        why = f"{each.says} (from {addresses(each.ips)}): {each.why}"
        yield f"<tr>{mark}<th scope=row>{text(each.title)}</th><td>{text(why)}</td></tr>"
    yield "</table>"


def _finding(finding: Finding) -> Iterator[str]:
    kind = finding.severity.value if finding.waived is None else "waived"
    opened = " open" if kind in ("blocker", "warning") else ""
    yield f'<details{opened}><summary><b class="{kind}">{kind}</b>{text(finding.message)}</summary>'
    yield f"<p><code>{finding.rule}</code> · {text(', '.join(finding.references))}</p>"
    if finding.waived is not None:
        yield f"<p>Waived: {text(finding.waived)}</p></details>"
        return
    shown = "\n".join(line for s in finding.evidence for line in (f"$ {s.command}", s.said))
    todo = "\n".join(lines_of(finding.remedy))
    yield f"<pre>{text(shown)}</pre>\n<pre>{text(todo)}</pre>\n</details>"


def _gaps(title: str, gaps: Sequence[Gap]) -> Iterator[str]:
    if gaps:
        items = "".join(f"<li>{text(g.what)}: {text(explained(g.why))}</li>" for g in gaps)
        yield f"<h2>{title}</h2>\n<ul>{items}</ul>"


def text(said: str) -> str:
    """Text of the world in HTML: escaped, with nothing in it that steers or reorders."""
    return escape(harmless(said, lines=True))
