"""SPF: checks a second beside pyspf, on the same zones in memory.

    python benchmarks/bench_spf.py [--smoke]

Ours asks `Memory` through `drive`, as everywhere; pyspf asks a dictionary of ready answers. Our
parsed records stay in a cache between checks, as they do in a server; pyspf keeps none.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import msgspec

from mailworthy import spf as ours
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Answer, Question
from table import show

ROUNDS = 5
HEAD = ("", "result", "mailworthy/s", "pyspf/s", "ratio")

ZONES = """
example. 300 SOA ns.example. root.example. 1 2 3 4 5
chain.example.      300 TXT "v=spf1 include:one.chain.example -all"
one.chain.example.  300 TXT "v=spf1 ip4:198.51.100.0/24 include:two.chain.example ?all"
two.chain.example.  300 TXT "v=spf1 mx:mail.example ~all"
mail.example.       300 MX 10 mx1.mail.example.
mx1.mail.example.   300 A 192.0.2.1
plain.example.      300 TXT "v=spf1 mx a ip4:203.0.113.0/24 -all"
plain.example.      300 MX 10 mx1.mail.example.
plain.example.      300 A 192.0.2.9
hosted.example.     300 TXT "v=spf1 include:_spf.hosted.example ~all"
_spf.hosted.example. 300 TXT "v=spf1 include:_a.hosted.example include:_b.hosted.example ~all"
_a.hosted.example.  300 TXT "v=spf1 {a} ~all"
_b.hosted.example.  300 TXT "v=spf1 {b} ~all"
macro.example.      300 TXT "v=spf1 exists:%{{ir}}.%{{l1r+-}}._spf.%{{d}} -all exp=why.%{{d}}"
why.macro.example.  300 TXT "%{{i}} may not send for %{{o}}"
none.example.       300 TXT "just a text"
""".format(
    a=" ".join(f"ip4:203.0.{n}.0/24" for n in range(12)),
    b=" ".join(f"ip6:2001:db8:{n}::/48" for n in range(8)) + " ip4:192.0.2.0/24",
)


class Case(msgspec.Struct, frozen=True):
    """One kind of check."""

    name: str
    ip: str
    domain: str


CASES = (
    Case("include, include, mx", "192.0.2.1", "chain.example"),
    Case("mx a ip4 -all: pass by mx", "192.0.2.1", "plain.example"),
    Case("mx a ip4 -all: fail", "198.51.100.7", "plain.example"),
    Case("a provider with 21 networks", "192.0.2.1", "hosted.example"),
    Case("exists with macros, exp", "192.0.2.1", "macro.example"),
    Case("no record", "192.0.2.1", "none.example"),
)


def peer(memory: Memory) -> Any | None:
    """pyspf with its look-up replaced by answers of the same zones; None if it is missing."""
    try:
        import spf
    except ImportError:
        return None
    kept: dict[tuple[str, str], list[Any]] = {}

    def lookup(name: str, type_: str, strict: bool = True, timeout: float = 20) -> list[Any]:
        found = kept.get((name, type_))
        if found is None:
            found = kept[name, type_] = answers(memory, name, type_)
        return found

    spf.DNSLookup = lookup
    return spf


def answers(memory: Memory, name: str, type_: str) -> list[Any]:
    """What its own look-up function would return."""
    answer = memory.instant(Question(name, type_))
    assert isinstance(answer, Answer)
    return [((name, type_), value(type_, record)) for record in answer.records]


def value(type_: str, record: str) -> Any:
    """A record as pyspf takes it from dnspython."""
    if type_ == "TXT":
        return (record.encode("latin-1"),)
    if type_ == "MX":
        preference, host = record.split()
        return int(preference), host.rstrip(".")
    return record.rstrip(".")


def rates(works: list[Callable[[], object]], count: int) -> list[float]:
    """Calls a second of each, the best of a few rounds in turn."""
    best = [0.0] * len(works)
    for _ in range(ROUNDS):
        for i, work in enumerate(works):
            start = time.perf_counter()
            for _ in range(count):
                work()
            best[i] = max(best[i], count / (time.perf_counter() - start))
    return best


def measure(case: Case, memory: Memory, other: Any | None, count: int) -> tuple[str, ...]:
    """One row."""
    sender, helo = f"some-one@{case.domain}", "mx1.mail.example"

    def mine() -> ours.SpfResult:
        return ours.check_host(case.ip, case.domain, sender, helo=helo, resolver=memory)

    def theirs() -> Any:
        return other.check2(i=case.ip, s=sender, h=helo) if other else None

    if other is None:
        (speed,) = rates([mine], count)
        return case.name, mine().result, f"{speed:,.0f}", "-", "-"
    if (said := theirs()[0]) != mine().result:
        raise SystemExit(f"{case.name}: pyspf says {said}, we say {mine().result}")
    speed, beside = rates([mine, theirs], count)
    return case.name, said, f"{speed:,.0f}", f"{beside:,.0f}", f"{speed / beside:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description="SPF checks beside pyspf.")
    parser.add_argument("--smoke", action="store_true", help="a few checks, to see that it runs")
    count = 20 if parser.parse_args().smoke else 5_000
    memory = Memory.from_zone(ZONES)
    other = peer(memory)
    if other is None:
        print("pyspf is not installed: nothing to compare with (make oracles)")
    rows = [measure(case, memory, other, count) for case in CASES]
    show("SPF checks, DNS in memory, one core", HEAD, rows)


if __name__ == "__main__":
    main()
