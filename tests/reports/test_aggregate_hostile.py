"""What attackers write: refused or read, always in bounded memory and linear time."""

import io
import itertools
import tracemalloc
from collections.abc import Iterator

import pytest

from aggregate_xml import feedback, metadata, of, policy, read, record, row, whole
from mailworthy.reports.aggregate import Limits
from mailworthy.reports.aggregate.mend import mend
from mailworthy.reports.aggregate.plain import plain
from mailworthy.reports.model import Fault, Report, Unreadable

GOOD = record(row(ip="192.0.2.9"))
BOMB = "<!DOCTYPE x [" + '<!ENTITY a "aaaaaaaaaa">'
BOMB += (
    "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in itertools.pairwise("abcdefghi")) + "]>"
)
XXE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "doctype",
    [
        BOMB,
        XXE,
        "<!DOCTYPE feedback>",
        '<!DOCTYPE feedback SYSTEM "http://192.0.2.1/x.dtd">',
        '<!DOCTYPE feedback [<!ATTLIST record x CDATA "y">]>',
        f"<!-- x -->\n{XXE}",
    ],
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-le", "utf-32-be"])
def test_document_types_are_refused(doctype: str, codec: str) -> None:
    for text in (doctype + of(GOOD), f'<?xml version="1.0"?>{doctype}{of(GOOD)}'):
        report = read(text.encode(codec))
        assert isinstance(report, Unreadable)
        assert report.fault == Fault.DOCTYPE


def test_a_document_type_where_none_can_stand() -> None:
    report = read(f"<x>{XXE}{of(GOOD)}".encode())
    assert isinstance(report, Unreadable)
    assert report.fault == Fault.DOCTYPE
    _, records = whole(of(GOOD, XXE, GOOD.replace("pass", "&a;")))
    assert [found.dkim for found in records] == ["pass", "&a;"]


def test_entities_stay_as_they_are() -> None:
    report, (found,) = whole(of(record(names="<header_from>&a;.example</header_from>")))
    assert "passwd" not in found.header_from
    assert report.head.reporter.name == "Reporter"


DEEP = "<a>" * 100_000
ATTRIBUTES = " ".join(f"b{i}=''" for i in range(5000))
HOSTILE = {
    "deep around": DEEP + of(GOOD),
    "deep in a record": of(record(DEEP), GOOD),
    "deep in the head": feedback(metadata(), DEEP, policy(), GOOD),
    "records in each other": of("<record>" * 20_000, GOOD),
    "wide": of(record("<a/>" * 200_000), GOOD),
    "wide and plain": of(record("<a></a>" * 200_000), GOOD),
    "many children": feedback(metadata(), "<a></a>" * 20_000, policy(), GOOD),
    "many names": of(record("".join(f"<a{i}/>" for i in range(100_000))), GOOD),
    "many attributes": of(record(f"<a {ATTRIBUTES}/>"), GOOD),
    "a large attribute": of(record(f'<a b="{"x" * 1_000_000}"/>'), GOOD),
    "a large attribute of the root": of(GOOD).replace("<feedback", f'<feedback a="{"x" * 10**6}"'),
    "a large name": of(record(f"<{'a' * 1_000_000}/>"), GOOD),
    "a large text": of(record(row(count="1" * 1_000_000)), GOOD),
    "a large comment": of(f"<!--{'x' * 1_000_000}-->", GOOD),
    "comments without end": of("<!-- <record>" * 5_000, GOOD),
    "comments in a text": of(record(row(ip="1<!---->" * 100_000)), GOOD),
    "sections without end": of("<![CDATA[ <record>" * 20_000, GOOD),
    "ampersands": of("&" * 1_000_000, GOOD),
    "less": of("<" * 1_000_000, GOOD),
    "white space": of(" " * 1_000_000, GOOD),
    "records without end": of("<record>&" * 10_000, GOOD),
    "bad records": of("<record>&</record>" * 10_000, GOOD),
    "end tags": of("</record>" * 100_000, GOOD),
    "zeros": of("\0" * 1_000_000, GOOD),
    "nothing but zeros": "\0" * 1_000_000,
    "only white space": " " * 1_000_000,
    "no tag": "x" * 1_000_000,
    "quotes": "<feedback a='" + '"' * 500_000,
    "declarations": "<?xml encoding=" * 100_000 + of(GOOD),
    "a root without end": "<feedback " * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_end(name: str) -> None:
    data = HOSTILE[name].encode()
    tracemalloc.start()
    report = read(io.BytesIO(data))
    if isinstance(report, Report):
        for found in report.records:
            assert found in whole(of(GOOD))[1] or found.count  # type: ignore[union-attr]
        assert len(report.omissions) <= Limits().omissions + 2
        assert len(report.flaws) < 20
        assert all(len(flaw.message) < 300 for flaw in report.flaws)
        assert all(len(lost.reason) + len(lost.excerpt) < 500 for lost in report.omissions)
    else:
        assert len(report.reason) < 300
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16_000_000


@pytest.mark.parametrize(
    "name",
    [
        "deep in a record",
        "wide",
        "many children",
        "many attributes",
        "a large attribute",
        "a large text",
        "white space",
        "ampersands",
        "comments without end",
        "records without end",
        "records in each other",
        "end tags",
        "zeros",
    ],
)
def test_the_good_record_is_still_read(name: str) -> None:
    limits = Limits(restarts=10**6)
    found = [record.ip for record in whole(HOSTILE[name], limits)[1]]
    assert found[-1] == "192.0.2.9"


class Stream(io.RawIOBase):
    """A report that is made while it is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        piece = next(self._pieces, b"")
        self.size += len(piece)
        return piece


def pieces(count: int) -> Iterator[bytes]:
    """20 MB and more: records of many kinds, some of them broken."""
    head, tail = feedback(metadata(), policy(), "SPLIT").split("SPLIT")
    yield head.encode()
    for i in range(count):
        line = row(ip=f"2001:db8::{i % 60000:x}", count=i + 1, spf="fail" if i % 7 else "pass")
        results = f"<dkim><domain>d{i % 5000}.example</domain><selector>s</selector>"
        results += "<result>pass</result></dkim>" if i % 100 else "<result>pass</dkim>"
        comment = f"<human_result>{'x' * 700}</human_result>"
        spf = f"<spf><domain>example.com</domain><result>pass</result>{comment}</spf>"
        yield record(line, results=results + spf).encode()
    yield tail.encode()


def test_memory_does_not_grow_with_the_report() -> None:
    count = 20_000
    source = Stream(pieces(count))
    tracemalloc.start()
    report = read(source)  # type: ignore[arg-type]
    assert isinstance(report, Report)
    messages = sum(record.count for record in report.records)  # type: ignore[union-attr]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert source.size > 20_000_000
    assert messages == sum(i + 1 for i in range(count) if i % 100)
    assert len(report.omissions) == count // 100
    assert report.complete
    assert peak < 16_000_000


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_source_that_gives_little_at_a_time(size: int) -> None:
    data = of(GOOD, GOOD.replace("</count>", "</cuont>"), GOOD).encode()
    source = Stream(iter([data[i : i + size] for i in range(0, len(data), size)]))
    report = read(source)  # type: ignore[arg-type]
    assert isinstance(report, Report)
    assert len(list(report.records)) == 2


def test_plain_is_only_for_plain_texts() -> None:
    data = GOOD.encode()
    assert plain(data) is not None
    for text in (
        data.replace(b"<row>", b"<row >"),
        data.replace(b"<row>", b"<row/>"),
        data.replace(b"<row>", b"<row a='b'>"),
        data.replace(b"<row>", b"stray<row>"),
        data.replace(b"<row>", b"<!-- --><row>"),
        data.replace(b"<row>", b"<d:row>").replace(b"</row>", b"</d:row>"),
        data.replace(b"192", b"&#49;92"),
        data.replace(b"192", b"1]]>92"),
        data.replace(b"192", "１92".encode()),
        data.replace(b"192", b"\x0192"),
        data.replace(b"192", b"\x7f92"),
        data.replace(b"<count>1</count>", b"<count<1>/count>"),
        data.replace(b"<count>1</count>", b">count<1>/count<"),
        data.replace(b"</count>", b"</cuont>"),
        data + data,
        b"",
        b"text",
        data[:-1],
        b"x" + data,
    ):
        assert plain(text) is None, text


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        (b"a&b", b"a&amp;b"),
        (b"&amp;&lt;&gt;&quot;&apos;&#65;&#x41;", b"&amp;&lt;&gt;&quot;&apos;&#65;&#x41;"),
        (b"&nbsp;&;&#;&#x;&#99999999;", b"&amp;nbsp;&amp;;&amp;#;&amp;#x;&amp;#99999999;"),
        (b"\0\x1f\t\r\n", "\ufffd\ufffd\t\r\n".encode()),
        ("\ufffe\uffff".encode(), "\ufffd\ufffd".encode()),
        (b"a < b <c>", b"a &lt; b <c>"),
        (b"&#xD800;&#0;&#x110000;", ("\ufffd" * 3).encode()),
    ],
)
def test_mending(text: bytes, mended: bytes) -> None:
    assert mend(text) == mended
