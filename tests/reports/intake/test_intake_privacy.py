"""What a store keeps of people: nothing, unless the user wants it; and reports stay the same."""

import contextlib
import gzip
import io
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import intakekit as kit
import report_wraps as wraps
from mailworthy import store
from mailworthy.reports.envelope import Limits
from mailworthy.reports.intake.importing import Importer
from mailworthy.reports.intake.model import What
from mailworthy.reports.intake.privacy import without_people
from mailworthy.reports.intake.retrial import Retrials
from mailworthy.reports.model import Fault, Place, Unreadable
from mailworthy.store import Store, importer, queries
from mailworthy.store.schema import metadata, reports

NOW = datetime.fromtimestamp(kit.WHEN, UTC)
WORDS = (b"zqanna", b"zqsmith", b"zqsecret")
PERSON = "zqanna.zqsmith@victim.example"
FAILURE = (
    "From: Zqanna Zqsmith <zqanna@isp.example>\n"
    f"To: ruf@example.com, {PERSON}\n"
    f"Subject: FW: zqsecret {PERSON}\n"
    "Date: Tue, 22 Sep 2026 10:00:05 +0000\n"
    "Message-ID: <zqanna.1@isp.example>\n"
    "MIME-Version: 1.0\n"
    "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
    f"--b\nContent-Type: text/plain\n\nFor {PERSON}: zqsecret\n"
    "--b\nContent-Type: message/feedback-report\n\n"
    "Feedback-Type: auth-failure\nUser-Agent: x zqanna/1\nVersion: 1\n"
    f"Original-Rcpt-To: <{PERSON}>\n"
    "Arrival-Date: Tue, 22 Sep 2026 10:00:00 +0000\n"
    "Source-IP: 192.0.2.9\nReported-Domain: example.com\nAuth-Failure: dmarc\n"
    f"Authentication-Results: mx.isp.example; dmarc=fail (zqanna) header.from=example.com\n"
    "Delivery-Result: zqanna\nX-Other: zqsecret\nSPF-DNS: zqanna\n"
    "--b\nContent-Type: message/rfc822\n\n"
    f"From: Zqanna <zqanna@example.com>\nTo: {PERSON}\nSubject: zqsecret\n"
    "Message-ID: <zqanna.2@example.com>\nFeedback-ID: zqanna:c\nList-Id: <zqanna.example.com>\n"
    "\nzqsecret\n--b--\n"
).encode()
UNKNOWN = FAILURE.replace(b"auth-failure", b"zqanna").replace(b"Auth-Failure", b"X-Zqanna")
OTHER = f"From: Zqanna <{PERSON}>\nTo: a@example.com\nSubject: zqsecret\n\nzqsecret\n".encode()


@pytest.fixture
def mine(tmp_path: Path) -> Any:
    with store.open(tmp_path / "x.db") as opened:
        yield opened


def everything(mine: Store) -> bytes:
    """All that is in a store, with contents unpacked."""
    found = bytearray()
    with mine.reading() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                for value in row:
                    found += unpacked(value) if isinstance(value, bytes) else repr(value).encode()
    return bytes(found).lower()


def unpacked(data: bytes) -> bytes:
    with contextlib.suppress(zlib.error):
        data = zlib.decompress(data)
    return data + (b"" if data[:2] != b"PK" else members(data))


def members(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def contents(mine: Store) -> list[bytes]:
    names = [row.sha256 for row in mine.rows(sa.select(reports.raws).order_by(reports.raws.c.id))]
    return [b"".join(importer.load(mine, name)) for name in names]


CAME = {
    "mail": FAILURE,
    "gzip": gzip.compress(FAILURE, mtime=0),
    "zip": wraps.zipped({"zqanna.eml": FAILURE, "zqsmith.xml": wraps.report(1, 3)}),
    "zip of two": wraps.zipped({"zqanna.eml": FAILURE, "b.eml": FAILURE.replace(b"2.9", b"2.8")}),
    "mbox": b"From a\n" + FAILURE + b"\nFrom b\n" + kit.report_mail(1) + b"\n",
    "unknown": UNKNOWN,
    "other": OTHER,
    "zip of other": wraps.zipped({"zqanna.eml": OTHER, "zqsmith.txt": b"zqsecret"}),
    "about DMARC": OTHER.replace(b"Subject: ", b"Subject: DMARC report: "),
    "within": wraps.mail(wraps.part(FAILURE, "message/rfc822", "zqanna.eml")),
}


@pytest.mark.parametrize("name", CAME)
def test_nobody_is_in_the_store(mine: Store, name: str) -> None:
    taker = Importer(mine)
    done = kit.take(taker, CAME[name])
    kept = everything(mine)
    for word in WORDS:
        assert word not in kept
        assert word not in repr([each.problems for each in done]).encode().lower()
    again = kit.take(taker, CAME[name])
    assert {each.what for each in again} == {What.DUPLICATE}


@pytest.mark.parametrize("name", ["mail", "gzip", "zip", "zip of two"])
def test_what_is_kept_is_read_as_the_same(mine: Store, name: str) -> None:
    taker = Importer(mine)
    first = kit.take(taker, CAME[name])
    (content,) = contents(mine)
    again = kit.take(taker, content)
    assert sum(len(each.saved) for each in again) == sum(len(each.saved) for each in first)
    assert {each.what for each in again} == {What.DUPLICATE}


def test_a_large_file_stands_where_it_stood(mine: Store) -> None:
    file = io.BytesIO(CAME["zip"])
    file.seek(7)
    without_people(file, b"", Limits())
    assert file.tell() == 7
    file.seek(0)
    kit.take(Importer(mine), file)
    assert len(mine.rows(queries.reports(queries.EVERYTHING))) == 2


def test_the_user_may_keep_it_whole(mine: Store) -> None:
    kit.take(Importer(mine, keep_whole=True), FAILURE)
    assert contents(mine) == [FAILURE]
    # The rows are without people all the same, so that both ways are one report.
    other = FAILURE + b"\n"
    (done,) = kit.take(Importer(mine), other)
    assert done.what is What.DUPLICATE


def test_reports_without_people_are_kept_as_they_came(mine: Store) -> None:
    came = [kit.report_mail(1), b"\x1f\x8b broken", wraps.mail(wraps.part(b"what", name="r.7z"))]
    kit.take(Importer(mine), *came)
    assert contents(mine) == came


def test_the_beginning_of_what_is_too_large(mine: Store) -> None:
    why = Unreadable(Place(("it",)), Fault.TOO_LARGE, "too large")
    Importer(mine).refuse(kit.incoming(b""), why, FAILURE[:900])
    assert b"zq" not in everything(mine)
    assert len(contents(mine)) == 1


def test_what_lost_its_signature_is_not_judged_again(mine: Store) -> None:
    kit.take(Importer(mine), FAILURE)
    assert list(Retrials(mine).waiting(NOW, 1 << 20)) == []
