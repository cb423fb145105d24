"""A hostile zone cannot make the list of findings endless."""

from collections import Counter

import pytest

from casekit import outcome
from mailworthy.audit.healthy import healthy
from mailworthy.audit.run import MAX_ALIKE

MANY = 300


WORLDS = {
    "MX": tuple(f"example.com. MX {n} host{n}.example.com." for n in range(MANY)),
    "DMARC": tuple(f'_dmarc.example.com. TXT "v=DMARC1; p=none; x{n}=y"' for n in range(MANY)),
    "A": tuple(f"mail.example.com. A 192.0.2.{n}" for n in range(30, 100)),
}


@pytest.mark.parametrize("world", WORLDS)
def test_findings_of_one_rule_are_few(world: str) -> None:
    counted = Counter(f.rule for f in outcome(healthy(add=WORLDS[world])).findings)
    assert max(counted.values()) <= MAX_ALIKE


def test_what_was_left_out_is_counted() -> None:
    findings = outcome(healthy(add=WORLDS["A"])).findings
    (last,) = [f for f in findings if f.message.endswith("more like it)")][:1]
    alike = [f for f in findings if f.rule == last.rule]
    assert len(alike) == MAX_ALIKE
    assert last is alike[-1]
