"""Asking lists: RFC 5782, and what lists and resolvers really do."""

import asyncio
from collections.abc import Iterator, Mapping
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy import dnsbl as package
from mailworthy.dnsbl import engine
from mailworthy.dnsbl.lists import parse
from mailworthy.dnsbl.model import Severity
from mailworthy.dnsbl.result import Cause, Health, Listing, Listings, Result, Status
from mailworthy.lookup import model
from mailworthy.lookup.drive import drive
from mailworthy.lookup.model import Answer, Ask, Asking, Question, Reply, Why, failed

LISTS = parse("""
[lists.plain]
title = "Plain"
zone = "plain.test"
kinds = ["ip4", "ip6"]
source = "https://plain.test/"
checked = 2026-11-23
codes = [
  { answer = "127.0.0.2", name = "spam", means = "sends spam" },
  { answer = "127.0.0.10", name = "end-users", means = "end users", severity = "policy" },
  { answer = "127.0.0.12", name = "so-so", means = "not good", severity = "informational" },
]
refused = [
  { answer = "127.255.255.254", means = "a public resolver", fix = "ask by yourself" },
  { answer = "127.255.255.*", means = "refused", fix = "ask them" },
]
[lists.bits]
title = "Bits"
zone = "bits.test"
kinds = ["domain"]
source = "https://bits.test/"
checked = 2026-11-23
codes = [
  { bit = 2, name = "black", means = "spam" },
  { bit = 4, name = "grey", means = "bulk", severity = "informational" },
]
refused = [{ bit = 1, means = "refused", fix = "ask less" }]
[lists.white]
title = "White"
zone = "white.test"
kinds = ["ip4"]
white = true
source = "https://white.test/"
checked = 2026-11-23
codes = [{ answer = "127.0.*.3", name = "high", means = "never spams" }]
[lists.gone]
title = "Gone"
zone = "gone.test"
kinds = ["ip4"]
closed = 2024-06-05
source = "https://gone.test/"
checked = 2026-11-23
""")
PLAIN, BITS, WHITE, GONE = LISTS.values()
Said = tuple[str, ...] | Why | model.Status
SOUND: dict[str, Said] = {
    "2.0.0.127.plain.test": ("127.0.0.2",),
    "2.0.0.0.0.0.f.7.f.f.f.f" + 20 * ".0" + ".plain.test": ("127.0.0.2",),
    "test.bits.test": ("127.0.0.254",),
    "2.0.0.127.white.test": ("127.0.10.3",),
}


class World:
    """Fixed A answers by name, and a TXT for what has one; what is not there is NXDOMAIN."""

    def __init__(self, said: Mapping[str, Said], text: tuple[str, ...] = ()) -> None:
        self.said = {**SOUND, **said}
        self.text = text
        self.asked: list[tuple[str, str]] = []

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        self.asked.append((ask.name, ask.type))
        found = self.text if ask.type == "TXT" else self.said.get(ask.name)
        if isinstance(found, Why):
            return failed(ask, found)
        if isinstance(found, model.Status):
            return Answer(ask, found)
        if found is None:
            return Answer(ask, model.Status.ABSENT, rcode="NXDOMAIN")
        return Answer(ask, model.Status.FOUND, records=found)


def ask_plain(said: Mapping[str, Said], tested: Mapping[str, Health] = engine.NOTHING) -> Listing:
    found = drive(engine.check("192.0.2.1", [PLAIN], tested=tested), World(said))
    (entry,) = found.entries
    return entry


Q, PRESENT, ABSENT = "1.2.0.192.plain.test", "2.0.0.127.plain.test", "1.0.0.127.plain.test"
LISTED, FAILED = ("127.0.0.2",), Why.TIMEOUT


@pytest.mark.parametrize(
    ("said", "cause", "status"),
    [
        ({Q: LISTED}, Cause.LISTED, Status.LISTED),
        ({}, Cause.NOT_LISTED, Status.NOT_LISTED),
        ({Q: model.Status.EMPTY}, Cause.NOT_LISTED, Status.NOT_LISTED),
        ({Q: ("127.0.0.2", "127.0.0.77")}, Cause.LISTED, Status.LISTED),
        # what the list does not define is no entry
        ({Q: ("127.0.0.77",)}, Cause.UNDEFINED, Status.UNKNOWN),
        ({Q: ("127.0.0.1",)}, Cause.UNDEFINED, Status.UNKNOWN),
        ({Q: ()}, Cause.UNDEFINED, Status.UNKNOWN),
        ({Q: FAILED}, Cause.FAILED, Status.UNKNOWN),
        ({Q: Why.SERVFAIL}, Cause.FAILED, Status.UNKNOWN),
        ({Q: Why.REFUSED}, Cause.FAILED, Status.UNKNOWN),
        # refusals win over everything, also over an entry beside them
        ({Q: ("127.255.255.254",)}, Cause.REFUSED, Status.REFUSED),
        ({Q: ("127.255.255.7",)}, Cause.REFUSED, Status.REFUSED),
        ({Q: ("127.0.0.2", "127.255.255.254")}, Cause.REFUSED, Status.REFUSED),
        ({PRESENT: ("127.255.255.254",)}, Cause.REFUSED, Status.REFUSED),
        (
            dict.fromkeys((Q, PRESENT, ABSENT), ("127.255.255.254",)),
            Cause.REFUSED,
            Status.REFUSED,
        ),
        # hijacked: a new owner, or a resolver that answers for NXDOMAIN
        ({Q: ("198.51.100.7",)}, Cause.HIJACKED, Status.INVALID),
        ({Q: ("127.0.0.2", "198.51.100.7")}, Cause.HIJACKED, Status.INVALID),
        ({Q: ("not an address",)}, Cause.HIJACKED, Status.INVALID),
        ({PRESENT: ("198.51.100.7",), Q: LISTED}, Cause.HIJACKED, Status.INVALID),
        ({ABSENT: ("198.51.100.7",), Q: LISTED}, Cause.HIJACKED, Status.INVALID),
        ({ABSENT: ("::1",), Q: LISTED}, Cause.HIJACKED, Status.INVALID),
        # a wildcard lists the world
        ({ABSENT: LISTED, Q: LISTED}, Cause.WILDCARD, Status.INVALID),
        ({ABSENT: LISTED}, Cause.WILDCARD, Status.INVALID),
        ({ABSENT: ("127.0.0.77",), Q: LISTED}, Cause.WILDCARD, Status.INVALID),
        ({ABSENT: LISTED, PRESENT: FAILED, Q: LISTED}, Cause.WILDCARD, Status.INVALID),
        # NXDOMAIN means something only where the test entry is there
        ({PRESENT: model.Status.ABSENT}, Cause.SILENT, Status.UNKNOWN),
        ({PRESENT: model.Status.EMPTY, Q: LISTED}, Cause.SILENT, Status.UNKNOWN),
        ({PRESENT: ("127.0.0.77",)}, Cause.UNDEFINED, Status.UNKNOWN),
        ({PRESENT: FAILED}, Cause.FAILED, Status.UNKNOWN),
        ({PRESENT: FAILED, Q: LISTED}, Cause.FAILED, Status.UNKNOWN),
        ({ABSENT: FAILED, Q: LISTED}, Cause.FAILED, Status.UNKNOWN),
    ],
)
def test_what_an_answer_means(said: Mapping[str, Said], cause: Cause, status: Status) -> None:
    found = ask_plain(said)
    assert (found.cause, found.status) == (cause, status)
    assert bool(found.codes) == (status is Status.LISTED)
    assert found.reason.isprintable()
    assert found.section.startswith("RFC 5782 §")


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("192.0.2.1", "1.2.0.192.plain.test"),
        ("::ffff:192.0.2.1", "1.2.0.192.plain.test"),
        (
            "2001:db8:1:2:3:4:567:89ab",  # the example of §2.4
            "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.plain.test",
        ),
        ("Spam.Example.", "spam.example.bits.test"),
        ("bücher.example", "xn--bcher-kva.example.bits.test"),
    ],
)
def test_names(subject: str, name: str) -> None:
    world = World({name: ("127.0.0.2",)})
    found = drive(engine.check(subject, [PLAIN, BITS]), world)
    assert [e.status for e in found.entries] == [Status.LISTED]
    assert world.asked[0] == (name, "A")
    assert world.asked[-1] == (name, "TXT")


@pytest.mark.parametrize(
    "subject",
    ["", ".", "com", "a..b", "127.0.0.2", "10.1.2.3", "fe80::1", "::1", "fd00::1", "[192.0.2.1]"],
)
def test_nothing_is_asked_about_what_no_list_can_have(subject: str) -> None:
    world = World({})
    found = drive(engine.check(subject, [PLAIN, BITS]), world)
    assert (found.entries, found.result, world.asked) == ((), Result.NONE, [])
    assert found.reason == "no blocklist was asked"


@pytest.mark.parametrize(
    ("answer", "status", "codes"),
    [
        ("127.0.0.2", Status.LISTED, ["black"]),
        ("127.0.0.6", Status.LISTED, ["black", "grey"]),
        ("127.0.0.68", Status.LISTED, ["grey"]),
        ("127.0.0.64", Status.UNKNOWN, []),
        ("127.0.0.1", Status.REFUSED, []),
        ("127.0.0.3", Status.REFUSED, []),
        ("127.255.255.254", Status.UNKNOWN, []),  # a refusal of others, with all bits
        ("127.0.1.2", Status.UNKNOWN, []),
    ],
)
def test_bits(answer: str, status: Status, codes: list[str]) -> None:
    found = drive(engine.check("a.example", [BITS]), World({"a.example.bits.test": (answer,)}))
    (entry,) = found.entries
    assert (entry.status, [c.name for c in entry.codes]) == (status, codes)


@pytest.mark.parametrize(
    ("said", "severity", "result"),
    [
        (("127.0.0.2",), Severity.HIGH, Result.FAIL),
        (("127.0.0.10",), Severity.POLICY, Result.FAIL),
        (("127.0.0.10", "127.0.0.2"), Severity.HIGH, Result.FAIL),
        (("127.0.0.10", "127.0.0.12"), Severity.POLICY, Result.FAIL),
        (("127.0.0.12",), Severity.INFORMATIONAL, Result.PASS),
    ],
)
def test_severity(said: tuple[str, ...], severity: Severity, result: Result) -> None:
    found = drive(engine.check("192.0.2.1", [PLAIN]), World({Q: said}))
    assert [e.severity for e in found.listed] == [severity]
    assert found.result is result


Q2, WQ = "1.2.0.192.second.test", "1.2.0.192.white.test"
SECOND = parse(
    """
[lists.second]
title = "Second"
zone = "second.test"
kinds = ["ip4"]
source = "https://second.test/"
checked = 2026-11-23
codes = [{ answer = "127.0.0.2", name = "spam", means = "sends spam" }]
"""
)["second"]
SECOND_SOUND: dict[str, Said] = {"2.0.0.127.second.test": LISTED}


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ({}, Result.PASS),
        ({Q: LISTED}, Result.FAIL),
        ({Q: LISTED, Q2: FAILED}, Result.FAIL),
        ({Q2: FAILED}, Result.TEMPERROR),
        ({Q2: ("198.51.100.7",)}, Result.PASS),  # no list: ignored
        ({Q2: ("127.0.0.77",)}, Result.PASS),
        ({PRESENT: ("127.255.255.254",)}, Result.PASS),
        ({PRESENT: ("127.255.255.254",), "2.0.0.127.second.test": ()}, Result.NONE),
        ({WQ: ("127.0.5.3",)}, Result.PASS),
        ({WQ: FAILED}, Result.PASS),  # a whitelist takes no part
        ({WQ: ("127.0.5.3",), Q: LISTED}, Result.FAIL),
    ],
)
def test_one_word_for_all(said: Mapping[str, Said], result: Result) -> None:
    world = World({**SECOND_SOUND, **said})
    found = drive(engine.check("192.0.2.1", [PLAIN, SECOND, WHITE, GONE]), world)
    assert found.result is result
    assert len(found.entries) == 4
    assert [e.dnsbl.id for e in found.whitelisted] == (
        ["white"] if said.get(WQ) != FAILED and WQ in said else []
    )
    assert found.reason.isprintable()
    assert found.section.startswith("RFC 5782 §")
    assert len(found.answers) == len(world.asked)


def test_a_closed_list_is_not_asked() -> None:
    world = World({})
    found = drive(engine.check("192.0.2.1", [GONE]), world)
    assert [(e.cause, e.status) for e in found.entries] == [(Cause.CLOSED, Status.INVALID)]
    assert found.entries[0].reason == "Gone was closed on 2024-06-05; ask it no more"
    assert (found.result, world.asked) == (Result.NONE, [])


@pytest.mark.parametrize(
    ("before", "asked", "cause"),
    [
        (Health.GOOD, 1, Cause.NOT_LISTED),
        (Health.FAILED, 3, Cause.NOT_LISTED),
        (Health.SILENT, 3, Cause.NOT_LISTED),
        (Health.WILDCARD, 0, Cause.WILDCARD),
        (Health.HIJACKED, 0, Cause.HIJACKED),
        (Health.REFUSED, 0, Cause.REFUSED),
    ],
)
def test_what_is_known_of_a_list_is_not_asked_again(
    before: Health, asked: int, cause: Cause
) -> None:
    world = World({})
    found = drive(engine.check("192.0.2.1", [PLAIN], tested={PRESENT: before}), world)
    assert (found.entries[0].cause, len(world.asked)) == (cause, asked)


def test_health_is_what_to_remember() -> None:
    world = World({"2.0.0.127.second.test": FAILED})
    first = drive(
        engine.check(["192.0.2.1", "2001:db8::1", "a.example"], [PLAIN, SECOND, BITS]), world
    )
    assert first.health == {
        PRESENT: Health.GOOD,
        "2.0.0.0.0.0.f.7.f.f.f.f" + 20 * ".0" + ".plain.test": Health.GOOD,
        "test.bits.test": Health.GOOD,
    }
    world.asked.clear()
    again = drive(engine.check("192.0.2.1", [PLAIN], tested=first.health), world)
    assert world.asked == [(Q, "A")]
    assert again.health == {}
    assert again.result is Result.PASS


def rounds(asking: Asking[Listings], world: World) -> Iterator[int]:
    """Drive by hand; the size of every batch."""
    batch = next(asking)
    while True:
        yield len(batch)
        try:
            batch = asking.send(tuple(world.instant(ask) for ask in batch))
        except StopIteration:
            return


def test_one_round_and_then_the_reason() -> None:
    subjects, lists = ["192.0.2.1", "192.0.2.2"], [PLAIN, WHITE]
    world = World({Q: LISTED, WQ: ("127.0.9.3",)}, ("why",))
    assert list(rounds(engine.check(subjects, lists), world)) == [12, 1]
    found = drive(engine.check(subjects, lists), world)
    assert [e.text for e in found.listed] == ["why"]
    assert found.listed[0].reason == "Plain has an entry for 192.0.2.1: spam, sends spam"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (("listed since Monday",), "listed since Monday"),
        (("a", "b", "c", "d"), "a; b; c"),
        (("\x1b[31mred\r\n\xff",), "\\027[31mred\\013\\010\\255"),
        (("x" * 5000,), "x" * 299 + "…"),
        ((), ""),
    ],
)
def test_what_a_list_says_is_made_harmless(said: tuple[str, ...], shown: str) -> None:
    found = drive(engine.check("192.0.2.1", [PLAIN]), World({Q: LISTED}, said))
    assert found.listed[0].text == shown


def test_names_too_long_are_not_asked() -> None:
    domain = ".".join(["a" * 61] * 4)
    world = World({})
    found = drive(engine.check(domain, [BITS]), world)
    assert [(e.cause, e.status) for e in found.entries] == [(Cause.TOO_LONG, Status.UNKNOWN)]
    assert world.asked == []
    assert found.result is Result.NONE


def test_the_fix_is_told() -> None:
    found = ask_plain({PRESENT: ("127.255.255.254",)})
    assert found.reason == (
        "Plain does not answer this resolver: a public resolver; ask by yourself"
    )
    assert ask_plain({Q: FAILED}).reason == "a look-up at Plain failed: timeout"


def test_no_truth_values() -> None:
    found = drive(engine.check("192.0.2.1", [PLAIN]), World({}))
    for each in (found, found.entries[0]):
        with pytest.raises(TypeError, match="truth value"):
            bool(each)


def test_calls() -> None:
    world = World({Q: LISTED})
    found = package.check("192.0.2.1", [PLAIN], resolver=world)
    assert found.result is Result.FAIL
    again = asyncio.run(package.acheck(ip_address("192.0.2.1"), [PLAIN], resolver=world))
    assert again == found
    assert len(package.check("192.0.2.1", resolver=world).entries) == 6


class Chaos:
    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.asked: list[Ask] = []

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        self.asked.append(ask)
        status = self.data.draw(st.sampled_from(model.Status))
        if status is model.Status.FAILED:
            return failed(ask, self.data.draw(st.sampled_from(Why)))
        octets = st.tuples(st.just(127), *[st.sampled_from([0, 1, 2, 10, 254, 255])] * 3)
        text = octets.map(lambda o: ".".join(map(str, o))) | st.text(max_size=20)
        found = self.data.draw(st.lists(text, max_size=3)) if status is model.Status.FOUND else []
        return Answer(ask, status, records=tuple(found))


@given(
    st.lists(
        st.sampled_from(["192.0.2.1", "2001:db8::1", "a.example"]) | st.text(max_size=30),
        max_size=3,
    ),
    st.dictionaries(st.sampled_from([PRESENT, "test.bits.test"]), st.sampled_from(Health)),
    st.data(),
)
def test_never_raises_and_stays_bounded(
    subjects: list[str], tested: dict[str, Health], data: st.DataObject
) -> None:
    world = Chaos(data)
    found = drive(engine.check(subjects, list(LISTS.values()), tested=tested), world)
    assert len(world.asked) <= 4 * len(subjects) * len(LISTS)
    assert found.reason.isprintable()
    for entry in found.entries:
        assert entry.reason.isprintable()
        assert entry.text.isprintable()
        believed = entry.health is Health.GOOD or Health.GOOD in tested.values()
        if entry.status in (Status.LISTED, Status.NOT_LISTED):
            assert believed
    assert (found.result is Result.FAIL) == any(
        e.severity is not Severity.INFORMATIONAL for e in found.listed
    )
