"""Reading aggregate reports, with parsedmarc beside us and expat alone as the limit.

    python benchmarks/reports.py [--smoke]

A large report of 200,000 records (120 MB), one whose records have next to nothing in common, and
2,000 small reports. Each measurement is a process of its own; the rate is by its processor time,
since other work on the machine would spoil any other, and the memory is its highest ever.
parsedmarc gets fewer records, as it keeps them all; its rate does not grow with their number.
What it takes to commit records to a store comes after that (`reports_store.py`).
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.parsers import expat

from reportworld import report
from table import show

NOW = datetime(2026, 12, 1, tzinfo=UTC)
CHUNK = 131_072
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
    "parsedmarc": parsedmarc,
    "expat, three empty functions": expat_heard,
    "expat, nobody listens": expat_alone,
}


def measure(reader: str, folder: Path, records: int) -> None:
    """Read every file of a folder, which hold so many records, and print what it took."""
    read, paths = READERS[reader], sorted(folder.iterdir())
    read(folder.parent / "warm.xml")
    start = time.process_time()
    for path in paths:
        read(path)
    seconds = time.process_time() - start
    size = sum(path.stat().st_size for path in paths)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([records, len(paths), size / 1e6, seconds, peak]))


def row(reader: str, folder: Path, records: int) -> tuple[str, ...]:
    """One line of the table, measured in another process."""
    command = [sys.executable, __file__, "--measure", reader, str(folder), str(records)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    count, files, megabytes, seconds, peak = json.loads(told.splitlines()[-1])
    return (
        reader,
        f"{count:,}",
        f"{megabytes:,.0f}",
        f"{count / seconds:,.0f}",
        f"{files / seconds:,.0f}" if files > 1 else "",
        f"{megabytes / seconds:,.0f}",
        f"{peak:,.0f}",
    )


def write(path: Path, records: int, *, number: int = 0, unlike: bool = False) -> Path:
    """A report in a file, in a folder that may be new."""
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.writelines(report(records, number=number, unlike=unlike))
    return path.parent


def tables(folder: Path, *, smoke: bool) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """Each table as its rows are measured."""
    large, part, small = (2_000, 200, 20) if smoke else (200_000, 10_000, 2_000)
    write(folder / "warm.xml", 4)
    limits = ["expat, three empty functions", "expat, nobody listens"]
    for name, unlike in (("many alike", False), ("none alike", True)):
        full = write(folder / f"full{unlike}" / "1.xml", large, unlike=unlike)
        less = write(folder / f"less{unlike}" / "1.xml", part, unlike=unlike)
        rows = [row("mailworthy", full, large), row("parsedmarc", less, part)]
        rows += [row(one, full, large) for one in limits]
        yield f"One report of {large:,} records, {name}", rows
    for number in range(small):
        many = write(folder / "many" / f"{number:05}.xml", 4, number=number)
    yield f"{small:,} reports of 4 records", [row(one, many, 4 * small) for one in READERS]


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
    with tempfile.TemporaryDirectory() as made:
        for title, rows in tables(Path(made), smoke=arguments.smoke):
            show(title, HEAD, rows)
    store = [sys.executable, str(Path(__file__).with_name("reports_store.py"))]
    subprocess.run([*store, "--smoke"] if arguments.smoke else store, check=True)


if __name__ == "__main__":
    main()
