"""What holds for every report: Hypothesis looks for one where it does not."""

import io
import re

from hypothesis import given
from hypothesis import strategies as st

from aggregate_xml import NOW, feedback, metadata, outcome, policy, read, render, rendered, whole
from mailworthy.reports.aggregate import Limits
from mailworthy.reports.aggregate.flaws import Flaws
from mailworthy.reports.aggregate.limits import LIMITS
from mailworthy.reports.aggregate.octets import utf8
from mailworthy.reports.aggregate.plain import plain
from mailworthy.reports.aggregate.session import Broken, Root, Session
from mailworthy.reports.model import (
    AggregateRecord,
    DkimAuth,
    Format,
    Head,
    Kind,
    PolicyPublished,
    Reason,
    Report,
    Reporter,
    SpfAuth,
    Window,
)

END = int(NOW.timestamp())
ROOT = Root("feedback", "", "", frozenset([""]), frozenset([""]))
LABELS = st.from_regex(r"[a-z0-9_]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
DOMAINS = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
PROSE = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=30)
SOME = st.just("") | PROSE
RESULTS = st.sampled_from(["none", "pass", "fail", "neutral", "temperror", "permerror", "policy"])
ALIGNED = st.sampled_from(["pass", "fail"])
ADDRESSES = st.ip_addresses().map(lambda ip: str(getattr(ip, "ipv4_mapped", None) or ip))
REASONS = st.builds(Reason, st.sampled_from(["other", "local_policy", "mailing_list"]), SOME)
DKIM = st.builds(DkimAuth, DOMAINS, RESULTS, DOMAINS, SOME)
SPF = st.builds(SpfAuth, DOMAINS, RESULTS, st.sampled_from(["", "mfrom"]), SOME)
RECORDS = st.builds(
    AggregateRecord,
    ip=ADDRESSES,
    count=st.integers(1, 10**10),
    disposition=st.sampled_from(["none", "pass", "quarantine", "reject"]),
    dkim=ALIGNED,
    spf=ALIGNED,
    header_from=DOMAINS,
    envelope_from=st.none() | st.just("") | DOMAINS,
    envelope_to=st.none() | DOMAINS,
    reasons=st.lists(REASONS, max_size=2).map(tuple),
    dkim_auth=st.lists(DKIM, max_size=3).map(tuple),
    spf_auth=st.lists(SPF, max_size=1).map(tuple),
)
ASKED = st.sampled_from(["none", "quarantine", "reject"])
PUBLISHED = st.builds(
    PolicyPublished,
    domain=DOMAINS,
    p=ASKED,
    sp=st.just("") | ASKED,
    np=st.just("") | ASKED,
    adkim=st.sampled_from(["", "r", "s"]),
    aspf=st.sampled_from(["", "r", "s"]),
    fo=st.sampled_from(["", "0", "1:d:s"]),
    pct=st.sampled_from(["", "100"]),
    testing=st.sampled_from(["", "y", "n"]),
    discovery=st.sampled_from(["", "psl", "treewalk"]),
)
WINDOWS = st.builds(
    lambda begin, size: Window(begin, begin + size),
    st.integers(10**6, END - 86400 * 366),
    st.integers(0, 86400 * 366),
)
HEADS = st.builds(
    Head,
    kind=st.just(Kind.AGGREGATE),
    format=st.just(Format.RFC9990),
    reporter=st.builds(Reporter, PROSE, DOMAINS.map(lambda name: f"a@{name}"), SOME, SOME),
    report_id=st.from_regex(r"[A-Za-z0-9]{1,9}(@[a-z]{1,9})?", fullmatch=True),
    window=WINDOWS,
    policy=PUBLISHED,
    errors=st.lists(PROSE, max_size=2).map(tuple),
)
PIECES = st.sampled_from(
    [
        *(b"<", b">", b"</", b"/>", b"&", b"&amp;", b"&#65;", b"]]>", b"<!--", b"-->", b"'", b'"'),
        *(b"<![CDATA[", b"<?x?>", b"<!DOCTYPE x>", b"\0", b"\x85", "é".encode(), b"\xe9", b" "),
        *(b"<record>", b"</record>", b"<row>", b"</row>", b"<count>", b"</count>", b"<count>3"),
        *(b"</feedback>", b"<feedback>", b"<report_metadata>", b"</identifiers>", b"<spf/>", b"1"),
    ]
)


@st.composite
def mutated(draw: st.DrawFn, texts: st.SearchStrategy[str], most: int = 3) -> bytes:
    """A text with a few pieces put in, taken out or in another's place."""
    data = draw(texts).encode()
    for _ in range(draw(st.integers(0, most))):
        at = draw(st.integers(0, len(data)))
        size = draw(st.integers(0, 40))
        data = data[:at] + draw(PIECES | st.just(b"")) + data[at + size :]
    return data


REPORTS = st.builds(render, HEADS, st.lists(RECORDS, max_size=4))


@given(HEADS, st.lists(RECORDS, max_size=5))
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


@given(st.lists(RECORDS, min_size=1, max_size=6), st.lists(st.integers(0, 5), max_size=12))
def test_a_record_is_the_same_wherever_it_stands(
    records: list[AggregateRecord], order: list[int]
) -> None:
    texts = [rendered(records[i % len(records)]) for i in order]
    together = whole(feedback(metadata(), policy(), *texts))[1]
    alone = [whole(feedback(metadata(), policy(), text))[1][0] for text in texts]
    assert together == alone


@given(mutated(RECORDS.map(rendered)))
def test_plain_texts_are_what_the_parser_makes_of_them(text: bytes) -> None:
    element = plain(text)
    if element is None:
        return
    session = Session(ROOT, 0, LIMITS)
    session.feed(text)
    assert session.take() == [element]
    assert session.reached == session.fed == len(text)
    assert session.open is None
    assert session.stray == ""


@given(RECORDS.map(rendered))
def test_ordinary_records_are_plain(text: str) -> None:
    assert (plain(text.encode()) is not None) == (text.isascii() and "&" not in text)


@given(st.lists(mutated(RECORDS.map(rendered), 1), max_size=5))
def test_the_quick_ways_give_what_the_parser_gives(texts: list[bytes]) -> None:
    """A comment in every record leaves only the parser, which then has to agree."""
    good = [text for text in texts if _well_formed(text)]
    head, tail = feedback(metadata(), policy(), "SPLIT").encode().split(b"SPLIT")
    doubled = [text for text in good for _ in range(2)]
    quick = outcome(head + b"".join(doubled) + tail)
    slow = [text.replace(b"<record>", b"<record><!-- -->", 1) for text in doubled]
    assert quick == outcome(head + b"".join(slow) + tail)


def _well_formed(text: bytes) -> bool:
    session = Session(ROOT, 0, LIMITS)
    try:
        session.feed(b"".join(utf8(iter([text]), Flaws())))
    except Broken:
        return False
    return session.reached == session.fed and len(session.done) == 1 and not session.ended


@given(st.lists(RECORDS, min_size=1, max_size=4))
def test_a_prefix_changes_nothing(records: list[AggregateRecord]) -> None:
    text = feedback(metadata(), policy(), *map(rendered, records))
    prefixed = re.sub(r"<(/?)(?=[a-z])", r"<\1d:", text.replace("xmlns=", "xmlns:d="))
    assert outcome(prefixed.encode()) == outcome(text.encode())


@given(mutated(REPORTS))
def test_a_stream_is_read_as_octets_are(data: bytes) -> None:
    first, second = read(data), read(io.BytesIO(data))
    if isinstance(first, Report) and isinstance(second, Report):
        assert (first.head, list(first.records)) == (second.head, list(second.records))
    else:
        assert first == second
