"""What several receivers make of one message, side by side."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from mailworthy.names import harmless
from mailworthy.receive.decision import Decision
from mailworthy.receive.words import Disposition, Held
from mailworthy.render.lines import WIDTH, cut
from mailworthy.render.verdict.deciding import decisive
from mailworthy.render.verdict.words import MARKS, SEVERE, VERDICTS, capital

_HELD = {
    Disposition.ACCEPT: Held.YES,
    Disposition.SPAM: Held.NO,
    Disposition.DEFER: Held.UNKNOWN,
    Disposition.REJECT: Held.NO,
}
_MARGIN = 4  # columns of the mark
_AT_MOST = 14  # characters of a profile's name


def mark(decision: Decision) -> tuple[str, str]:
    """The mark of a decision and its colour."""
    return MARKS[_HELD[decision.disposition]]


def worst(decisions: Sequence[Decision]) -> Decision:
    """The first of the most severe."""
    return max(decisions, key=lambda d: SEVERE.index(d.disposition))


def headline(decisions: Sequence[Decision]) -> tuple[str, str]:
    """What becomes of the message, and the reason of the first that is most severe."""
    told = worst(decisions)
    if len(decisions) > 1:
        return summary(decisions), f"{told.profile}: {told.reason}"
    return VERDICTS[told.disposition], capital(told.reason)


def summary(decisions: Sequence[Decision]) -> str:
    """How many decided what: "3 of 9 refuse it, …"."""
    counts = Counter(d.disposition for d in decisions)
    if len(counts) == 1:
        return f"{VERDICTS[decisions[0].disposition]} by all {len(decisions)}"
    parts = [f"{VERDICTS[d].lower()} by {counts[d]}" for d in reversed(SEVERE) if counts[d]]
    return f"{'; '.join(parts)} of {len(decisions)}".capitalize()


def heading(decisions: Sequence[Decision]) -> str:
    """The names of the columns."""
    refused = any(d.disposition is not Disposition.ACCEPT for d in decisions)
    name, word, code = _widths(decisions)
    reply = f"{'Reply':<{code}}  " if code else ""
    wanted = "Wants, and does not get" if refused else ""
    return f"{'Receiver':<{name}}  {'Verdict':<{word}}  {reply}{wanted}".rstrip()


def rows(decisions: Sequence[Decision]) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """For each decision its mark and the lines beside it, within the width."""
    name, word, code = _widths(decisions)
    before = ""
    for each in decisions:
        head = f"{cut(each.profile, name):<{name}}  {VERDICTS[each.disposition]:<{word}}  "
        head += f"{_code(each):<{code}}  " if code else ""
        why = unmet(each)
        shown = "the same" if why and why == before else why
        before = why
        yield mark(each), _lines(head, shown)


def _widths(decisions: Sequence[Decision]) -> tuple[int, int, int]:
    """Of the columns; none for replies where there are none."""
    name = max(len("Receiver"), min(_AT_MOST, max(len(d.profile) for d in decisions)))
    word = max(len("Verdict"), *(len(VERDICTS[d.disposition]) for d in decisions))
    code = max(len(_code(d)) for d in decisions)
    return name, word, max(len("Reply"), code) if code else 0


def _lines(head: str, why: str) -> list[str]:
    return textwrap.wrap(
        why,
        WIDTH - _MARGIN,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_on_hyphens=False,
    ) or [head.rstrip()]


def unmet(decision: Decision) -> str:
    """The first requirement that is not met, or what could not be learned."""
    if decision.disposition is Disposition.ACCEPT:
        return ""
    first = next(iter(decisive(decision)), None)
    return harmless(decision.reason if first is None else first.line.requirement)


def _code(decision: Decision) -> str:
    """The reply code and the enhanced one, without the words."""
    words = decision.code.split()
    return harmless(" ".join(w for w in words[:2] if w[0].isdigit()))
