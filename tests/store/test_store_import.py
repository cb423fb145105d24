"""Reports go into the store once, whole, and can be taken out of it without a trace."""

import dataclasses
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

import storekit as kit
from mailworthy import store
from mailworthy.errors import UsageError
from mailworthy.reports.answers.trails import trails
from mailworthy.reports.model import (
    DkimAuth,
    Fault,
    Flaw,
    Kind,
    Omission,
    Place,
    Reason,
    Record,
    Report,
    Reporter,
    Unreadable,
)
from mailworthy.store import Outcome, Saved, Store, StoreError, Trust, importer, queries
from mailworthy.store.importer.identity import known_as
from mailworthy.store.queries import Scope
from mailworthy.store.schema import rollups
from mailworthy.store.schema.reports import arrivals, problems, raws
from mailworthy.store.schema.rows import aggregate_rows

GAP = Omission("record 3", "no count", "<record/>")
TWO = (kit.record(count=5), kit.spoofed("198.51.100.7", 2))
SUMS = ["daily", "daily_trails", "daily_sources", "daily_reporters"]
KEPT = ("arrivals", "domains", "addresses", "reporters", "trails", "trail_dkim", "trail_spf")


def save(
    mine: Store,
    report: Report,
    raw: bytes = b"a",
    trust: Trust = Trust.VERIFIED,
    sender: str = "",
) -> Saved:
    origin = msgspec.structs.replace(kit.ORIGIN, sender=sender)
    return importer.save(mine, report, raw, origin=origin, trust=trust)


def messages(mine: Store, scope: Scope = queries.EVERYTHING) -> int:
    (row,) = mine.rows(queries.totals(scope))
    return int(row.messages)


def count(mine: Store, table: sa.Table) -> int:
    return len(mine.rows(sa.select(table)))


def test_a_report_is_counted(mine: Store) -> None:
    saved = save(mine, kit.aggregate([*TWO, kit.forwarded("203.0.113.9", 3)]))
    assert saved == Saved(Outcome.STORED, saved.id, records=3, messages=10, partial=False)
    (day,) = mine.rows(queries.overview(Scope(domains=("example.com",))))
    assert day._asdict() == {
        "day": day.day,
        "messages": 10,
        "both": 5,
        "dkim_only": 3,
        "spf_only": 0,
        "neither": 2,
        "quarantined": 0,
        "rejected": 2,
        "forwarded": 3,
        "overridden": 3,
        "wide": 0,
    }
    assert day.day.isoformat() == "2024-10-04"
    (by,) = mine.rows(queries.by_reporter(queries.EVERYTHING))
    assert (by.reporter, by.reports, by.messages) == ("receiver.example", 1, 10)
    assert not mine.rows(queries.overview(Scope(domains=("example.org",))))


@dataclasses.dataclass
class Copy:
    """A report with the content that it comes in."""

    records: tuple[Record, ...] = TWO
    raw: bytes = b"a"
    trust: Trust = Trust.VERIFIED
    options: dict[str, Any] = dataclasses.field(default_factory=dict)

    def save(self, mine: Store) -> Saved:
        return save(mine, kit.aggregate(self.records, **self.options), self.raw, self.trust)


PART = {"records": TWO[:1], "options": {"complete": False}}
SECOND_READING = {"records": (*TWO, kit.record(count=1))}

# Two copies, one after the other: what becomes of the second, how many reports and messages
# there are then, and how many contents are noted as having brought them.
COPIES = {
    "the same mail again": (Copy(), Copy(), "duplicate", 1, 7, 1),
    "the same report in another mail": (Copy(), Copy(raw=b"b"), "duplicate", 1, 7, 2),
    "the same id for another day": (
        Copy(),
        Copy(raw=b"b", options={"day": 1}),
        "stored",
        2,
        14,
        2,
    ),
    "the same id of another reporter": (
        Copy(),
        Copy(raw=b"b", options={"name": "other.example"}),
        "stored",
        2,
        14,
        2,
    ),
    "the same id for another domain": (
        Copy(),
        Copy(raw=b"b", options={"domain": "example.org"}),
        "stored",
        2,
        14,
        2,
    ),
    "the same id with other records": (
        Copy(),
        Copy((kit.record(count=1),), b"b"),
        "stored",
        2,
        8,
        2,
    ),
    "the whole after a part": (Copy(**PART), Copy(raw=b"b"), "replaced", 1, 7, 2),
    "a part after the whole": (Copy(), Copy(raw=b"b", **PART), "surpassed", 1, 7, 2),
    "a larger part": (
        Copy(**PART),
        Copy(raw=b"b", options={"omissions": [GAP]}),
        "replaced",
        1,
        7,
        2,
    ),
    "a smaller part": (
        Copy(options={"omissions": [GAP]}),
        Copy(raw=b"b", **PART),
        "surpassed",
        1,
        7,
        2,
    ),
    "a forged whole after a proven part": (
        Copy(**PART),
        Copy(raw=b"b", trust=Trust.UNPROVEN),
        "stored",
        2,
        12,
        2,
    ),
    "a proven part after a forged whole": (
        Copy(trust=Trust.UNPROVEN),
        Copy(raw=b"b", **PART),
        "stored",
        2,
        12,
        2,
    ),
    "the same content read better": (Copy(), Copy(**SECOND_READING), "replaced", 1, 8, 1),
    "the same content by another name": (
        Copy(),
        Copy(options={"file": "2.eml"}),
        "duplicate",
        1,
        7,
        1,
    ),
    "the same content by another name, read better": (
        Copy(),
        Copy(SECOND_READING["records"], options={"file": "2.eml"}),
        "replaced",
        1,
        8,
        1,
    ),
    "the same records with the end this time": (
        Copy(options={"complete": False}),
        Copy(raw=b"b"),
        "replaced",
        1,
        7,
        2,
    ),
}


@pytest.mark.parametrize("name", COPIES)
def test_two_copies(mine: Store, name: str) -> None:
    first, second, outcome, reports, total, contents = COPIES[name]
    assert first.save(mine).outcome is Outcome.STORED
    assert second.save(mine).outcome == outcome
    assert len(mine.rows(queries.reports(queries.EVERYTHING))) == reports
    assert messages(mine) == total
    assert count(mine, arrivals) == contents
    check_sums(mine)


def test_a_report_that_is_proven_later(mine: Store) -> None:
    save(mine, kit.aggregate(TWO), trust=Trust.UNPROVEN)
    assert messages(mine, Scope(proven=True)) == 0
    assert save(mine, kit.aggregate(TWO), b"b").outcome is Outcome.REPLACED
    assert messages(mine, Scope(proven=True)) == 7
    assert messages(mine, Scope(proven=False)) == 0
    assert save(mine, kit.aggregate(TWO), b"c", trust=Trust.UNPROVEN).outcome is Outcome.DUPLICATE
    assert messages(mine, Scope(proven=True)) == 7
    check_sums(mine)


def test_what_a_stranger_guessed_is_not_proven_by_the_reporter(mine: Store) -> None:
    """Not all of a record is in the identity: what the signatures were called is not."""
    guessed = kit.record(dkim_auth=(DkimAuth("forger.example", "pass", "s"),))
    true = kit.record(dkim_auth=(DkimAuth("example.net", "fail", "k"),))
    save(mine, kit.aggregate((guessed,)), trust=Trust.UNPROVEN)
    save(mine, kit.aggregate((true,)), b"b")
    (row,) = mine.rows(sa.select(aggregate_rows.c.trail_id))
    assert trails(mine, [row.trail_id])[row.trail_id].dkim == true.dkim_auth
    check_sums(mine)


def told(name: str, email: str, kind: Kind = Kind.AGGREGATE) -> Report:
    """A report of whoever calls himself so."""
    report = kit.aggregate([kit.tls()] if kind is Kind.TLS else TWO, kind=kind)
    report.head = msgspec.structs.replace(report.head, reporter=Reporter(name, email))
    return report


@pytest.mark.parametrize("kind", [Kind.AGGREGATE, Kind.TLS])
@pytest.mark.parametrize("email", ["", "reports@{}"])
def test_nobody_stands_in_the_way_of_another_reporter(mine: Store, kind: Kind, email: str) -> None:
    """Both have proven who they are, and a name without a dot is anybody's."""
    both = ("evil.example", "yahooinc.com")
    for sender in both:
        report = told("Yahoo", email.format(sender) if email else "", kind)
        saved = save(mine, report, sender.encode(), sender=sender)
        assert saved.outcome is Outcome.STORED
    again = told("Yahoo", email.format(both[1]) if email else "", kind)
    assert save(mine, again, b"c", sender=both[1]).outcome is Outcome.DUPLICATE
    names = {row.reporter for row in mine.rows(queries.quality(Scope()))}
    assert names == {f"Yahoo ({sender})" for sender in both}
    check_sums(mine)


@pytest.mark.parametrize(
    ("name", "email", "sender", "known"),
    [
        ("google.com", "noreply@google.com", "google.com", "google.com"),
        ("Google.com", "", "google.com", "Google.com"),
        ("google.com", "noreply@mail.google.com", "google.com", "google.com"),
        ("Yahoo", "", "", "Yahoo"),
        ("Enterprise Outlook", "a@microsoft.com", "", "Enterprise Outlook (microsoft.com)"),
        ("google.com (x)", "a@evil.example", "evil.example", "google.com (x) (evil.example)"),
        (" google.com!", "", "evil.example", "google.com! (evil.example)"),
        ("y" * 300, "", "evil.example", "y" * 119 + "\u2026 (evil.example)"),
    ],
)
def test_what_a_reporter_is_counted_as(name: str, email: str, sender: str, known: str) -> None:
    assert known_as(told(name, email).head, sender) == known


def test_a_failure_report_is_nobody_elses_by_its_name(mine: Store) -> None:
    """Failure reports name a machine, and nothing says that it is the author's."""
    head = msgspec.structs.replace(told("google.com", "").head, kind=Kind.FAILURE)
    assert known_as(head, "evil.example") == "google.com (evil.example)"
    assert known_as(head, "google.com") == "google.com"


def test_a_report_that_tells_of_more_messages_than_there_are(mine: Store) -> None:
    many = [kit.record(count=10**10) for _ in range(2000)]
    saved = save(mine, kit.aggregate(many))
    assert saved.partial
    assert messages(mine) == 0
    check_sums(mine)


def test_trust_can_be_taken_away(mine: Store) -> None:
    saved = save(mine, kit.aggregate(TWO))
    importer.retrust(mine, saved.id, Trust.UNPROVEN)
    assert messages(mine, Scope(proven=True)) == 0
    assert messages(mine) == 7
    check_sums(mine)


@pytest.mark.parametrize(
    "report",
    [
        lambda: kit.aggregate(TWO, omissions=[GAP]),
        lambda: kit.aggregate([kit.tls(), kit.tls(type="tlsa")], kind=Kind.TLS),
        lambda: kit.aggregate([kit.message()], kind=Kind.COMPLAINT),
        lambda: kit.aggregate([kit.message("auth-failure")], kind=Kind.FAILURE),
    ],
)
def test_what_is_removed_leaves_no_trace(mine: Store, report: Any) -> None:
    for raw, other in kit.random_reports(5):
        save(mine, other, raw)
    save(mine, kit.aggregate([kit.tls()], kind=Kind.TLS, report_id="2"), b"t")
    before = kit.dump(mine)
    saved = save(mine, report(), b"new")
    assert kit.dump(mine)["reports"] != before["reports"]
    importer.remove(mine, saved.id)
    after = kit.dump(mine)
    kept = {name for name, rows in after.items() if rows != before[name]}
    assert kept <= {"raws", "raw_chunks", "labels", "remarks", *KEPT}


def test_there_is_nothing_to_remove(mine: Store) -> None:
    with pytest.raises(UsageError, match="no report 7"):
        importer.remove(mine, 7)


RECORDS = st.lists(
    st.builds(
        kit.record,
        ip=st.sampled_from(["192.0.2.1", "192.0.2.2", "2001:db8::1"]),
        count=st.integers(1, 1000),
        disposition=st.sampled_from(["none", "quarantine", "reject", "pass", "\u2603odd"]),
        dkim=st.sampled_from(["pass", "fail"]),
        spf=st.sampled_from(["pass", "fail"]),
        header_from=st.sampled_from(["example.com", "mail.example.com"]),
        envelope_from=st.sampled_from([None, "", "example.com"]),
        reasons=st.sampled_from([(), (Reason("mailing_list"),), (Reason("other", "x"),)]),
        dkim_auth=st.sampled_from([(), (DkimAuth("example.com", "pass", "s1", "all \x07 well"),)]),
    ),
    max_size=6,
)


@given(st.lists(st.tuples(RECORDS, st.integers(0, 3), st.booleans()), max_size=5), st.data())
@settings(max_examples=12)
def test_sums_are_those_of_the_rows(
    tmp_path_factory: pytest.TempPathFactory, reports: list[Any], data: st.DataObject
) -> None:
    with store.open(tmp_path_factory.mktemp("store") / "a.db") as mine:
        saved = [
            save(
                mine,
                kit.aggregate(records, day=day, report_id=str(number)),
                b"%d" % number,
                Trust.VERIFIED if proven else Trust.UNPROVEN,
            )
            for number, (records, day, proven) in enumerate(reports)
        ]
        check_sums(mine)
        for each in data.draw(st.permutations(saved)):
            importer.remove(mine, each.id)
            check_sums(mine)
        left = kit.dump(mine)
        assert not any(
            left[name] for name in (*SUMS, "daily_reports", "reports", "aggregate_rows", "seen")
        )


def check_sums(mine: Store) -> None:
    """Add up the rows by hand, and compare."""
    row_of = {row.id: row for row in mine.rows(sa.select(kit.metadata.tables["reports"]))}
    sums: dict[str, Counter[Any]] = {name: Counter() for name in SUMS}
    days: dict[Any, list[Any]] = {}
    totals: Counter[Any] = Counter()
    for row in mine.rows(sa.select(kit.metadata.tables["aggregate_rows"])):
        report = row_of[row.report_id]
        key = (report.domain_id, report.day, report.proven)
        sums["daily"][(*key, row.from_id)] += row.messages
        source = (row.from_id, row.trail_id, row.address_id)
        sums["daily_sources"][(*key, *source)] += row.messages
        sums["daily_reporters"][(*key, report.reporter_id)] += row.messages
        seen = (report.domain_id, row.address_id, row.trail_id, report.proven)
        days.setdefault(seen, []).append(report.day)
        totals[seen] += row.messages
        sums["daily_trails"][(*key, row.trail_id)] += row.messages
    for name in SUMS:
        table = kit.metadata.tables[name]
        keys = [column.name for column in table.primary_key]
        kept = {tuple(getattr(row, k) for k in keys): row for row in mine.rows(sa.select(table))}
        assert {key: row.messages for key, row in kept.items() if row.messages} == sums[name]
        for row in kept.values():
            assert row.both + row.dkim_only + row.spf_only + row.neither == row.messages
    found = mine.rows(sa.select(rollups.seen))
    spans = {
        (r.domain_id, r.address_id, r.trail_id, r.proven): (r.first_day, r.last_day) for r in found
    }
    assert spans == {key: (min(all_), max(all_)) for key, all_ in days.items()}
    assert {tuple(row)[:4]: row.messages for row in found} == totals
    by_report = Counter((r.domain_id, r.day, r.proven, r.reporter_id) for r in row_of.values())
    counted = mine.rows(sa.select(rollups.daily_reports))
    assert Counter({(r.domain_id, r.day, r.proven, r.reporter_id): r.reports for r in counted}) == (
        by_report
    )


def test_an_empty_report_is_a_report(mine: Store) -> None:
    saved = save(mine, kit.aggregate([]))
    assert (saved.outcome, saved.records) == (Outcome.STORED, 0)
    (by,) = mine.rows(queries.reports(queries.EVERYTHING))
    assert by.domain == "example.com"


def test_many_records_go_in_batches(mine: Store) -> None:
    many = [kit.record(ip=f"198.51.{n // 250}.{n % 250}", count=n + 1) for n in range(2500)]
    save(mine, kit.aggregate(many))
    assert messages(mine) == sum(range(1, 2501))
    again = save(mine, kit.aggregate(many), b"b")
    assert again.outcome is Outcome.DUPLICATE


def test_the_order_of_batches_is_no_part_of_the_identity(mine: Store) -> None:
    records = [kit.record(ip=f"192.0.2.{n}") for n in range(7)]
    save(mine, kit.aggregate(iter(records)))
    assert save(mine, kit.aggregate(tuple(records)), b"b").outcome is Outcome.DUPLICATE


def test_a_week_is_booked_on_its_first_day_and_marked(mine: Store) -> None:
    save(mine, kit.aggregate(TWO, seconds=7 * kit.DAY))
    (day,) = mine.rows(queries.overview(queries.EVERYTHING))
    assert (day.day.isoformat(), day.messages, day.wide) == ("2024-10-04", 7, 7)
    (report,) = mine.rows(queries.reports(queries.EVERYTHING))
    assert report.days == 7


@pytest.mark.parametrize("bad", [0, -4, 10**12 + 1, 10**30])
def test_a_count_that_cannot_be_summed_is_left_out(mine: Store, bad: int) -> None:
    saved = save(mine, kit.aggregate([kit.record(count=bad), kit.record(count=2)]))
    assert (saved.messages, saved.partial) == (2, True)
    (problem,) = mine.rows(queries.problem_list(report=saved.id))
    assert "count" in problem.reason
    assert str(bad) in problem.excerpt


HOSTILE = "a\x00b\x1b[31m\ud800" + "x" * 5000


def test_hostile_text_is_kept_printable_and_bounded(mine: Store) -> None:
    evil = kit.record(
        ip=HOSTILE,
        header_from=HOSTILE,
        disposition=HOSTILE,
        envelope_to=HOSTILE,
        reasons=(Reason(HOSTILE, HOSTILE),),
        dkim_auth=(DkimAuth(HOSTILE, HOSTILE, HOSTILE, HOSTILE),) * 3,
    )
    report = kit.aggregate([evil], name=HOSTILE, report_id=HOSTILE, domain=HOSTILE)
    report.flaws.append(Flaw(HOSTILE, HOSTILE, HOSTILE))
    report.omissions.append(Omission(HOSTILE, HOSTILE, HOSTILE))
    saved = save(mine, report)
    tls = kit.tls(type=HOSTILE, domain=HOSTILE, policy=(HOSTILE,), mx=(HOSTILE,))
    save(mine, kit.aggregate([tls], kind=Kind.TLS), b"t")
    texts = dict.fromkeys(("domain", "subject", "campaign", "mail_from", "spf_dns"), HOSTILE)
    save(mine, kit.aggregate([kit.message(HOSTILE, **texts)], kind=Kind.COMPLAINT), b"c")
    note(mine, Unreadable(Place((HOSTILE,) * 30), Fault.SYNTAX, HOSTILE))
    words = [
        v for rows in kit.dump(mine).values() for row in rows for v in row if isinstance(v, str)
    ]
    assert all(word.isprintable() for word in words)
    assert max(map(len, words)) < 40_000
    importer.remove(mine, saved.id)


def note(mine: Store, unreadable: Unreadable, raw: bytes = b"junk") -> int:
    return importer.note(mine, unreadable, raw, origin=kit.ORIGIN, trust=Trust.UNPROVEN)


def test_what_cannot_be_read_is_noted_once(mine: Store) -> None:
    unreadable = Unreadable(Place(("a.eml", "b.zip")), Fault.ENCRYPTED, "a password is needed")
    assert note(mine, unreadable) == note(mine, unreadable)
    (problem,) = mine.rows(queries.problem_list())
    assert (problem.fault, problem.path) == ("encrypted", "a.eml > b.zip")
    assert b"".join(importer.load(mine, problem.sha256)) == b"junk"


def test_flaws_and_gaps_are_kept(mine: Store) -> None:
    report = kit.aggregate(TWO, omissions=[GAP])
    report.flaws += [Flaw("no-version", "no version", "3.1.1")] * 2
    saved = save(mine, report)
    assert saved.partial
    (flaw,) = mine.rows(queries.report_flaws(saved.id))
    assert flaw.code == "no-version"
    (quality,) = mine.rows(queries.quality(queries.EVERYTHING))
    assert (quality.reports, quality.partial, quality.flawed, quality.late) == (1, 1, 1, 0)


def test_a_reader_that_fails_leaves_nothing(mine: Store) -> None:
    def breaks() -> Iterator[Record]:
        yield kit.record()
        raise OSError("the disc of the reader")

    with pytest.raises(OSError, match="reader"):
        save(mine, kit.aggregate(breaks()))
    left = kit.dump(mine)
    assert not any(rows for name, rows in left.items() if name not in KEPT)
    assert save(mine, kit.aggregate(TWO)).outcome is Outcome.STORED


def test_rows_tell_what_was_reported(mine: Store) -> None:
    record = kit.record(
        envelope_from="", envelope_to="example.org", reasons=(Reason("other", "why"),), count=4
    )
    saved = save(mine, kit.aggregate([record]))
    (row,) = mine.rows(queries.records(saved.id))
    assert (row.address, row.messages, row.dkim, row.spf) == ("192.0.2.25", 4, 1, 1)
    assert (row.envelope_from, row.envelope_to) == ("", "example.org")
    assert msgspec.json.decode(row.remark)["reasons"] == [["other", "why"]]
    (signature,) = mine.rows(queries.trail_signatures([row.trail_id]))
    assert tuple(signature)[2:] == ("example.com", "s1", "pass")


# Contents with several reports


def reading(*items: Any) -> Any:
    return lambda _: iter([make() for make in items])


def take(mine: Store, read: Any, raw: bytes = b"zip", **options: Any) -> Any:
    return importer.take(mine, raw, read, origin=kit.ORIGIN, **{"trust": Trust.VERIFIED} | options)


ONE = partial(kit.aggregate, TWO)
OTHER = partial(kit.aggregate, TWO, report_id="2")
BROKEN = partial(Unreadable, Place(("b.xml",)), Fault.SYNTAX, "line 1")


def test_all_of_a_content_is_taken_and_once(mine: Store) -> None:
    taken = take(mine, reading(ONE, BROKEN, OTHER))
    assert (taken.known, taken.reports, taken.problems) == (False, 2, 1)
    assert take(mine, reading(ONE, BROKEN, OTHER)).known
    assert messages(mine) == 14


def test_a_better_reader_reads_again(mine: Store) -> None:
    take(mine, reading(ONE, BROKEN))
    taken = take(mine, reading(OTHER), again=True)
    assert [each.outcome for each in taken.saved] == [Outcome.STORED]
    assert [row.report_id for row in mine.rows(queries.reports(queries.EVERYTHING))] == ["2"]
    assert count(mine, problems) == 0
    check_sums(mine)


def test_a_known_content_may_be_vouched_for(mine: Store) -> None:
    take(mine, reading(ONE), trust=Trust.UNPROVEN)
    assert not take(mine, reading(ONE), trust=Trust.VOUCHED).known
    assert messages(mine, Scope(proven=True)) == 7


def test_a_take_that_was_interrupted_goes_on(mine: Store) -> None:
    def interrupted(_: Any) -> Iterator[Any]:
        yield ONE()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(mine, interrupted)
    taken = take(mine, reading(ONE, OTHER))
    assert [each.outcome for each in taken.saved] == [Outcome.DUPLICATE, Outcome.STORED]
    assert count(mine, raws) == 1
    assert count(mine, arrivals) == 2


def test_a_content_that_was_never_here(mine: Store) -> None:
    with pytest.raises(StoreError, match="no content"):
        next(importer.load(mine, "00"))


@pytest.mark.parametrize("url", ["postgresql://u:hidden@h:port/d", "://u:hidden@h"])
def test_no_error_about_a_url_has_its_password(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        store.open(url)
    assert "hidden" not in str(caught.value)
