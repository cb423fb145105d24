"""Policy discovery beside checkdmarc, which reads RFC 9989 §4.10 as a checker for publishers."""

from collections.abc import Iterator
from typing import Any

import dns.rdata
import dns.resolver
import pytest

from agreement import MOST, Agreement, Difference
from dmarc_suite import World
from dmarc_worlds import COUNT, Case, world
from mailworthy.dmarc.discover import Found, PolicyFound, policy
from mailworthy.dmarc.record import is_dmarc
from mailworthy.lookup.drive import drive
from mailworthy.lookup.model import Answer, Question, Status
from mailworthy.rdata.text import quote

theirs = pytest.importorskip("checkdmarc.dmarc", reason="checkdmarc is among the oracles")
utils = pytest.importorskip("checkdmarc.utils")
pytestmark = pytest.mark.oracle


def several(case: Case, mine: PolicyFound, error: str) -> bool:
    """Several records at one name count as none, and the walk goes on; a checker stops."""
    return any(step.found is Found.SEVERAL for step in mine.walk.steps)


def another_record(case: Case, mine: PolicyFound, error: str) -> bool:
    """What else stands there is discarded; a checker complains."""
    texts = [
        t["TXT"] for s in mine.walk.steps for t in case["zonedata"].get(f"_dmarc.{s.domain}", ())
    ]
    return any(not is_dmarc(text) for text in texts)


def nobody(case: Case, mine: PolicyFound, error: str) -> bool:
    """A name that does not exist has a policy all the same: np= is about nothing else."""
    return "does not exist" in error


CLASSES = (
    Difference("checkdmarc stops at several records", "§4.10 steps 2, 6", several),
    Difference("checkdmarc stops at other records", "§4.10 steps 2, 6", another_record),
    Difference("checkdmarc has no policy for names that do not exist", "§4.7 np", nobody),
)
AGREEMENT = Agreement("checkdmarc, discovery", *CLASSES)


@pytest.fixture(autouse=True, scope="module")
def counted(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    AGREEMENT.tell(request.config)


class Resolver(dns.resolver.Resolver):
    """dnspython's interface to a world."""

    def __init__(self, case: Case) -> None:
        super().__init__(configure=False)
        self.world = World(case["zonedata"])

    def resolve(self, qname: Any, rdtype: Any = "A", *_: Any, **__: Any) -> Any:
        found = self.world.instant(Question(str(qname), str(rdtype)))
        assert isinstance(found, Answer)
        if found.status is Status.ABSENT:
            raise dns.resolver.NXDOMAIN
        if found.status is Status.EMPTY:
            raise dns.resolver.NoAnswer
        return [dns.rdata.from_text("IN", str(rdtype), quote(text)) for text in found.records]


def located(case: Case) -> tuple[str | None, str]:
    """Where checkdmarc finds the policy record, and what it says where it finds none."""
    utils.DNS_CACHE.clear()
    try:
        found = theirs.query_dmarc_record(case["from"][0], resolver=Resolver(case))
    except theirs.DMARCError as error:
        return None, str(error)
    return found["location"], ""


def test_the_policy_is_found_at_the_same_name() -> None:
    for seed in range(COUNT):
        case = world(seed)
        mine = drive(policy(case["from"][0]), World(case["zonedata"]))
        location, error = located(case)
        AGREEMENT.hold(mine.domain, location, case, mine, error)
    assert AGREEMENT.compared - AGREEMENT.counts.total() > COUNT / 4


@pytest.mark.parametrize("kind", CLASSES, ids=[one.name for one in CLASSES])
def test_the_classes_are_real(kind: Difference) -> None:
    assert AGREEMENT.counts[kind.name] > 0


def test_they_are_few() -> None:
    assert len(CLASSES) <= MOST
