"""Which rows come from the same source."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mailworthy.reports.model import AggregateRecord, DkimAuth, Reason, SpfAuth, Window
from mailworthy.sources.facts import (
    DAY,
    MAX_KINDS,
    DayCount,
    Facts,
    KeyKind,
    Seen,
    SourceKey,
    Tally,
    day_of,
)
from mailworthy.sources.grouping import generic, group, service_of, source_key

DOMAIN = "example.com"
WINDOW = Window(20_500 * DAY, 20_501 * DAY - 1)


def row(
    ip: str = "203.0.113.9",
    *,
    passes: str = "",
    dkim: str = "",
    spf: str = "",
    count: int = 1,
    disposition: str = "none",
) -> AggregateRecord:
    """A record; `dkim` holds `selector@domain=result`, `spf` `domain=result`, with spaces."""
    signatures = []
    for word in dkim.split():
        name, _, result = word.partition("=")
        selector, _, domain = name.partition("@")
        signatures.append(DkimAuth(domain, result or "pass", selector))
    envelopes = [SpfAuth(w.partition("=")[0], w.partition("=")[2] or "pass") for w in spf.split()]
    return AggregateRecord(
        ip,
        count,
        disposition,
        "pass" if "dkim" in passes else "fail",
        "pass" if "spf" in passes else "fail",
        "news.example.com",
        dkim_auth=tuple(signatures),
        spf_auth=tuple(envelopes),
    )


KEYS = [
    (row(), None, "network:203.0.113.0/24"),
    (row("2001:db8:1:2::3"), None, "network:2001:db8:1::/48"),
    (row("nonsense"), None, "address:nonsense"),
    (row(passes="spf"), None, "address:203.0.113.9"),
    (row(passes="dkim", dkim="r1@example.com"), None, "address:203.0.113.9"),
    # signatures
    (row(dkim="x@sendgrid.net"), None, "service:sendgrid"),
    (row(dkim="x@sendgrid.net=fail"), None, "network:203.0.113.0/24"),
    (row(dkim="x@evilsendgrid.net x@sendgrid.net.evil.example"), None, "network:203.0.113.0/24"),
    (row(dkim="x@tenant.onmicrosoft.com"), None, "service:microsoft-365"),
    (row(passes="dkim", dkim="k2@example.com"), None, "service:mailchimp"),
    (row(dkim="k2@example.com"), None, "network:203.0.113.0/24"),  # not aligned, says the reporter
    (row(passes="dkim", dkim="k2@evil.example r1@example.com"), None, "address:203.0.113.9"),
    (row(passes="dkim", dkim="k22@example.com"), None, "address:203.0.113.9"),
    # envelopes
    (row(spf="em1.sendgrid.net"), None, "service:sendgrid"),
    (row(spf="em1.sendgrid.net=softfail"), None, "network:203.0.113.0/24"),
    # forwarded mail of a service is the forwarder's
    (row(passes="dkim", dkim="k2@example.com", spf="mcsv.net"), None, "service:mailchimp"),
    (row(passes="dkim", dkim="k2@example.com", spf="mcsv.net=fail"), None, "address:203.0.113.9"),
    (row(passes="dkim", dkim="k2@example.com", spf="fwd.example"), None, "address:203.0.113.9"),
    (row(passes="dkim", dkim="k2@example.com", spf="example.com=fail"), None, "service:mailchimp"),
    (row(passes="dkim", dkim="r1@example.com", spf="gmail.com"), None, "relay:google-workspace"),
    # reverse names
    (row(), "out.mail.example.net", "name:example.net"),
    (row(), "", "network:203.0.113.0/24"),
    (row(), "a9-1.smtp-out.amazonses.com", "service:amazon-ses"),
    (row(passes="dkim"), "mail-sor-f41.google.com", "relay:google-workspace"),
    (row(passes="dkim spf"), "mail-sor-f41.google.com", "service:google-workspace"),
    (row(), "203-0-113-9.dsl.example.net", "network:203.0.113.0/24"),
    (row(dkim="x@sendgrid.net"), "out.mail.example.net", "service:sendgrid"),
]


@pytest.mark.parametrize(("record", "reverse", "key"), KEYS)
def test_source_key(record: AggregateRecord, reverse: str | None, key: str) -> None:
    assert str(source_key(record, reverse=reverse)) == key


def test_an_address_of_ours_stands_alone() -> None:
    record = row("203.0.113.9", dkim="x@sendgrid.net")
    assert str(source_key(record, alone={"203.0.113.9"})) == "address:203.0.113.9"


def test_helo_is_no_envelope() -> None:
    record = replace(row(), spf_auth=(SpfAuth("sendgrid.net", "pass", "helo"),))
    assert source_key(record).kind is KeyKind.NETWORK


@pytest.mark.parametrize(
    ("name", "ip", "made"),
    [
        ("9.113.0.203.dsl.example.net", "203.0.113.9", True),
        ("host-203-0-113-9.example.net", "203.0.113.9", True),
        ("mail9.example.net", "203.0.113.9", False),
        ("mail.example.net", "203.0.113.9", False),
        ("dyn-20010db800000000000000000000ab12.example.net", "2001:db8::ab12", True),
        ("mail.example.net", "2001:db8::ab12", False),
        ("x", "nonsense", False),
    ],
)
def test_names_made_from_addresses(name: str, ip: str, made: bool) -> None:
    assert generic(name, ip) is made


def test_the_service_of_a_key() -> None:
    assert service_of(SourceKey(KeyKind.RELAY, "mailchimp")) == "mailchimp"
    assert service_of(SourceKey(KeyKind.NAME, "mailchimp")) is None


def seen(record: AggregateRecord, **values: object) -> Seen:
    return Seen(record, WINDOW, **values)  # type: ignore[arg-type]


def grouped(*rows: Seen, **values: object) -> Mapping[str, Facts]:
    return {str(k): f for k, f in group(rows, DOMAIN, **values).items()}  # type: ignore[arg-type]


def test_failures_go_with_the_address_that_passes_else_with_the_network() -> None:
    found = grouped(
        seen(row("203.0.113.9", count=3)),
        seen(row("203.0.113.9", passes="spf", count=2)),
        seen(row("203.0.113.10", count=5)),
        seen(row("203.0.113.11", count=7)),
        seen(row("192.0.2.25", count=1)),
        alone={"192.0.2.25"},
    )
    assert {key: f.messages for key, f in found.items()} == {
        "network:203.0.113.0/24": 12,
        "address:203.0.113.9": 5,
        "address:192.0.2.25": 1,
    }
    assert found["network:203.0.113.0/24"].addresses == ("203.0.113.10", "203.0.113.11")


def test_what_is_added_up() -> None:
    record = replace(
        row(passes="dkim", dkim="r1@example.com r1@example.com", spf="a.example=fail", count=3),
        reasons=(Reason("forwarded", "x"),),
    )
    lost = row(dkim="r1@example.com=fail", count=4, disposition="reject")
    found = grouped(
        seen(record, reporter="b"),
        seen(lost, reporter="a", proven=False),
        seen(row(count=2), reverse=""),
        seen(row(passes="spf dkim", count=1), reverse="m.example.com"),
        strangers=[("203.0.113.9", 4)],
    )
    facts = found["address:203.0.113.9"]
    assert (facts.messages, facts.both, facts.dkim_only, facts.spf_only) == (9, 0, 3, 0)
    assert (facts.neither, facts.let_through, facts.unproven) == (6, 2, 4)
    assert [(d.selector, d.result, d.count) for d in facts.dkim] == [
        ("r1", "fail", 4),
        ("r1", "pass", 3),
    ]
    assert [(s.domain, s.result, s.count) for s in facts.spf] == [("a.example", "fail", 3)]
    assert [(r.type, r.comment, r.count) for r in facts.reasons] == [("forwarded", "x", 3)]
    assert facts.days == (DayCount(20_500, 9),)
    assert facts.reporters == ("", "a", "b")
    assert (facts.strangers, facts.reverse) == (4, "")
    assert found["name:example.com"].reverse == "m.example.com"


def test_a_day_is_where_most_of_the_window_lies() -> None:
    assert day_of(Window(20_500 * DAY - 3600, 20_501 * DAY - 3600)) == 20_500


def test_details_are_bounded() -> None:
    tally = Tally(SourceKey(KeyKind.NAME, "x"), DOMAIN)
    for n in range(MAX_KINDS + 9):
        tally.add(seen(row(dkim=f"s{n}@example.com=fail")))
    facts = tally.facts()
    assert (len(facts.dkim), facts.messages) == (MAX_KINDS, MAX_KINDS + 9)


RECORDS = st.builds(
    row,
    st.sampled_from(["203.0.113.9", "203.0.113.10", "198.51.100.7", "2001:db8::1", "?"]),
    passes=st.sampled_from(["", "dkim", "spf", "dkim spf"]),
    dkim=st.sampled_from(["", "k2@example.com", "x@sendgrid.net", "a@b.example=fail"]),
    spf=st.sampled_from(["", "mcsv.net", "mcsv.net=fail", "example.com=softfail"]),
    count=st.integers(1, 9),
)
ROWS = st.lists(st.builds(Seen, RECORDS, st.just(WINDOW)), max_size=12)


@given(ROWS, st.randoms())
def test_the_order_of_rows_does_not_matter(rows: list[Seen], chance: object) -> None:
    mixed = rows.copy()
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert group(rows, DOMAIN) == group(mixed, DOMAIN)


@given(ROWS, ROWS)
def test_what_others_make_up_changes_nothing_that_is_judged(
    proven: list[Seen], made_up: list[Seen]
) -> None:
    found = group([*proven, *(replace(each, proven=False) for each in made_up)], DOMAIN)
    judged = {key: facts.judged for key, facts in found.items() if facts.judged is not None}
    assert judged == group(proven, DOMAIN)
    assert list(judged) == list(group(proven, DOMAIN)) == list(found)[: len(judged)]


@given(ROWS)
def test_every_message_is_in_one_source(rows: list[Seen]) -> None:
    found = group(rows, DOMAIN).values()
    assert sum(f.messages for f in found) == sum(r.record.count for r in rows)
    for facts in found:
        assert facts.messages == facts.both + facts.dkim_only + facts.spf_only + facts.neither


@given(
    st.builds(
        AggregateRecord,
        st.text(max_size=9),
        st.integers(),
        st.text(max_size=5),
        st.sampled_from(["pass", "fail", "x"]),
        st.sampled_from(["pass", "fail", "x"]),
        st.text(max_size=9),
        dkim_auth=st.lists(
            st.builds(DkimAuth, st.text(max_size=9), st.just("pass"), st.text(max_size=9)),
            max_size=3,
        ).map(tuple),
        spf_auth=st.lists(st.builds(SpfAuth, st.text(max_size=9), st.just("pass"))).map(tuple),
    ),
    st.none() | st.text(max_size=12),
)
def test_any_record_has_a_source(record: AggregateRecord, reverse: str | None) -> None:
    assert source_key(record, reverse=reverse) == source_key(record, reverse=reverse)
