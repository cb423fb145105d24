"""Whole record trees: what they cost, what is wrong with them, whom they let pass."""

from collections.abc import Callable

import pytest

from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Ask, Question, Reply, Why
from mailworthy.rdata.address import NotAnAddress
from mailworthy.spf.authorise import Standing, authorises
from mailworthy.spf.model import Limits
from mailworthy.spf.show import MAX_LINES, render_tree
from mailworthy.spf.space import networks
from mailworthy.spf.tree import cost
from mailworthy.spf.treemodel import ErrorKind, Missing, Node, Skipped, SpfTree, State

SOA = ". 300 IN SOA . . 1 2 3 4 5\n"
HOSTS = """
mail.example. A 192.0.2.25
mail.example. AAAA 2001:db8::25
four.example. A 192.0.2.4
four.example. A 192.0.2.5
six.example. AAAA 2001:db8::6
mx.example. MX 10 mail.example.
mx.example. MX 20 four.example.
nullmx.example. MX 0 .
"""


LONG = "x" * 64


def tree(records: str, *, fail: dict[str | tuple[str, str], Why] | None = None) -> SpfTree:
    """The tree at d.example; `records` are lines "name: SPF record"."""
    return drive(cost("d.example"), world(records, fail))


def world(records: str, fail: dict[str | tuple[str, str], Why] | None = None) -> Memory:
    lines = (line.strip().partition(": ") for line in records.strip().splitlines())
    spf = "".join(f"{name}.example. TXT {quoted(text)}\n" for name, _, text in lines)
    hosts = "".join(f"{line}\n" for line in HOSTS.split("\n"))
    return Memory.from_zone(f"$TTL 300\n{SOA}{hosts}{spf}", fail=fail)


def quoted(text: str) -> str:
    """The text as character-strings of at most 255 octets."""
    return " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text) or 1, 255))


def errors(found: SpfTree) -> list[tuple[ErrorKind, str]]:
    return [(e.kind, " ".join(e.path)) for e in found.errors]


def node(found: SpfTree, text: str) -> Node:
    return next(n for n in found.nodes if n.text == text)


# Counting


COUNTS = [
    # record, look-ups, void terms for IPv4 and IPv6, void answers
    ("d: v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 exp=x.example -all", 0, 0, 0, 0),
    ("d: v=spf1 a:mail.example -all", 1, 0, 0, 0),
    ("d: v=spf1 a:four.example -all", 1, 0, 1, 1),
    ("d: v=spf1 a:six.example -all", 1, 1, 0, 1),
    ("d: v=spf1 a:gone.example -all", 1, 1, 1, 1),
    ("d: v=spf1 a -all", 1, 1, 1, 1),
    ("d: v=spf1 mx:mx.example -all", 1, 0, 1, 1),
    ("d: v=spf1 mx:gone.example -all", 1, 1, 1, 1),
    ("d: v=spf1 mx:nullmx.example -all", 1, 0, 0, 0),
    ("d: v=spf1 ptr -all", 1, 0, 0, 0),
    ("d: v=spf1 exists:%{i}.x.example -all", 1, 0, 0, 0),
    ("d: v=spf1 exists:mail.example -all", 1, 0, 0, 0),
    ("d: v=spf1 exists:six.example -all", 1, 1, 1, 1),
    ("d: v=spf1 -all a mx ptr include:x.example", 0, 0, 0, 0),
    ("d: v=spf1 a:mail.example a:mail.example -all redirect=x.example", 2, 0, 0, 0),
    ("d: v=spf1 redirect=r.example\nr: v=spf1 a:mail.example -all", 2, 0, 0, 0),
    ("d: v=spf1 include:i.example ~all\ni: v=spf1 a:mail.example a:gone.example", 3, 1, 1, 1),
    ("d: v=spf1 include:gone.example ~all", 1, 1, 1, 1),
    ("d: v=spf1 include:mail.example ~all", 1, 1, 1, 1),
    (
        "d: v=spf1 include:i.example include:i.example -all\ni: v=spf1 a:mail.example",
        *(4, 0, 0, 0),
    ),
]


@pytest.mark.parametrize(("records", "lookups", "voids4", "voids6", "answers"), COUNTS)
def test_counts(records: str, lookups: int, voids4: int, voids6: int, answers: int) -> None:
    found = tree(records)
    assert (found.lookups, found.voids4, found.voids6) == (lookups, voids4, voids6)
    assert found.voids == max(voids4, voids6)
    assert found.void_answers == answers
    assert not found.unknown
    assert not found.truncated


def test_an_mx_is_one_void_term_with_several_void_answers() -> None:
    found = drive(
        cost("d.example", text="v=spf1 mx:m.example -all"),
        Memory.from_zone(
            f"$TTL 300\n{SOA}m.example. MX 1 a.example.\nm.example. MX 2 b.example.\n"
        ),
    )
    assert (found.lookups, found.voids, found.void_answers) == (1, 1, 2)
    assert node(found, "mx:m.example").mx == ("a.example", "b.example")


def test_a_text_that_is_not_published_is_not_asked_for() -> None:
    resolver = Counting(world("d: v=spf1 +all"))
    found = drive(cost("D.Example.", text="v=spf1 a:mail.example -all"), resolver)
    assert found.text == "v=spf1 a:mail.example -all"
    assert resolver.asked == [("mail.example", "A"), ("mail.example", "AAAA")]


def test_macros_that_are_known_without_a_message() -> None:
    found = tree(
        """
        d: v=spf1 include:%{d1r}.i.%{o1} -all
        d.i: v=spf1 include:%{o1r}x.example include:%{d2r}.%{d1} -all
        dx: v=spf1 -all
        i.d: v=spf1 -all
        """
    )
    assert [n.target for n in found.nodes[:1]] == ["d.i.example"]
    child = node(found, "include:%{d1r}.i.%{o1}").child
    assert child is not None
    assert [n.target for n in child.nodes[:2]] == ["dx.example", "i.d.example"]
    assert not found.errors


@pytest.mark.parametrize("macro", ["%{s}", "%{l}", "%{i}", "%{p}", "%{v}", "%{h}"])
def test_macros_that_need_a_message(macro: str) -> None:
    for term in (f"include:{macro}.x.example", f"a:{macro}.x.example", f"redirect={macro}.example"):
        found = tree(f"d: v=spf1 {term}")
        assert found.nodes[0].skipped is Skipped.DYNAMIC
        assert found.lookups == 1


# Faults


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (
            "d: v=spf1 include:gone.example -all",
            [("include-without-record", "include:gone.example")],
        ),
        ("d: v=spf1 redirect=gone.example", [("redirect-without-record", "redirect=gone.example")]),
        ("d: v=spf1 include:d.example -all", [("loop", "include:d.example")]),
        ("d: v=spf1 redirect=d.example", [("loop", "redirect=d.example")]),
        (
            "d: v=spf1 include:i.example\ni: v=spf1 redirect=D.example.",
            [("loop", "include:i.example redirect=d.example")],
        ),
        (
            "d: v=spf1 include:i.example -all\ni: v=spf1 a moo -all",
            [("syntax", "include:i.example")],
        ),
        (
            "d: v=spf1 include:i.example -all\ni: v=spf1 a -all\ni: v=spf1 mx -all",
            [("several-records", "include:i.example")],
        ),
        (
            "d: v=spf1 include:i.example include:i.example -all\ni: v=spf1 include:j.example -all\n"
            "j: v=spf1 -all",
            [("duplicate-include", "include:i.example")],
        ),
        (
            "d: v=spf1 include:i.example include:j.example -all\ni: v=spf1 include:j.example -all\n"
            "j: v=spf1 -all",
            [("duplicate-include", "include:j.example")],
        ),
        ("d: v=spf1 a:x..example -all", [("bad-name", "a:x..example")]),
        (
            f"d: v=spf1 include:{'x' * 64}.example -all",
            [("bad-name", f"include:{'x' * 64}.example")],
        ),
        ("d: v=spf1 include:%{d1} -all", [("bad-name", "include:%{d1}")]),
        ("d: v=spf1 moo", [("syntax", "")]),
        ("d: v=spf1 -all\nd: v=spf1 +all", [("several-records", "")]),
        ("d: v=spf1 -all include:gone.example", []),
        ("d: hello\nd: v=spf10\nd: v=spf1 -all", []),
    ],
)
def test_errors(records: str, expected: list[tuple[str, str]]) -> None:
    assert errors(tree(records)) == expected


def test_a_syntax_error_below_comes_with_its_problems() -> None:
    found = tree("d: v=spf1 include:i.example -all\ni: v=spf1 a moo -all")
    (error,) = found.errors
    assert error.name == "i.example"
    assert error.parsed is not None
    assert error.parsed.has("unknown-mechanism")


@pytest.mark.parametrize(
    ("records", "fail", "state"),
    [
        ("x: v=spf1 -all", {}, State.NONE),
        ("d: v=spf1 -all", {}, State.RECORD),
        ("d: v=spf1 moo", {}, State.SYNTAX),
        ("d: v=spf1 -all\nd: v=spf1 a", {}, State.SEVERAL),
        ("d: v=spf1 -all", {"d.example": Why.SERVFAIL}, State.FAILED),
    ],
)
def test_states(records: str, fail: dict[str | tuple[str, str], Why], state: State) -> None:
    found = tree(records, fail=fail)
    assert found.state is state
    assert (found.text is None) is (state not in (State.RECORD, State.SYNTAX))
    assert len(found.texts) == {State.SEVERAL: 2, State.NONE: 0, State.FAILED: 0}.get(state, 1)


@pytest.mark.parametrize("domain", ["example", ".", "", "a..example", f"{'a' * 64}.example"])
def test_names_that_can_hold_no_record_are_not_asked(domain: str) -> None:
    resolver = Counting(world(""))
    found = drive(cost(domain), resolver)
    assert found.state is State.NONE
    assert resolver.asked == []


def test_more_than_ten_mx() -> None:
    zone = "".join(
        f"m.example. MX {i} h{i}.example.\nh{i}.example. A 192.0.2.{i}\n" for i in range(11)
    )
    resolver = Counting(Memory.from_zone(f"$TTL 300\n{SOA}{zone}\n"))
    found = drive(cost("d.example", text="v=spf1 mx:m.example -all"), resolver)
    assert found.mx_over_limit == ("m.example",)
    assert len(resolver.asked) == 1 + 2 * 10
    assert authorises(found, "192.0.2.1").result is Standing.PERMERROR
    assert len(networks(found).ipv4) > 0


def test_failed_lookups_are_unknown_and_not_void() -> None:
    records = "d: v=spf1 include:i.example a:mail.example mx:mx.example -all"
    fail: dict[str | tuple[str, str], Why] = {
        "i.example": Why.TIMEOUT,
        ("mail.example", "AAAA"): Why.SERVFAIL,
    }
    found = tree(records, fail=fail)
    assert found.unknown == (
        Missing("mail.example", Why.SERVFAIL),
        Missing("i.example", Why.TIMEOUT),
    )
    assert (found.lookups, found.voids4) == (3, 0)
    assert not found.errors


# Whom it lets pass


NESTED = """
d: v=spf1 ip4:192.0.2.0/28 -ip4:192.0.2.99 include:i.example ?include:n.example ~all
i: v=spf1 ip4:198.51.100.0/24 -ip4:203.0.113.7 a:mail.example include:j.example -all
j: v=spf1 ip6:2001:db8:1::/48 mx:mx.example ~all
n: v=spf1 ip4:203.0.113.0/24 -all
"""


@pytest.mark.parametrize(
    ("ip", "result", "by"),
    [
        ("192.0.2.15", "pass", "ip4:192.0.2.0/28"),
        ("::ffff:192.0.2.15", "pass", "ip4:192.0.2.0/28"),
        ("192.0.2.99", "fail", "-ip4:192.0.2.99"),
        ("198.51.100.1", "pass", "include:i.example › ip4:198.51.100.0/24"),
        ("192.0.2.25", "pass", "include:i.example › a:mail.example"),
        ("2001:db8::25", "pass", "include:i.example › a:mail.example"),
        ("2001:db8:1::9", "pass", "include:i.example › include:j.example › ip6:2001:db8:1::/48"),
        ("203.0.113.7", "neutral", "?include:n.example › ip4:203.0.113.0/24"),
        ("10.0.0.1", "softfail", "~all"),
        ("2001:db8:2::1", "softfail", "~all"),
    ],
)
def test_authorises(ip: str, result: str, by: str) -> None:
    found = authorises(tree(NESTED), ip)
    assert (found.result, found.by) == (result, by)
    assert found.possible == (result,)


ONE = [
    # record, fails, client, result
    ("d: v=spf1", {}, "192.0.2.1", "neutral"),
    ("x: v=spf1", {}, "192.0.2.1", "none"),
    ("d: v=spf1 +all", {}, "2001:db8::1", "pass"),
    ("d: v=spf1 moo", {}, "192.0.2.1", "permerror"),
    ("d: v=spf1 a\nd: v=spf1 mx", {}, "192.0.2.1", "permerror"),
    ("d: v=spf1 -all", {"d.example": Why.TIMEOUT}, "192.0.2.1", "unknown"),
    ("d: v=spf1 redirect=r.example\nr: v=spf1 ip4:192.0.2.1 -all", {}, "192.0.2.1", "pass"),
    ("d: v=spf1 redirect=r.example\nr: v=spf1 ip4:192.0.2.1 -all", {}, "192.0.2.2", "fail"),
    ("d: v=spf1 redirect=gone.example", {}, "192.0.2.2", "permerror"),
    ("d: v=spf1 redirect=d.example", {}, "192.0.2.2", "permerror"),
    ("d: v=spf1 redirect=%{l}.example", {}, "192.0.2.2", "unknown"),
    ("d: v=spf1 redirect=r.example ?all\nr: v=spf1 -all", {}, "192.0.2.2", "neutral"),
    ("d: v=spf1 redirect=r.example ip4:192.0.2.2\nr: v=spf1 -all", {}, "192.0.2.2", "pass"),
    ("d: v=spf1 ip4:192.0.2.2 include:gone.example -all", {}, "192.0.2.2", "pass"),
    ("d: v=spf1 ip4:192.0.2.2 include:gone.example -all", {}, "192.0.2.3", "permerror"),
    ("d: v=spf1 include:d.example -all", {}, "192.0.2.3", "permerror"),
    ("d: v=spf1 -include:i.example +all\ni: v=spf1 ip4:192.0.2.3", {}, "192.0.2.3", "fail"),
    ("d: v=spf1 -include:i.example +all\ni: v=spf1 ip4:192.0.2.3", {}, "192.0.2.4", "pass"),
    ("d: v=spf1 a:mail.example/24 -all", {}, "192.0.2.9", "pass"),
    ("d: v=spf1 a:mail.example//64 -all", {}, "192.0.2.9", "fail"),
    ("d: v=spf1 a:mail.example//64 -all", {}, "2001:db8::9", "pass"),
    ("d: v=spf1 a:six.example/0 -all", {}, "192.0.2.9", "fail"),
    ("d: v=spf1 a:four.example/0 -all", {}, "203.0.113.9", "pass"),
    ("d: v=spf1 mx:mx.example -all", {}, "192.0.2.5", "pass"),
    ("d: v=spf1 mx:mail.example -all", {}, "192.0.2.25", "fail"),
    ("d: v=spf1 exists:mail.example -all", {}, "2001:db8::9", "pass"),
    ("d: v=spf1 exists:six.example -all", {}, "2001:db8::9", "fail"),
    ("d: v=spf1 ip6:::ffff:192.0.2.1 -all", {}, "192.0.2.1", "fail"),
    ("d: v=spf1 ip4:0.0.0.0/0 -all", {}, "::1", "fail"),
    # What depends on the message may match or not.
    ("d: v=spf1 ptr -all", {}, "192.0.2.1", "unknown"),
    ("d: v=spf1 -exists:%{l}.x.example -all", {}, "192.0.2.1", "fail"),
    ("d: v=spf1 exists:%{l}.x.example ip4:192.0.2.1 -all", {}, "192.0.2.1", "pass"),
    ("d: v=spf1 ip4:192.0.2.1 exists:%{l}.x.example -all", {}, "192.0.2.1", "pass"),
    ("d: v=spf1 include:%{l}.x.example +all", {}, "192.0.2.1", "unknown"),
    (
        "d: v=spf1 include:i.example -all\ni: v=spf1 -exists:%{l}.x.example ~all",
        *({}, "192.0.2.1", "fail"),
    ),
    (
        "d: v=spf1 include:i.example -all\ni: v=spf1 exists:%{l}.x.example ~all",
        *({}, "192.0.2.1", "unknown"),
    ),
    # So may what could not be looked up.
    ("d: v=spf1 a:mail.example -all", {"mail.example": Why.TIMEOUT}, "192.0.2.1", "unknown"),
    ("d: v=spf1 a:mail.example +all", {"mail.example": Why.TIMEOUT}, "192.0.2.1", "pass"),
    (
        "d: v=spf1 a:mail.example -all",
        *({("mail.example", "AAAA"): Why.TIMEOUT}, "192.0.2.1", "fail"),
    ),
    ("d: v=spf1 mx:mx.example -all", {("mx.example", "MX"): Why.TIMEOUT}, "::1", "unknown"),
    ("d: v=spf1 exists:x.example -all", {"x.example": Why.TIMEOUT}, "::1", "unknown"),
    ("d: v=spf1 include:i.example -all", {"i.example": Why.TIMEOUT}, "192.0.2.1", "unknown"),
    # RFC 7208 §4.8 leaves names that cannot be to the receiver; not so for include.
    ("d: v=spf1 a:x..example -all", {}, "192.0.2.1", "unknown"),
    ("d: v=spf1 include:x..example -all", {}, "192.0.2.1", "permerror"),
    ("d: v=spf1 redirect=x..example", {}, "192.0.2.1", "permerror"),
    # Limits.
    ("d: v=spf1 " + "a:mail.example " * 10 + "ip4:192.0.2.1 -all", {}, "192.0.2.1", "pass"),
    ("d: v=spf1 " + "a:mail.example " * 11 + "ip4:192.0.2.1 -all", {}, "192.0.2.1", "permerror"),
    ("d: v=spf1 " + "a:mail.example " * 11 + "ip4:192.0.2.1 -all", {}, "192.0.2.25", "pass"),
    ("d: v=spf1 " + "ptr " * 11 + "-all", {}, "192.0.2.25", "unknown"),
    ("d: v=spf1 a a:gone.example -all", {}, "192.0.2.25", "fail"),
    ("d: v=spf1 a a:gone.example mx -all", {}, "192.0.2.25", "permerror"),
    ("d: v=spf1 " + "a:four.example " * 3 + "-all", {}, "192.0.2.25", "fail"),
    ("d: v=spf1 " + "a:four.example " * 3 + "-all", {}, "2001:db8::1", "permerror"),
    (
        "d: v=spf1 " + "include:i.example " * 2 + "-all\ni: v=spf1 " + "a:mail.example " * 4,
        *({}, "192.0.2.1", "fail"),
    ),
    (
        "d: v=spf1 " + "include:i.example " * 2 + "-all\ni: v=spf1 " + "a:mail.example " * 5,
        *({}, "192.0.2.1", "permerror"),
    ),
]


@pytest.mark.parametrize(("records", "fail", "ip", "result"), ONE)
def test_results(
    records: str, fail: dict[str | tuple[str, str], Why], ip: str, result: str
) -> None:
    found = authorises(tree(records, fail=fail), ip)
    assert found.result == result, found
    assert found.why


def test_all_that_is_possible_is_told() -> None:
    found = authorises(tree("d: v=spf1 include:%{l}.x.example ~all"), "192.0.2.1")
    assert set(found.possible) == {Standing.PASS, Standing.PERMERROR, Standing.SOFTFAIL}
    assert found.by == "include:%{l}.x.example"


@pytest.mark.parametrize("ip", ["", "mail.example", "192.0.2.1/24", "fe80::1%eth0"])
def test_a_text_that_is_no_address_is_misuse(ip: str) -> None:
    with pytest.raises(NotAnAddress):
        authorises(tree("d: v=spf1 -all"), ip)


def test_networks() -> None:
    space = networks(tree(NESTED))
    assert space.ipv4 == ("192.0.2.0/28", "192.0.2.25/32", "198.51.100.0/24")
    assert space.ipv6 == ("2001:db8::25/128", "2001:db8:1::/48")
    assert space.ipv4_addresses == 16 + 1 + 256
    assert not space.open_ended


@pytest.mark.parametrize(
    ("record", "addresses", "open_ended"),
    [
        ("v=spf1 -all", 0, False),
        ("v=spf1 +all", 2**32, False),
        ("v=spf1 ip4:10.0.0.0/8 ip4:10.1.0.0/16 ~ip4:11.0.0.0/8 -all", 2**24, False),
        ("v=spf1 -all ip4:10.0.0.0/8", 0, False),
        ("v=spf1 ptr -all", 0, True),
        ("v=spf1 -exists:%{i}.x.example -all", 0, False),
        ("v=spf1 a:mail.example/16 -all", 2**16, False),
    ],
)
def test_size_of_the_authorised_space(record: str, addresses: int, open_ended: bool) -> None:
    space = networks(tree(f"d: {record}"))
    assert (space.ipv4_addresses, space.open_ended) == (addresses, open_ended)


# Bounds, order, rounds


class Counting:
    """Passes asks on and keeps a list."""

    def __init__(self, inner: Memory) -> None:
        self.inner = inner
        self.asked: list[tuple[str, str]] = []

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        self.asked.append((ask.name, ask.type))
        return self.inner.instant(ask)


def rounds(resolver: Memory, domain: str) -> int:
    """How often the engine waits, every batch being answered as a whole."""
    engine = cost(domain)
    batch, count = next(engine), 0
    while True:
        count += 1
        try:
            batch = engine.send(tuple(resolver.instant(ask) for ask in batch))
        except StopIteration:
            return count


def test_few_rounds() -> None:
    assert rounds(world("d: v=spf1 a:mail.example mx:mx.example -all"), "d.example") == 3
    assert rounds(world(NESTED), "d.example") == 5


def chain(length: int) -> str:
    links = (f"c{i}: v=spf1 include:c{i + 1}.example -all" for i in range(length))
    return "\n".join(["d: v=spf1 include:c0.example -all", *links, f"c{length}: v=spf1 -all"])


@pytest.mark.parametrize(
    ("records", "asks"),
    [
        (chain(40), 12),
        ("d: v=spf1 " + "a:mail.example " * 31 + "-all", 3),
        ("d: v=spf1 " + " ".join(f"a:h{i}.example" for i in range(60)) + " -all", 61),
        ("d: v=spf1 " + " ".join(f"include:i{i}.example" for i in range(60)) + " -all", 31),
    ],
)
def test_the_walk_is_bounded(records: str, asks: int) -> None:
    resolver = Counting(world(records))
    found = drive(cost("d.example"), resolver)
    assert found.truncated
    assert found.lookups > 10
    assert len(resolver.asked) == asks
    assert authorises(found, "192.0.2.1").result is Standing.PERMERROR


def test_limits_are_the_callers() -> None:
    limits = Limits(descend=1, depth=2, terms=3)
    found = drive(cost("d.example", limits=limits), world(NESTED))
    assert found.truncated
    assert found.cut
    assert [n.text for n in found.nodes] == [
        *("ip4:192.0.2.0/28", "-ip4:192.0.2.99", "include:i.example"),
    ]
    assert authorises(found, "10.0.0.1").result is Standing.UNKNOWN


def test_answers_are_kept() -> None:
    found = tree("d: v=spf1 a:mail.example include:i.example -all\ni: v=spf1 -all")
    asked = [(a.ask.name, a.ask.type) for a in found.answers]
    assert asked == [
        *(("d.example", "TXT"), ("mail.example", "A"), ("mail.example", "AAAA")),
        ("i.example", "TXT"),
    ]


# For people


def test_the_tree_as_lines() -> None:
    records = """
    d: v=spf1 a:four.example include:i.example redirect=gone.example
    i: v=spf1 exists:%{l}.x.example mx:mx.example -all
    """
    assert render_tree(tree(records)) == [
        "d.example  5 look-ups of 10, 3 of them void",
        "├─ a:four.example  +1 = 1  (void for IPv6)",
        "├─ include:i.example  +1 = 2",
        "│  ├─ exists:%{l}.x.example  +1 = 3  (depends on the message)",
        "│  ├─ mx:mx.example  +1 = 4  (void for IPv6)",
        "│  └─ -all",
        "└─ redirect=gone.example  +1 = 5  (no SPF record)  (void)",
    ]


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (lambda: tree("x: y"), "d.example  0 look-ups of 10  (no SPF record)"),
        (lambda: tree("d: v=spf1 moo"), "d.example  0 look-ups of 10  (syntax error)"),
        (
            lambda: tree("d: v=spf1 a:x.example", fail={"x.example": Why.TIMEOUT}),
            "d.example  at least 1 look-up of 10",
        ),
    ],
)
def test_the_first_line(make: Callable[[], SpfTree], line: str) -> None:
    assert render_tree(make())[0] == line


def test_lines_are_bounded() -> None:
    text = "v=spf1 " + "ip4:192.0.2.1 " * 5000
    lines = render_tree(drive(cost("d.example", text=text, limits=Limits(terms=9999)), world("")))
    assert len(lines) == MAX_LINES + 1
    wide = render_tree(drive(cost("d.example", text=f"v=spf1 x={'y' * 900}"), world("")))
    assert max(map(len, wide)) < 200


def test_terms_that_depend_on_the_message_may_be_void_too() -> None:
    """Three of them are one more than may find nothing (§4.6.4)."""
    text = "v=spf1 {} ip4:192.0.2.1 -all"
    two = drive(cost("d.example", text=text.format("exists:%{i}.a.b exists:%{i}.c.b")), Memory([]))
    three = drive(
        cost("d.example", text=text.format("exists:%{i}.a.b exists:%{i}.c.b exists:%{i}.d.b")),
        Memory([]),
    )
    assert authorises(two, "192.0.2.1").result is Standing.PASS
    assert set(authorises(three, "192.0.2.1").possible) == {Standing.PASS, Standing.PERMERROR}
