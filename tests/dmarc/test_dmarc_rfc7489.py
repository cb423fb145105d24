"""DMARC as RFC 7489 had it, and where RFC 9989 says something else."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.dmarc import engine, rfc7489
from mailworthy.dmarc.align import Identifier, Method
from mailworthy.dmarc.psl import organizational_domain
from mailworthy.dmarc.record import Policy
from mailworthy.dmarc.result import DmarcResult, Reason, Result
from mailworthy.lookup.drive import drive
from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed
from mailworthy.names import labels
from spf_hostile import Hostile

Records = Mapping[str, Sequence[str] | Why]
REJECT, NONE = "v=DMARC1; p=reject", "v=DMARC1; p=none"


class Zone:
    """TXT records by name; a `Why` where the look-up fails, and nothing elsewhere."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.asked: list[str] = []

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        self.asked.append(ask.name)
        found = self.records.get(ask.name, ())
        if isinstance(found, Why):
            return failed(ask, found)
        return Answer(ask, Status.FOUND if found else Status.ABSENT, records=tuple(found))


def by_dkim(domain: str, result: str = "pass") -> Identifier:
    return Identifier(Method.DKIM, domain, result)


def old(author: str, records: Records, *found: Identifier, draw: int = 0) -> DmarcResult:
    zone = Zone(records)
    result = drive(rfc7489.evaluate([author], found, draw=draw), zone)
    assert len(zone.asked) <= 2
    return result


def new(author: str, records: Records, *found: Identifier) -> DmarcResult:
    return drive(engine.evaluate([author], found), Zone(records))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("example.com", "example.com"),
        ("a.b.example.com", "example.com"),
        ("a.example.co.uk", "example.co.uk"),
        ("co.uk", "co.uk"),
        ("com", "com"),
        ("a.b.github.io", "b.github.io"),
        ("www.ck", "www.ck"),  # an exception of the list
        ("a.b.c.unlisted", "c.unlisted"),  # its rule for what it does not know
        (".", "."),
        (r"a.b\.c.example.com", "example.com"),
        (r"b\.example.com", r"b\.example.com"),
        ("a..example.com", "a..example.com"),
        ("a\xff.example.com", "example.com"),
    ],
)
def test_organizational_domain(name: str, expected: str) -> None:
    assert organizational_domain(name) == expected


@given(st.text(max_size=40))
def test_any_name_has_an_organizational_domain_that_it_ends_in(text: str) -> None:
    name = ".".join(labels(text))  # an escape that is cut off is no part of a name
    found = organizational_domain(name)
    assert name == found or name.endswith(f".{found}")
    assert organizational_domain(text) in (text, found)
    assert organizational_domain(found) == found or "." not in found


# RFC 7489 §6.6.3, §3.1, §6.3, step by step.
CASES: list[tuple[str, str, Records, tuple[Identifier, ...], Result, Policy]] = [
    ("no record", "a.example.com", {}, (), Result.NONE, Policy.NONE),
    ("own record", "example.com", {"_dmarc.example.com": [REJECT]}, (), Result.FAIL, Policy.REJECT),
    (
        "the organization's, with sp",
        "a.b.example.com",
        {"_dmarc.example.com": [f"{REJECT}; sp=quarantine"]},
        (),
        Result.FAIL,
        Policy.QUARANTINE,
    ),
    (
        "own before the organization's",
        "a.example.com",
        {"_dmarc.a.example.com": [NONE], "_dmarc.example.com": [REJECT]},
        (),
        Result.FAIL,
        Policy.NONE,
    ),
    (
        "other texts are discarded",
        "a.example.com",
        {"_dmarc.a.example.com": ["v=spf1 -all"], "_dmarc.example.com": ["x", REJECT]},
        (),
        Result.FAIL,
        Policy.REJECT,
    ),
    (
        "several end it",
        "a.example.com",
        {"_dmarc.a.example.com": [NONE, REJECT], "_dmarc.example.com": [REJECT]},
        (),
        Result.NONE,
        Policy.NONE,
    ),
    (
        "several at the organization",
        "a.example.com",
        {"_dmarc.example.com": [NONE, REJECT]},
        (),
        Result.NONE,
        Policy.NONE,
    ),
    (
        "no p, but rua",
        "example.com",
        {"_dmarc.example.com": ["v=DMARC1; rua=mailto:a@example.com"]},
        (),
        Result.FAIL,
        Policy.NONE,
    ),
    (
        "no p, no rua",
        "example.com",
        {"_dmarc.example.com": ["v=DMARC1; adkim=s"]},
        (),
        Result.PERMERROR,
        Policy.NONE,
    ),
    (
        "an invalid np is no tag of this age",
        "example.com",
        {"_dmarc.example.com": [f"{REJECT}; np=maybe"]},
        (),
        Result.FAIL,
        Policy.REJECT,
    ),
    (
        "relaxed",
        "a.example.com",
        {"_dmarc.example.com": [REJECT]},
        (by_dkim("b.example.com"),),
        Result.PASS,
        Policy.NONE,
    ),
    (
        "strict",
        "a.example.com",
        {"_dmarc.example.com": [f"{REJECT}; adkim=s"]},
        (by_dkim("b.example.com"),),
        Result.FAIL,
        Policy.REJECT,
    ),
    (
        "another customer of a public suffix",
        "a.github.io",
        {"_dmarc.a.github.io": [REJECT]},
        (by_dkim("b.github.io"), by_dkim("github.io")),
        Result.FAIL,
        Policy.REJECT,
    ),
    (
        "an identifier that may pass later",
        "example.com",
        {"_dmarc.example.com": [REJECT]},
        (by_dkim("example.com", "temperror"),),
        Result.TEMPERROR,
        Policy.NONE,
    ),
    (
        "DNS fails",
        "a.example.com",
        {"_dmarc.a.example.com": Why.SERVFAIL, "_dmarc.example.com": [REJECT]},
        (),
        Result.TEMPERROR,
        Policy.NONE,
    ),
    (
        "a zone file that does not hold the organization",
        "a.example.com",
        {"_dmarc.example.com": Why.OUTSIDE},
        (),
        Result.NONE,
        Policy.NONE,
    ),
    (
        "a zone file that does not hold the author",
        "a.example.com",
        {"_dmarc.a.example.com": Why.OUTSIDE, "_dmarc.example.com": [REJECT]},
        (),
        Result.TEMPERROR,
        Policy.NONE,
    ),
    (
        "DNS fails where it does not matter",
        "a.example.com",
        {"_dmarc.a.example.com": [REJECT], "_dmarc.example.com": Why.SERVFAIL},
        (),
        Result.FAIL,
        Policy.REJECT,
    ),
]


@pytest.mark.parametrize(
    ("author", "records", "found", "result", "asked"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_case(
    author: str,
    records: Records,
    found: tuple[Identifier, ...],
    result: Result,
    asked: Policy,
) -> None:
    seen = old(author, records, *found)
    assert (seen.result, seen.disposition) == (result, asked)


@pytest.mark.parametrize(
    ("text", "draw", "asked"),
    [
        ("pct=100", 99, Policy.REJECT),
        ("pct=50", 49, Policy.REJECT),
        ("pct=50", 50, Policy.QUARANTINE),
        ("pct=0", 0, Policy.QUARANTINE),
        ("pct=101", 99, Policy.REJECT),
        ("pct=x", 99, Policy.REJECT),
        ("pct=" + "9" * 9000, 99, Policy.REJECT),
        ("t=y", 0, Policy.REJECT),
    ],
)
def test_pct_leaves_it_to_chance(text: str, draw: int, asked: Policy) -> None:
    records = {"_dmarc.example.com": [f"{REJECT}; {text}"]}
    assert old("example.com", records, draw=draw).disposition is asked


def test_pct_lowers_quarantine_to_nothing() -> None:
    records = {"_dmarc.example.com": ["v=DMARC1; p=quarantine; pct=0"]}
    assert old("example.com", records).disposition is Policy.NONE


# What changed, on one and the same message: RFC 7489 first, RFC 9989 second.
DIFFERENCES: list[tuple[str, str, Records, tuple[Identifier, ...], Policy, Policy]] = [
    (
        "several records at the author domain: the walk goes on",
        "a.example.com",
        {"_dmarc.a.example.com": [NONE, NONE], "_dmarc.example.com": [REJECT]},
        (),
        Policy.NONE,
        Policy.REJECT,
    ),
    (
        "t=y",
        "example.com",
        {"_dmarc.example.com": [f"{REJECT}; t=y"]},
        (),
        Policy.REJECT,
        Policy.QUARANTINE,
    ),
    (
        "pct=0",
        "example.com",
        {"_dmarc.example.com": [f"{REJECT}; pct=0"]},
        (),
        Policy.QUARANTINE,
        Policy.REJECT,
    ),
    (
        "np= of a name that does not exist",
        "a.example.com",
        {"_dmarc.example.com": [f"{NONE}; np=reject"]},
        (),
        Policy.NONE,
        Policy.REJECT,
    ),
    (
        "a public suffix with psd=y",
        "shop.co.uk",
        {"_dmarc.co.uk": [f"{REJECT}; psd=y"]},
        (),
        Policy.NONE,
        Policy.REJECT,
    ),
    (
        "psd=n draws a border below the registered domain",
        "a.dept.example.com",
        {"_dmarc.dept.example.com": [f"{REJECT}; psd=n"], "_dmarc.example.com": [NONE]},
        (by_dkim("b.example.com"),),
        Policy.NONE,
        Policy.REJECT,
    ),
    (
        "a public suffix that DNS knows nothing of",
        "a.github.io",
        {"_dmarc.a.github.io": [REJECT], "_dmarc.github.io": [NONE]},
        (by_dkim("b.github.io"),),
        Policy.REJECT,
        Policy.NONE,
    ),
]


@pytest.mark.parametrize(
    ("author", "records", "found", "before", "now"),
    [case[1:] for case in DIFFERENCES],
    ids=[case[0] for case in DIFFERENCES],
)
def test_difference(
    author: str,
    records: Records,
    found: tuple[Identifier, ...],
    before: Policy,
    now: Policy,
) -> None:
    assert old(author, records, *found).disposition is before
    assert new(author, records, *found).disposition is now


def test_a_faulty_from_aligns_with_nothing() -> None:
    zone = Zone({"_dmarc.example.com": [REJECT]})
    result = drive(
        rfc7489.evaluate(["example.com"], [by_dkim("example.com")], fault="several fields"), zone
    )
    assert (result.result, result.reason) == (Result.PERMERROR, Reason.FAULTY_FROM)
    assert result.disposition is Policy.REJECT


def test_many_authors_are_cut_off() -> None:
    authors = [f"a{n}.example" for n in range(15)]
    zone = Zone({})
    result = drive(rfc7489.evaluate(authors, []), zone)
    assert len(result.judgements) == engine.MAX_AUTHORS
    assert len(result.not_evaluated) == 5
    assert len(zone.asked) <= 2 * engine.MAX_AUTHORS


def test_a_name_that_is_too_long_has_no_record() -> None:
    assert old(".".join(["a" * 60] * 4 + ["example"]), {}).result is Result.NONE


names = st.lists(st.sampled_from(["a", "b", "co", "uk", "com", "example"]), min_size=1, max_size=5)
domains = names.map(".".join)
texts = st.sampled_from([NONE, REJECT, f"{REJECT}; pct=30", "v=DMARC1", "x"]) | st.text(max_size=30)


@given(
    st.lists(domains, max_size=4),
    st.lists(
        st.builds(by_dkim, domains, st.sampled_from(["pass", "fail", "temperror"])), max_size=4
    ),
    st.builds(Hostile, st.integers(0, 10**6), st.lists(texts, min_size=1, max_size=4)),
)
def test_nothing_makes_it_raise_or_ask_for_more(
    authors: list[str], found: list[Identifier], world: Hostile
) -> None:
    result = drive(rfc7489.evaluate(authors, found), world)
    assert world.asks <= 2 * len(set(authors))
    assert result.disposition in Policy
