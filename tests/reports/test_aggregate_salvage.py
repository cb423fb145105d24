"""One bad record never costs the rest: what is lost is told, what is whole is kept."""

import pytest

from aggregate_xml import feedback, metadata, of, policy, read, record, row, whole
from mailworthy.reports.aggregate import Limits
from mailworthy.reports.model import Fault, Unreadable

GOOD = tuple(record(row(ip=f"192.0.2.{i}")) for i in range(1, 5))


def addresses(text: str | bytes, limits: Limits | None = None) -> list[str]:
    return [found.ip for found in whole(text, limits)[1]]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (row(count=0), "<count> is no number of messages that can be: 0"),
        (row(count=-429), "<count> is no number of messages that can be: -429"),
        (row(count="many"), "<count> is no number of messages that can be: many"),
        (row(count=""), "<count> is no number of messages that can be: empty"),
        (row(count=10**10 + 1), "<count> is no number of messages that can be: 10000000001"),
        (row(count="9" * 5000), f"<count> is no number of messages that can be: {'9' * 59}…"),
        (row(ip="mail.example.com"), "<source_ip> is no IP address: mail.example.com"),
        (row(ip="192.0.2.256"), "<source_ip> is no IP address: 192.0.2.256"),
        (row(ip="fe80::1%eth0"), "<source_ip> is no IP address: fe80::1%eth0"),
        (row(ip=""), "<source_ip> is no IP address: empty"),
        ("<row><count>1</count></row>", "no <source_ip>"),
        ("<row><source_ip>192.0.2.1</source_ip></row>", "no <count>"),
        ("<row/>", "no <source_ip>"),
    ],
)
def test_records_that_cannot_count(line: str, reason: str) -> None:
    report, records = whole(of(GOOD[0], record(line), GOOD[1]))
    assert [found.ip for found in records] == ["192.0.2.1", "192.0.2.2"]
    assert [(lost.where, lost.reason) for lost in report.omissions] == [("record 2", reason)]
    assert report.complete
    assert report.partial


def test_the_largest_count() -> None:
    _, (found,) = whole(of(record(row(count=10**10))))
    assert found.count == 10**10


UNKNOWN = "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("wrong", "comment"),
    [
        ("AT&T", "AT&T"),
        ("a & b &nbsp; &#65;&#0;&#xFFFF;", f"a & b &nbsp; A{UNKNOWN * 2}"),
        ("1 < 2", "1 < 2"),
        ("bell \x07", "bell \N{REPLACEMENT CHARACTER}"),
        ("&#1a;", "&#1a;"),
    ],
)  # fmt: skip
def test_what_is_mended(wrong: str, comment: str) -> None:
    reason = f"<reason><type>other</type><comment>{wrong}</comment></reason>"
    report, records = whole(of(GOOD[0], record(row(more=reason)), GOOD[1]))
    assert [found.ip for found in records] == ["192.0.2.1", "192.0.2.1", "192.0.2.2"]
    assert records[1].reasons[0].comment == comment
    assert [flaw.code for flaw in report.flaws] == ["ill-formed"]
    assert report.omissions == []


def test_a_name_with_an_ampersand() -> None:
    above = metadata(org="ORG").replace("ORG", "Smith & Sons")
    report, records = whole(feedback(above, policy(), *GOOD))
    assert report.head.reporter.name == "Smith & Sons"
    assert len(records) == 4


NESTED = GOOD[0].replace("</record>", GOOD[1] + "</record>")
BROKEN = GOOD[1].replace("</count>", "</cuont>")


@pytest.mark.parametrize(
    ("text", "kept", "lost"),
    [
        # a wrong end tag
        (of(GOOD[0], BROKEN, *GOOD[2:]), "134", ["record 2"]),
        (of(BROKEN, *GOOD[2:]), "34", ["record 1"]),
        (of(*GOOD[:3], BROKEN), "123", ["record 4"]),
        (of(BROKEN, BROKEN, BROKEN, GOOD[3]), "4", ["record 1", "record 2", "record 3"]),
        # octets lost: the end of one record, the beginning of the next, both
        (of(GOOD[0], GOOD[1][:150], *GOOD[2:]), "134", ["record 2"]),
        (of(GOOD[0], GOOD[1][40:], *GOOD[2:]), "134", ["after record 1"]),
        (of(GOOD[0], GOOD[1][:150] + GOOD[2][150:], GOOD[3]), "1243", None),
        (of(GOOD[0], GOOD[1][:60] + GOOD[2][200:], GOOD[3]), "14", ["record 2"]),
        # the last record has no end
        (of(*GOOD[:3], GOOD[3][:150]), "123", ["record 4"]),
        # something between records
        (of(GOOD[0], "&&&", GOOD[1]), "12", ["after record 1"]),
        (of(GOOD[0], "</row>", GOOD[1]), "12", ["after record 1"]),
        (of(GOOD[0], "<!-- no end", GOOD[1], GOOD[2]), "123", ["after record 1"]),
        (of(GOOD[0], "<![CDATA[ no end", GOOD[1], GOOD[2]), "1", None),
        (of(GOOD[0], "<!DOCTYPE x>", GOOD[1]), "12", ["after record 1"]),
        (of(GOOD[0], GOOD[1].replace("<row>", "<row><!-- no end"), GOOD[2]), "13", ["record 2"]),
        # a record in a record
        (of(NESTED, GOOD[2]), "23", ["record 1", "after record 2"]),
    ],
)
def test_the_others_are_kept(text: str, kept: str, lost: list[str] | None) -> None:
    report, records = whole(text)
    if lost is not None:
        assert "".join(found.ip[-1] for found in records) == kept
        assert [omission.where for omission in report.omissions] == lost
        assert report.complete
        assert "ill-formed" in {flaw.code for flaw in report.flaws}
    assert {found.ip for found in records} <= {f"192.0.2.{i}" for i in range(1, 5)}


def test_an_omission_tells_where_and_why() -> None:
    text = of(GOOD[0], BROKEN, GOOD[2])
    report, _ = whole(text)
    (lost,) = report.omissions
    assert lost.where == "record 2"
    assert lost.reason == f"not well-formed at octet {text.index('cuont>')}: mismatched tag"
    assert lost.excerpt.startswith("<record><row><source_ip>192.0.2.2</source_ip>")
    assert len(lost.excerpt) <= 80


@pytest.mark.parametrize("cut", [*range(1, 60), 100, 200, 300])
def test_what_breaks_off_keeps_its_whole_records(cut: int) -> None:
    text = of(*GOOD)
    report, records = whole(text[: len(text) - cut])
    closed = text[: len(text) - cut].count("</record>")
    assert [found.ip for found in records] == [f"192.0.2.{i + 1}" for i in range(closed)]
    assert not report.complete
    assert report.partial
    assert report.omissions == []


def test_every_cut_is_read_or_refused() -> None:
    text = of(*GOOD).encode()
    for end in range(len(text)):
        report = read(text[:end])
        if isinstance(report, Unreadable):
            assert report.fault in {Fault.EMPTY, Fault.UNKNOWN_FORMAT, Fault.MISSING, Fault.SYNTAX}
            assert b"<record>" not in text[:end] or b"</record>" not in text[:end]
        else:
            assert len(list(report.records)) == text[:end].count(b"</record>")
            assert not report.complete


def test_two_reports_in_one_text() -> None:
    report, records = whole(of(GOOD[0]) + "\n" + of(GOOD[1]))
    assert [found.ip for found in records] == ["192.0.2.1"]
    assert [lost.where for lost in report.omissions] == ["after the report"]
    assert {flaw.code for flaw in report.flaws} == {"junk-after"}
    assert report.complete


def test_omissions_are_bounded() -> None:
    limits = Limits(omissions=3)
    report, records = whole(of(*[record(row(count=0))] * 50, GOOD[0]), limits)
    assert len(records) == 1
    assert [lost.where for lost in report.omissions] == ["record 1", "record 2", "record 3", "more"]
    assert report.omissions[-1].reason == "47 more records were left out"


def test_restarts_are_bounded() -> None:
    report, records = whole(of(*[BROKEN] * 50, GOOD[0]), Limits(restarts=10))
    assert records == []
    assert len(report.omissions) == 12
    assert not report.complete


@pytest.mark.parametrize("text", [of(*GOOD), of(*GOOD).replace("<row>", "<row >")])
def test_records_are_bounded(text: str) -> None:
    report, records = whole(text, Limits(records=2))
    assert len(records) == 2
    assert [lost.where for lost in report.omissions] == ["record 3"]
    assert not report.complete


def test_a_record_that_is_too_large() -> None:
    reason = f"<reason><type>other</type><comment>{'x' * 5000}</comment></reason>"
    large = record(row(more=reason))
    text = of(GOOD[0], large, GOOD[1], large + " " * 5000, GOOD[2])
    assert addresses(text, Limits(part=2000, chunk=500)) == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    report, _ = whole(text, Limits(part=2000, chunk=500))
    assert {lost.where for lost in report.omissions} == {"record 2", "record 4"}
