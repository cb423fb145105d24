"""Reading aggregate reports, with parsedmarc beside us and expat alone as the limit.

    python benchmarks/reports.py [--smoke]

A large report of 200,000 records (120 MB), one whose records have next to nothing in common, and
2,000 small reports. Each measurement is a process of its own; the rate is by its processor time,
since other work on the machine would spoil any other, and the memory is its highest ever.
parsedmarc gets fewer records, as it keeps them all; its rate does not grow with their number.
What it takes to commit records to a store comes after that (`reports_store.py`), and at last all
that has a mark, in one table.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.parsers import expat

import msgspec

from reportworld import report
from table import show

NOW = datetime(2026, 12, 1, tzinfo=UTC)
CHUNK = 131_072
NOWHERE = subprocess.DEVNULL
KIB = 1024  # in a MB as the system tells memory
MEMORY = 60
PEER = "parsedmarc"
LISTENS = "expat, three empty functions"
HEAD = ("", "records", "MB", "records/s", "reports/s", "MB/s", "memory MB")


def ours(path: Path) -> None:
    """Records, one by one."""
    from mailworthy.reports import aggregate
    from mailworthy.reports.model import Place, Report

    with path.open("rb") as source:
        found = aggregate.read(source, Place((path.name,)), now=NOW)
        assert isinstance(found, Report)
        for _ in found.records:
            continue
    assert found.complete
    assert not found.omissions


def parsedmarc(path: Path) -> None:
    """What parsedmarc makes of it without network."""
    import parsedmarc

    parsedmarc.parse_aggregate_report_xml(
        path.read_bytes(), offline=True, always_use_local_files=True
    )


def expat_alone(path: Path) -> None:
    """Records pass through expat when nobody listens."""
    _expat(path, lambda parser: None)


def expat_heard(path: Path) -> None:
    """Records pass through expat when three functions are called that do nothing."""

    def listen(parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = lambda name, attributes: None
        parser.EndElementHandler = lambda name: None
        parser.CharacterDataHandler = lambda data: None

    _expat(path, listen)


def _expat(path: Path, listen: Callable[[expat.XMLParserType], None]) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    listen(parser)
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


READERS = {
    "mailworthy": ours,
    PEER: parsedmarc,
    LISTENS: expat_heard,
    "expat, nobody listens": expat_alone,
}


class Measured(msgspec.Struct, frozen=True):
    """What one process did: in processor seconds, and with how much memory at most."""

    records: int
    files: int
    megabytes: float
    seconds: float
    peak: float

    @property
    def pace(self) -> float:
        """Records a second."""
        return self.records / self.seconds

    def line(self, name: str) -> tuple[str, ...]:
        """A row of a table."""
        return (
            name,
            f"{self.records:,}",
            f"{self.megabytes:,.0f}",
            f"{self.pace:,.0f}",
            f"{self.files / self.seconds:,.0f}" if self.files > 1 else "",
            f"{self.megabytes / self.seconds:,.0f}",
            f"{self.peak:,.0f}",
        )


class Mark(msgspec.Struct, frozen=True):
    """What has to be reached: at least, or where `most` is set at most."""

    name: str
    value: float
    mark: float
    most: bool = False
    limit: float = 0  # what expat alone reached in the same run

    def line(self) -> tuple[str, ...]:
        """A row of a table."""
        reached = self.value <= self.mark if self.most else self.value >= self.mark
        sign = "<=" if self.most else ">="
        part = f"{self.value / self.limit:.2f}" if self.limit else ""
        verdict = "ok" if reached else "MISSED"
        return (self.name, f"{self.value:,.0f}", f"{sign} {self.mark:,.0f}", part, verdict)


def measure(reader: str, folder: Path, records: int) -> None:
    """Read every file of a folder, which hold so many records, and print what it took."""
    read, paths = READERS[reader], sorted(folder.iterdir())
    read(folder.parent / "warm.xml")
    start = time.process_time()
    for path in paths:
        read(path)
    seconds = time.process_time() - start
    size = sum(path.stat().st_size for path in paths) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB
    print(msgspec.json.encode(Measured(records, len(paths), size, seconds, peak)).decode())


def measured(reader: str, folder: Path, records: int) -> Measured:
    """The same, in another process."""
    command = [sys.executable, __file__, "--measure", reader, str(folder), str(records)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return msgspec.json.decode(told.splitlines()[-1], type=Measured)


def imported(folder: Path, records: int) -> Measured:
    """`mailworthy reports import` of a folder, reading and committing in one process."""
    there = str(folder.parent / f"{folder.name}.db")
    command = [sys.executable, "-m", "mailworthy", "reports", "import", str(folder)]
    with subprocess.Popen([*command, "--store", there], stdout=NOWHERE, stderr=NOWHERE) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    paths = list(folder.iterdir())
    size = sum(path.stat().st_size for path in paths) / 1e6
    seconds = usage.ru_utime + usage.ru_stime
    return Measured(records, len(paths), size, seconds, usage.ru_maxrss / KIB)


def write(path: Path, records: int, *, number: int = 0, unlike: bool = False) -> Path:
    """A report in a file, in a folder that may be new."""
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.writelines(report(records, number=number, unlike=unlike))
    return path.parent


def one_large(folder: Path, *, smoke: bool, unlike: bool) -> Iterator[Mark]:
    """A table about a report of 200,000 records, and what of it has a mark."""
    large, part = (2_000, 200) if smoke else (200_000, 10_000)
    name = "none alike" if unlike else "many alike"
    full = write(folder / f"full{unlike}" / "1.xml", large, unlike=unlike)
    less = write(folder / f"less{unlike}" / "1.xml", part, unlike=unlike)
    found = {one: measured(one, less if one == PEER else full, large) for one in READERS}
    found[PEER] = msgspec.structs.replace(found[PEER], records=part)
    lines = [each.line(one) for one, each in found.items()]
    whole = imported(full, large)
    lines.append(whole.line("mailworthy reports import"))
    show(f"One report of {large:,} records, {name}", HEAD, lines)
    mine, limit = found["mailworthy"], found[LISTENS].pace
    yield Mark(f"records/s parsed, {name}", mine.pace, 50_000, limit=limit)
    yield Mark(f"MB of memory parsing, {name}", mine.peak, MEMORY, most=True)
    yield Mark(f"MB of memory importing, {name}", whole.peak, MEMORY, most=True)


def many_small(folder: Path, *, smoke: bool) -> Iterator[Mark]:
    """The same about 2,000 small reports."""
    small = 20 if smoke else 2_000
    for number in range(small):
        many = write(folder / "many" / f"{number:05}.xml", 4, number=number)
    found = {one: measured(one, many, 4 * small) for one in READERS}
    lines = [each.line(one) for one, each in found.items()]
    lines.append(imported(many, 4 * small).line("mailworthy reports import"))
    show(f"{small:,} reports of 4 records", HEAD, lines)
    mine, limit = found["mailworthy"].pace / 4, found[LISTENS].pace / 4
    yield Mark("small reports/s parsed", mine, 3_000, limit=limit)


def stored(*, smoke: bool) -> Mark:
    """What `reports_store.py` measures, and of it what has a mark."""
    command = [sys.executable, str(Path(__file__).with_name("reports_store.py")), "--pace"]
    done = subprocess.run(
        [*command, "--smoke"] if smoke else command, stdout=subprocess.PIPE, text=True, check=True
    )
    told, _, pace = done.stdout.rstrip().rpartition("\n")
    print(told)
    return Mark("records/s committed to SQLite", float(pace), 40_000)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="only show that it runs")
    parser.add_argument("--measure", nargs=3, metavar="X", help="one, for itself")
    arguments = parser.parse_args()
    if arguments.measure:
        reader, folder, records = arguments.measure
        measure(reader, Path(folder), int(records))
        return
    marks: list[Mark] = []
    with tempfile.TemporaryDirectory() as made:
        write(Path(made) / "warm.xml", 4)
        for unlike in (False, True):
            marks += one_large(Path(made), smoke=arguments.smoke, unlike=unlike)
        marks += many_small(Path(made), smoke=arguments.smoke)
    marks.append(stored(smoke=arguments.smoke))
    head = ("", "measured", "mark", "of expat with three functions", "")
    show("By processor time of this run", head, [mark.line() for mark in marks])


if __name__ == "__main__":
    main()
