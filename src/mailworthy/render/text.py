"""Audits for people: read once and acted on."""

from collections.abc import Iterator, Sequence

import click

from mailworthy.audit.checkpoint import Dot, State
from mailworthy.audit.facade import Audit
from mailworthy.audit.finding import Finding, Severity
from mailworthy.audit.run import Gap
from mailworthy.audit.trial import Answer, Trial
from mailworthy.names import harmless
from mailworthy.receive.words import Disposition
from mailworthy.render.gaps import explained
from mailworthy.render.lines import INDENT, WIDTH, cut, said, verbatim, wrapped
from mailworthy.render.steps import prose_of, steps_of
from mailworthy.render.trials import Told, addresses, agreed, as_of, heading, told

_MARKS = {
    State.PASS: ("✓", "green"),
    State.FAIL: ("✗", "red"),
    State.UNKNOWN: ("?", "yellow"),
    State.NOT_ASKED: ("–", "bright_black"),
}
_ANSWERS = {
    Answer.ACCEPTED: State.PASS,
    Answer.REFUSED: State.FAIL,
    Answer.UNDETERMINED: State.UNKNOWN,
}
_COLOURS = {Severity.BLOCKER: "red", Severity.WARNING: "yellow", Severity.ADVICE: "cyan"}
_MANY = 6
_SMALL_TREE = 5  # lines: a record without includes needs no tree


def document(audits: Sequence[Audit], *, spf_tree: bool = False) -> str:
    """All of them, one below the other; coloured, so print it with `click.echo`."""
    return "\n".join(one(audit, spf_tree=spf_tree) for audit in audits)


def one(audit: Audit, *, spf_tree: bool = False) -> str:
    """The checkpoint, what receivers would do, the findings worst first, and what was not learned.

    The cost tree of the SPF record is shown where a finding is about it, or with `spf_tree`.
    """
    lines = ["", click.style(audit.domain, bold=True), ""]
    lines += [dots(audit), "", *trial_lines(audit.trials), *_summary(audit)]
    for finding in audit.findings:
        lines += ["", *_finding(finding)]
    if spf_tree or _spf_is_at_stake(audit):
        lines += [
            "",
            "  What the SPF record costs:",
            *(cut(INDENT + line, WIDTH) for line in audit.spf_tree),
        ]
    lines += _gaps("?  Could not be determined", audit.undetermined)
    lines += _gaps("–  Not asked", audit.not_rehearsed)
    return "\n".join(lines) + "\n"


def _spf_is_at_stake(audit: Audit) -> bool:
    """Whether a finding is about more than one line of SPF can show, and does not show it."""
    about = [f for f in audit.findings if f.rule.startswith("spf-")]
    if len(audit.spf_tree) <= _SMALL_TREE or not about:
        return False
    return not any(s.said.startswith(audit.spf_tree[0]) for f in about for s in f.evidence)


def dots(audit: Audit) -> str:
    """The checkpoint alone."""
    return "\n".join(_dot(dot) for dot in audit.checkpoint)


def _dot(dot: Dot) -> str:
    mark, colour = _MARKS[dot.state]
    says = cut(harmless(dot.says), WIDTH - 19)
    return f"  {click.style(mark, fg=colour, bold=True)} {dot.name:<13} {says}"


def trial_lines(trials: Sequence[Trial]) -> list[str]:
    """What receivers would do with a signed message, and an empty line; nothing if none was
    tried. One line a receiver; why is told once for all that say the same."""
    if not trials:
        return []
    if sentence := agreed(trials):
        return [*_marked(Answer.ACCEPTED, sentence), ""]
    everybody = told(trials)
    others = [t for t in everybody if t.answer is not Answer.ACCEPTED]
    lines = [f"  {heading(trials)}:", *(_receiver(t, len(trials)) for t in others)]
    refusing = {t.profile for t in others}
    accepting = ", ".join(t.profile for t in everybody if t.profile not in refusing)
    if accepting:
        lines += _marked(Answer.ACCEPTED, f"{accepting}: accept ({as_of(trials)})")
    facts = list(dict.fromkeys(fact for t in others for fact in t.facts))
    lines += [line for fact in facts[:_MANY] for line in wrapped(fact, most=2)]
    lines += [f"{INDENT}and {len(facts) - _MANY} more"] if len(facts) > _MANY else []
    return [*lines, ""]


def _marked(answer: Answer, text: str) -> list[str]:
    first, *rest = wrapped(text)
    return [f"  {_mark(answer)} {first[len(INDENT) :]}", *rest]


def _mark(answer: Answer) -> str:
    mark, colour = _MARKS[_ANSWERS[answer]]
    return click.style(mark, fg=colour, bold=True)


def _receiver(told: Told, addresses_: int) -> str:
    about = "" if len(told.ips) == addresses_ else f" from {addresses(told.ips)}"
    text = f"{told.profile:<13} {told.says:<19} {told.line}{about}"
    return f"  {_mark(told.answer)} {cut(text, WIDTH - len(INDENT))}"


def _receivers(audit: Audit, answer: Answer) -> int:
    """How many receivers say so of our mail, from some address at least."""
    return len({t.profile for t in told(audit.trials) if t.answer is answer})


_HARSH = (Disposition.REJECT, Disposition.DEFER)


def _summary(audit: Audit) -> list[str]:
    counted = [
        (s, sum(f.severity is s and f.waived is None for f in audit.findings)) for s in Severity
    ]
    shown = [click.style(_plural(n, s.value), fg=_COLOURS[s]) for s, n in counted if n]
    waived = sum(f.waived is not None for f in audit.findings)
    if waived:
        shown.append(f"{waived} waived")
    refusing = {t.profile for t in told(audit.trials) if t.answer is Answer.REFUSED}
    mild = refusing - {t.profile for t in told(audit.trials) if t.disposition in _HARSH}
    if refusing - mild:
        shown.append(click.style(_plural(len(refusing - mild), "refusal"), fg="red"))
    if mild:
        shown.append(click.style(_plural(len(mild), "spam folder"), fg="yellow"))
    if open_ := len(audit.undetermined) + _receivers(audit, Answer.UNDETERMINED):
        shown.append(click.style(f"{open_} undetermined", fg="yellow"))
    return ["  " + (", ".join(shown) if shown else click.style("Nothing to do.", fg="green"))]


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 or word == "advice" else f"{count} {word}s"


def _finding(finding: Finding) -> Iterator[str]:
    colour = _COLOURS[finding.severity]
    label = finding.severity.value.upper() if finding.waived is None else "WAIVED"
    head = click.style(label, fg=colour, bold=True)
    first, sources = (
        f"  {head}  {click.style(finding.rule, bold=True)}",
        ", ".join(finding.references),
    )
    if len(f"  {label}  {finding.rule}  {sources}") <= WIDTH:
        yield f"{first}  {sources}"
    else:
        yield from (first, *wrapped(sources))
    yield from wrapped(finding.message)
    if finding.waived is not None:
        yield from wrapped(f"waived: {finding.waived}")
        return
    for shown in finding.evidence[:_MANY]:
        yield from verbatim(click.style("$ ", fg="bright_black"), shown.command)
        yield from said(shown.said)
    for line in steps_of(finding.remedy):
        yield from wrapped(line) if line.startswith("ask ") else verbatim("", line)
    for line in prose_of(finding.remedy):
        yield from wrapped(line)


def _gaps(title: str, gaps: Sequence[Gap]) -> Iterator[str]:
    if not gaps:
        return
    yield from ("", f"  {title}")
    by_why: dict[str, list[str]] = {}
    for gap in gaps:
        by_why.setdefault(gap.why, []).append(gap.what)
    for why, whats in by_why.items():
        shown = ", ".join(whats[:_MANY])
        more = f" and {len(whats) - _MANY} more" if len(whats) > _MANY else ""
        yield from wrapped(f"{explained(why)}: {shown}{more}")
