"""What the store answers, by hand-made reports whose sums can be told by heart."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

import storekit as kit
from mailworthy.reports.model import Kind
from mailworthy.store import Store, Trust, importer, queries
from mailworthy.store.queries import EVERYTHING, Scope

FIRST = date(2024, 10, 4)
OWN = Scope(domains=("example.com",))


@pytest.fixture
def full(mine: Store) -> Store:
    """Three days of mail, with TLS reports, failures and complaints."""
    own, spoof = kit.record(count=10), kit.spoofed("203.0.113.66", 3)
    listed = kit.forwarded("198.51.100.9", 2)
    other = kit.record(ip="198.51.100.9", header_from="example.org", count=1)
    made: list[tuple[Any, Trust]] = [
        (kit.aggregate([own, spoof], report_id="1"), Trust.VERIFIED),
        (kit.aggregate([own, listed], report_id="2", day=1), Trust.VERIFIED),
        (kit.aggregate([own], report_id="3", day=2, name="late.example"), Trust.UNPROVEN),
        (kit.aggregate([other], report_id="4", domain="example.org"), Trust.VOUCHED),
        (kit.aggregate([kit.tls(), kit.tls(type="tlsa")], kind=Kind.TLS), Trust.VERIFIED),
        (kit.aggregate([kit.message()], kind=Kind.COMPLAINT, report_id="5"), Trust.VERIFIED),
        (kit.aggregate([kit.message("fraud")], kind=Kind.COMPLAINT, report_id="6"), Trust.VERIFIED),
        (kit.aggregate([kit.message("auth-failure")], kind=Kind.FAILURE), Trust.VERIFIED),
    ]
    for number, (report, trust) in enumerate(made):
        importer.save(mine, report, b"%d" % number, origin=kit.ORIGIN, trust=trust)
    return mine


def told(rows: list[Any], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(getattr(row, name) for name in names) for row in rows]


ONE = timedelta(days=1)
CASES: dict[str, tuple[Callable[[], sa.Select[Any]], tuple[str, ...], list[tuple[Any, ...]]]] = {
    "days": (
        lambda: queries.overview(OWN),
        ("day", "messages", "both", "neither"),
        [(FIRST, 13, 10, 3), (FIRST + ONE, 12, 10, 0), (FIRST + 2 * ONE, 10, 10, 0)],
    ),
    "proven days": (
        lambda: queries.overview(Scope(("example.com",), proven=True)),
        ("day", "messages"),
        [(FIRST, 13), (FIRST + ONE, 12)],
    ),
    "some days": (
        lambda: queries.overview(Scope((), FIRST + ONE, FIRST + ONE)),
        ("messages", "dkim_only", "forwarded"),
        [(12, 2, 2)],
    ),
    "totals": (
        lambda: queries.totals(OWN),
        ("messages", "rejected", "first_day", "last_day"),
        [(35, 3, FIRST, FIRST + 2 * ONE)],
    ),
    "totals of nothing": (
        lambda: queries.totals(Scope(("nothing.example",))),
        ("messages", "first_day"),
        [(0, None)],
    ),
    "domains": (
        lambda: queries.by_domain(EVERYTHING),
        ("domain", "messages"),
        [("example.com", 35), ("example.org", 1)],
    ),
    "no more than asked for": (
        lambda: queries.by_domain(EVERYTHING, limit=1),
        ("domain",),
        [("example.com",)],
    ),
    "authors": (lambda: queries.by_author(OWN), ("header_from", "messages"), [("example.com", 35)]),
    "reporters": (
        lambda: queries.by_reporter(OWN),
        ("reporter", "proven", "reports", "messages", "last_day"),
        [("receiver.example", 1, 2, 25, FIRST + ONE), ("late.example", 0, 1, 10, FIRST + 2 * ONE)],
    ),
    "sources": (
        lambda: queries.sources(OWN),
        ("address", "messages", "both", "neither", "first_day", "last_day"),
        [
            ("192.0.2.25", 30, 30, 0, FIRST, FIRST + 2 * ONE),
            ("203.0.113.66", 3, 0, 3, FIRST, FIRST),
            ("198.51.100.9", 2, 0, 0, FIRST + ONE, FIRST + ONE),
        ],
    ),
    "trails": (
        lambda: queries.trails(OWN),
        ("messages", "neither"),
        [(30, 0), (3, 3), (2, 0)],
    ),
    "new sources": (
        lambda: queries.known(Scope(("example.com",), since=FIRST + ONE, proven=True)),
        ("address", "first_day", "last_day"),
        [("198.51.100.9", FIRST + ONE, FIRST + ONE)],
    ),
    "one source by day": (
        lambda: queries.source_days(OWN, "192.0.2.25"),
        ("day", "header_from", "messages"),
        [(FIRST + n * ONE, "example.com", 10) for n in range(3)],
    ),
    "what was written about one source": (
        lambda: queries.source_rows(OWN, "192.0.2.25"),
        ("day", "reporter", "messages"),
        [
            (FIRST + 2 * ONE, "late.example", 10),
            (FIRST + ONE, "receiver.example", 10),
            (FIRST, "receiver.example", 10),
        ],
    ),
    "selectors": (
        lambda: queries.selectors(OWN),
        ("domain", "selector", "result", "messages"),
        [("example.com", "s1", "pass", 32)],
    ),
    "addresses of several domains": (
        lambda: queries.shared(OWN),
        ("address", "domains"),
        [("198.51.100.9", 2)],
    ),
    "reports": (
        lambda: queries.reports(OWN, kind=Kind.AGGREGATE),
        ("report_id", "reporter", "messages", "trust"),
        [
            ("3", "late.example", 10, "unproven"),
            ("2", "receiver.example", 12, "verified"),
            ("1", "receiver.example", 13, "verified"),
        ],
    ),
    "reports of one reporter": (
        lambda: queries.reports(EVERYTHING, reporter="late.example"),
        ("report_id",),
        [("3",)],
    ),
    "the second page": (
        lambda: queries.reports(OWN, kind=Kind.AGGREGATE, limit=1, offset=1),
        ("report_id",),
        [("2",)],
    ),
    "sessions": (
        lambda: queries.tls_days(OWN),
        ("day", "type", "successful", "failed"),
        [(FIRST, "sts", 97, 3), (FIRST, "tlsa", 97, 3)],
    ),
    "failed sessions": (
        lambda: queries.tls_failure_totals(OWN),
        ("domain", "result_type", "mx", "reporter", "sessions"),
        [("example.com", "certificate-expired", "mx1.example.com", "receiver.example", 6)],
    ),
    "failed sessions in full": (
        lambda: queries.tls_failure_rows(OWN),
        ("type", "sessions", "mx_patterns", "sending_ip"),
        [(word, 3, '["mx1.example.com"]', "192.0.2.1") for word in ("sts", "tlsa")],
    ),
    "complaints by day": (
        lambda: queries.feedback_days(OWN, Kind.COMPLAINT),
        ("day", "feedback_type", "incidents"),
        [(FIRST, "abuse", 1), (FIRST, "fraud", 1)],
    ),
    "campaigns": (
        lambda: queries.campaigns(OWN),
        ("campaign", "list_id", "incidents"),
        [("spring", "news.example.com", 2)],
    ),
    "complaints in relation": (
        lambda: queries.complaint_rate(OWN),
        ("domain", "complaints", "messages"),
        [("example.com", 2, 32)],
    ),
    "complaints": (
        lambda: queries.complaint_list(OWN),
        ("feedback_type", "address", "campaign"),
        [("fraud", "192.0.2.25", "spring"), ("abuse", "192.0.2.25", "spring")],
    ),
    "failures": (lambda: queries.failure_list(OWN), ("feedback_type",), [("auth-failure",)]),
}


@pytest.mark.parametrize("name", CASES)
def test_an_answer(full: Store, name: str) -> None:
    make, names, rows = CASES[name]
    assert told(full.rows(make()), *names) == rows


def test_one_report(full: Store) -> None:
    (row,) = full.rows(queries.reports(EVERYTHING, reporter="late.example"))
    (report,) = full.rows(queries.report(row.id))
    assert (report.report_id, report.domain, len(report.sha256)) == ("3", "example.com", 64)
    (arrival,) = full.rows(queries.deliveries(row.id))
    assert (arrival.outcome, arrival.origin, arrival.trust) == ("stored", "folder", "unproven")


def test_what_a_trail_is_made_of(full: Store) -> None:
    first, *_ = full.rows(queries.trails(OWN))
    assert told(full.rows(queries.trail_signatures([first.trail_id])), "domain", "result") == [
        ("example.com", "pass")
    ]
    assert told(full.rows(queries.trail_paths([first.trail_id])), "domain", "scope") == [
        ("example.com", "mfrom")
    ]


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()])
def test_every_question_is_portable(dialect: sa.Dialect) -> None:
    for make, _, _ in CASES.values():
        assert "SELECT" in str(make().compile(dialect=dialect))


# Questions about single rows, which read rows; all others have to do with sums.
RAW = {"what was written about one source", "failed sessions in full", "complaints", "failures"}
ROWS = ("aggregate_rows", "tls_rows", "tls_failures", "feedback_rows", "report_rows")


@pytest.mark.parametrize("name", sorted(CASES.keys() - RAW))
def test_an_answer_from_sums(name: str) -> None:
    text = str(CASES[name][0]())
    assert not set(ROWS) & set(re.findall(r"\w+", text))
