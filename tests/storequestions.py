"""Every question to a store, for tests that compare the answers of two databases."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

import storekit as kit
from mailworthy.reports.model import DkimAuth, Flaw, Kind
from mailworthy.store import Store, Trust, importer, queries
from mailworthy.store.queries import EVERYTHING, Scope, chosen

FIRST = date(2024, 10, 4)
OWN = Scope(domains=("example.com",))
WEEK = Scope(("example.com", "example.org"), FIRST, FIRST + timedelta(days=6), proven=True)
ODD = 'it\'s\\n "q" `ü` %s {x:String}'
COUNT = 20
MESSAGES = (Kind.FAILURE, Kind.COMPLAINT)
NAMES = ["192.0.2.25", "198.51.100.9", ODD]
Question = Callable[[], sa.Select[Any]]

QUESTIONS: dict[str, list[Question]] = {
    "by_author": [lambda: queries.by_author(OWN)],
    "by_domain": [lambda: queries.by_domain(EVERYTHING), lambda: queries.by_domain(WEEK, limit=1)],
    "by_reporter": [lambda: queries.by_reporter(OWN)],
    "campaigns": [lambda: queries.campaigns(EVERYTHING)],
    "complaint_list": [lambda: queries.complaint_list(OWN), lambda: queries.complaint_list(WEEK)],
    "complaint_rate": [lambda: queries.complaint_rate(EVERYTHING)],
    "deliveries": [lambda: queries.deliveries(1)],
    "failure_list": [lambda: queries.failure_list(EVERYTHING)],
    "feedback_of": [partial(queries.feedback_of, n, k) for n in range(20, 40) for k in MESSAGES],
    "feedback_days": [lambda: queries.feedback_days(OWN, Kind.COMPLAINT)],
    "flaw_counts": [lambda: queries.flaw_counts(EVERYTHING)],
    "known": [lambda: queries.known(OWN), lambda: queries.known(WEEK)],
    "overview": [partial(queries.overview, scope) for scope in (EVERYTHING, OWN, WEEK)],
    "quality": [lambda: queries.quality(EVERYTHING), lambda: queries.quality(OWN)],
    "records": [lambda: queries.records(1), lambda: queries.records(2, limit=1, offset=1)],
    "report": [lambda: queries.report(1), lambda: queries.report(999_999)],
    "report_flaws": [lambda: queries.report_flaws(COUNT + 1)],
    "reports": [
        lambda: queries.reports(EVERYTHING, limit=1000),
        lambda: queries.reports(OWN, kind=Kind.AGGREGATE, reporter=ODD),
        lambda: queries.reports(OWN, limit=3, offset=2),
    ],
    "selectors": [lambda: queries.selectors(EVERYTHING)],
    "shared": [lambda: queries.shared(EVERYTHING), lambda: queries.shared(OWN)],
    "source_days": [
        lambda: queries.source_days(OWN, "192.0.2.25"),
        *(partial(queries.source_days, OWN, "192.0.2.25", trail_id=n) for n in (1, 2, 3)),
    ],
    "source_rows": [lambda: queries.source_rows(OWN, "192.0.2.25")],
    "sources": [lambda: queries.sources(EVERYTHING), lambda: queries.sources(WEEK, limit=2)],
    "tls_days": [lambda: queries.tls_days(OWN)],
    "tls_failure_rows": [lambda: queries.tls_failure_rows(OWN)],
    "tls_failures_of": [partial(queries.tls_failures_of, n) for n in range(20, 40)],
    "tls_policies_of": [partial(queries.tls_policies_of, n) for n in range(20, 40)],
    "tls_failure_totals": [lambda: queries.tls_failure_totals(EVERYTHING)],
    "totals": [
        lambda: queries.totals(EVERYTHING),
        lambda: queries.totals(Scope(("nothing.example",))),
    ],
    "trail_paths": [lambda: queries.trail_paths([1, 2, 3])],
    "trail_signatures": [lambda: queries.trail_signatures([1, 2, 3])],
    "trails": [lambda: queries.trails(EVERYTHING), lambda: queries.trails(OWN, limit=1)],
}
# The same for mailworthy.store.queries.chosen.
CHOSEN: dict[str, list[Question]] = {
    "days_of": [partial(chosen.days_of, scope, NAMES, limit=10**6) for scope in (EVERYTHING, WEEK)],
    "known_of": [partial(chosen.known_of, scope, NAMES) for scope in (EVERYTHING, OWN)],
    "largest": [partial(chosen.largest, scope, limit=3) for scope in (EVERYTHING, OWN, WEEK)],
    "newest_of": [lambda: chosen.newest_of("example.com"), lambda: chosen.newest_of(ODD)],
    "shared_of": [lambda: chosen.shared_of(NAMES)],
    "volumes_of": [partial(chosen.volumes_of, WEEK, NAMES, limit=10**6)],
}
QUESTIONS |= CHOSEN
# In which some rows may stand in any order.
UNORDERED = {"by_reporter", "days_of", "volumes_of"}


def answer(where: Any, name: str, question: Question) -> list[Any]:
    """What a store or a copy of it answers; in one order, if the question asks for none or half."""
    rows: list[Any] = where.rows(question())
    return sorted(rows) if name in UNORDERED else rows


def fill(mine: Store, count: int = COUNT) -> None:
    """Reports of every kind, of two domains, with flaws, copies and odd names."""
    for raw, report in kit.random_reports(count):
        _save(mine, report, raw)
    odd = kit.record(header_from=ODD, dkim_auth=(DkimAuth(ODD, "fail", ODD, ODD),), count=2**40)
    flawed = kit.aggregate([odd, kit.record(envelope_from="")], report_id=ODD, name=ODD)
    flawed.flaws.append(Flaw("odd", ODD, "3.1"))
    _save(mine, flawed, b"odd", Trust.UNPROVEN)
    again = kit.aggregate([kit.record(count=3)], report_id="again", day=4)
    _save(mine, again, b"once")
    _save(mine, kit.aggregate([kit.record(count=3)], report_id="again", day=4), b"twice")
    other = kit.record(ip="198.51.100.9", header_from="example.org")
    listed = kit.aggregate([kit.forwarded("198.51.100.9", 2)], report_id="listed")
    _save(mine, listed, b"l")
    _save(mine, kit.aggregate([other], domain="example.org", seconds=7 * kit.DAY), b"o")
    many = [kit.tls(), kit.tls(type="tlsa", domain="example.org")]
    _save(mine, kit.aggregate(many, kind=Kind.TLS), b"t")
    for number, word in enumerate(("abuse", "fraud", "not-spam")):
        message = kit.message(word, campaign=f"c{number}", arrival=None)
        made = kit.aggregate([message], kind=Kind.COMPLAINT, report_id=word, day=number)
        _save(mine, made, word.encode())
    failed = kit.message("auth-failure", subject=ODD)
    _save(mine, kit.aggregate([failed], kind=Kind.FAILURE), b"f")


def _save(mine: Store, report: Any, raw: bytes, trust: Trust = Trust.VERIFIED) -> None:
    importer.save(mine, report, raw, origin=kit.ORIGIN, trust=trust)
