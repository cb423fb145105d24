"""A domain that does not exist, and a resolver that knows of no domain at all."""

import pytest

from mailworthy.audit.case import NOON
from mailworthy.audit.collect import Target, collect
from mailworthy.audit.facade import Audit, conclude
from mailworthy.audit.rule import load
from mailworthy.domain.recordset import RecordSet
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory

ROOT = ". 3600 SOA a. b. 1 2 3 4 5\n"
COM = ROOT + "com. 3600 SOA a. b. 1 2 3 4 5\n"
WANTED = tuple(RecordSet(f"n{i}.nosuch.com", "A", ("192.0.2.1",)) for i in range(20))


def judged(zones: str, domain: str, **more: object) -> Audit:
    target = Target(domain=domain, now=NOON, **more)
    return conclude(drive(collect(target), Memory.from_zone(zones)), load(), ())


@pytest.mark.parametrize(
    "more", [{}, {"wanted": WANTED}, {"checkpoint": True}, {"parked": True}, {"selectors": ("s",)}]
)
def test_one_blocker(more: dict[str, object]) -> None:
    audit = judged(COM, "nosuch.com", **more)
    assert [f.rule for f in audit.findings] == ["zone-domain-missing"]
    assert audit.exit_code() == 1


@pytest.mark.parametrize("domain", ["nosuch.com", "mail.nosuch.com", "com"])
def test_a_resolver_cut_off_from_the_world_proves_nothing(domain: str) -> None:
    audit = judged(ROOT, domain, wanted=WANTED)
    assert audit.findings == ()
    assert [g.why for g in audit.undetermined] == [
        "the resolver knows no com: it seems cut off from the DNS"
    ]
    assert {dot.state for dot in audit.checkpoint} == {"undetermined"}
    assert audit.exit_code() == 3


@pytest.mark.parametrize("domain", ["localhost", "mail.test", "x.invalid", "y.internal"])
def test_names_that_nobody_can_register_are_missing(domain: str) -> None:
    assert [f.rule for f in judged(ROOT, domain).findings] == ["zone-domain-missing"]
