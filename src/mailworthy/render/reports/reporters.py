"""Reporters for people: how much they report, and how well."""

from collections.abc import Iterator

from mailworthy.render.lines import wrapped
from mailworthy.render.reports.draw import nothing, number, span, table, title
from mailworthy.reports.answers.reporters import Reporter, Reporters

FLAWED = 5  # reporters whose flaws are named
UNPROVEN = "?"
NAMED = 3  # flaws of each


def reporters(answer: Reporters) -> Iterator[str]:
    """Lines."""
    yield from title(", ".join(answer.domains) or "All domains", span(answer.period))
    if not answer.reporters:
        yield from nothing("reports", answer.period, answer.newest)
        return
    rows = [
        (
            "" if each.proven else UNPROVEN,
            each.reporter,
            str(each.points),
            number(each.reports),
            number(each.counts.messages),
            number(each.late),
            number(each.partial),
            number(each.flawed),
            number(each.duplicates),
        )
        for each in answer.reporters
    ]
    head = ("", "reporter", "points", "reports", "messages", "late", "partial", "flawed", "twice")
    yield from table(head, rows, right="<<>>>>>>>", wide=(1,))
    if not all(each.proven for each in answer.reporters):
        yield from ("", f"  {UNPROVEN} unproven: nothing shows that the reporter sent them")
    flawed = [each for each in answer.reporters if each.flaws]
    if flawed:
        yield from ("", "  What valid reports would not have")
    for each in flawed[:FLAWED]:
        yield from wrapped(_flaws(each))


def _flaws(each: Reporter) -> str:
    shown = [f"{f.code} in {number(f.reports)} ({f.section})" for f in each.flaws[:NAMED]]
    more = len(each.flaws) - NAMED
    return f"{each.reporter}: {', '.join(shown)}" + (f" and {more} more" if more > 0 else "")
