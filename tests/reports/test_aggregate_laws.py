"""What holds for every report: Hypothesis looks for one where it does not."""

import io
from ipaddress import IPv6Address

from hypothesis import example, given
from hypothesis import strategies as st

from aggregate_strategies import HEADS, RECORDS, REPORTS, mutated
from aggregate_xml import outcome, read, render, whole
from mailworthy.reports.aggregate import Limits
from mailworthy.reports.aggregate.values import address
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
        assert report.complete or b"</feedback>" not in data or report.omissions


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


WORDS = st.sampled_from(["", "0", "00", "1", "ffff", "FFFF", "2001", "db8", "0db8", "12345", "g"])


def ipv6(text: str) -> str | None:
    """What Python makes of an address without its own zone."""
    try:
        ip = IPv6Address(text)
    except ValueError:
        return None
    return None if ip.scope_id else str(ip.ipv4_mapped or ip)


@given(
    st.lists(WORDS, min_size=3, max_size=9).map(":".join)
    | st.text("01f:", min_size=3).filter(lambda t: ":" in t)
)
@example("1:2:3:4:5:6:7::")
@example("1::2:3:4:5:6:7:8")
@example("1:0:0:2:0:0:0:3")
@example("1:0:2:0:3:0:4:0")
@example("::ffff:c000:201")
@example("::c000:201")
@example("64:ff9b::c000:201")
@example("1:2:3:4:5:6:192.0.2.1")
@example("fe80::1%eth0")
def test_addresses_are_those_of_python(text: str) -> None:
    assert address(text) == ipv6(text)


@given(st.ip_addresses(v=6))
def test_every_address_has_one_text(ip: IPv6Address) -> None:
    plain = str(ip.ipv4_mapped or ip)
    assert {address(text) for text in (str(ip), ip.exploded, ip.exploded.upper())} == {plain}
