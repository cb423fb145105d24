"""iprev: RFC 8601 §2.7.3 and §3."""

import asyncio
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy import iprev as package
from mailworthy.iprev.engine import MAX_NAMES, IprevResult, Result, iprev
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed
from mailworthy.rdata.address import NotAnAddress

ZONE = """
$TTL 300
@ SOA ns.test. root.test. 1 1 1 1 1
25.2.0.192.in-addr.arpa. PTR mail.example.com.
26.2.0.192.in-addr.arpa. PTR elsewhere.example.com.
27.2.0.192.in-addr.arpa. PTR nowhere.example.com.
28.2.0.192.in-addr.arpa. PTR bare.example.com.
29.2.0.192.in-addr.arpa. TXT "no name"
30.2.0.192.in-addr.arpa. CNAME 30.part.example.com.
30.part.example.com. PTR mail.example.com.
31.2.0.192.in-addr.arpa. PTR a.example.com.
31.2.0.192.in-addr.arpa. PTR mail.example.com.
32.2.0.192.in-addr.arpa. PTR alias.example.com.
33.2.0.192.in-addr.arpa. PTR .
5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR mail.example.com.
mail.example.com. A 192.0.2.25
mail.example.com. A 192.0.2.30
mail.example.com. A 192.0.2.31
mail.example.com. A 192.0.2.32
mail.example.com. AAAA 2001:db8:0:0::25
elsewhere.example.com. A 198.51.100.1
bare.example.com. TXT "no address"
alias.example.com. CNAME mail.example.com.
"""
WORLD = Memory.from_zone(ZONE, origin=".")


@pytest.mark.parametrize(
    ("ip", "result", "name"),
    [
        ("192.0.2.25", Result.PASS, "mail.example.com"),
        ("2001:db8::25", Result.PASS, "mail.example.com"),
        ("::ffff:192.0.2.25", Result.PASS, "mail.example.com"),
        ("192.0.2.26", Result.FAIL, ""),
        ("192.0.2.27", Result.FAIL, ""),  # the name does not exist
        ("192.0.2.28", Result.FAIL, ""),  # it has no address
        ("192.0.2.29", Result.PERMERROR, ""),  # no PTR, but another type
        ("192.0.2.99", Result.PERMERROR, ""),  # nothing at all
        ("192.0.2.30", Result.PASS, "mail.example.com"),  # delegated by an alias (RFC 2317)
        ("192.0.2.31", Result.PASS, "mail.example.com"),  # the second of two names
        ("192.0.2.32", Result.PASS, "alias.example.com"),
        ("192.0.2.33", Result.FAIL, ""),  # the root is no host
    ],
)
def test_table(ip: str, result: Result, name: str) -> None:
    found = drive(iprev(ip), WORLD)
    assert (found.result, found.name) == (result, name)


class World:
    """Fixed answers by name; what is not there is NXDOMAIN."""

    def __init__(self, answers: dict[str, tuple[str, ...] | Why]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str]] = []

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        self.asked.append((ask.name, ask.type))
        found = self.answers.get(ask.name)
        if isinstance(found, Why):
            return failed(ask, found)
        if found is None:
            return Answer(ask, Status.ABSENT, rcode="NXDOMAIN")
        return Answer(ask, Status.FOUND, records=found)


REVERSE = "25.2.0.192.in-addr.arpa"


@pytest.mark.parametrize(
    ("answers", "result"),
    [
        ({REVERSE: Why.TIMEOUT}, Result.TEMPERROR),
        ({REVERSE: ("a.test.",), "a.test": Why.SERVFAIL}, Result.TEMPERROR),
        ({REVERSE: ("a.test.", "b.test."), "a.test": Why.SERVFAIL}, Result.TEMPERROR),
        (
            {REVERSE: ("a.test.", "b.test."), "a.test": Why.SERVFAIL, "b.test": ("192.0.2.25",)},
            Result.PASS,
        ),
        ({REVERSE: ("a.test.",), "a.test": ("not an address",)}, Result.FAIL),
    ],
)
def test_failures_are_no_verdict(answers: dict[str, tuple[str, ...] | Why], result: Result) -> None:
    assert drive(iprev("192.0.2.25"), World(answers)).result is result


def test_no_more_than_ten_names_are_looked_up() -> None:
    names = tuple(f"n{i:02}.test." for i in range(25))
    world = World({REVERSE: names, "n20.test": ("192.0.2.25",)})
    found = drive(iprev("192.0.2.25"), world)
    assert found.result is Result.FAIL
    assert len(world.asked) == 1 + MAX_NAMES
    assert len(found.names) == MAX_NAMES
    assert found.not_evaluated == tuple(f"n{i}.test" for i in range(10, 25))
    assert drive(iprev("192.0.2.25", max_names=25), world).result is Result.PASS


def test_only_the_family_of_the_client_is_asked() -> None:
    world = World({REVERSE: ("a.test.",)})
    drive(iprev("192.0.2.25"), world)
    assert world.asked == [(REVERSE, "PTR"), ("a.test", "A")]


def test_names_that_cannot_be_asked_are_shown() -> None:
    world = World({REVERSE: ("x" * 64 + ".test.", ".")})
    found = drive(iprev("192.0.2.25"), world)
    assert (found.result, len(world.asked)) == (Result.FAIL, 1)
    assert [f.answer for f in found.names] == [None, None]


def test_misuse() -> None:
    with pytest.raises(NotAnAddress):
        drive(iprev("mail.example.com"), WORLD)
    with pytest.raises(TypeError, match="truth value"):
        bool(drive(iprev("192.0.2.25"), WORLD))


def test_calls() -> None:
    found = package.check("192.0.2.25", resolver=WORLD)
    assert found.result is Result.PASS
    assert asyncio.run(package.acheck("192.0.2.25", resolver=WORLD)) == found


class Chaos:
    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.asked = 0

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        self.asked += 1
        status = self.data.draw(st.sampled_from(Status))
        if status is Status.FAILED:
            return failed(ask, self.data.draw(st.sampled_from(Why)))
        text = st.text(max_size=80) | st.sampled_from(["192.0.2.25", "::1", "a.test.", "..", "\\"])
        records = self.data.draw(st.lists(text, max_size=14)) if status is Status.FOUND else []
        return Answer(ask, status, records=tuple(records))


@given(
    st.integers(0, 2**32 - 1).map(IPv4Address) | st.integers(0, 2**128 - 1).map(IPv6Address),
    st.data(),
)
def test_never_raises_and_stays_bounded(ip: IPv4Address | IPv6Address, data: st.DataObject) -> None:
    world = Chaos(data)
    found: IprevResult = drive(iprev(ip), world)
    assert world.asked <= 1 + MAX_NAMES
    assert (found.result is Result.PASS) == bool(found.name)
