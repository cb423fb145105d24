"""What reports say, asked of a store with a little of everything."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import storekit as kit
from answerkit import DAYS, STEERING, ZONE, mixed
from mailworthy import store as stores
from mailworthy.cli.reports.scope import each_domain
from mailworthy.errors import UsageError
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Asking
from mailworthy.render.reports import document
from mailworthy.reports.answers.complaints import complaints
from mailworthy.reports.answers.export import What, columns, rows
from mailworthy.reports.answers.find import failing, find
from mailworthy.reports.answers.listing import listing, show
from mailworthy.reports.answers.model import Counts, added
from mailworthy.reports.answers.names import names, placed
from mailworthy.reports.answers.overview import overview
from mailworthy.reports.answers.problems import problems
from mailworthy.reports.answers.reporters import reporters
from mailworthy.reports.answers.sources import Source, sources
from mailworthy.reports.answers.tls import MEANINGS, tls
from mailworthy.reports.answers.trails import Sum, Trail, records
from mailworthy.reports.answers.why import KeyState, why
from mailworthy.reports.answers.words import Known, expected, policy_of, say, words
from mailworthy.reports.model import Kind, Report
from mailworthy.reports.tls.policy import RESULTS
from mailworthy.sources.classify import Confidence
from mailworthy.sources.expect import Expected, Word
from mailworthy.sources.signals import Class
from mailworthy.store import Saved, Store, Trust, importer, queries
from mailworthy.store.queries import Scope

FIRST = date.fromordinal(date(1970, 1, 1).toordinal() + kit.BEGIN // kit.DAY)
ALL = Scope(("example.com",))
OURS = Expected(("example.com",))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with stores.open(mixed(tmp_path_factory.mktemp("answers") / "m.db")) as opened:
        yield opened


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def test_the_overview_counts_every_message_once(store: Store) -> None:
    found = overview(store, ALL)
    assert found.totals.messages == DAYS * 110 == sum(d.counts.messages for d in found.days)
    assert [d.day for d in found.days] == [day(n) for n in range(DAYS)]
    assert found.totals == added([d.counts for d in found.days])
    assert (found.totals.passed, found.totals.rate) == (DAYS * 102, 102 / 110)
    assert [d.domain for d in found.by_domain] == ["example.com"]
    assert found.unproven == 110


def test_a_period_bounds_the_overview_on_both_sides(store: Store) -> None:
    found = overview(store, Scope(("example.com",), day(2), day(4)))
    assert [d.day for d in found.days] == [day(2), day(3), day(4)]
    assert found.newest is None


def test_an_empty_period_names_the_newest_day(store: Store) -> None:
    scope = Scope(("example.com",), day(100))
    assert (overview(store, scope).days, overview(store, scope).newest) == ((), day(9))
    assert (sources(store, scope, OURS).sources, sources(store, scope, OURS).newest) == ((), day(9))


def test_only_proven_reports_can_be_counted(store: Store) -> None:
    found = overview(store, Scope(("example.com",), proven=True))
    assert (found.totals.messages, found.unproven) == ((DAYS - 1) * 110, 0)


def test_sources_add_up_to_the_whole(store: Store) -> None:
    found = sources(store, ALL, OURS)
    assert sum(s.messages for s in found.sources) + found.others == found.totals.messages
    assert found.others == found.others_failed == 0
    for each in found.sources:
        assert each.messages == each.both + each.dkim_only + each.spf_only + each.neither
        assert each.messages == sum(d.messages for d in each.days)
        assert (each.first_day, each.last_day) == (day(0), day(9))


def test_sources_are_told_apart(store: Store) -> None:
    found = {s.key: s for s in sources(store, ALL, OURS).sources}
    assert found["address:192.0.2.25"].class_ is Class.OWN
    assert found["address:198.51.100.7"].class_ is Class.FORWARDER
    assert found["network:203.0.113.0/24"].class_ in (Class.UNKNOWN, Class.THREAT)
    assert found["network:203.0.113.0/24"].let_through == 0
    assert found["address:192.0.2.25"].unproven == 100


def save(target: Store, report: Report, raw: bytes, trust: Trust = Trust.VERIFIED) -> Saved:
    return importer.save(target, report, raw, origin=kit.ORIGIN, trust=trust)


def made_up(target: Store) -> None:
    """What anybody may send, beside one true report of our own server and a stranger."""
    true = [kit.record(count=10), kit.spoofed("203.0.113.8", 2)]
    fake = [
        kit.record(ip="198.51.100.1", count=10**6),
        kit.spoofed("192.0.2.25", 10**6),
        *(kit.spoofed(f"198.51.{n}.1", 10**6) for n in range(101, 111)),
    ]
    save(target, kit.aggregate(true), b"true")
    save(target, kit.aggregate(fake, name="evil.example", day=1), b"fake", Trust.UNPROVEN)
    for n in range(9):
        other = kit.aggregate([kit.record(count=10**6)], domain=f"d{n}.example", report_id="x")
        save(target, other, b"%d" % n, Trust.UNPROVEN)


def test_what_anybody_makes_up_is_shown_as_such(tmp_path: Path) -> None:
    with stores.open(tmp_path / "a.db") as mine:
        made_up(mine)
        found = sources(mine, ALL, OURS, limit=4, rows=6)
        before = sources(mine, Scope(("example.com",), proven=True), OURS)
    assert [s.key for s in found.sources[:2]] == [s.key for s in before.sources]
    assert [s.class_ for s in found.sources[:2]] == [s.class_ for s in before.sources]
    assert [s.failed for s in found.sources[:2]] == [s.neither for s in before.sources] == [0, 2]
    for each in found.sources[2:]:
        assert (each.class_, each.confidence) == (Class.UNKNOWN, Confidence.UNPROVEN)
        assert (each.unproven, each.proven, each.failed) == (each.messages, 0, 0)


def test_nobody_chooses_what_is_asked_about_or_by_which_policy(tmp_path: Path) -> None:
    with stores.open(tmp_path / "a.db") as mine:
        made_up(mine)
        fake = kit.aggregate(day=9, records=[kit.record()], name="evil.example")
        assert fake.head.policy is not None
        fake.head = msgspec.structs.replace(
            fake.head, policy=msgspec.structs.replace(fake.head.policy, p="reject")
        )
        save(mine, fake, b"policy", Trust.UNPROVEN)
        assert policy_of(mine, "example.com") == "none"
        assert each_domain(mine, queries.EVERYTHING, 1) == [ALL]
        assert len(each_domain(mine, queries.EVERYTHING, 5)) == 5


def test_small_sources_are_counted_where_they_are_not_shown(store: Store) -> None:
    found = sources(store, ALL, OURS, limit=1)
    assert [s.key for s in found.sources] == ["address:192.0.2.25"]
    assert (found.others, found.others_failed) == (DAYS * 10, DAYS * 8)
    few = sources(store, ALL, OURS, rows=1)
    assert few.others == few.totals.messages - few.sources[0].messages > 0


@pytest.mark.parametrize("most", [1, 5, 12])
def test_too_many_days_cost_no_message(store: Store, most: int) -> None:
    whole, short = (sources(store, ALL, OURS, day_rows=n) for n in (1000, most))
    assert [(s.key, s.messages) for s in short.sources] == [
        (s.key, s.messages) for s in whole.sources
    ]
    assert {s.days for s in short.sources} == {()}
    assert document("sources", "text", [short])


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("192.0.2.25", ["address:192.0.2.25"]),
        ("address:192.0.2.25", ["address:192.0.2.25"]),
        ("203.0.113.4", ["network:203.0.113.0/24"]),
        ("203.0.113.0/24", ["network:203.0.113.0/24"]),
        ("nobody", []),
    ],
)
def test_sources_are_found_by_what_was_printed(store: Store, name: str, keys: list[str]) -> None:
    assert [s.key for s in find(store, ALL, OURS, name)] == keys


def test_what_fails_most_comes_first_and_threats_last(store: Store) -> None:
    found = sources(store, ALL, OURS).sources
    replace = msgspec.structs.replace
    threat = replace(found[0], class_=Class.THREAT, neither=10**6, key="threat")
    mine = [replace(found[0], class_=Class.OWN, neither=n, key=str(n)) for n in (1, 3, 2, 0)]
    assert [s.key for s in failing([threat, *mine], 9)] == ["3", "2", "1", "threat"]
    assert [s.key for s in failing([threat, *mine], 1)] == ["3"]


def test_the_users_word_is_kept_and_believed(tmp_path: Path) -> None:
    with stores.open(mixed(tmp_path / "w.db")) as target:
        key = "network:192.0.2.0/24"
        say(target, "example.com", key, Word.MINE, now=1)
        assert words(target, "example.com") == {key: Word.MINE}
        judged = {s.key: s for s in sources(target, ALL, expected(target, "example.com")).sources}
        assert judged[key].class_ is Class.OWN
        say(target, "example.com", key, None, now=2)
        assert words(target, "example.com") == words(target, "example.org") == {}


PTR = """$ORIGIN 100.51.198.in-addr.arpa.
@ 300 SOA ns h 1 1 1 1 1
7 300 PTR list.forward.example.
$ORIGIN forward.example.
@ 300 SOA ns h 1 1 1 1 1
list 300 A 198.51.100.7
"""


def test_reverse_names_are_asked_for_once(tmp_path: Path) -> None:
    with stores.open(mixed(tmp_path / "n.db")) as target:
        memory = Memory.from_zone(PTR)

        def refuse(engine: Asking[dict[str, str]]) -> dict[str, str]:
            return drive(engine, Memory.from_zone("$ORIGIN x.example.\n@ 300 A 192.0.2.1\n"))

        first = names(target, [ALL], lambda engine: drive(engine, memory), now=10**9)
        assert first == {"198.51.100.7": "list.forward.example"}
        assert names(target, [ALL], refuse, now=10**9 + 86_400) == first
        assert names(target, [ALL], refuse, now=10**9 + 86_400 * 31) == {}
        found = {s.key: s for s in sources(target, ALL, OURS, names=first).sources}
        assert found["name:forward.example"].reverse == "list.forward.example"
        assert found["name:forward.example"].class_ is Class.FORWARDER


class Atlas:
    """A database in which every address is in one country."""

    def get(self, ip_address: str, /) -> object:
        return {"country": {"iso_code": "DE"}, "autonomous_system_number": 64500}


def test_places_are_told_once(store: Store) -> None:
    (source,) = find(store, ALL, OURS, "203.0.113.1")
    assert len(source.addresses) == DAYS
    assert placed(source, Atlas()).places == ("DE AS64500",)


def test_the_policy_is_that_of_the_newest_report(store: Store) -> None:
    assert expected(store, "example.com").policy == "none"
    assert expected(store, "unheard.example").policy == "none"


def test_names_of_key_files_are_selectors() -> None:
    keys = ("example.com.s1", "example.com.a.s2", "example.org.s3")
    assert Known(kit_intent(), keys).selectors("example.com") == ("s1",)


def kit_intent() -> Any:
    from mailworthy.domain.intent import Intent

    return Intent()


def failing_server(store: Store) -> Source:
    """192.0.2.26, if it is one of ours."""
    (found,) = find(store, ALL, OURS, "192.0.2.26")
    return msgspec.structs.replace(found, class_=Class.OWN)


def test_why_compares_what_was_seen_with_today(store: Store) -> None:
    source = failing_server(store)
    found = drive(why(source), Memory.from_zone(ZONE))
    assert [(s.name, s.seen, s.today, s.aligned) for s in found.signatures] == [
        ("old._domainkey.example.com", "fail", KeyState.REVOKED, True)
    ]
    (envelope,) = found.envelopes
    assert (envelope.seen, envelope.results, envelope.by) == (
        "softfail",
        (("192.0.2.26", "fail"),),
        "-all",
    )
    assert (found.policy, found.policy_domain, found.undetermined) == ("none", "example.com", False)
    assert any("is revoked" in sentence for sentence in found.conclusions)
    assert any("fail for 192.0.2.26" in sentence for sentence in found.conclusions)


@pytest.mark.parametrize(
    ("record", "state", "sentence"),
    [
        ("", KeyState.MISSING, "is not in DNS"),
        ('old._domainkey TXT "hello"', KeyState.UNREADABLE, "is no key that can be read"),
        ('old._domainkey TXT "v=DKIM1; k=new; p=aaaa"', KeyState.THERE, "is there today"),
    ],
)
def test_why_tells_what_is_wrong_with_a_key(
    store: Store, record: str, state: KeyState, sentence: str
) -> None:
    source = failing_server(store)
    zone = "".join(line for line in ZONE.splitlines(True) if not line.startswith("old"))
    found = drive(why(source), Memory.from_zone(zone + record + "\n"))
    assert found.signatures[0].today is state
    assert any(sentence in text for text in found.conclusions)


@pytest.mark.parametrize(
    ("spf", "sentence"),
    [
        ("v=spf1 ip4:192.0.2.26 -all", "Today SPF lets 192.0.2.26 send for example.com, unlike"),
        ("nothing", "has no SPF record today"),
        ("v=spf1 ip4:1.2 -all", "is broken today"),
    ],
)
def test_why_tells_what_spf_says_today(store: Store, spf: str, sentence: str) -> None:
    source = failing_server(store)
    zone = ZONE.replace("v=spf1 ip4:192.0.2.25 -all", spf)
    found = drive(why(source), Memory.from_zone(zone))
    assert any(sentence in text for text in found.conclusions)


def test_not_knowing_is_said(store: Store) -> None:
    source = failing_server(store)
    found = drive(why(source), Memory.from_zone("$ORIGIN other.example.\n@ 300 A 192.0.2.1\n"))
    assert found.undetermined
    assert {s.today for s in found.signatures} == {KeyState.UNKNOWN}


def test_forgers_get_no_advice_about_keys(store: Store) -> None:
    source = failing_server(store)
    forger = msgspec.structs.replace(source, class_=Class.THREAT)
    mine = msgspec.structs.replace(source, class_=Class.OWN)
    for each, sentence in ((forger, "it was made up"), (mine, "publish it")):
        found = drive(why(each), Memory.from_zone(ZONE))
        assert sentence in found.conclusions[0]


def test_strangers_in_the_envelope_cannot_align(store: Store) -> None:
    (source,) = find(store, ALL, OURS, "203.0.113.1")
    zone = ZONE + '$ORIGIN example.net.\n@ SOA ns h 1 1 1 1 1\n@ TXT "v=spf1 +all"\n'
    found = drive(why(source), Memory.from_zone(zone))
    assert not found.undetermined
    assert any("which is not aligned with example.com" in text for text in found.conclusions)
    assert any("nothing signs this mail" in text for text in found.conclusions)


def test_reports_are_listed_the_newest_first(store: Store) -> None:
    found = listing(store, ALL, kind=Kind.AGGREGATE, limit=4)
    assert [line.report_id for line in found.reports] == ["a9", "a8", "a7", "a6"]
    assert found.more
    rest = listing(store, ALL, kind=Kind.AGGREGATE, limit=6, offset=4)
    assert (rest.reports[-1].report_id, rest.more) == ("a0", False)
    assert rest.reports[-1].omissions == 1


def test_one_report_is_shown_with_all_that_is_in_it(store: Store) -> None:
    newest = listing(store, ALL, kind=Kind.AGGREGATE, limit=20).reports
    found = show(store, next(line.id for line in newest if line.report_id == "a0"))
    assert [row.messages for row in found.rows] == [100, 3, 2, 5]
    assert found.rows[2].signatures == ("s1._domainkey.example.com pass",)
    assert (found.rows[3].dkim, found.rows[3].paths) == ("fail", ("example.com softfail",))
    assert found.policy == {"p": "none"}
    assert [problem.reason for problem in found.problems] == ["a count is not negative"]
    assert [came.outcome for came in found.deliveries] == ["stored"]


def test_there_is_no_other_report(store: Store) -> None:
    with pytest.raises(UsageError, match="no report 99999"):
        show(store, 99_999)


def test_problems_tell_what_was_left_out(store: Store) -> None:
    found = problems(store)
    assert {p.fault: p.report is None for p in found.problems} == {
        "omission": False,
        "too-large": True,
    }
    assert problems(store, limit=1).more


def test_reporters_are_scored(store: Store) -> None:
    found = {(r.reporter, r.proven): r for r in reporters(store, ALL).reporters}
    steering = found["GMX \\x1b[31m", True]
    assert (steering.points, steering.reports) == (100, 1)
    ours = found["receiver.example", True]
    assert (ours.partial, ours.flawed, ours.late) == (1, 1, 3)
    lost = 100 * ours.partial + 25 * ours.flawed + 25 * ours.late
    assert ours.points == round(100 - lost / ours.reports) < 100
    assert [f.code for f in ours.flaws] == ["version-missing"]
    assert found["receiver.example", False].reports == 1


def test_tls_failures_are_explained(store: Store) -> None:
    found = tls(store, ALL)
    assert {(f.result_type, f.sessions) for f in found.failures} == {
        ("starttls-not-supported", 40),
        ("certificate-expired", 30),
        ("odd", 10),
    }
    assert sum(d.failed for d in found.days) == DAYS * 8
    assert all(f.says and f.todo and f.rules is None for f in found.failures)


def test_tls_failures_stand_beside_what_is_found_today(store: Store) -> None:
    from mailworthy.audit.facade import audit

    findings = audit("example.com", resolver=Memory.from_zone(STS)).findings
    found = tls(store, ALL, {"example.com": findings})
    by_type = {f.result_type: f.rules for f in found.failures}
    assert "mtasts-policy-host-missing" in (by_type["certificate-expired"] or ())
    assert by_type["starttls-not-supported"] is by_type["odd"] is None
    assert set(by_type["certificate-expired"] or ()) == found.found.keys()


STS = ZONE + '_mta-sts TXT "v=STSv1; id=1"\n@ MX 10 ns1\n'


def test_every_type_of_the_rfc_has_a_meaning() -> None:
    assert MEANINGS.keys() == RESULTS


@pytest.mark.parametrize(
    ("kind", "record", "answer", "count"),
    [
        (Kind.TLS, kit.tls(successful=7, failed=2, failures=()), tls, 9),
        (Kind.COMPLAINT, kit.message(), complaints, 1),
    ],
)
def test_what_nobody_proved_is_said(
    tmp_path: Path, kind: Kind, record: Any, answer: Any, count: int
) -> None:
    with stores.open(tmp_path / "u.db") as mine:
        for number, trust in enumerate((Trust.VERIFIED, Trust.UNPROVEN)):
            report = kit.aggregate([record], kind=kind, report_id=f"u{number}")
            importer.save(mine, report, b"%d" % number, origin=kit.ORIGIN, trust=trust)
        found = answer(mine, ALL)
        assert found.unproven == count
        text = "".join(document(kind.value + "s" * (kind is Kind.COMPLAINT), "text", [found]))
        assert "not proven" in text
        assert answer(mine, Scope(("example.com",), proven=True)).unproven == 0


def test_complaints_stand_beside_the_mail_of_the_domain(store: Store) -> None:
    found = complaints(store, ALL)
    (rate,) = found.rates
    assert (rate.complaints, rate.messages, rate.rate) == (DAYS, DAYS * 102, 10 / 1020)
    assert [(m.campaign, m.complaints) for m in found.mailings] == [("c0", 5), ("c1", 5)]


@pytest.mark.parametrize(
    ("what", "count"),
    [
        (What.RECORDS, DAYS * 4),
        (What.DAYS, DAYS),
        (What.REPORTS, DAYS * 3),
        (What.TLS, DAYS * 3),
        (What.FAILURES, 0),
        (What.COMPLAINTS, DAYS),
    ],
)
def test_exports_have_all_rows_and_as_many_columns(store: Store, what: What, count: int) -> None:
    found = [row for batch in rows(store, ALL, what) for row in batch]
    named = columns(what)
    assert len(found) == count
    assert all(len(row) == len(named) for row in found)
    for row in found:
        for value, kind in zip(row, named.values(), strict=True):
            assert value is None or type(value) is kind


def test_records_are_exported_with_what_was_seen(store: Store) -> None:
    named = list(columns(What.RECORDS))
    found = [dict(zip(named, r, strict=True)) for b in rows(store, ALL, What.RECORDS) for r in b]
    own = next(row for row in found if row["address"] == "192.0.2.25")
    assert (own["signatures"], own["paths"]) == ("s1.example.com=pass", "example.com=pass")
    assert "trail_id" not in own
    assert STEERING not in json.dumps(found, default=str, ensure_ascii=False)


def test_answers_have_no_truth_value(store: Store) -> None:
    with pytest.raises(TypeError):
        bool(overview(store, ALL))


numbers = st.integers(0, 1000)


@given(numbers, numbers, numbers, numbers, numbers, numbers, numbers)
def test_records_of_a_sum_add_up(  # noqa: PLR0917
    both: int, dkim: int, spf: int, neither: int, stopped: int, gone: int, forwarded: int
) -> None:
    messages = both + dkim + spf + neither
    counts = Counts(messages, both, dkim, spf, neither, stopped, gone, forwarded)
    found = list(records(Sum("192.0.2.1", 1, counts, FIRST, FIRST, True), Trail(), "a.example"))
    assert sum(r.count for r in found) == messages
    assert all(r.count > 0 for r in found)
    assert sum(r.count for r in found if r.dkim == r.spf == "fail") == neither
    assert sum(r.count for r in found if r.reasons) == min(forwarded, messages)
    stopped_found = sum(r.count for r in found if r.disposition == "reject")
    assert stopped_found <= min(neither, stopped + gone)
