"""Audits: seconds and questions a domain, beside checkdmarc, against one local DNS server.

    python benchmarks/bench_audit.py [--smoke] [--only PART]

The server runs in a process of its own and answers each question 20 ms late (or at once, or not
at all, where a row says so). Both tools do DNS only: neither connects to a mail or web server.
"""

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from dnsserver import ADDRESS, SILENT, Server
from mailworthy.audit.collect import Target, collect
from mailworthy.audit.facade import Audit, conclude
from mailworthy.audit.many import aaudits
from mailworthy.audit.rule import load
from mailworthy.lookup.drive import drive
from mailworthy.lookup.live import Live
from table import show
from world import SELECTOR, domain

DELAY = 0.020
DEADLINE = 20.0
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

    def measure(self, label: str, count: int, work: Callable[[], int]) -> None:
        """Time `work`, which returns how many domains it could judge."""
        asked, wall, cpu = self.server.asked, time.perf_counter(), time.process_time()
        judged = work()
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


def one_by_one(server: Server, count: int, *, checkpoint: bool = False) -> int:
    """Each domain with a resolver of its own, so that nothing is in its cache."""
    judged = 0
    for number in range(count):
        with Live(server.spec) as live:
            wanted = target(number, checkpoint=checkpoint)
            evidence = drive(collect(wanted), live, deadline=DEADLINE)
        judged += whole(conclude(evidence, load(), ()))
    return judged


def at_once(server: Server, count: int, jobs: int) -> int:
    """Many domains with one resolver, as `mailworthy check` does it."""

    async def work(live: Live) -> int:
        targets = [target(number) for number in range(count)]
        found = aaudits(targets, live, load(), deadline=DEADLINE, jobs=jobs)
        return sum([whole(audit) async for audit in found])

    with Live(server.spec) as live:
        return live.run(work(live))


def checkdmarc(server: Server, count: int) -> int:
    """The peer, one domain after the other with its cache kept, as its own command does."""
    import checkdmarc as peer
    from dns.nameserver import Do53Nameserver

    servers = [Do53Nameserver(ADDRESS, server.port)]
    found: Any = [peer.check_domains([domain(n)], nameservers=servers) for n in range(count)]
    return sum(bool(f["spf"]["valid"] and f["dmarc"]["valid"]) for f in found)


def has_peer() -> bool:
    """Whether checkdmarc is installed (`make oracles`)."""
    from importlib.util import find_spec

    return find_spec("checkdmarc") is not None


def slow(bench: Bench, size: Size) -> None:
    """Every answer 20 ms late."""
    server, jobs = bench.server, (16, 64)
    server.be(DELAY)
    bench.measure("mailworthy", size.one, lambda: one_by_one(server, size.one))
    light = lambda: one_by_one(server, size.one, checkpoint=True)  # noqa: E731
    bench.measure("mailworthy --checkpoint", size.one, light)
    if has_peer():
        bench.measure("checkdmarc", size.peer, lambda: checkdmarc(server, size.peer))
    for n in jobs:
        bench.measure(
            f"mailworthy --jobs {n}", size.many, lambda n=n: at_once(server, size.many, n)
        )
    bench.print("A resolver 20 ms away")


def dead(bench: Bench, size: Size) -> None:
    """A server that answers nothing: one domain costs one deadline at most."""
    server = bench.server
    server.be(SILENT)
    bench.measure("mailworthy", 1, lambda: one_by_one(server, 1))
    bench.measure("mailworthy --jobs 16", 16, lambda: at_once(server, 16, 16))
    if has_peer() and size is FULL:
        bench.measure("checkdmarc", 1, lambda: _dead_peer(server))
    bench.print(f"A resolver that answers nothing (deadline {DEADLINE:.0f} s a domain)")


def _dead_peer(server: Server) -> int:
    import checkdmarc as peer
    from dns.nameserver import Do53Nameserver

    peer.check_domains(["dead.test"], nameservers=[Do53Nameserver(ADDRESS, server.port)])
    return 0


def flood(bench: Bench, size: Size) -> None:
    """No delay at all: what the processor allows. Domains a second and core: 1000 / CPU ms."""
    server = bench.server
    server.be(0.0)
    bench.measure("mailworthy --jobs 64", size.flood, lambda: at_once(server, size.flood, 64))
    if has_peer():
        bench.measure("checkdmarc", size.peer, lambda: checkdmarc(server, size.peer))
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
    with Server(max(size.one, size.peer, size.many, size.flood)) as server:
        for part in options.only or PARTS:
            PARTS[part](Bench(server), size)


if __name__ == "__main__":
    main()
