"""check_host() beside pyspf, another implementation of RFC 7208, on zones that both can see.

Where the two differ, a class of `peer_pyspf` must say why, with the section that decides.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreement import MOST, Agreement, Difference
from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed
from mailworthy.spf.model import Result
from mailworthy.spf.result import SpfResult
from mailworthy.spf.run import check_host
from peer_pyspf import HOSTS, TERMS, Theirs

pyspf = pytest.importorskip("spf", reason="pyspf is not installed")
pytestmark = pytest.mark.oracle

NAMES = ("d.example", "a.example", "b.example", "c.example", "e.d.example", "mx.example")
ADDRESSES = ("192.0.2.1", "192.0.2.9", "198.51.100.1")
ADDRESSES6 = ("2001:db8::1", "2001:db8:0:1::9", "2001:db8:ffff::2")
CLIENTS = ("192.0.2.1", "198.51.100.1", "2001:db8::1", "::ffff:192.0.2.9")
LOCALS = ("strong-bad", "a.b", "", "pel\u00e9", "A+b", "x=y")
REVERSES = (
    "1.2.0.192.in-addr.arpa",
    "1.100.51.198.in-addr.arpa",
    "9.2.0.192.in-addr.arpa",
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
)

names = st.sampled_from(
    (*NAMES, *NAMES, "gone.example", "%{d}", "%{o}", "%{h}", "%{l}.d.example", "e.%{d2}")
)
specs = names | st.sampled_from(("%{p}", "%{ir}.%{v}.x.example", "%{l1r-}.%{d}", "%{i}.x.example"))
cidr = st.sampled_from(("", "", "", "/24", "//64", "/0//0"))
ip_terms = st.sampled_from(
    (
        "ip4:192.0.2.0/28",
        "ip4:198.51.100.1",
        "ip6:2001:db8::/48",
        "ip6:2001:db8::1",
        "ip4:0.0.0.0/0",
    )
)
qualifier = st.sampled_from(("", "", "-", "~", "?"))
host_terms = st.builds("{}{}{}".format, st.sampled_from(("a", "mx")), st.just(""), cidr)
plain_terms = st.one_of(
    ip_terms,
    host_terms,
    st.builds("a:{}{}".format, names, cidr),
    st.builds("mx:{}{}".format, names, cidr),
    st.builds("exists:{}".format, specs),
    st.builds("include:{}".format, names),
    st.builds("include:{}".format, names),
    st.sampled_from(("ptr", "ptr:e.d.example", "ptr:d.example")),
)
terms = st.builds("{}{}".format, qualifier, plain_terms)
REDIRECTS = ("redirect=a.example", "redirect=b.example", "redirect=c.example -all")
endings = st.sampled_from(("", "-all", "-all", "~all", "?all", "all", *REDIRECTS, *REDIRECTS))
exps = st.sampled_from(("", "", "exp=e.d.example", "exp=x.%{d}"))
bodies = st.builds(
    lambda body, end, exp: " ".join(filter(None, ("v=spf1", *body, end, exp))),
    st.lists(terms, min_size=1, max_size=8),
    endings,
    exps,
)


class Entry(msgspec.Struct):
    """What one name holds; `broken` are the types whose look-up fails."""

    txt: list[str]
    a: list[str]
    aaaa: list[str]
    mx: list[str]
    ptr: list[str]
    broken: list[str]

    def of(self, type_: str) -> list[str]:
        return getattr(self, type_.lower(), [])


def some(values: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True)


one_body = bodies.map(lambda body: [body])
odd = st.sampled_from(
    (["other"], [], ["v=spf1 -all", "v=spf1 all"], ["v=spf1 bad -all"], ["Not %{c} of %{o}, %{p}"])
)
whole: st.SearchStrategy[list[str]] = st.just([])
broken = whole | whole | whole | some(("TXT", "A", "AAAA", "MX", "PTR"))
many = st.just([f"m{n}.example" for n in range(11)])
exchanges = some(NAMES) | some(NAMES) | some(NAMES) | many


def hosts(txt: st.SearchStrategy[list[str]]) -> st.SearchStrategy[Entry]:
    return st.builds(Entry, txt, some(ADDRESSES), some(ADDRESSES6), exchanges, whole, broken)


entries = hosts(one_body | one_body | one_body | odd)
pointers = st.builds(Entry, st.just([]), st.just([]), st.just([]), st.just([]), some(NAMES), broken)


class Zone:
    """One set of data, and both ways of asking for it."""

    def __init__(self, data: dict[str, Entry]) -> None:
        self.data = data

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        entry = self.data.get(ask.name)
        if entry is None:
            return Answer(ask, Status.ABSENT, rcode="NXDOMAIN")
        if ask.type in entry.broken:
            return failed(ask, Why.SERVFAIL)
        records = tuple(_text(ask.type, value) for value in entry.of(ask.type))
        return Answer(ask, Status.FOUND if records else Status.EMPTY, records=records)

    def lookup(
        self, name: str, type_: str, strict: object = True, timeout: object = 0
    ) -> list[Any]:
        entry = self.data.get(name.lower())
        if entry is None:
            return []
        if type_ in entry.broken:
            raise pyspf.TempError("DNS SERVFAIL")
        return [((name, type_), _value(type_, value)) for value in entry.of(type_)]


def _text(type_: str, value: str) -> str:
    return {"MX": f"10 {value}.", "PTR": f"{value}."}.get(type_, value)


def _value(type_: str, value: str) -> Any:
    return {"MX": (10, value), "TXT": (value.encode(),)}.get(type_, value)


zones = st.builds(
    lambda hosts, reverse: Zone(hosts | reverse),
    st.fixed_dictionaries({NAMES[0]: hosts(one_body)}, optional=dict.fromkeys(NAMES[1:], entries)),
    st.fixed_dictionaries({}, optional=dict.fromkeys(REVERSES, pointers)),
)


def ask_pyspf(zone: Zone, ip: str, sender: str) -> Theirs:
    before, pyspf.DNSLookup = pyspf.DNSLookup, zone.lookup
    try:
        query = pyspf.query(i=ip, s=sender, h="mx.example", strict=True)
        result, _, text = query.check()
    finally:
        pyspf.DNSLookup = before
    return Theirs(result, text, query.void_lookups, query.lookups)


def ask_ours(zone: Zone, ip: str, sender: str) -> SpfResult:
    return check_host(ip, "d.example", sender, helo="mx.example", resolver=zone)


AGREEMENT = Agreement("pyspf, check_host()", *HOSTS)
DEFAULT = "SPF fail - not authorized"


@pytest.fixture(autouse=True, scope="module")
def counted(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    AGREEMENT.tell(request.config)


def shown(result: str, text: str) -> tuple[str, str]:
    """What is compared: the result, and for a fail the explanation."""
    return result, text if result == Result.FAIL else ""


@given(zones, st.sampled_from(CLIENTS), st.sampled_from(LOCALS))
def test_both_say_the_same(zone: Zone, ip: str, local: str) -> None:
    sender = f"{local}@d.example"
    ours, theirs = ask_ours(zone, ip, sender), ask_pyspf(zone, ip, sender)
    AGREEMENT.hold(
        shown(ours.result, ours.explanation or DEFAULT),
        shown(theirs.result, theirs.text),
        ours,
        theirs,
    )


def zone(**texts: str) -> Zone:
    """Names below `example`, each with one TXT record."""
    return Zone({f"{k}.example": Entry([v], [], [], [], [], []) for k, v in texts.items()})


SELF = zone(d="v=spf1 ip4:192.0.2.1 include:d.example -all")
FULL = zone(d="v=spf1 " + "a " * 10 + "ip4:192.0.2.1 redirect=a.example")
FULL.data["d.example"].a = ["198.51.100.7"]
VOIDS = zone(d="v=spf1 mx ip4:192.0.2.1 -all")
VOIDS.data["d.example"].mx = ["g1.example", "g2.example", "g3.example"]
HALF = zone(d="v=spf1 mx -all")
HALF.data["d.example"].mx = ["a.example", "b.example"]
HALF.data["a.example"] = Entry([], ["192.0.2.1"], [], [], [], [])
HALF.data["b.example"] = Entry([], [], [], [], [], ["A"])
DEAF = zone(d="v=spf1 ptr ip4:192.0.2.1 -all")
DEAF.data[REVERSES[0]] = Entry([], [], [], [], [], ["PTR"])
NAMELESS = zone(d="v=spf1 ip4:192.0.2.1 exists:%{p}.x.example -all")
NAMELESS.data[REVERSES[0]] = DEAF.data[REVERSES[0]]
LETTERS = zone(d="v=spf1 include:%{l}.d.example ip4:192.0.2.1 -all")
WORLDS = [VOIDS, FULL, SELF, HALF, NAMELESS, DEAF, LETTERS]


@pytest.mark.parametrize(("kind", "world"), list(zip(HOSTS, WORLDS, strict=True)))
def test_the_classes_are_real(kind: Difference, world: Zone) -> None:
    """In each of these worlds the client is one that the domain allows."""
    ours = ask_ours(world, "192.0.2.1", "pel\u00e9@d.example")
    theirs = ask_pyspf(world, "192.0.2.1", "pel\u00e9@d.example")
    assert ours.result is Result.PASS, ours.reason
    assert theirs.result in ("permerror", "temperror")
    assert kind.name in AGREEMENT.named(ours, theirs)


def test_they_are_few() -> None:
    assert len(HOSTS) + len(TERMS) <= MOST
    assert all("§" in kind.section for kind in HOSTS + TERMS)
