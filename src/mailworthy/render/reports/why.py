"""Why mail failed, for people: what reporters saw beside what DNS says today."""

from collections.abc import Iterator

import click

from mailworthy.names import harmless
from mailworthy.render.lines import WIDTH, cut, wrapped
from mailworthy.render.reports.draw import number, percent
from mailworthy.render.reports.sources import INDENT
from mailworthy.reports.answers.why import Envelope, KeyState, Signature, Why
from mailworthy.sources.signals import safe
from mailworthy.spf.authorise import Standing

MARKS = {True: ("✓", "green"), False: ("✗", "red"), None: ("?", "yellow")}
TREE = 12  # lines


def why(answer: Why) -> Iterator[str]:
    """Lines."""
    each = answer.source
    yield ""
    yield click.style(cut(harmless(f"{each.title} for {each.domain}"), WIDTH), bold=True)
    rate = percent(each.neither, each.messages)
    yield f"  {number(each.neither)} of {number(each.messages)} messages pass nothing ({rate})"
    at = f" at _dmarc.{answer.policy_domain}" if answer.policy_domain else ""
    yield cut(f"  Policy today: {answer.policy}{at}", WIDTH)
    yield from ("", "  What it comes to")
    for sentence in answer.conclusions:
        yield from wrapped(sentence, INDENT + "  ", INDENT + "· ")
    yield from ("", "  DKIM: what reporters saw, and the key today")
    yield from _each(_signature(s, answer) for s in answer.signatures)
    yield from ("", "  SPF: what reporters saw, and the record today")
    yield from _each(_envelope(e, answer) for e in answer.envelopes)
    yield from ("", "  What to do")
    for sentence in each.todo:
        yield from wrapped(sentence, INDENT + "  ", INDENT + "→ ")


def _each(parts: Iterator[Iterator[str]]) -> Iterator[str]:
    lines = [line for part in parts for line in part]
    yield from lines or [f"{INDENT}nothing"]


def _mark(good: bool | None) -> str:
    mark, colour = MARKS[good]
    return click.style(mark, fg=colour, bold=True)


def _signature(found: Signature, answer: Why) -> Iterator[str]:
    text = f"{safe(found.name)}  {found.seen}  {number(found.messages)}"
    yield f"  {_mark(_is_good(found))} {cut(text, WIDTH - 4)}"
    if found.aligned is False:
        yield _not_aligned(answer)
        return
    yield from wrapped(f"today: {found.detail}; {_alignment(found.aligned)}", INDENT + "  ")


def _is_good(found: Signature) -> bool | None:
    if found.aligned is False:
        return False
    if found.aligned is None or found.today is KeyState.UNKNOWN:
        return None
    return found.today is KeyState.THERE and found.seen == "pass"


def _not_aligned(answer: Why) -> str:
    return cut(f"{INDENT}  not aligned with {answer.source.domain}", WIDTH)


def _envelope(found: Envelope, answer: Why) -> Iterator[str]:
    passes = [result is Standing.PASS for _, result in found.results]
    good = None if found.aligned is None else bool(found.aligned and passes and all(passes))
    text = f"{safe(found.domain)}  {found.seen}  {number(found.messages)}"
    yield f"  {_mark(good)} {cut(text, WIDTH - 4)}"
    if found.aligned is False:
        yield _not_aligned(answer)
        return
    for ip, result in found.results:
        yield from wrapped(f"today: {result} for {ip}; {_alignment(found.aligned)}", INDENT + "  ")
    if found.by:
        yield from wrapped(f"decided by {found.by}", INDENT + "  ")
    for line in found.tree[:TREE]:
        yield cut(f"{INDENT}  {harmless(line)}", WIDTH)
    if len(found.tree) > TREE:
        yield f"{INDENT}  and {len(found.tree) - TREE} more lines"


def _alignment(aligned: bool | None) -> str:
    return {True: "aligned", False: "not aligned", None: "alignment unknown"}[aligned]
