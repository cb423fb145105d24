"""Writing reports to a store, without a reader: records that are made up, committed to SQLite.

    python benchmarks/reports_store.py [--smoke] [--pace]

At last both together, as `mailworthy reports import` does it with a folder of small reports.
`benchmarks/reports.py` measures reading alone, and then calls this.
"""

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from mailworthy import store
from mailworthy.reports.intake.batches import MOST
from mailworthy.reports.intake.files import opened, walk
from mailworthy.reports.intake.importing import Importer
from mailworthy.reports.intake.model import What
from mailworthy.reports.intake.together import each_opened, take_all
from mailworthy.reports.model import AggregateRecord, DkimAuth, Reason, SpfAuth
from mailworthy.store import Store, Trust, importer
from reportworld import report as written
from storekit import ORIGIN, aggregate, random_reports
from table import show

NOW = datetime(2026, 12, 1, tzinfo=UTC)
RECORDS = 200_000
REPORTS = 2_000


def records(count: int, seed: int = 1) -> Iterator[AggregateRecord]:
    """Records as a large receiver sends them: few kinds of results, many addresses."""
    dice = random.Random(seed)
    kinds = [_kind(dice, n) for n in range(300)]
    names = [f"mail{n}.example.com" for n in range(50)]
    for _ in range(count):
        kind = kinds[min(dice.randrange(300), dice.randrange(300))]
        ip = f"203.{dice.randrange(4)}.{dice.randrange(113)}.{dice.randrange(100)}"
        name = names[dice.randrange(50)]
        yield AggregateRecord(
            ip, dice.randrange(1, 90), *kind[0], name, name, "y.example", *kind[1]
        )


def _kind(
    dice: random.Random, number: int
) -> tuple[
    tuple[str, str, str], tuple[tuple[Reason, ...], tuple[DkimAuth, ...], tuple[SpfAuth, ...]]
]:
    dkim, spf = dice.choice(("pass", "fail")), dice.choice(("pass", "fail"))
    reasons = (Reason("local_policy", "arc=pass"),) if number % 9 == 0 else ()
    signature = DkimAuth(f"d{number % 40}.example", dkim, f"s{number % 7}")
    return ("none", dkim, spf), (reasons, (signature,), (SpfAuth(f"e{number % 60}.example", spf),))


class Clock:
    """Seconds gone by, and those that this process had a processor for."""

    def __init__(self) -> None:
        self._wall, self._own = time.perf_counter(), time.process_time()

    def stop(self) -> tuple[float, float]:
        """Both."""
        return time.perf_counter() - self._wall, time.process_time() - self._own


def one_large(target: Store, count: int) -> tuple[float, float]:
    """The time to commit one report; that of making the records is taken off."""
    clock = Clock()
    for _ in records(count):
        pass
    making = clock.stop()
    raw = os.urandom(3_000_000)
    clock = Clock()
    saved = importer.save(
        target, aggregate(records(count)), raw, origin=ORIGIN, trust=Trust.VERIFIED
    )
    assert saved.records == count
    wall, own = clock.stop()
    return wall - making[0], own - making[1]


def many_small(target: Store, count: int) -> tuple[float, float]:
    """The time to commit reports of four records or so, each in a transaction of its own."""
    made = list(random_reports(count))
    clock = Clock()
    for raw, report in made:
        importer.save(target, report, raw, origin=ORIGIN, trust=Trust.VERIFIED)
    return clock.stop()


def in_batches(target: Store, count: int) -> tuple[float, float]:
    """The same, many of them in a transaction."""
    made = iter(list(random_reports(count, seed=2)))
    clock = Clock()
    while some := list(islice(made, MOST)):
        with target.together():
            for raw, report in some:
                importer.save(target, report, raw + b"2", origin=ORIGIN, trust=Trust.VERIFIED)
    return clock.stop()


def a_folder(target: Store, count: int) -> tuple[float, float]:
    """The time to read and commit files with reports of four records, as `reports import` does."""
    with tempfile.TemporaryDirectory() as made:
        for number in range(count):
            Path(made, f"{number:05}.xml").write_bytes(b"".join(written(4, number=number)))
        clock = Clock()
        taken = take_all(Importer(target), each_opened(walk([made]), opened), now=NOW)
        assert sum(done.what is What.STORED for done in taken) == count
        target.settle()
        return clock.stop()


def rates(count: int, times: tuple[float, float]) -> list[str]:
    """How many a second, and how many a second of processor time on a busy machine."""
    return [f"{count / seconds:,.0f}" for seconds in times]


SMALL = {
    "small reports, each alone": many_small,
    "small reports, many together": in_batches,
    "small reports, read from a folder": a_folder,
}


def measure(share: int) -> float:
    """Print what was measured; how many records of a large report a processor second."""
    with tempfile.TemporaryDirectory() as folder, store.open(Path(folder) / "a.db") as target:
        start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        large, small = RECORDS // share, REPORTS // share
        times = one_large(target, large)
        lines = [["one large report, records", *rates(large, times)]]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        target.backend.tidy()
        size = (Path(folder) / "a.db").stat().st_size / large
        for name, measured in SMALL.items():
            lines.append([name, *rates(small, measured(target, small))])
    show("Committed to SQLite", ["what", "a second", "a processor second"], lines)
    print(
        f"\n{peak:.1f} MiB of memory at most, {start:.1f} after opening; {size:.0f} octets a record"
    )
    return large / times[1]


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a tenth of everything")
    parser.add_argument("--pace", action="store_true", help="the pace of a large report, at last")
    options = parser.parse_args()
    pace = measure(10 if options.smoke else 1)
    if options.pace:
        print(round(pace))


if __name__ == "__main__":
    main()
