"""The score of a reporter, from facts."""

import pytest

from mailworthy.reports.model import (
    Flaw,
    Format,
    Head,
    Kind,
    Omission,
    Place,
    Report,
    Reporter,
    Window,
)
from mailworthy.reports.score import UNREADABLE, Fact, Score, fact, score

DAY = 86400
GOOD = Fact(delay=3600)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([], None),
        ([Fact(duplicate=True)], None),
        ([GOOD], Score(1, 1, 0, 0, 0, 0, 100)),
        ([GOOD, Fact(duplicate=True, flaws=3)], Score(2, 1, 0, 0, 0, 1, 100)),
        ([Fact(flaws=1), Fact(flaws=9)], Score(2, 0, 0, 2, 0, 0, 75)),
        ([Fact(delay=DAY)], Score(1, 1, 0, 0, 0, 0, 100)),
        ([Fact(delay=DAY + 1)], Score(1, 1, 0, 0, 1, 0, 75)),
        ([Fact(delay=9 * DAY, flaws=1)], Score(1, 0, 0, 1, 1, 0, 50)),
        ([UNREADABLE], Score(1, 0, 1, 0, 0, 0, 0)),
        ([GOOD, GOOD, UNREADABLE], Score(3, 2, 1, 0, 0, 0, 67)),
    ],
)
def test_scores(facts: list[Fact], expected: Score | None) -> None:
    assert score(facts) == expected


def test_what_is_late_is_for_the_caller_to_say() -> None:
    found = score([Fact(delay=3 * DAY)], late=7 * DAY)
    assert found is not None
    assert found.late == 0


def report() -> Report:
    head = Head(Kind.TLS, Format.RFC8460, Reporter("x"), "id", Window(0, DAY))
    return Report(head, Place(("x",)), iter(()))


def test_the_facts_of_a_report() -> None:
    one = report()
    assert fact(one) == Fact()
    assert fact(one, received=3 * DAY) == Fact(delay=2 * DAY)
    assert fact(one, received=DAY // 2) == Fact(delay=0)
    assert fact(one, duplicate=True) == Fact(duplicate=True)
    one.flaws.append(Flaw("a", "b", "c"))
    assert fact(one) == Fact(flaws=1)
    one.omissions.append(Omission("a", "b"))
    assert fact(one) == Fact(malformed=True, flaws=1)


def test_a_report_that_breaks_off_is_malformed() -> None:
    one = report()
    one.complete = False
    assert fact(one) == Fact(malformed=True)
