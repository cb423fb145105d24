"""The same answers make the same bytes, in whatever order they come and sets are walked."""

import asyncio
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from casekit import target
from mailworthy.audit.case import Case
from mailworthy.audit.collect import collect
from mailworthy.audit.facade import conclude
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import load
from mailworthy.lookup.drive import adrive, drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Ask, Reply
from mailworthy.render.json import document

RULES = load()
TREE = tuple(
    f'i{n}.example.net. TXT "v=spf1 include:i{2 * n}.example.net include:i{2 * n + 1}.example.net '
    f'mx:m{n}.example.net a:v{n}.example.net ~all"'
    for n in range(1, 40)
)
CASES = {
    "healthy": healthy(),
    "a tree too wide": healthy(
        drop=("example.com. TXT",),
        add=('example.com. TXT "v=spf1 include:i1.example.net ip4:192.0.2.25 -all"', *TREE),
    ),
    "many hosts": healthy(
        add=tuple(f"example.com. MX 10 h{n}.example.com." for n in range(20)),
    ),
}


class Late:
    """A world whose answers come in any order."""

    def __init__(self, memory: Memory, seed: int) -> None:
        self.memory, self.dice = memory, random.Random(seed)

    async def answer(self, ask: Ask, timeout: float | None) -> Reply:
        for _ in range(self.dice.randrange(6)):
            await asyncio.sleep(0)
        return self.memory.instant(ask)

    def run(self, work: Any) -> Any:
        return asyncio.run(work)


def world(case: Case) -> Memory:
    fetches = {u: b.encode() for u, b in case.fetches.items() if isinstance(b, str)}
    return Memory.from_zone(case.zones, signed=case.signed, fetches=fetches)


def at_once(case: Case) -> str:
    return document([conclude(drive(collect(target(case)), world(case)), RULES, ())])


@pytest.mark.parametrize("name", CASES)
def test_the_order_of_answers_does_not_matter(name: str) -> None:
    case = CASES[name]
    first = at_once(case)
    for seed in range(6):
        late = Late(world(case), seed)
        assert document([conclude(drive(collect(target(case)), late), RULES, ())]) == first
        again = asyncio.run(adrive(collect(target(case)), late))
        assert document([conclude(again, RULES, ())]) == first


def test_the_order_of_sets_does_not_matter() -> None:
    code = "import test_determinism as t; print(*map(t.at_once, t.CASES.values()))"
    here = Path(__file__)
    path = os.pathsep.join([str(here.parent), str(here.parents[1]), *sys.path])
    told = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "4711")
    ]
    assert told[0] == told[1]
    assert len(told[0]) > 1000
