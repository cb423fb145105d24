"""Every `mailworthy reports` command on five million rows in SQLite, from question to text.

    python benchmarks/reports_answers.py [--smoke] [--file PATH]

Before that, the questions that the commands ask of the store (`store_queries.py`), each alone.
The rows are those of `store_queries.py`: 500 domains over two years, of which the domain that is
asked about has more than a third, with an own server, services, forwarders, and spoofers with ever
new addresses. The start of the program and DNS are not counted.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import msgspec

import store_queries
from mailworthy import store
from mailworthy.render.reports import document
from mailworthy.reports.answers.complaints import complaints
from mailworthy.reports.answers.find import failing, find
from mailworthy.reports.answers.listing import listing, show
from mailworthy.reports.answers.overview import overview
from mailworthy.reports.answers.problems import problems
from mailworthy.reports.answers.reporters import reporters
from mailworthy.reports.answers.sources import of_several, sources
from mailworthy.reports.answers.tls import tls
from mailworthy.reports.answers.words import expected
from mailworthy.store import Store, queries
from mailworthy.store.queries import Scope
from store_queries import DAYS, FIRST, LIMIT, ROWS, fill
from table import show as show_table

Ask = Callable[[Store, Scope], list[Any]]
FAILING = 3  # sources that `why` looks at without NAME
TOP = 5  # domains that `sources` shows without --domain


def each(target: Store, scope: Scope) -> list[Scope]:
    """A scope for each domain, as the command line does it."""
    names = scope.domains or [
        row.domain for row in target.rows(queries.by_domain(scope, limit=TOP))
    ]
    return [msgspec.structs.replace(scope, domains=(name,)) for name in names]


def _sources(target: Store, scope: Scope) -> list[Any]:
    asked = [(one, expected(target, one.domains[0])) for one in each(target, scope)]
    return list(of_several(target, asked))


def _source(target: Store, scope: Scope) -> list[Any]:
    asked = msgspec.structs.replace(scope, domains=("d0.example",))
    return find(target, asked, expected(target, "d0.example"), "192.0.2.1")


def _why(target: Store, scope: Scope) -> list[Any]:
    """What `why` asks of the store, before it asks DNS."""
    one = msgspec.structs.replace(scope, domains=("d0.example",))
    failing(list(sources(target, one, expected(target, "d0.example")).sources), FAILING)
    return []


COMMANDS: dict[str, Ask] = {
    "overview": lambda target, scope: [overview(target, scope)],
    "sources": _sources,
    "source": _source,
    "why": _why,
    "list": lambda target, scope: [listing(target, scope, limit=50)],
    "show": lambda target, _: [show(target, 1, limit=100)],
    "reporters": lambda target, scope: [reporters(target, scope)],
    "problems": lambda target, _: [problems(target, limit=20)],
    "tls": lambda target, scope: [tls(target, scope)],
    "complaints": lambda target, scope: [complaints(target, scope)],
}


def measure(target: Store, name: str, scope: Scope) -> tuple[float, float, int]:
    """The best of some runs by the clock and by the processor, in seconds, and lines of text."""
    wall, processor, text = [], [], ""
    for _ in range(7):
        start, busy = time.perf_counter(), time.process_time()
        answers = COMMANDS[name](target, scope)
        text = document(name, "text", answers) if answers else ""
        wall.append(time.perf_counter() - start)
        processor.append(time.process_time() - busy)
    return min(wall), min(processor), text.count("\n")


def report(target: Store) -> None:
    """Ask everything: one domain for the usual 30 days, for 90; one for ever; all domains."""
    last = FIRST + timedelta(days=DAYS)
    scopes = {
        "d0, 30 days": Scope(("d0.example",), last - timedelta(days=29)),
        "d0, 90 days": Scope(("d0.example",), last - timedelta(days=89)),
        "d9, all time": Scope(("d9.example",)),
        "all, 30 days": Scope((), last - timedelta(days=29)),
        "all, all time": Scope(),
    }
    lines = []
    for name in COMMANDS:
        found = [measure(target, name, scope) for scope in scopes.values()]
        marks = (
            f"{wall * 1000:.0f} {busy * 1000:.0f}{'!' if busy > LIMIT else ' '} ({n})"
            for wall, busy, n in found
        )
        lines.append([name, *marks])
    title = "Milliseconds by the clock, then of the processor (lines); ! is above 100 ms of it"
    show_table(title, ["command", *scopes], lines)


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a hundredth of the rows")
    parser.add_argument("--file", help="keep the store here, and use it if it is there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(options.file or Path(folder) / "a.db")
        there = path.exists()
        with store.open(path) as target:
            if not there:
                fill(target, ROWS // 100 if options.smoke else ROWS)
                target.backend.tidy()
            store_queries.report(target, path)
            report(target)


if __name__ == "__main__":
    main()
