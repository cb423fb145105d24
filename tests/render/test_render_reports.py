"""What answers about reports are drawn with: whatever the world wrote into them."""

import csv
import io
import json
from datetime import date

import click
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.render.lines import WIDTH
from mailworthy.render.reports import csvtext
from mailworthy.render.reports.draw import (
    LEVELS,
    daily,
    nothing,
    number,
    percent,
    span,
    spark,
    table,
    title,
)
from mailworthy.render.reports.export import write
from mailworthy.reports.answers.model import Period

texts = st.text(max_size=200)
counts = st.integers(0, 10**15)


def plain(lines: list[str]) -> list[str]:
    return [click.unstyle(line) for line in lines]


@given(st.lists(st.tuples(texts, texts, texts), max_size=4), texts)
def test_tables_fit_and_steer_nothing(rows: list[tuple[str, str, str]], name: str) -> None:
    for line in plain([*table(("a", "b", "c"), rows, right="<>"), *title(name, name)]):
        assert len(line) <= WIDTH
        assert line.isprintable()


def test_columns_stand_below_each_other() -> None:
    rows = [("long name", "1"), ("x", "1,000")]
    assert plain(list(table(("n", "count"), rows, right="<>"))) == [
        "  n          count",
        "  long name      1",
        "  x          1,000",
    ]


def test_the_wide_column_gives_way() -> None:
    head, row = plain(list(table(("a", "b"), [("x" * 200, "end")])))
    assert row.endswith("…  end")
    assert (len(row), head.split()) == (WIDTH, ["a", "b"])


@given(st.lists(counts, max_size=400), st.integers(1, 60))
def test_sparklines_have_their_width_and_show_what_is_there(values: list[int], width: int) -> None:
    drawn = spark(values, width)
    assert len(drawn) == min(width, len(values))
    assert set(drawn) <= {*LEVELS, " "}
    assert any(values) == bool(drawn.strip())
    assert not any(values) or LEVELS[-1] in drawn


def test_sparklines_grow_with_the_values() -> None:
    assert spark([0, 1, 4, 8], 4) == " ▁▄█"
    assert spark([1, 1, 2, 2], 2) == "▄█"


def test_days_without_mail_are_there() -> None:
    first, last = date(2026, 1, 1), date(2026, 1, 4)
    assert daily({date(2026, 1, 2): 5}, first, last) == [0, 5, 0, 0]


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (0, 0, "–"),
        (0, 5, "0 %"),
        (5, 5, "100 %"),
        (1, 3, "33.3 %"),
        (1, 10**6, "<0.1 %"),
        (10**6 - 1, 10**6, ">99.9 %"),
        (1, 2, "50 %"),
    ],
)
def test_percentages(part: int, whole: int, shown: str) -> None:
    assert percent(part, whole) == shown


@given(counts, counts)
def test_all_and_nothing_are_said_only_where_it_is_so(one: int, other: int) -> None:
    part, whole = sorted((one, other))
    assert (percent(part, whole) == "100 %") == (part == whole > 0)
    assert (percent(part, whole) == "0 %") == (part == 0 < whole)


def test_numbers_and_periods_are_readable() -> None:
    day = date(2026, 1, 2)
    assert number(1234567) == "1,234,567"
    assert span(Period()) == "all time"
    assert span(Period(day)) == "since 2026-01-02"
    assert span(Period(None, day)) == "until 2026-01-02"
    assert span(Period(day, day)) == "2026-01-02 to 2026-01-02"
    assert "2026-01-02" in nothing("mail", Period(), day)[1]


@given(st.lists(st.lists(texts, min_size=2, max_size=2), max_size=4))
def test_no_cell_is_a_formula_and_all_cells_come_back(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(csvtext.text(rows), newline="")))
    assert [len(row) for row in read] == [2] * len(rows)
    for cells in read:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
        assert all(cell.isprintable() for cell in cells)


class Inner(msgspec.Struct):
    x: int


class Outer(msgspec.Struct):
    name: str
    inner: Inner
    many: tuple[Inner, ...] = ()


def test_structs_become_columns() -> None:
    rows = [Outer("a", Inner(1), (Inner(2), Inner(3)))]
    assert csvtext.document(rows) == "name,x,many\r\na,1,2; 3\r\n"
    assert csvtext.document([]) == ""


@given(st.lists(st.lists(st.tuples(st.one_of(st.none(), counts), texts), max_size=3), max_size=3))
def test_exports_as_json_come_back(batches: list[list[tuple[int | None, str]]]) -> None:
    columns = {"count": int, "name": str}
    rows = [dict(zip(columns, row, strict=True)) for batch in batches for row in batch]
    lines, whole = io.BytesIO(), io.BytesIO()
    write("jsonl", columns, batches, lines)
    write("json", columns, batches, whole)
    assert [json.loads(line) for line in lines.getvalue().splitlines()] == rows
    assert json.loads(whole.getvalue()) == rows
