"""A verdict as one HTML page with no script, no font and no picture from anywhere."""

from collections.abc import Iterator

from mailworthy.receive.authresults import Marking
from mailworthy.receive.decision import Decision
from mailworthy.receive.verdict import Verdict
from mailworthy.render.html import page, text
from mailworthy.render.verdict import advice, table, who
from mailworthy.render.verdict import trace as tracing
from mailworthy.render.verdict.deciding import records
from mailworthy.render.verdict.words import (
    COLOURS,
    NAMES,
    VERDICTS,
    capital,
    remarks,
    told,
    told_stale,
)
from mailworthy.render.verdict.words import mark as marked

# The classes of the page for the colours of a terminal.
_CLASSES = {"green": "pass", "red": "fail", "yellow": "unknown", "bright_black": "none"}


def document(verdict: Verdict, *, trace: bool = False, header: Marking | None = None) -> str:
    """The whole page: the same as in a terminal, every profile side by side. It opens from a
    file, and under the strictest content policy that allows inline style."""
    return page(table.headline(verdict.decisions)[0], body(verdict, trace=trace, header=header))


def body(verdict: Verdict, *, trace: bool = False, header: Marking | None = None) -> str:
    """What stands on the page, without the page around it."""
    parts = [*_head(verdict), *_who(verdict), *_checks(verdict), *_decisions(verdict)]
    parts += [*_records(verdict), *_list("If this is your mail", advice.steps(verdict))]
    parts += [*_header(header), *_list("Taken for granted", verdict.assumptions)]
    if trace:
        parts += ["<h2>Every question</h2>", _block("\n".join(tracing.lines(verdict)))]
    return "\n".join(parts)


def _head(verdict: Verdict) -> Iterator[str]:
    word, why = table.headline(verdict.decisions)
    colour = _CLASSES[COLOURS[table.worst(verdict.decisions).disposition]]
    yield f'<h1 class="{colour}">{text(word)}</h1>'
    for each in (why, *remarks(verdict)):
        yield f"<p>{text(each)}</p>"


def _who(verdict: Verdict) -> Iterator[str]:
    yield "<table>"
    for label, said in who.rows(verdict.evidence):
        yield f"<tr><th scope=row>{label}</th><td>{text(said)}</td></tr>"
    yield "</table>"


def _checks(verdict: Verdict) -> Iterator[str]:
    yield "<h2>What was checked</h2>\n<table>"
    for each in verdict.checks:
        mark, colour = marked(each, verdict)
        sentences = "<br>".join(text(capital(said)) for said in told(each, verdict))
        yield (
            f'<tr><td class="dot {_CLASSES[colour]}">{mark}</td><th scope=row>{NAMES[each.check]}'
            f"</th><td>{text(each.result)}</td><td>{sentences}</td></tr>"
        )
    yield "</table>"


def _decisions(verdict: Verdict) -> Iterator[str]:
    yield "<h2>What receivers would do</h2>\n<table>"
    yield from (_decision(each) for each in verdict.decisions)
    yield "</table>"


def _decision(each: Decision) -> str:
    mark, colour = table.mark(each)
    cells = (VERDICTS[each.disposition], each.code, each.reason)
    return (
        f'<tr><td class="dot {_CLASSES[colour]}">{mark}</td>'
        f'<th scope=row title="{text(each.title)}">{text(each.profile)}</th>'
        f"{''.join(f'<td>{text(cell)}</td>' for cell in cells)}</tr>"
    )


def _records(verdict: Verdict) -> Iterator[str]:
    if shown := records(verdict):
        lines = "\n".join(line for s in shown for line in (f"$ {s.command}", s.said))
        yield f"<h2>What decided</h2>\n{_block(lines)}"


def _header(header: Marking | None) -> Iterator[str]:
    if header is not None:
        field = header.folded().replace("\t", "    ").replace("\r\n", "\n")
        yield f"<h2>The header field for it</h2>\n{_block(field)}"
        yield from _list("", [told_stale(stale) for stale in header.remove])


def _list(title: str, items: "tuple[str, ...] | list[str]") -> Iterator[str]:
    if items:
        if title:
            yield f"<h2>{title}</h2>"
        yield f"<ul>{''.join(f'<li>{text(capital(item))}</li>' for item in items)}</ul>"


def _block(lines: str) -> str:
    return f"<pre>{text(lines)}</pre>"
