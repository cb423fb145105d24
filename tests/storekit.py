"""Reports made up for the tests and benchmarks of the store; no reader is needed."""

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from mailworthy.reports.model import (
    AggregateRecord,
    DkimAuth,
    FailureRecord,
    Format,
    Head,
    Kind,
    Omission,
    Place,
    PolicyPublished,
    Reason,
    Record,
    Report,
    Reporter,
    SpfAuth,
    TlsFailure,
    TlsRecord,
    Window,
)
from mailworthy.store import Origin, Store
from mailworthy.store.schema import metadata

DAY = 86_400
BEGIN = 20_000 * DAY  # 2024-10-04
ORIGIN = Origin("folder", BEGIN + 2 * DAY)


def record(**changes: Any) -> AggregateRecord:
    """A record of one message that passed both checks."""
    domain = changes.get("header_from", "example.com")
    values: dict[str, Any] = {
        "ip": "192.0.2.25",
        "count": 1,
        "disposition": "none",
        "dkim": "pass",
        "spf": "pass",
        "header_from": domain,
        "envelope_from": domain,
        "dkim_auth": (DkimAuth(domain, "pass", "s1"),),
        "spf_auth": (SpfAuth(domain, "pass", "mfrom"),),
    }
    return AggregateRecord(**values | changes)


def spoofed(ip: str, count: int = 1, **changes: Any) -> AggregateRecord:
    """A record of mail that passed nothing."""
    values: dict[str, Any] = {
        "dkim": "fail",
        "spf": "fail",
        "disposition": "reject",
        "dkim_auth": (),
        "spf_auth": (SpfAuth("example.net", "fail"),),
    }
    return record(ip=ip, count=count, **values | changes)


def forwarded(ip: str, count: int = 1) -> AggregateRecord:
    """A record of mail that came by a mailing list."""
    reasons = (Reason("mailing_list", "list.example.org"),)
    spf_auth = (SpfAuth("list.example.org", "pass", "mfrom"),)
    return record(ip=ip, count=count, spf="fail", reasons=reasons, spf_auth=spf_auth)


def aggregate(
    records: Iterable[Record],
    *,
    name: str = "receiver.example",
    report_id: str = "1",
    day: int = 0,
    seconds: int = DAY,
    domain: str = "example.com",
    omissions: Sequence[Omission] = (),
    complete: bool = True,
    kind: Kind = Kind.AGGREGATE,
    file: str = "mail.eml",
) -> Report:
    """A report that begins `day` days after BEGIN."""
    begin = BEGIN + day * DAY
    policy = PolicyPublished(domain, p="none") if kind is Kind.AGGREGATE else None
    formats = {Kind.AGGREGATE: Format.RFC9990, Kind.TLS: Format.RFC8460}
    head = Head(
        kind=kind,
        format=formats.get(kind, Format.ARF),
        reporter=Reporter(name, f"reports@{name}"),
        report_id=report_id,
        window=Window(begin, begin + seconds),
        policy=policy,
    )
    report = Report(head, Place((file, "report.xml")), iter(records))
    report.omissions.extend(omissions)
    report.complete = complete
    return report


def tls(**changes: Any) -> TlsRecord:
    """A policy of a TLS report, with sessions that failed."""
    failure = TlsFailure("certificate-expired", 3, "192.0.2.1", "mx1.example.com")
    values: dict[str, Any] = {
        "type": "sts",
        "domain": "example.com",
        "successful": 97,
        "failed": 3,
        "policy": ("version: STSv1", "mode: testing"),
        "mx": ("mx1.example.com",),
        "failures": (failure,),
    }
    return TlsRecord(**values | changes)


def message(feedback_type: str = "abuse", **changes: Any) -> FailureRecord:
    """A message that somebody complained about, or that failed."""
    values: dict[str, Any] = {
        "domain": "example.com",
        "arrival": BEGIN,
        "source_ip": "192.0.2.25",
        "campaign": "spring",
        "list_id": "news.example.com",
        "fields": (("Feedback-Type", feedback_type),),
    }
    return FailureRecord(feedback_type, **values | changes)


def random_reports(count: int, seed: int = 1) -> Iterator[tuple[bytes, Report]]:
    """Small reports about one domain, each with a content that it came in; the same each time."""
    dice = random.Random(seed)
    for number in range(count):
        day, name = dice.randrange(30), f"receiver{dice.randrange(5)}.example"
        records = [_random_record(dice) for _ in range(dice.randrange(1, 8))]
        raw = f"report {number} ".encode() * 20
        yield raw, aggregate(records, name=name, report_id=f"r{number}", day=day)


def _random_record(dice: random.Random) -> AggregateRecord:
    ip = f"198.51.100.{dice.randrange(40)}"
    kind = dice.random()
    if kind < 0.6:
        return record(count=dice.randrange(1, 500))
    return forwarded(ip, dice.randrange(1, 9)) if kind < 0.8 else spoofed(ip, dice.randrange(1, 9))


def dump(store: Store, *, without: Sequence[str] = ("meta",)) -> dict[str, list[Any]]:
    """Every row of every table, in the order of the primary keys."""
    tables = [table for table in metadata.sorted_tables if table.name not in without]
    with store.reading() as connection:
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(sa.select(table).order_by(*table.primary_key))
            ]
            for table in tables
        }
