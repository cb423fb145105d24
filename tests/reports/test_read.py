"""Reports from whatever they come in, to values."""

import gzip
import io
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hostile_reports
import report_wraps as wraps
from growth import calls
from mailworthy import reports
from mailworthy.errors import UsageError
from mailworthy.reports import envelope, facade
from mailworthy.reports.envelope import Limits
from mailworthy.reports.model import AggregateRecord, FailureRecord, Fault, Kind, Report

NOW = hostile_reports.NOW
ROOT = Path(__file__).parents[2]
SAMPLES = ROOT.parent / "shared" / "samples"


def only(source: bytes, **options: object) -> Report:
    [item] = reports.read(source, now=NOW, **options)  # type: ignore[arg-type]
    assert isinstance(item, Report), item
    return item


def test_a_report_in_a_mail() -> None:
    mail = wraps.mail(wraps.part(gzip.compress(wraps.report(3)), name="r.xml.gz"))
    report = only(mail, filename="mail.eml")
    assert report.head.kind is Kind.AGGREGATE
    assert report.head.reporter.name == "receiver.example"
    assert report.place.path == ("mail.eml", "part 1", "r.xml.gz", "r.xml")
    assert report.place.sha256 == ""
    records = list(report.records)
    assert [type(record) for record in records] == [AggregateRecord] * 3
    assert report.place.octets == len(wraps.report(3))
    assert len(report.place.sha256) == 64
    assert report.complete
    assert not report.partial


def test_the_same_content_has_the_same_hash_wherever_it_is() -> None:
    hashes = set()
    for wrap in wraps.WRAPS.values():
        report = only(wrap(wraps.XML))
        assert len(list(report.records)) == 1
        hashes.add(report.place.sha256)
    assert len(hashes) == 1


def test_texts_about_people_are_kept_only_when_asked() -> None:
    [record] = only(wraps.COMPLAINT).records
    assert isinstance(record, FailureRecord)
    assert record.subject == ""
    assert record.list_id == "news.example.com"
    [record] = only(wraps.COMPLAINT, keep_text=True).records
    assert isinstance(record, FailureRecord)
    assert record.subject == "News"


def test_now_is_by_default_the_time_it_is() -> None:
    future = hostile_reports.CASES["in the future"].make()
    [item] = reports.read(future)
    assert isinstance(item, reports.Unreadable)
    assert item.fault is Fault.NONSENSE
    assert len(item.place.sha256) == 64
    [item] = reports.read(future, now=datetime(2036, 6, 1, tzinfo=UTC))
    assert isinstance(item, Report)


def test_a_report_that_breaks_off_says_why() -> None:
    data = wraps.report(3000)
    report = only(gzip.compress(data)[:-9])
    assert len(list(report.records)) == 3000
    assert not report.complete
    assert report.place.sha256 == ""
    assert [o.reason for o in report.omissions] == ["the compressed data breaks off"]
    report = only(data, limits=Limits(octets=200_000))
    assert 100 < len(list(report.records)) < 3000
    assert "more than 200000 octets" in report.omissions[-1].reason
    report = only(gzip.compress(wraps.JSON)[:-9])
    assert len(list(report.records)) == 1
    assert not report.complete


def test_the_mail_is_there_for_those_who_check_it() -> None:
    mail = wraps.mail(wraps.part(wraps.JSON))
    [content] = envelope.open(mail)
    assert isinstance(content, envelope.Content)
    report = facade.one(content, now=NOW)
    assert isinstance(report, Report)
    assert content.mail
    assert content.mail.raw == mail


def test_records_are_taken_before_the_next_report_or_not_at_all() -> None:
    big = {"a": wraps.report(3000), "b": wraps.report(3000)}
    first, _ = reports.read(wraps.tarred(big), now=NOW)
    assert isinstance(first, Report)
    with pytest.raises(UsageError, match="before you ask for the next"):
        list(first.records)
    for item in reports.read(wraps.tarred(big), now=NOW):
        assert isinstance(item, Report)
        assert len(list(item.records)) == 3000


def test_text_is_refused() -> None:
    with pytest.raises(UsageError):
        list(reports.read("<feedback/>"))  # type: ignore[arg-type]


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not here")
def test_every_sample_is_read() -> None:
    kinds = {"aggregate": Kind.AGGREGATE, "failure": Kind.FAILURE, "tls": Kind.TLS}
    counted = {}
    for path in SAMPLES.glob("*/*"):
        report = only(path.read_bytes(), filename=path.name)
        counted[path.name] = len(list(report.records))
        assert report.head.kind is kinds[path.parent.name]
        assert not report.partial
    assert len(counted) >= 13
    assert sum(counted.values()) == len(counted) + 19 + 1


# What attackers send


@pytest.mark.parametrize("name", hostile_reports.CASES)
def test_hostile_reports(name: str) -> None:
    case = hostile_reports.CASES[name]
    assert hostile_reports.outcome(case.make()) == case.outcome


def measured(case: hostile_reports.Case, file: Path) -> tuple[tuple[str, ...], int]:
    """The outcome in a process of its own, and the mebibytes that this took at most."""
    file.write_bytes(case.make())
    run = subprocess.run(
        [sys.executable, hostile_reports.__file__, str(file)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT / 'tests'}"},
    )
    *lines, kibi = run.stdout.split("\n")[:-1]
    return tuple(lines), int(kibi) >> 10


SMOKE = {"XML bomb", "a complaint at the limit", "mail bomb"}
MEASURED = [
    pytest.param(name, marks=[] if name in SMOKE else [pytest.mark.proof], id=name)
    for name in hostile_reports.CASES
]


@pytest.mark.parametrize("name", MEASURED)
def test_hostile_reports_take_little_memory(name: str, tmp_path: Path) -> None:
    case = hostile_reports.CASES[name]
    lines, mebi = measured(case, tmp_path / "report")
    assert lines == case.outcome
    assert mebi < 100


PIECES = [wraps.XML, wraps.JSON, wraps.COMPLAINT, wraps.PLAIN, gzip.compress(wraps.XML),
          wraps.zipped({"a": wraps.XML}), wraps.tarred({"a": wraps.XML}), b"\n", b"\n\n", b"--b\n",
          wraps.mail(wraps.part(wraps.XML)), wraps.mbox([wraps.COMPLAINT]), b"<feedback>",
          b"From a@b Mon Sep 21 10:00:00 2026\n", b"\x1f\x8b\x08", b"PK\3\4", b"BZh9",
          b"{", b"\xff\xfe", b"\0" * 512]  # fmt: skip


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """Pieces of reports and of what they come in, cut and with octets changed."""
    data = bytearray(b"".join(draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4))))
    for at, octet in draw(
        st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), max_size=5)
    ):
        data[at % len(data)] = octet
    start = draw(st.integers(0, len(data)))
    return bytes(data[start:] + data[:start] if draw(st.booleans()) else data[: start or None])


@given(mangled() | st.binary(max_size=500))
def test_any_octets_are_values(data: bytes) -> None:
    found = 0
    for item in reports.read(io.BytesIO(data), now=NOW, limits=Limits(octets=1 << 20)):
        assert isinstance(item, Report | reports.Unreadable)
        assert str(item.place).isprintable()
        if isinstance(item, Report):
            list(item.records)
        found += 1
    assert found


class Counting(io.BytesIO):
    """A file that knows how much of it was read."""

    octets = 0

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        self.octets += len(found)
        return found


@pytest.mark.parametrize("packed", [False, True])
def test_a_report_of_too_many_records_is_read_so_far(packed: bool) -> None:
    """A few megabytes of gzip may hold millions, each of which costs time."""
    text = wraps.report(20_000)
    data = gzip.compress(text, 0) if packed else text
    file = Counting(data)
    (report,) = reports.read(file, now=NOW, limits=Limits(records=50))
    assert isinstance(report, Report)
    assert len(list(report.records)) == 50
    assert report.partial
    assert not report.complete
    (lost,) = (o for o in report.omissions if o.where == "record 51")
    assert lost.reason == "more than 50 records; the rest was not read"
    assert file.octets < len(data) / 2


def test_honest_giants_are_far_below_what_is_read() -> None:
    assert Limits().records >= 5 * 200_000


GROWING = [b"From a@b 10:00 2026\n\n", b"From: a@b\n\n\n", b"\n\n", b"From 1:11:11:11 20202020\n\n",
           wraps.mbox([wraps.mail(wraps.part(wraps.XML))]), wraps.XML, b"--b\n\n",
           gzip.compress(b"x"), wraps.zipped({"a": b"x"}), wraps.tarred({"a": b"x"})]  # fmt: skip


@pytest.mark.parametrize("piece", GROWING)
@pytest.mark.parametrize("head", [b"", b"From: a@b\n\n", wraps.PLAIN[:-1] + b"\n"])
def test_work_grows_with_length_and_not_faster(piece: bytes, head: bytes) -> None:
    def work(times: int) -> int:
        return calls(lambda: hostile_reports.outcome(head + piece * times))

    assert work(400) <= 5 * work(100)
