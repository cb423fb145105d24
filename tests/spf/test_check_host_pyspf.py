"""check_host() beside pyspf, another implementation of RFC 7208, on zones that both can see.

Where the two differ, one of CLASSES must say why, with the section that makes us right.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed
from mailworthy.spf.model import Result
from mailworthy.spf.result import SpfResult
from mailworthy.spf.run import check_host

pyspf = pytest.importorskip("spf", reason="pyspf is not installed")
pytestmark = pytest.mark.oracle

HOSTS = ("d.example", "a.example", "b.example", "c.example", "e.d.example", "mx.example")
ADDRESSES = ("192.0.2.1", "192.0.2.9", "198.51.100.1")
ADDRESSES6 = ("2001:db8::1", "2001:db8:0:1::9", "2001:db8:ffff::2")
CLIENTS = ("192.0.2.1", "198.51.100.1", "2001:db8::1", "::ffff:192.0.2.9")
REVERSES = (
    "1.2.0.192.in-addr.arpa",
    "1.100.51.198.in-addr.arpa",
    "9.2.0.192.in-addr.arpa",
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
)

names = st.sampled_from(
    (*HOSTS, *HOSTS, "gone.example", "%{d}", "%{o}", "%{h}", "%{l}.d.example", "e.%{d2}")
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
exchanges = some(HOSTS) | some(HOSTS) | some(HOSTS) | many


def hosts(txt: st.SearchStrategy[list[str]]) -> st.SearchStrategy[Entry]:
    return st.builds(Entry, txt, some(ADDRESSES), some(ADDRESSES6), exchanges, whole, broken)


entries = hosts(one_body | one_body | one_body | odd)
pointers = st.builds(Entry, st.just([]), st.just([]), st.just([]), st.just([]), some(HOSTS), broken)


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
    st.fixed_dictionaries({HOSTS[0]: hosts(one_body)}, optional=dict.fromkeys(HOSTS[1:], entries)),
    st.fixed_dictionaries({}, optional=dict.fromkeys(REVERSES, pointers)),
)


class Theirs(NamedTuple):
    """What pyspf returned."""

    result: str
    text: str
    voids: int
    lookups: int


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


def failed_types(found: SpfResult) -> set[str]:
    return {a.ask.type for a in found.answers if a.status is Status.FAILED}


def seen(found: SpfResult) -> list[str]:
    return [t for a in found.answers if a.ask.type == "TXT" for t in a.records]


DEFAULT = "SPF fail - not authorized"
Predicate = Callable[[SpfResult, Theirs], bool]
CLASSES: dict[str, Predicate] = {
    "§4.6.4: terms are counted that find nothing; pyspf counts their empty answers": (
        lambda ours, theirs: (
            theirs.text.endswith("Void lookup limit of 2 exceeded") and ours.voids <= 2
        )
    ),
    "§4.6.4, §6.1: redirect costs a look-up once it is evaluated; pyspf counts it when read": (
        lambda ours, theirs: "Too many DNS lookups" in theirs.text and ours.lookups <= 10
    ),
    "§5.2, §4.6.4: a record may include itself and match first; pyspf calls it an error": (
        lambda ours, theirs: "trivial recursion" in theirs.text
    ),
    "§5.4: an MX host that matches is enough; pyspf fails with any look-up": (
        lambda ours, theirs: theirs.result == "temperror" and ours.section == "5.4"
    ),
    "§7.3: %{p} is 'unknown' after a DNS error; pyspf asks when it reads the term, and gives up": (
        lambda ours, theirs: theirs.result == "temperror" and any("%{p}" in t for t in seen(ours))
    ),
    "§5.5: a DNS error makes ptr not match, or skips the name; pyspf returns temperror": (
        lambda ours, theirs: (
            theirs.result == "temperror"
            and any(a.ask.type == "PTR" for a in ours.answers)
            and bool(failed_types(ours) & {"PTR", "A", "AAAA"})
        )
    ),
}


def explained(ours: SpfResult, theirs: Theirs) -> list[str]:
    """The classes that a pair of results falls in."""
    return [name for name, fits in CLASSES.items() if fits(ours, theirs)]


@given(zones, st.sampled_from(CLIENTS), st.sampled_from(("strong-bad", "a.b")))
def test_both_say_the_same(zone: Zone, ip: str, local: str) -> None:
    sender = f"{local}@d.example"
    ours, theirs = ask_ours(zone, ip, sender), ask_pyspf(zone, ip, sender)
    if ours.result != theirs.result:
        assert explained(ours, theirs), (ours.reason, theirs)
    elif ours.result is Result.FAIL:
        assert (ours.explanation or DEFAULT) == theirs.text


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
WORLDS = [VOIDS, FULL, SELF, HALF, NAMELESS, DEAF]


@pytest.mark.parametrize(("name", "world"), list(zip(CLASSES, WORLDS, strict=True)))
def test_the_classes_are_real(name: str, world: Zone) -> None:
    """In each of these worlds the client is one that the domain allows."""
    ours = ask_ours(world, "192.0.2.1", "a@d.example")
    theirs = ask_pyspf(world, "192.0.2.1", "a@d.example")
    assert ours.result is Result.PASS, ours.reason
    assert theirs.result in ("permerror", "temperror")
    assert name in explained(ours, theirs)
