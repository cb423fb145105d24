"""The ARC validation suite, case by case."""

from datetime import UTC, datetime

import pytest

from arc_suite import Keys, cases, needed
from mailworthy import arc

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
# The suite is as old as the drafts, which had no status for a chain that somebody has already
# marked as failed: it leaves that empty. RFC 8617 §5.2 steps 2 and 3 call it "fail".
EXPECTED = {"Pass": "pass", "Fail": "fail", "None": "none", None: "none", "": "fail"}


@needed
@pytest.mark.parametrize(("keys", "message", "cv"), cases())
def test_case(keys: dict[str, str], message: str, cv: str | None) -> None:
    found = arc.verify(message.encode(), resolver=Keys(keys), now=NOW)
    assert found.result == EXPECTED[cv], found.reason


@needed
def test_the_whole_suite_is_here() -> None:
    assert len(cases()) == 171
