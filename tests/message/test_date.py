"""Dates in all the ways of RFC 5322 §3.3 and §4.3, and in none."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.message.date import MAX_TEXT, parse

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


GOOD: list[tuple[str, str, list[str]]] = [
    ("Mon, 23 Nov 2026 12:34:56 +0000", "2026-11-23 12:34:56+00:00", []),
    (" Mon, 23 Nov 2026 12:34:56 +0530\r\n", "2026-11-23 12:34:56+05:30", []),
    ("23 Nov 2026 12:34 -0500", "2026-11-23 12:34:00-05:00", []),
    ("Mon,  2 Nov 2026 00:00:00 -0000", "2026-11-02 00:00:00+00:00", []),
    ("mon, 2 nov 2026\r\n 00:00:00 +0100 (CET)", "2026-11-02 00:00:00+01:00", []),
    ("Mon (today), 2 Nov 2026 00(h):00 : 00 +0100 ((a) b)", "2026-11-02 00:00:00+01:00", []),
    ("Thu, 31 Dec 1998 23:59:60 +0000", "1998-12-31 23:59:59+00:00", []),
    ("29 Feb 2028 00:00:00 +0000", "2028-02-29 00:00:00+00:00", []),
    ("Tue, 23 Nov 2026 12:00:00 +0000", "2026-11-23 12:00:00+00:00", ["wrong-weekday"]),
    ("Xyz, 23 Nov 2026 12:00:00 +0000", "2026-11-23 12:00:00+00:00", ["wrong-weekday"]),
    ("23 Nov 49 12:00:00 +0000", "2049-11-23 12:00:00+00:00", ["obsolete-date"]),
    ("23 Nov 50 12:00:00 +0000", "1950-11-23 12:00:00+00:00", ["obsolete-date"]),
    ("23 Nov 126 12:00:00 +0000", "2026-11-23 12:00:00+00:00", ["obsolete-date"]),
    ("23 Nov 2026 12:00:00 GMT", "2026-11-23 12:00:00+00:00", ["obsolete-date"]),
    ("23 Nov 2026 12:00:00 EDT", "2026-11-23 12:00:00-04:00", ["obsolete-date"]),
    ("23 Nov 2026 12:00:00 pst", "2026-11-23 12:00:00-08:00", ["obsolete-date"]),
    ("23 Nov 2026 12:00:00Z", "2026-11-23 12:00:00+00:00", ["obsolete-date"]),
    ("23 Nov 2026 12:00:00 CET", "2026-11-23 12:00:00+00:00", ["obsolete-date"]),
]


@pytest.mark.parametrize(("text", "when", "codes"), GOOD)
def test_dates(text: str, when: str, codes: list[str]) -> None:
    parsed = parse(text)
    assert str(parsed.record) == when
    assert [p.code for p in parsed.problems] == codes


BAD = [
    *("", " ", "now", "2026-11-23T12:00:00Z", "Mon, 23 Nov 2026"),
    *("Mon 23 Nov 2026 12:00:00 +0000", "23 November 2026 12:00:00 +0000"),
    *("31 Nov 2026 12:00:00 +0000", "29 Feb 2026 12:00:00 +0000", "0 Nov 2026 12:00:00 +0000"),
    *("23 Nov 2026 24:00:00 +0000", "23 Nov 2026 12:60:00 +0000", "23 Nov 2026 12:00:61 +0000"),
    *("23 Nov 2026 12:00:00 +0060", "23 Nov 2026 12:00:00 +2400", "23 Nov 2026 12:00:00 +01:00"),
    *("23 Nov 2026 12:00:00", "23 Nov 1899 12:00:00 +0000", "23 Nov 9999 12:00:00 +0000"),
    *("23 Nov 123456789 12:00:00 +0000", "23 Nov \u0662\u0660\u0662\u0666 12:00:00 +0000"),
    *("23 Nov 2026 12:00:00 +0000 x", "(23 Nov 2026 12:00:00 +0000)"),
]


@pytest.mark.parametrize("text", BAD)
def test_no_dates(text: str) -> None:
    parsed = parse(text)
    assert parsed.record is None
    assert [(p.code, p.start, p.end) for p in parsed.problems] == [("bad-date", 0, len(text))]


def test_a_long_text_is_no_date() -> None:
    parsed = parse("(" * 10**6)
    assert parsed.record is None
    assert [(p.code, p.start, p.end) for p in parsed.problems] == [("too-long", MAX_TEXT, 10**6)]


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(9998, 12, 31)),
    st.integers(-23 * 60, 23 * 60),
)
def test_what_is_written_is_read(naive: datetime, minutes: int) -> None:
    zone = timezone(timedelta(minutes=minutes))
    when = naive.replace(microsecond=0, tzinfo=zone)
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[when.weekday()]
    month = MONTHS[when.month - 1]
    hours, rest = divmod(abs(minutes), 60)
    offset = f"{'-' if minutes < 0 else '+'}{hours:02}{rest:02}"
    parsed = parse(f"{day}, {when.day} {month} {when.year:04} {when:%H:%M:%S} {offset}")
    assert parsed.record == when
    assert parsed.problems == ()


@given(st.text(alphabet="Mon, 23Nv06:+-0(\\)\r\n \tGMTZ\0é", max_size=60))
def test_a_moment_can_always_be_compared(text: str) -> None:
    parsed = parse(text)
    for problem in parsed.problems:
        assert 0 <= problem.start <= problem.end <= len(text)
    if parsed.record is not None:
        assert parsed.record.astimezone(UTC) == parsed.record
