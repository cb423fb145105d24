"""TLS reports too large to be held: their sums are whole, and the first details."""

import gzip
import io
import json
import tracemalloc
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy import reports
from mailworthy.reports import tls
from mailworthy.reports.model import Fault, Place, Report, TlsRecord, Unreadable
from mailworthy.reports.tls import Limits
from mailworthy.reports.tls.thin import thin

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DETAIL = {
    "result-type": "certificate-expired",
    "sending-mta-ip": "192.0.2.1",
    "receiving-ip": "198.51.100.2",
    "receiving-mx-hostname": "mx1.example.com",
    "failed-session-count": 1,
    "additional-information": 'a \\ " and ] } { [ in it',
}
SMALL = Limits(max_octets=6000, max_values=100_000)


def text(*counts: int, **more: Any) -> bytes:
    """A report with a policy for each count of details."""
    policies = [
        {
            "policy": {"policy-type": "sts", "policy-domain": f"d{n}.example"},
            "summary": {"total-successful-session-count": 7, "total-failure-session-count": count},
            "failure-details": [dict(DETAIL, **more) for _ in range(count)],
        }
        for n, count in enumerate(counts)
    ]
    span = {"start-datetime": "2026-11-22T00:00:00Z", "end-datetime": "2026-11-22T23:59:59Z"}
    head = {"organization-name": "E", "date-range": span, "contact-info": "a@e.example"}
    return json.dumps(head | {"report-id": "1", "policies": policies}).encode()


def read(data: bytes, limits: Limits) -> tuple[Report, list[TlsRecord]]:
    found = tls.read(io.BytesIO(data), Place(("r.json",)), now=NOW, limits=limits)
    assert isinstance(found, Report)
    records = [each for each in found.records if isinstance(each, TlsRecord)]
    return found, records


def test_what_fits_is_not_touched() -> None:
    data = text(3, 0, 2)
    assert thin(data, 10**6, 10**6) == (data, 0)


@pytest.mark.parametrize("counts", [(100,), (0, 100, 3), (3, 100, 0, 2), (1, 100)])
def test_the_sums_of_all_policies_stay(counts: tuple[int, ...]) -> None:
    report, records = read(text(*counts), SMALL)
    assert [(r.successful, r.failed) for r in records] == [(7, count) for count in counts]
    kept = sum(len(r.failures) for r in records)
    assert 0 < kept < sum(counts)
    assert report.partial
    assert report.complete
    (lost,) = report.omissions
    assert lost.where == "failure-details"
    assert lost.reason.startswith(f"{sum(counts) - kept} failure details")


def test_many_small_details_are_bounded_too() -> None:
    limits = Limits(max_values=1000)
    _, (record,) = read(text(500), limits)
    assert 0 < len(record.failures) < 200
    assert record.failed == 500


@pytest.mark.parametrize(
    "data",
    [b"[" * 9000, b'{"a":' * 5000, b'{"policies":"' + b"x" * 9000, b'{"policies":[' + b"1," * 9999],
)
def test_what_is_large_elsewhere_is_refused(data: bytes) -> None:
    found = tls.read(data, Place(("r.json",)), now=NOW, limits=SMALL)
    assert isinstance(found, Unreadable)
    assert found.fault is Fault.TOO_LARGE


def test_beyond_what_is_read_at_all() -> None:
    found = tls.read(text(100), Place(("r",)), now=NOW, limits=Limits(max_read=5000))
    assert isinstance(found, Unreadable)
    assert found.fault is Fault.TOO_LARGE


@given(st.lists(st.integers(0, 30), max_size=4), st.integers(0, 3000), st.integers(0, 100))
def test_what_is_left_is_what_stood_first(counts: list[int], octets: int, values: int) -> None:
    data = text(*counts)
    cut, left = thin(data, octets, values)
    found, whole = json.loads(bytes(cut)), json.loads(data)
    before = [d for policy in whole["policies"] for d in policy["failure-details"]]
    after = [d for policy in found["policies"] for d in policy["failure-details"]]
    assert after == before[: len(before) - left]
    for policy in (*found["policies"], *whole["policies"]):
        policy["failure-details"] = []
    assert found == whole


PIECES = [b"{", b"[", b"}", b"]", b'"', b"\\", b",", b"1"]


@given(st.lists(st.sampled_from(PIECES)), st.integers(0, 9))
def test_any_octets_are_cut_somehow(pieces: list[bytes], room: int) -> None:
    cut, left = thin(b"".join((b'{"policies":[{"failure-details":[', *pieces)), room, room)
    assert left >= 0
    assert len(cut) <= 33 + sum(map(len, pieces))


def test_a_large_report_in_gzip() -> None:
    data = gzip.compress(text(40_000, **{"failure-reason-code": "x" * 150}), 1)
    (report,) = reports.read(data, now=NOW)
    assert isinstance(report, Report)
    (record,) = report.records
    assert isinstance(record, TlsRecord)
    assert record.failed == 40_000
    assert 10_000 < len(record.failures) < 40_000


def test_memory_is_that_of_the_text_and_of_what_is_kept() -> None:
    data, limits = text(8000), Limits(max_octets=200_000)
    tracemalloc.start()
    try:
        found = tls.read(io.BytesIO(data), Place(("r",)), now=NOW, limits=limits)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(found, Report)
    assert peak < 1.5 * len(data) + 10 * limits.max_octets
