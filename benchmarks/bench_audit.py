"""Audits: seconds and questions a domain, beside checkdmarc, against one local DNS server.

    python benchmarks/bench_audit.py [--smoke] [--only PART]

The server runs in a process of its own and answers each question 20 ms late (or at once, or not
at all, where a row says so). Both tools do DNS only: neither connects to a mail or web server.
"""

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec

from dnsserver import ADDRESS, SILENT, Server
from mailworthy.audit.collect import Target, collect
from mailworthy.audit.facade import Audit, conclude
from mailworthy.audit.many import aaudits, settle
from mailworthy.audit.rule import load
from mailworthy.lookup.drive import drive
from mailworthy.lookup.live import Live
from table import show
from world import SELECTOR, domain

DELAY = 0.020
DEADLINE = 20.0
DOMAINS = 3000  # more than all parts together take
JOBS = (16, 64)
HEAD = ("", "domains", "s a domain", "questions", "domains/s", "CPU ms")


class Size(msgspec.Struct, frozen=True):
    """How many domains each part takes."""

    one: int
    peer: int
    many: int
    flood: int


FULL = Size(one=40, peer=40, many=200, flood=1000)
SMOKE = Size(one=3, peer=2, many=12, flood=12)


def target(number: int, *, checkpoint: bool = False) -> Target:
    """A synthetic domain with its selector, so that none is guessed."""
    return Target(
        domain=domain(number),
        now=datetime(2026, 11, 23, tzinfo=UTC),
        selectors=(SELECTOR,),
        checkpoint=checkpoint,
    )


class Bench:
    """One server, and the rows that were measured against it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.rows: list[tuple[str, ...]] = []
        self.next = 0

    def measure(self, label: str, count: int, work: Callable[[Server, range], int]) -> None:
        """Time `work` on as many domains, new ones each time so that no cache knows them.

        It returns how many of them it could judge.
        """
        numbers = range(self.next, self.next + count)
        self.next += count
        asked, wall, cpu = self.server.asked, time.perf_counter(), time.process_time()
        judged = work(self.server, numbers)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        asked = self.server.asked - asked
        figures = (
            f"{wall / count:.4f}",
            f"{asked / count:.1f}",
            f"{count / wall:.1f}",
            f"{cpu * 1000 / count:.1f}",
        )
        note = "" if judged == count else f" ({judged} judged)"
        self.rows.append((label + note, str(count), *figures))

    def print(self, title: str) -> None:
        """Print the rows so far, and begin anew."""
        show(title, HEAD, self.rows)
        self.rows = []


def whole(audit: Audit) -> bool:
    """Whether everything could be determined."""
    return not audit.undetermined and bool(audit.checkpoint)


def one_by_one(server: Server, numbers: range, *, checkpoint: bool = False) -> int:
    """Each domain with a resolver of its own, so that nothing is in its cache."""
    judged = 0
    for number in numbers:
        with Live(server.spec) as live:
            wanted = target(number, checkpoint=checkpoint)
            evidence = drive(collect(wanted), live, deadline=DEADLINE)
        judged += whole(conclude(evidence, load(), ()))
    return judged


def at_once(server: Server, numbers: range, jobs: int) -> int:
    """Many domains with one resolver, as `mailworthy check` does it."""

    async def work(live: Live) -> int:
        targets = (target(number) for number in numbers)
        found = aaudits(targets, live, load(), deadline=DEADLINE, jobs=jobs)
        return sum([whole(audit) async for audit in found])

    with Live(server.spec) as live:
        return live.run(work(live))


def checkdmarc(server: Server, numbers: range) -> int:
    """The peer, one domain after the other with its cache kept, as its own command does."""
    import checkdmarc as peer
    from dns.nameserver import Do53Nameserver

    servers = [Do53Nameserver(ADDRESS, server.port)]
    found: Any = [peer.check_domains([domain(n)], nameservers=servers) for n in numbers]
    return sum(bool(f["spf"]["valid"] and f["dmarc"]["valid"]) for f in found)


def has_peer() -> bool:
    """Whether checkdmarc is installed (`make oracles`)."""
    from importlib.util import find_spec

    return find_spec("checkdmarc") is not None


def slow(bench: Bench, size: Size) -> None:
    """Every answer 20 ms late."""
    bench.server.be(DELAY)
    bench.measure("mailworthy", size.one, one_by_one)
    bench.measure("mailworthy --checkpoint", size.one, partial(one_by_one, checkpoint=True))
    if has_peer():
        bench.measure("checkdmarc", size.peer, checkdmarc)
    for jobs in JOBS:
        bench.measure(f"mailworthy --jobs {jobs}", size.many, partial(at_once, jobs=jobs))
    bench.print("A resolver 20 ms away")


def dead(bench: Bench, size: Size) -> None:
    """A server that answers nothing: one domain costs one deadline at most."""
    bench.server.be(SILENT)
    bench.measure("mailworthy", 1, one_by_one)
    if size is FULL:
        bench.measure("mailworthy --jobs 16", 16, partial(at_once, jobs=16))
    if size is FULL and has_peer():
        bench.measure("checkdmarc", 1, checkdmarc)
    bench.print(f"A resolver that answers nothing (deadline {DEADLINE:.0f} s a domain)")


def flood(bench: Bench, size: Size) -> None:
    """No delay at all: what the processor allows. Domains a second and core: 1000 / CPU ms."""
    bench.server.be(0.0)
    for jobs in JOBS:
        bench.measure(f"mailworthy --jobs {jobs}", size.flood, partial(at_once, jobs=jobs))
    if has_peer():
        bench.measure("checkdmarc", size.peer, checkdmarc)
    bench.print("A resolver at no distance")


PARTS = {"slow": slow, "dead": dead, "flood": flood}


def main() -> None:
    parser = argparse.ArgumentParser(description="Audits beside checkdmarc.")
    parser.add_argument("--smoke", action="store_true", help="a few domains, to see that it runs")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part alone")
    options = parser.parse_args()
    size = SMOKE if options.smoke else FULL
    print(f"{len(load())} rules")
    if not has_peer():
        print("checkdmarc is not installed: nothing to compare with (make oracles)")
    settle()
    with Server(DOMAINS if size is FULL else DOMAINS // 20) as server:
        bench = Bench(server)
        for part in options.only or PARTS:
            PARTS[part](bench, size)


if __name__ == "__main__":
    main()
