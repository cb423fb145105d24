"""Writing reports to a store, without a reader: records that are made up, committed to SQLite.

`benchmarks/reports.py` measures reading, and both together.
"""

import argparse
import itertools
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from mailworthy import store
from mailworthy.reports.model import AggregateRecord, DkimAuth, Reason, SpfAuth
from mailworthy.store import Store, Trust, importer
from storekit import BEGIN, ORIGIN, aggregate, random_reports

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


def one_large(target: Store, count: int) -> float:
    """Seconds to commit one report; making the records is taken off."""
    start = time.perf_counter()
    for _ in records(count):
        pass
    making = time.perf_counter() - start
    start = time.perf_counter()
    saved = importer.save(
        target,
        aggregate(records(count)),
        os.urandom(3_000_000),
        origin=ORIGIN,
        trust=Trust.VERIFIED,
    )
    assert saved.records == count
    return time.perf_counter() - start - making


def many_small(target: Store, count: int) -> float:
    """Seconds to commit reports of four records or so, each in a transaction of its own."""
    made = list(itertools.islice(random_reports(count), count))
    start = time.perf_counter()
    for raw, report in made:
        importer.save(target, report, raw, origin=ORIGIN, trust=Trust.VERIFIED)
    return time.perf_counter() - start


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a tenth of everything")
    share = 10 if parser.parse_args().smoke else 1
    assert BEGIN
    with tempfile.TemporaryDirectory() as folder, store.open(Path(folder) / "a.db") as target:
        start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        seconds = one_large(target, RECORDS // share)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        size = (Path(folder) / "a.db").stat().st_size
        print(f"one report:  {RECORDS // share / seconds:9,.0f} records/s committed")
        print(f"             {peak / 1024:9.1f} MiB at most ({start / 1024:.1f} after opening)")
        print(f"             {size / (RECORDS // share):9.0f} octets a record on the disc")
        seconds = many_small(target, REPORTS // share)
        print(f"small ones:  {REPORTS // share / seconds:9,.0f} reports/s committed")


if __name__ == "__main__":
    main()
