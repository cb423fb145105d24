"""A record is the same whichever way it is read: plain, known, or by the parser of XML."""

import re

from hypothesis import given
from hypothesis import strategies as st

from aggregate_strategies import RECORDS, mutated
from aggregate_xml import feedback, metadata, outcome, policy, rendered, whole
from mailworthy.reports.aggregate.flaws import Flaws
from mailworthy.reports.aggregate.limits import LIMITS
from mailworthy.reports.aggregate.octets import utf8
from mailworthy.reports.aggregate.plain import plain
from mailworthy.reports.aggregate.session import Broken, Root, Session
from mailworthy.reports.model import AggregateRecord

ROOT = Root("feedback", "", "", frozenset([""]), frozenset([""]))


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
    whole = session.reached == session.fed and session.open is None and not session.ended
    return whole and len(session.done) == 1


@given(st.lists(RECORDS, min_size=1, max_size=4))
def test_a_prefix_changes_nothing(records: list[AggregateRecord]) -> None:
    text = feedback(metadata(), policy(), *map(rendered, records))
    prefixed = re.sub(r"<(/?)(?=[a-z])", r"<\1d:", text.replace("xmlns=", "xmlns:d="))
    assert outcome(prefixed.encode()) == outcome(text.encode())
