"""Every question of the store on five million rows in SQLite; all but raw views from daily sums.

The rows are those of 500 domains over two years. The domain that is asked about has most of them:
an own server, newsletter services, forwarders, and spoofers with ever new addresses.
"""

import argparse
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import sqlalchemy as sa

import storekit as kit
from mailworthy import store
from mailworthy.reports.model import AggregateRecord, DkimAuth, Kind, SpfAuth
from mailworthy.store import Store, Trust, importer, queries
from mailworthy.store.queries import Scope
from table import show

ROWS = 5_000_000
DAYS = 730
DOMAINS = 500
REPORTERS = 40
LIMIT = 0.1
TOGETHER = 50
FIRST = date.fromordinal(kit.BEGIN // kit.DAY + date(1970, 1, 1).toordinal())


def world(rows: int) -> Iterator[tuple[str, int, str, list[AggregateRecord]]]:
    """Domain, day, reporter and records of each report."""
    dice = random.Random(7)
    made = 0
    while made < rows:
        number = min(int(dice.paretovariate(0.7)) - 1, DOMAINS - 1)
        domain, reporter = f"d{number}.example", f"r{_skewed(dice, REPORTERS)}.example"
        records = [
            _record(dice, domain) for _ in range(min(2000, int(dice.paretovariate(0.9) * 6)))
        ]
        made += len(records)
        yield domain, dice.randrange(DAYS), reporter, records


def _skewed(dice: random.Random, size: int) -> int:
    return int(size * dice.random() ** 3)


def _record(dice: random.Random, domain: str) -> AggregateRecord:
    kind, count = dice.random(), dice.randrange(1, 200)
    if kind < 0.45:
        return kit.record(ip=f"192.0.2.{dice.randrange(4)}", count=count, header_from=domain)
    if kind < 0.75:
        return _service(dice, domain, count)
    if kind < 0.9:
        ip = f"198.{_skewed(dice, 200)}.100.{_skewed(dice, 50)}"
        return kit.forwarded(ip, 1 + count // 50)
    ip = f"203.{dice.randrange(200)}.{dice.randrange(200)}.1"
    return kit.spoofed(ip, 1 + count // 60, header_from=domain)


def _service(dice: random.Random, domain: str, count: int) -> AggregateRecord:
    name = f"esp{dice.randrange(5)}.example"
    signatures = (DkimAuth(domain, "pass", "k1"), DkimAuth(name, "pass", "s"))
    ip = f"203.0.113.{_skewed(dice, 120)}"
    spf = (SpfAuth(f"bounce.{name}", "pass", "mfrom"),)
    return kit.record(
        ip=ip, count=count, spf="fail", header_from=domain, dkim_auth=signatures, spf_auth=spf
    )


def fill(target: Store, rows: int) -> None:
    """Import everything, many reports in one transaction."""
    made = enumerate(world(rows))
    while some := list(islice(made, TOGETHER)):
        with target.together():
            for number, (domain, day, reporter, records) in some:
                report = kit.aggregate(
                    records, name=reporter, report_id=str(number), day=day, domain=domain
                )
                raw = b"%d" % number
                importer.save(target, report, raw, origin=kit.ORIGIN, trust=Trust.VERIFIED)
    with target.together():
        _fill_others(target)


def _fill_others(target: Store) -> None:
    """A TLS report and a complaint for every day."""
    for day in range(DAYS):
        for kind, made in ((Kind.TLS, kit.tls()), (Kind.COMPLAINT, kit.message())):
            record: Any = type(made)(**{**_fields(made), "domain": "d0.example"})
            report = kit.aggregate([record], kind=kind, report_id=f"{kind}{day}", day=day)
            importer.save(
                target, report, f"{kind}{day}".encode(), origin=kit.ORIGIN, trust=Trust.VERIFIED
            )


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}


def questions() -> dict[str, Callable[[Scope], sa.Select[Any]]]:
    """What is asked, each under its name."""
    return {
        "overview": queries.overview,
        "totals": queries.totals,
        "by_domain": queries.by_domain,
        "by_author": queries.by_author,
        "by_reporter": queries.by_reporter,
        "sources": queries.sources,
        "trails": queries.trails,
        "known": queries.known,
        "source_days": lambda scope: queries.source_days(scope, "192.0.2.1"),
        "selectors": queries.selectors,
        "shared": queries.shared,
        "reports": queries.reports,
        "quality": queries.quality,
        "problem_list": lambda _: queries.problem_list(),
        "tls_days": queries.tls_days,
        "tls_failure_totals": queries.tls_failure_totals,
        "campaigns": queries.campaigns,
        "complaint_rate": queries.complaint_rate,
        "complaint_list": queries.complaint_list,
        "source_rows (raw)": lambda scope: queries.source_rows(scope, "192.0.2.1"),
    }


def measure(target: Store, query: sa.Select[Any]) -> tuple[float, int]:
    """The best of some runs in seconds, and how many rows came."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        rows = target.rows(query)
        times.append(time.perf_counter() - start)
    return min(times), len(rows)


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a hundredth of the rows")
    parser.add_argument("--file", help="keep the store here, and use it if it is there")
    options = parser.parse_args()
    rows = ROWS // 100 if options.smoke else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(options.file or Path(folder) / "a.db")
        there = path.exists()
        with store.open(path) as target:
            if not there:
                start = time.perf_counter()
                fill(target, rows)
                print(f"{rows / (time.perf_counter() - start):,.0f} rows/s imported")
                target.backend.tidy()
            report(target, path)


def report(target: Store, path: Path) -> None:
    """Ask everything, for one domain and for all, lately and for two years."""
    with sqlite3.connect(path) as file:
        sizes = [
            f"{file.execute(f'SELECT count(*) FROM {name}').fetchone()[0]:,} {name}"
            for name in ("aggregate_rows", "daily_sources", "daily", "seen", "reports")
        ]
    print(", ".join(sizes), f"{path.stat().st_size / 2**20:,.0f} MiB")
    last = FIRST + timedelta(days=DAYS)
    scopes = {
        "d0, 90 days": Scope(("d0.example",), last - timedelta(days=90), last),
        "d0, 2 years": Scope(("d0.example",)),
        "all, 90 days": Scope((), last - timedelta(days=90), last),
        "all, 2 years": Scope(),
    }
    lines = []
    for name, make in questions().items():
        found = [measure(target, make(scope)) for scope in scopes.values()]
        marks = (f"{s * 1000:.1f}{'!' if s > LIMIT else ' '} ({n})" for s, n in found)
        lines.append([name, *marks])
    show("Milliseconds, the best of five (rows); ! is above 100 ms", ["question", *scopes], lines)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{peak:.0f} MiB of memory at most")


if __name__ == "__main__":
    main()
