"""Reports as reporters really sent them, where that folder is at hand."""

from datetime import UTC, datetime

import pytest

from aggregate_xml import FILES, octets, whole
from mailworthy.reports.model import AggregateRecord, DkimAuth, Format, SpfAuth, Window

pytestmark = pytest.mark.skipif(not FILES, reason="the samples are not here")


#            begin of the name: format, reporter, domain, begin, end, records, messages, flaws
EXPECTED = {
    "!example.com!": (
        Format.DRAFT, "accurateplastics.com", "example.com", 1538413632, 1538413632, 1, 1,
        {"namespace", "org-name-empty", "pct-present", "report-id", "window-empty"},
    ),
    "example.net!": (
        Format.RFC7489, "example.net", "example.com", 1529366400, 1529452799, 1, 1,
        {"namespace", "pct-present", "stray-text"},
    ),
    "fastmail.com!": (
        Format.RFC7489, "FastMail Pty Ltd", "indemed.com", 1516060800, 1516147199, 1, 1,
        {"namespace", "pct-present"},
    ),
    "ikea.com!": (
        Format.DRAFT, "ikea.com", "example.de", 1538690400, 1538776800, 1, 1,
        {"namespace", "pct-present", "scope", "selector-missing", "wrapped"},
    ),
    "nice-input": (
        Format.RFC9990, "google.com", "example.com", 1718236800, 1718323199, 20, 3047,
        {"namespace", "pct-present"},
    ),
    "old_draft": (
        Format.DRAFT, "acme.com", "example.com", 1335571200, 1335657599, 1, 2,
        {"namespace", "pct-present", "selector-missing"},
    ),
    "rfc9990": (
        Format.RFC9990, "Sample Reporter", "example.com", 302832000, 302918399, 1, 123,
        {"window-old"},
    ),
    "usssa.com!": (
        Format.RFC7489, "usssa.com", "example.com", 1538784000, 1538870399, 2, 2,
        {"namespace", "pct-present"},
    ),
    "veeam.com!": (
        Format.DRAFT, "veeam.com", "example.com", 1530133200, 1530219600, 1, 1,
        {"namespace", "pct-present", "report-id"},
    ),
}  # fmt: skip


def test_every_sample_is_expected() -> None:
    assert [name for name in FILES if not name.startswith(tuple(EXPECTED))] == []
    assert len(FILES) == len(EXPECTED)


@pytest.mark.parametrize("name", FILES)
def test_samples_are_read(name: str) -> None:
    expected = next(row for start, row in EXPECTED.items() if name.startswith(start))
    report, records = whole(octets(name))
    head, asked = report.head, report.head.policy
    assert asked is not None
    assert (
        head.format,
        head.reporter.name,
        asked.domain,
        head.window.begin,
        head.window.end,
        len(records),
        sum(record.count for record in records),
        {flaw.code for flaw in report.flaws},
    ) == expected
    assert report.complete
    assert report.omissions == []


def test_one_sample_in_full() -> None:
    report, records = whole(octets("rfc9990-sample.xml"))
    assert report.head.window == Window(302832000, 302918399)
    assert datetime.fromtimestamp(report.head.window.begin, UTC).year == 1979
    assert report.head.reporter.generator == "Example DMARC Aggregate Reporter v1.2"
    assert records == [
        AggregateRecord(
            ip="192.0.2.123",
            count=123,
            disposition="pass",
            dkim="pass",
            spf="fail",
            header_from="example.com",
            envelope_from="example.com",
            dkim_auth=(DkimAuth("example.com", "pass", "abc123"),),
            spf_auth=(SpfAuth("example.com", "fail"),),
        )
    ]
