"""What holds for every report: Hypothesis looks for one where it does not."""

import io

from hypothesis import given
from hypothesis import strategies as st

from aggregate_strategies import HEADS, RECORDS, REPORTS, mutated
from aggregate_xml import outcome, read, render, whole
from mailworthy.reports.aggregate import Limits
from mailworthy.reports.model import AggregateRecord, Head, Report


@given(HEADS, st.lists(RECORDS, max_size=3))
def test_what_is_written_is_read(head: Head, records: list[AggregateRecord]) -> None:
    report, found = whole(render(head, records))
    assert report.head == head
    assert found == records
    assert report.complete
    assert report.omissions == []


@given(st.binary(max_size=500) | mutated(REPORTS, 8))
def test_nothing_raises(data: bytes) -> None:
    report = read(data)
    if isinstance(report, Report):
        for record in report.records:
            assert isinstance(record, AggregateRecord)
            assert 0 < record.count <= 10**10
        assert report.complete or b"</feedback" not in data or report.omissions


@given(mutated(REPORTS), st.sampled_from(["utf-8", "utf-16", "utf-16-be", "utf-32", "latin-1"]))
def test_every_encoding_is_the_same(data: bytes, codec: str) -> None:
    text = data.decode("latin-1").replace("\0", "")
    reference = outcome(text.encode())
    if codec != "latin-1" or text.isascii():
        assert outcome(text.encode(codec)) == reference


@given(mutated(REPORTS), st.integers(1, 400))
def test_the_size_of_chunks_makes_no_difference(data: bytes, chunk: int) -> None:
    assert outcome(data, Limits(chunk=chunk)) == outcome(data)


@given(mutated(REPORTS))
def test_a_stream_is_read_as_octets_are(data: bytes) -> None:
    first, second = read(data), read(io.BytesIO(data))
    if isinstance(first, Report) and isinstance(second, Report):
        assert (first.head, list(first.records)) == (second.head, list(second.records))
    else:
        assert first == second
