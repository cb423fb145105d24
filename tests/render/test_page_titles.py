"""Lists of rules in a terminal."""

import pytest

from mailworthy.audit.rule import load
from mailworthy.render.page import title_line, title_lines


@pytest.mark.parametrize("width", [80, 120])
def test_titles_stay_below_each_other(width: int) -> None:
    for rule in load():
        first, *rest = title_lines(rule, width).split("\n")
        indent = title_line(rule).index(rule.title)
        assert all(len(line) <= width for line in (first, *rest))
        assert all(line[:indent].isspace() for line in rest)
        assert " ".join([first, *(line.strip() for line in rest)]) == title_line(rule)
