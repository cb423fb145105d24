"""HELO: RFC 5321 §2.3.5, §4.1.3 and §4.1.4."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy import helo as package
from mailworthy.helo.engine import check
from mailworthy.helo.form import form
from mailworthy.helo.result import Cause, HeloResult, Result
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed
from mailworthy.rdata.address import NotAnAddress

ZONE = """
$TTL 300
@ SOA ns.test. root.test. 1 1 1 1 1
mail.example.com. A 192.0.2.25
mail.example.com. AAAA 2001:db8::25
six.example.com. AAAA 2001:db8::25
alias.example.com. CNAME mail.example.com.
text.example.com. TXT "no address"
post.example.com. MX 10 mail.example.com.
below.empty.example.com. A 192.0.2.1
xn--bcher-kva.example. A 192.0.2.25
"""
WORLD = Memory.from_zone(ZONE, origin=".")
OWN = frozenset({"mx.example.org", "198.51.100.1"})


@pytest.mark.parametrize(
    ("helo", "ip", "cause", "matches"),
    [
        ("mail.example.com", "192.0.2.25", Cause.MATCHES, True),
        ("MAIL.Example.COM.", "192.0.2.25", Cause.MATCHES, True),
        ("mail.example.com", "2001:db8:0::25", Cause.MATCHES, True),
        ("mail.example.com", "::ffff:192.0.2.25", Cause.MATCHES, True),
        ("alias.example.com", "192.0.2.25", Cause.MATCHES, True),
        ("xn--bcher-kva.example", "192.0.2.25", Cause.MATCHES, True),
        # a host, and another one: no failure (§4.1.4)
        ("mail.example.com", "192.0.2.99", Cause.ELSEWHERE, False),
        ("six.example.com", "192.0.2.25", Cause.ELSEWHERE, False),
        # no host: no MX is asked for
        ("text.example.com", "192.0.2.25", Cause.NO_ADDRESS, False),
        ("post.example.com", "192.0.2.25", Cause.NO_ADDRESS, False),
        ("empty.example.com", "192.0.2.25", Cause.NO_ADDRESS, False),
        ("nowhere.example.com", "192.0.2.25", Cause.UNKNOWN, False),
        # literals
        ("[192.0.2.25]", "192.0.2.25", Cause.OWN_LITERAL, True),
        ("[192.000.002.025]", "192.0.2.25", Cause.OWN_LITERAL, True),
        ("[IPv6:2001:DB8:0:0::25]", "2001:db8::25", Cause.OWN_LITERAL, True),
        ("[ipv6:::ffff:192.0.2.25]", "192.0.2.25", Cause.OWN_LITERAL, True),
        ("[192.0.2.26]", "192.0.2.25", Cause.OTHER_LITERAL, False),
        ("[IPv6:2001:db8::25]", "192.0.2.25", Cause.OTHER_LITERAL, False),
        ("[2001:db8::25]", "2001:db8::25", Cause.BAD_LITERAL, None),
        ("[IPv6:192.0.2.25]", "192.0.2.25", Cause.BAD_LITERAL, None),
        ("[192.0.2.256]", "192.0.2.25", Cause.BAD_LITERAL, None),
        ("[192.0.2.25", "192.0.2.25", Cause.BAD_LITERAL, None),
        ("[]", "192.0.2.25", Cause.BAD_LITERAL, None),
        # no names
        ("192.0.2.25", "192.0.2.25", Cause.BARE_ADDRESS, None),
        ("2001:db8::25", "2001:db8::25", Cause.BARE_ADDRESS, None),
        ("friend", "192.0.2.25", Cause.SINGLE_LABEL, None),
        ("WIN-7", "192.0.2.25", Cause.SINGLE_LABEL, None),
        ("bücher.example", "192.0.2.25", Cause.NOT_ASCII, None),
        ("my_host.example.com", "192.0.2.25", Cause.MALFORMED, None),
        ("my_host", "192.0.2.25", Cause.MALFORMED, None),
        ("-a.example.com", "192.0.2.25", Cause.MALFORMED, None),
        ("a..example.com", "192.0.2.25", Cause.MALFORMED, None),
        ("a b.example.com", "192.0.2.25", Cause.MALFORMED, None),
        ("10.0.0", "192.0.2.25", Cause.MALFORMED, None),
        (".", "192.0.2.25", Cause.MALFORMED, None),
        ("x" * 64 + ".example.com", "192.0.2.25", Cause.MALFORMED, None),
        ("x." * 200 + "example", "192.0.2.25", Cause.MALFORMED, None),
        ("x" * 100_000, "192.0.2.25", Cause.MALFORMED, None),
        ("", "192.0.2.25", Cause.MISSING, None),
        # ours, or everybody's
        ("localhost", "192.0.2.25", Cause.LOCAL, None),
        ("localhost.localdomain", "192.0.2.25", Cause.LOCAL, None),
        ("exchange.corp.local", "192.0.2.25", Cause.LOCAL, None),
        ("mx.example.org", "192.0.2.25", Cause.OURS, None),
        ("MX.example.org.", "192.0.2.25", Cause.OURS, None),
        ("mx.example.org", "198.51.100.1", Cause.INSIDE, None),
        ("localhost", "127.0.0.1", Cause.INSIDE, None),
        ("localhost", "::1", Cause.INSIDE, None),
    ],
)
def test_table(helo: str, ip: str, cause: Cause, matches: bool | None) -> None:
    found = drive(check(helo, ip, own=OWN), WORLD)
    assert (found.cause, found.matches) == (cause, matches)
    assert found.reason.isprintable()
    assert len(found.reason) < 200


@pytest.mark.parametrize("cause", Cause)
def test_words(cause: Cause) -> None:
    """Fail is for what is no name of a host, and for the names of others."""
    found = HeloResult("a.example", "192.0.2.1", cause)
    no_failure = {
        Cause.MATCHES: Result.PASS,
        Cause.ELSEWHERE: Result.PASS,
        Cause.UNCONFIRMED: Result.PASS,
        Cause.OWN_LITERAL: Result.NEUTRAL,
        Cause.INSIDE: Result.NEUTRAL,
        Cause.LOOKUP: Result.TEMPERROR,
        Cause.MISSING: Result.NONE,
    }
    assert found.result is no_failure.get(cause, Result.FAIL)
    assert found.section.startswith("RFC 5321 §")
    assert found.reason


class World:
    """Fixed answers by type; what is not there is NXDOMAIN."""

    def __init__(self, **answers: tuple[str, ...] | Why | Status) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str]] = []

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        self.asked.append((ask.name, ask.type))
        found = self.answers.get(ask.type, Status.ABSENT)
        if isinstance(found, Why):
            return failed(ask, found)
        if isinstance(found, Status):
            return Answer(ask, found)
        return Answer(ask, Status.FOUND, records=found)


@pytest.mark.parametrize(
    ("world", "cause", "matches"),
    [
        (World(A=Why.TIMEOUT, AAAA=Why.TIMEOUT), Cause.LOOKUP, None),
        (World(A=Why.TIMEOUT, AAAA=Status.EMPTY), Cause.LOOKUP, None),
        (World(A=Status.EMPTY, AAAA=Why.SERVFAIL), Cause.LOOKUP, False),
        (World(A=Why.TIMEOUT), Cause.LOOKUP, None),
        (World(A=Why.TIMEOUT, AAAA=("2001:db8::1",)), Cause.UNCONFIRMED, None),
        (World(A=("192.0.2.25",), AAAA=Why.TIMEOUT), Cause.MATCHES, True),
        (World(A=("192.0.2.26",), AAAA=Why.TIMEOUT), Cause.ELSEWHERE, False),
        (World(A=("rubbish",), AAAA=()), Cause.NO_ADDRESS, False),
    ],
)
def test_failures_are_no_verdict(world: World, cause: Cause, matches: bool | None) -> None:
    found = drive(check("mail.example.com", "192.0.2.25"), world)
    assert (found.cause, found.matches) == (cause, matches)


def test_questions() -> None:
    asking = check("Mail.Example.com", "192.0.2.25")
    assert next(asking) == (
        Question("mail.example.com", "A"),
        Question("mail.example.com", "AAAA"),
    )
    world = World()
    for helo in ("[192.0.2.25]", "friend", "", "localhost"):
        drive(check(helo, "192.0.2.25"), world)
    assert world.asked == []


def test_reasons() -> None:
    found = drive(check("mail.example.com", "192.0.2.25"), World(A=Why.TIMEOUT))
    assert found.reason == "mail.example.com could not be looked up: timeout"
    found = drive(check("\x1b[31m.example", "192.0.2.25"), World())
    assert found.reason == "\\027[31m.example is no name of letters, digits and hyphens"
    assert found.helo == "\x1b[31m.example"


def test_misuse() -> None:
    with pytest.raises(NotAnAddress):
        drive(check("mail.example.com", "mail.example.com"), WORLD)
    with pytest.raises(TypeError, match="truth value"):
        bool(drive(check("mail.example.com", "192.0.2.25"), WORLD))


def test_calls() -> None:
    found = package.check("mail.example.com", "192.0.2.25", resolver=WORLD)
    assert found.result is Result.PASS
    assert found.addresses == ("192.0.2.25", "2001:db8::25")
    again = package.acheck("mail.example.com", "192.0.2.25", resolver=WORLD)
    assert asyncio.run(again) == found


@given(st.text(max_size=80) | st.from_regex(r"\[?(IPv6:)?[0-9a-f:.]{1,20}\]?", fullmatch=True))
def test_form_never_raises(helo: str) -> None:
    found = form(helo)
    assert bool(found.name) + bool(found.literal) + (found.fault is not None) == 1


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
        text = st.text(max_size=30) | st.sampled_from(["192.0.2.25", "::1"])
        records = self.data.draw(st.lists(text, max_size=5)) if status is Status.FOUND else []
        return Answer(ask, status, records=tuple(records))


@given(st.text(max_size=60) | st.just("mail.example.com"), st.data())
def test_never_raises_and_stays_bounded(helo: str, data: st.DataObject) -> None:
    world = Chaos(data)
    found = drive(check(helo, "192.0.2.25"), world)
    assert world.asked <= 2
    assert found.reason.isprintable()
    assert (found.matches is True) == ("192.0.2.25" in found.addresses)
