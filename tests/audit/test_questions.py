"""What an audit costs: questions and rounds, as whoever answers them counts."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from casekit import target
from mailworthy.audit.case import NOON
from mailworthy.audit.collect import Target, collect
from mailworthy.audit.evidence import Evidence
from mailworthy.audit.healthy import healthy
from mailworthy.audit.part import Known, NotAsked, Unknown
from mailworthy.dkim.selectors import COMMON
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Ask, Fetch, Question, Reply, Why, failed
from mailworthy.setup.order import Order, intent_of
from mailworthy.setup.produce import prepare
from mailworthy.setup.rehearse import world
from mailworthy.setup.targets import of_folder

CHECKPOINT, WHOLE, ROUNDS = 20, 45, 6


class Counting:
    """A resolver that keeps what it was asked."""

    def __init__(self, inner: Memory | None) -> None:
        self.inner = inner
        self.asks: list[Ask] = []

    def instant(self, ask: Ask) -> Reply:
        self.asks.append(ask)
        return self.inner.instant(ask) if self.inner else failed(ask, Why.TIMEOUT)

    @property
    def questions(self) -> list[Question]:
        return [ask for ask in self.asks if isinstance(ask, Question)]


def rounds(wanted: Target, memory: Memory) -> int:
    """How often answers must be waited for, if all that is asked at once is answered at once."""
    engine: Any = collect(wanted)
    count, batch = 0, engine.send(None)
    try:
        while True:
            count += 1
            batch = engine.send(tuple(memory.instant(ask) for ask in batch))
    except StopIteration:
        return count


def the_healthy_world(_: Path) -> tuple[Target, Memory]:
    case = healthy()
    bodies = {url: str(body).encode() for url, body in case.fetches.items()}
    return target(case), Memory.from_zone(case.zones, signed=case.signed, fetches=bodies)


def generated(folder: Path, **more: Any) -> tuple[Target, Memory]:
    """What `init` makes for one host and its domain, with the intent to compare it with."""
    order = Order("example.com", "mail.example.com", ("192.0.2.25",), ("2001:db8::25",), **more)
    made = prepare(folder, intent_of(order, NOON), NOON)
    everything = made.generated(NOON)
    plain = Target(domain="example.com", now=NOON)
    found = of_folder(made, plain, everything.zones["example.com"])
    return found, world(made, everything)


def a_generated_domain(folder: Path) -> tuple[Target, Memory]:
    return generated(folder)


def a_generated_domain_with_more(folder: Path) -> tuple[Target, Memory]:
    servers = ("ns1.example.net", "ns2.example.net")
    return generated(folder, dnssec=True, ca=("letsencrypt.org",), nameservers=servers)


WORLDS = pytest.mark.parametrize(
    "made", [the_healthy_world, a_generated_domain, a_generated_domain_with_more]
)


@WORLDS
@pytest.mark.parametrize(("checkpoint", "most"), [(True, CHECKPOINT), (False, WHOLE)])
def test_questions(made: Any, checkpoint: bool, most: int, tmp_path: Path) -> None:
    wanted, memory = made(tmp_path)
    wanted = msgspec.structs.replace(wanted, checkpoint=checkpoint)
    counting = Counting(memory)
    evidence: Evidence = drive(collect(wanted), counting)
    assert isinstance(evidence.mx, Known)
    assert 10 < len(counting.questions) <= most
    assert len(set(counting.asks)) == len(counting.asks)
    assert rounds(wanted, memory) <= ROUNDS


def test_the_checkpoint_fetches_nothing() -> None:
    wanted, memory = the_healthy_world(Path())
    counting = Counting(memory)
    drive(collect(msgspec.structs.replace(wanted, checkpoint=True)), counting)
    assert not [ask for ask in counting.asks if isinstance(ask, Fetch)]


def bare(zone: str) -> Counting:
    """The questions about a domain of which nothing is known but its zone."""
    soa = "ns1.example.net. hostmaster.example.com. 1 14400 3600 1209600 3600"
    counting = Counting(Memory.from_zone(f". 60 SOA {soa}\nexample.com. 60 SOA {soa}\n{zone}"))
    drive(collect(Target(domain="example.com", now=NOON)), counting)
    return counting


def selectors(counting: Counting) -> set[str]:
    names = [q.name for q in counting.questions if q.name.endswith("._domainkey.example.com")]
    return {name.partition(".")[0] for name in names}


def test_selectors_are_guessed_only_where_there_may_be_some() -> None:
    there = bare('unusual._domainkey.example.com. 60 TXT "v=DKIM1; p="')
    absent = bare('example.com. 60 TXT "v=spf1 -all"')
    wildcard = bare('*._domainkey.example.com. 60 TXT "v=DKIM1; p="')
    assert selectors(there) >= set(COMMON)
    assert len(selectors(absent)) == len(selectors(wildcard)) == 1
    assert len(absent.questions) <= WHOLE
    assert len(there.questions) - len(COMMON) <= WHOLE


def test_below_a_name_that_does_not_exist_nothing_is_asked() -> None:
    asked = {(q.name, q.type) for q in bare('example.com. 60 TXT "v=spf1 -all"').questions}
    assert ("_tcp.example.com", "SRV") in asked
    assert ("_imaps._tcp.example.com", "SRV") not in asked
    assert ("www.example.com", "A") in asked
    assert ("www.example.com", "MX") not in asked
    more = bare("_imaps._tcp.example.com. 60 SRV 0 1 993 mail.example.com.")
    assert ("_imap._tcp.example.com", "SRV") in {(q.name, q.type) for q in more.questions}


def test_an_alias_is_asked_about_once() -> None:
    zone = "www.example.com. 60 CNAME example.com.\nexample.com. 60 A 192.0.2.25"
    asked = {(q.name, q.type) for q in bare(zone).questions}
    assert {name for name, _ in asked} >= {"www.example.com", "example.com"}
    assert [type_ for name, type_ in asked if name == "www.example.com"] == ["A"]


def test_a_silent_server_is_waited_for_once() -> None:
    wanted, _ = the_healthy_world(Path())
    engine: Any = collect(wanted)
    batch = engine.send(None)
    with pytest.raises(StopIteration) as ended:
        engine.send(tuple(failed(ask, Why.TIMEOUT) for ask in batch))
    evidence: Evidence = ended.value.value
    assert isinstance(evidence.mx, Unknown)
    assert isinstance(evidence.spf_tree, Unknown | NotAsked)


def test_what_an_alias_brings_is_the_answer_for_its_name() -> None:
    wanted, memory = the_healthy_world(Path())
    evidence: Evidence = drive(collect(wanted), memory)
    assert isinstance(evidence.autoconfig, Known)
    found = evidence.autoconfig.value
    for answer, type_ in ((found.a, "A"), (found.aaaa, "AAAA")):
        assert answer == memory.instant(Question("autoconfig.example.com", type_))
