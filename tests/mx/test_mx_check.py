"""Whether a domain can be answered: RFC 5321 §5.1, RFC 7505."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy import mx as package
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed
from mailworthy.mx.engine import MAX_EXCHANGES, check
from mailworthy.mx.result import Cause, MxResult, Result

ZONE = """
$TTL 300
@ SOA ns.test. root.test. 1 1 1 1 1
example.com. MX 10 mail.example.com.
mail.example.com. A 192.0.2.25
six.example. MX 10 host.six.example.
host.six.example. AAAA 2001:db8::25
implicit.example. A 192.0.2.1
alias.example. CNAME example.com.
broken.example. CNAME nowhere.example.
null.example. MX 0 .
odd-null.example. MX 10 .
both.example. MX 0 .
both.example. MX 10 mail.example.com.
both-broken.example. MX 0 .
both-broken.example. MX 10 nowhere.example.com.
bare.example. TXT "nothing else"
dangling.example. MX 10 nowhere.example.com.
dangling.example. A 192.0.2.1
second.example. MX 10 nowhere.example.com.
second.example. MX 20 mail.example.com.
address.example. MX 10 192.0.2.25.
cname.example. MX 10 to.cname.example.
to.cname.example. CNAME mail.example.com.
below.empty.example. A 192.0.2.1
_x.example. A 192.0.2.1
xn--bcher-kva.example. MX 10 mail.example.com.
"""
WORLD = Memory.from_zone(ZONE, origin=".")


@pytest.mark.parametrize(
    ("domain", "cause"),
    [
        ("example.com", Cause.MX),
        ("Example.COM.", Cause.MX),
        ("six.example", Cause.MX),
        ("alias.example", Cause.MX),
        ("second.example", Cause.MX),
        ("cname.example", Cause.MX),  # forbidden by RFC 2181 §10.3, and it works
        ("both.example", Cause.MX),  # RFC 7505 §3 forbids it; the other MX takes mail
        ("bücher.example", Cause.MX),
        ("implicit.example", Cause.IMPLICIT),
        ("_x.example", Cause.IMPLICIT),
        ("null.example", Cause.NULL_MX),
        ("odd-null.example", Cause.NULL_MX),
        ("nowhere.example", Cause.NO_DOMAIN),
        ("broken.example", Cause.NO_DOMAIN),
        ("bare.example", Cause.NO_HOST),
        ("empty.example", Cause.NO_HOST),
        # the address of the domain does not count beside MX records
        ("dangling.example", Cause.UNUSABLE),
        ("both-broken.example", Cause.UNUSABLE),
        ("address.example", Cause.UNUSABLE),
        ("", Cause.MISSING),
        (".", Cause.MALFORMED),
        ("example", Cause.MALFORMED),
        ("a..example", Cause.MALFORMED),
        ("[192.0.2.1]", Cause.MALFORMED),
        ("192.0.2.1", Cause.MALFORMED),
        ("x" * 64 + ".example", Cause.MALFORMED),
        ("x" * 100_000, Cause.MALFORMED),
    ],
)
def test_table(domain: str, cause: Cause) -> None:
    found = drive(check(domain), WORLD)
    assert found.cause is cause
    assert found.reason.isprintable()
    assert len(found.reason) < 200


@pytest.mark.parametrize(
    ("cause", "result", "code", "section"),
    [
        (Cause.MX, Result.PASS, "", "RFC 5321 §5.1"),
        (Cause.IMPLICIT, Result.PASS, "", "RFC 5321 §5.1"),
        (Cause.NULL_MX, Result.FAIL, "5.7.27", "RFC 7505 §4.2"),
        (Cause.NO_DOMAIN, Result.FAIL, "5.1.8", "RFC 5321 §5.1"),
        (Cause.NO_HOST, Result.FAIL, "5.1.8", "RFC 5321 §5.1"),
        (Cause.UNUSABLE, Result.FAIL, "5.1.8", "RFC 5321 §5.1"),
        (Cause.LOOKUP, Result.TEMPERROR, "4.4.3", "RFC 5321 §5.1"),
        (Cause.MALFORMED, Result.PERMERROR, "5.1.7", "RFC 5321 §2.3.5"),
        (Cause.MISSING, Result.NONE, "", "RFC 5321 §4.5.5"),
    ],
)
def test_words(cause: Cause, result: Result, code: str, section: str) -> None:
    found = MxResult("a.example", cause)
    assert (found.result, found.code, found.section) == (result, code, section)


Said = tuple[str, ...] | Why | Status


class World:
    """Fixed answers by name and type; what is not there is NXDOMAIN."""

    def __init__(self, answers: dict[str, Said]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        self.asked.append(f"{ask.name} {ask.type}")
        found = self.answers.get(self.asked[-1], Status.ABSENT)
        if isinstance(found, Why):
            return failed(ask, found)
        if isinstance(found, Status):
            return Answer(ask, found)
        return Answer(ask, Status.FOUND, records=found)


MX = "a.example MX"
TWO = ("10 m.test.", "20 n.test.")


@pytest.mark.parametrize(
    ("answers", "cause"),
    [
        ({MX: Why.TIMEOUT}, Cause.LOOKUP),
        ({MX: Why.BOGUS}, Cause.LOOKUP),
        ({MX: TWO, "m.test A": Why.TIMEOUT}, Cause.LOOKUP),
        ({MX: TWO, "m.test A": Why.TIMEOUT, "n.test A": ("192.0.2.1",)}, Cause.MX),
        ({MX: TWO, "m.test A": Why.TIMEOUT, "m.test AAAA": ("2001:db8::1",)}, Cause.MX),
        ({MX: Status.EMPTY, "a.example A": Why.TIMEOUT}, Cause.LOOKUP),
        (
            {MX: Status.EMPTY, "a.example A": Why.TIMEOUT, "a.example AAAA": ("::2",)},
            Cause.IMPLICIT,
        ),
        ({MX: Status.EMPTY}, Cause.NO_HOST),
        ({MX: ()}, Cause.UNUSABLE),
        ({MX: ("rubbish", "10")}, Cause.UNUSABLE),
        ({MX: ("0 .", "rubbish")}, Cause.NULL_MX),
        ({MX: TWO, "m.test A": ("rubbish",)}, Cause.UNUSABLE),
    ],
)
def test_failures_are_no_verdict(answers: dict[str, Said], cause: Cause) -> None:
    assert drive(check("a.example"), World(answers)).cause is cause


def test_the_first_ten_are_asked_in_one_round() -> None:
    asking = check("a.example")
    (question,) = next(asking)
    records = tuple(f"{i} m{i:02}.test." for i in range(30, 0, -1))
    batch = asking.send((Answer(question, Status.FOUND, records=records),))  # type: ignore[arg-type]
    assert [(q.name, q.type) for q in batch if isinstance(q, Question)] == [
        (f"m{i:02}.test", type_) for i in range(1, MAX_EXCHANGES + 1) for type_ in ("A", "AAAA")
    ]
    with pytest.raises(StopIteration) as stop:
        asking.send(tuple(Answer(q, Status.ABSENT) for q in batch))  # type: ignore[arg-type]
    found: MxResult = stop.value.value
    assert found.cause is Cause.UNUSABLE
    assert found.not_evaluated == tuple(f"m{i:02}.test" for i in range(11, 31))
    assert len(found.answers) == 1 + 2 * MAX_EXCHANGES


def test_names_that_no_question_can_hold_are_not_asked() -> None:
    world = World({MX: ("10 " + "x" * 64 + ".test.", "20 m.test."), "m.test A": ("192.0.2.1",)})
    assert drive(check("a.example"), world).cause is Cause.MX
    assert world.asked == [MX, "m.test A", "m.test AAAA"]


def test_reason() -> None:
    found = drive(check("a.example"), World({MX: Why.SERVFAIL}))
    assert found.reason == "a.example could not be looked up: servfail"
    assert drive(check("null.example"), WORLD).reason == (
        "null.example says that it takes no mail (null MX)"
    )


def test_no_truth_value() -> None:
    with pytest.raises(TypeError, match="truth value"):
        bool(drive(check("example.com"), WORLD))


def test_calls() -> None:
    found = package.check("example.com", resolver=WORLD)
    assert found.result is Result.PASS
    assert [e.addresses for e in found.exchanges] == [("192.0.2.25",)]
    assert asyncio.run(package.acheck("example.com", resolver=WORLD)) == found


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
        some = ["0 .", "10 m.test.", "5 \\.", "1 ..", "192.0.2.1", "::1", "20 " + "x" * 70 + "."]
        text = st.text(max_size=30) | st.sampled_from(some)
        records = self.data.draw(st.lists(text, max_size=14)) if status is Status.FOUND else []
        return Answer(ask, status, records=tuple(records))


@given(st.text(max_size=40) | st.just("a.example"), st.data())
def test_never_raises_and_stays_bounded(domain: str, data: st.DataObject) -> None:
    world = Chaos(data)
    found = drive(check(domain), world)
    assert world.asked == len(found.answers) <= 1 + 2 * MAX_EXCHANGES
    assert found.reason.isprintable()
    reachable = any(e.addresses for e in found.exchanges)
    assert (found.result is Result.PASS) == reachable
