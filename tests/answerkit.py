"""Stores with reports to ask about: a year of one domain, and a little of everything."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import storekit as kit
from mailworthy import store
from mailworthy.reports.model import (
    DkimAuth,
    Fault,
    Flaw,
    Format,
    Head,
    Kind,
    Omission,
    Place,
    PolicyPublished,
    Report,
    Reporter,
    SpfAuth,
    TlsFailure,
    Unreadable,
    Window,
)
from mailworthy.sources.facts import Seen
from mailworthy.store import Origin, Store, Trust, importer
from sources_life import DOMAIN, year

INTENT = """
[hosts."mail.example.com"]
ipv4 = ["192.0.2.25"]
mx = 10

[domains."example.com"]
reports = "dmarc@example.com"
senders = ["mailchimp", { name = "sendgrid", values = { account = "u123", pool = "wl1" } }]
selectors = ["r202601", "e202601"]
"""
# The SPF record of example.com today, a revoked key, and one that stands.
ZONE = """$ORIGIN example.com.
$TTL 300
@ SOA ns1 host 1 3600 600 604800 300
@ NS ns1
ns1 A 192.0.2.53
@ TXT "v=spf1 ip4:192.0.2.25 -all"
_dmarc TXT "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
old._domainkey TXT "v=DKIM1; k=rsa; p="
"""
STEERING = "GMX \x1b[31m"  # a reporter that would like to colour the screen
DAYS = 10


def life(path: Path) -> Path:
    """The year of sources_life, as reports."""
    with store.open(path) as target:
        for number, (window, reporter, rows) in enumerate(_reports()):
            records = [row.record for row in rows]
            head = Head(
                Kind.AGGREGATE,
                Format.RFC9990,
                Reporter(reporter),
                f"r{number}",
                window,
                PolicyPublished(DOMAIN, p="none"),
            )
            report = Report(head, Place(("r.xml",)), iter(records))
            _save(target, report, f"life {number}", window.end + 3600, Trust.VERIFIED)
    return path


def _reports() -> Iterator[tuple[Window, str, list[Seen]]]:
    ordered = sorted(year(), key=lambda row: (row.window.begin, row.reporter))
    for (_, reporter), rows in groupby(ordered, key=lambda r: (r.window.begin, r.reporter)):
        found = list(rows)
        yield found[0].window, reporter, found


def mixed(path: Path) -> Path:
    """Ten days of aggregate, TLS and complaint reports, with flaws, omissions and a problem."""
    with store.open(path) as target:
        fill(target)
    return path


def fill(target: Store) -> None:
    """The same, into a store that is open."""
    for day in range(DAYS):
        for name, report in (("a", _mail(day)), ("t", _tls(day)), ("c", _complaint(day))):
            trust = Trust.UNPROVEN if name == "a" and day == 9 else Trust.VERIFIED
            received = kit.BEGIN + (day + 1) * kit.DAY + 3600 * (30 if day == 3 else 1)
            _save(target, report, f"{name}{day}", received, trust)
    bomb = Unreadable(Place(("mail.eml", "b.zip")), Fault.TOO_LARGE, "blown up beyond reason")
    importer.note(target, bomb, b"bomb", origin=kit.ORIGIN, trust=Trust.UNPROVEN)


def _mail(day: int) -> Report:
    lost = (Omission("record 9, count", "a count is not negative", "=-5"),) if day == 0 else ()
    name = STEERING if day == 1 else "receiver.example"
    records = [
        kit.record(count=100),
        kit.spoofed(f"203.0.113.{day}", 3),
        kit.forwarded("198.51.100.7", 2),
        kit.record(
            ip="192.0.2.26",
            count=5,
            spf="fail",
            dkim="fail",
            dkim_auth=(DkimAuth("example.com", "fail", "old"),),
            spf_auth=(SpfAuth("example.com", "softfail", "mfrom"),),
        ),
    ]
    report = kit.aggregate(records, report_id=f"a{day}", day=day, omissions=lost, name=name)
    if day == 2:
        report.flaws.append(Flaw("version-missing", "There is no version.", "RFC 9990 §3.1.1"))
    return report


def _tls(day: int) -> Report:
    plain = TlsFailure("starttls-not-supported", 4, receiving_mx="mx2.example.com")
    other = kit.tls(type="no-policy-found", failed=5, failures=(plain, TlsFailure("odd", 1)))
    return kit.aggregate([kit.tls(), other], kind=Kind.TLS, report_id=f"t{day}", day=day)


def _complaint(day: int) -> Report:
    record = kit.message(campaign=f"c{day % 2}")
    return kit.aggregate([record], kind=Kind.COMPLAINT, report_id=f"c{day}", day=day)


def _save(target: Store, report: Report, raw: str, received: int, trust: Trust) -> None:
    importer.save(target, report, raw.encode(), origin=Origin("a test", received), trust=trust)
