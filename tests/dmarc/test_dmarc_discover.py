"""The tree walk: RFC 9989 §4.10 and App. B.4, and the traps that implementations fell into."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmarc_zone import Zone
from mailworthy.dmarc.discover import (
    Found,
    Outcome,
    PolicyFound,
    Walk,
    organizational_domain,
    policy,
    targets,
    walk,
)
from mailworthy.dmarc.record import Policy
from mailworthy.lookup.drive import drive
from mailworthy.lookup.model import (
    Answer,
    Ask,
    Asking,
    Question,
    Reply,
    Status,
    Why,
    failed,
)

RUA = "rua=mailto:d@x.example"


def zone(**records: str | list[str] | Why) -> Zone:
    """Keys are domains with "_" for dots; the records lie below _dmarc."""
    return Zone({f"_dmarc.{k.replace('_', '.')}": v for k, v in records.items()})


def walked(start: str, world: Zone) -> Walk:
    return drive(walk(start), world)


def organization(start: str, world: Zone) -> str | None:
    return organizational_domain(walked(start, world))


def found(author: str, world: Zone) -> PolicyFound:
    return drive(policy(author), world)


SEVEN = ["2.3.4.5.6.7.8", "3.4.5.6.7.8", "4.5.6.7.8", "5.6.7.8", "6.7.8", "7.8", "8"]
DEEP = "a.b.c.d.e.f.g.h.i.j.mail.example.com"


@pytest.mark.parametrize(
    ("start", "names"),
    [
        (".", []),
        ("com", ["com"]),
        ("example.com", ["example.com", "com"]),
        ("b.c.d.e.f.g", ["b.c.d.e.f.g", "c.d.e.f.g", "d.e.f.g", "e.f.g", "f.g", "g"]),
        ("1.2.3.4.5.6.7.8",
         ["1.2.3.4.5.6.7.8", *SEVEN]),
        ("0.1.2.3.4.5.6.7.8",
         ["0.1.2.3.4.5.6.7.8", *SEVEN]),
        (DEEP, [DEEP, "g.h.i.j.mail.example.com", "h.i.j.mail.example.com", "i.j.mail.example.com",
                "j.mail.example.com", "mail.example.com", "example.com", "com"]),
        ("Mail.EXAMPLE.com.", ["mail.example.com", "example.com", "com"]),
        (r"a\.b.example", [r"a\.b.example", "example"]),
        (r"\000\255.example", [r"\000\255.example", "example"]),
    ],
)  # fmt: skip
def test_targets(start: str, names: list[str]) -> None:
    world = Zone({})
    assert targets(start) == names
    assert [s.domain for s in walked(start, world).steps] == names
    assert world.asked == [f"_dmarc.{name}" for name in names]


P, Q, R = "v=DMARC1; p=none", "v=DMARC1; p=quarantine", "v=DMARC1; p=reject"

# start, records, Organizational Domain
ORGANIZATIONS: list[tuple[str, dict[str, str | list[str] | Why], str | None]] = [
    # §4.10.2, the three examples
    ("a.mail.example.com", {"mail_example_com": P, "example_com": P}, "example.com"),
    ("a.mail.example.com", {"mail_example_com": f"{P}; psd=n"}, "mail.example.com"),
    ("a.mail.example.com", {"com": f"{P}; psd=y"}, "example.com"),
    # App. B.4.1
    ("example.com", {"example_com": P, "signing_example_com": P}, "example.com"),
    ("signing.example.com", {"example_com": P, "signing_example_com": P}, "example.com"),
    # App. B.4.2
    ("a.b.c.d.e.f.g.h.i.j.k.example.com", {"example_com": P}, "example.com"),
    # App. B.4.3
    *(
        (start, {"bank_example": f"{P}; psd=y", "giant_bank_example": P}, organization)
        for start, organization in (
            ("giant.bank.example", "giant.bank.example"),
            ("mail.giant.bank.example", "giant.bank.example"),
            ("mail.mega.bank.example", "mega.bank.example"),
        )
    ),
    # nothing anywhere
    ("a.example.com", {}, "a.example.com"),
    (".", {}, "."),
    # the record with the fewest labels, not the first one met
    ("a.b.example.com", {"a_b_example_com": P, "b_example_com": R, "example_com": P},
     "example.com"),
    ("a.b.example.com", {"b_example_com": P, "com": P}, "com"),
    # psd=n ends the walk; what lies above has no say
    ("a.b.example.com", {"b_example_com": f"{P}; psd=n", "example_com": P}, "b.example.com"),
    ("b.example.com", {"b_example_com": f"{P}; psd=N", "com": f"{P}; psd=y"}, "b.example.com"),
    ("a.b.example.com", {"b_example_com": "v=DMARC1; psd=n", "example_com": P}, "b.example.com"),
    # psd=y at the start is the start's own
    ("bank.example", {"bank_example": f"{P}; psd=y", "example": P}, "bank.example"),
    ("a.b.bank.example", {"bank_example": f"{P}; psd=y", "example": P}, "b.bank.example"),
    # psd=u and a strange value say nothing
    ("a.example.com", {"a_example_com": f"{P}; psd=u", "example_com": f"{P}; psd=x"},
     "example.com"),
    # several records are none, also when they say psd=
    ("a.example.com", {"example_com": [P, P]}, "a.example.com"),
    ("a.example.com", {"a_example_com": [f"{P}; psd=n", P], "example_com": P}, "example.com"),
    # but other texts beside one record do no harm
    ("a.example.com", {"example_com": ["v=spf1 -all", "v=dmarc1; p=none", P]}, "example.com"),
    ("a.example.com", {"example_com": "v=DMARC1x; p=none"}, "a.example.com"),
    # names that a walk jumps over are not seen, psd=n or not
    ("1.2.3.4.5.6.7.8.example.com", {"8_example_com": P, "2_3_4_5_6_7_8_example_com": P},
     "8.example.com"),
    # failures
    ("a.example.com", {"com": Why.SERVFAIL, "example_com": P}, None),
    ("a.example.com", {"a_example_com": Why.TIMEOUT, "example_com": f"{P}; psd=n"}, None),
    ("a.example.com", {"com": Why.SERVFAIL, "example_com": f"{P}; psd=n"}, "example.com"),
    ("a.example.com", {"example_com": Why.TIMEOUT, "a_example_com": f"{P}; psd=n"},
     "a.example.com"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "records", "wanted"), ORGANIZATIONS)
def test_organizational_domain(
    start: str, records: dict[str, str | list[str] | Why], wanted: str | None
) -> None:
    assert organization(start, zone(**records)) == wanted


def test_the_walk_ends_at_the_stop() -> None:
    world = zone(b_example_com=f"{P}; psd=n", com=P)
    steps = walked("a.b.example.com", world).steps
    assert [(s.domain, s.found) for s in steps] == [
        ("a.b.example.com", Found.NOTHING),
        ("b.example.com", Found.RECORD),
    ]


def test_a_walk_says_what_failed() -> None:
    unknown = walked("a.example.com", zone(example_com=Why.TIMEOUT, com=Why.REFUSED)).unknown
    assert unknown is not None
    assert (unknown.name, unknown.type, unknown.why) == ("_dmarc.example.com", "TXT", Why.TIMEOUT)


def test_several_records_are_kept_for_the_owner() -> None:
    (first, *_) = walked("example.com", zone(example_com=[P, "other", R])).steps
    assert (first.found, first.texts, first.record) == (Found.SEVERAL, (P, R), None)


def test_what_lies_outside_the_zones_is_assumed_only_above_what_we_know() -> None:
    inside = zone(example_com=R, com=Why.OUTSIDE)
    assert [s.found for s in walked("example.com", inside).steps] == [Found.RECORD, Found.ASSUMED]
    assert organization("example.com", inside) == "example.com"
    assert found("a.example.com", inside).domain == "example.com"
    empty = zone(com=Why.OUTSIDE)
    assert found("example.com", empty).outcome is Outcome.NOTHING
    outside = zone(example_com=Why.OUTSIDE, com=Why.OUTSIDE)
    assert organization("example.com", outside) is None
    assert found("example.com", outside).outcome is Outcome.UNKNOWN
    trouble = zone(example_com=R, com=Why.TIMEOUT)
    assert organization("example.com", trouble) is None


def test_a_name_too_long_for_dns_holds_nothing() -> None:
    long = ".".join(["a" * 60] * 4 + ["bb.cc"])
    assert len(long) < 253 < len(f"_dmarc.{long}")
    world = zone(cc=P)
    assert organization(long, world) == "cc"
    assert len(world.asked) == 5
    world = zone(example=P)
    assert organization("x" * 64 + ".example", world) == "example"
    assert world.asked == ["_dmarc.example"]


# author, records, names that exist, (domain, tag, policy, effective, exists)
POLICIES: list[
    tuple[str, dict[str, str | list[str] | Why], tuple[str, ...],
          tuple[str, str, str, str, bool | None]]
] = [
    ("example.com", {"example_com": R}, (), ("example.com", "p", "reject", "reject", True)),
    ("example.com", {"example_com": f"{R}; t=y; sp=none"}, (),
     ("example.com", "p", "reject", "quarantine", True)),
    # the author domain first, and its p=
    ("a.example.com", {"a_example_com": f"{Q}; sp=none", "example_com": R}, (),
     ("a.example.com", "p", "quarantine", "quarantine", True)),
    # then the Organizational Domain, never a record in between
    ("a.b.example.com", {"b_example_com": R, "example_com": f"{P}; sp=quarantine"}, (),
     ("example.com", "sp", "quarantine", "quarantine", None)),
    ("a.b.example.com", {"b_example_com": f"{R}; psd=n", "example_com": P}, (),
     ("b.example.com", "p", "reject", "reject", None)),
    # then the PSD, if the Organizational Domain has none
    ("mail.mega.bank.example", {"bank_example": f"{P}; psd=y; sp=reject"}, (),
     ("bank.example", "sp", "reject", "reject", None)),
    ("mega.bank.example", {"bank_example": f"{R}; psd=y"}, (),
     ("bank.example", "p", "reject", "reject", None)),
    ("a.giant.bank.example", {"bank_example": f"{R}; psd=y", "giant_bank_example": P}, (),
     ("giant.bank.example", "p", "none", "none", None)),
    # several at the author domain: as if none
    ("a.example.com", {"a_example_com": [R, R], "example_com": f"{R}; sp=none"}, (),
     ("example.com", "sp", "none", "none", True)),
    # np= for names that do not exist, and only for these
    ("ghost.example.com", {"example_com": f"{P}; np=reject"}, (),
     ("example.com", "np", "reject", "reject", False)),
    ("real.example.com", {"example_com": f"{P}; np=reject"}, ("real.example.com",),
     ("example.com", "p", "none", "none", True)),
    ("real.example.com", {"example_com": f"{P}; sp=quarantine; np=reject; t=y"},
     ("www.real.example.com",), ("example.com", "sp", "quarantine", "none", True)),
    # the author's failed neighbours above do not matter once its own record is there
    ("example.com", {"example_com": R, "com": Why.TIMEOUT}, (),
     ("example.com", "p", "reject", "reject", True)),
    # a record in need of mending: p=none for the sake of rua
    ("example.com", {"example_com": f"v=DMARC1; p=rejct; {RUA}"}, (),
     ("example.com", "p", "none", "none", True)),
]  # fmt: skip


@pytest.mark.parametrize(("author", "records", "exist", "wanted"), POLICIES)
def test_policy(
    author: str,
    records: dict[str, str | list[str] | Why],
    exist: tuple[str, ...],
    wanted: tuple[str, str, str, str, bool | None],
) -> None:
    world = zone(**records)
    world.names.update(exist)
    result = found(author, world)
    assert result.outcome is Outcome.FOUND
    assert (result.domain, result.tag, result.policy, result.effective, result.exists) == wanted
    assert result.unknown is None


def test_existence_is_asked_only_where_it_matters() -> None:
    for text, extra in (
        (f"{R}; sp=none", 0),
        (f"{R}; np=reject", 0),
        (f"{R}; sp=none; np=none", 0),
        (f"{R}; np=none", 1),
    ):
        world = zone(example_com=text)
        found("ghost.example.com", world)
        assert len(world.asked) == 3 + extra
    world = Zone({"_dmarc.example.com": f"{R}; np=none", "_dmarc.real.example.com": "nonsense"})
    assert found("real.example.com", world).exists is True
    assert len(world.asked) == 3


def test_an_alias_exists_even_if_its_target_does_not() -> None:
    world = zone(example_com=f"{P}; np=reject")
    world.aliases.add("alias.example.com")
    assert found("alias.example.com", world).policy is Policy.NONE


def test_no_policy() -> None:
    result = found("a.example.com", zone())
    assert (result.outcome, result.domain, result.policy) == (Outcome.NOTHING, None, None)
    assert found(".", zone()).outcome is Outcome.NOTHING


def test_an_unusable_record_ends_the_search() -> None:
    result = found("a.example.com", zone(a_example_com="v=DMARC1; p=rejct", example_com=R))
    assert (result.outcome, result.domain, result.record) == (
        Outcome.UNUSABLE, "a.example.com", None,
    )  # fmt: skip
    result = found("a.example.com", zone(example_com="v=DMARC1; sp=x"))
    assert (result.outcome, result.domain) == (Outcome.UNUSABLE, "example.com")


@pytest.mark.parametrize("name", ["_dmarc.a.example.com", "_dmarc.example.com", "_dmarc.com"])
def test_not_knowing_is_typed(name: str) -> None:
    world = Zone({"_dmarc.example.com": R, name: Why.SERVFAIL})
    result = found("a.example.com", world)
    assert result.outcome is Outcome.UNKNOWN
    assert result.policy is None
    assert result.unknown is not None
    assert (result.unknown.name, result.unknown.why) == (name, Why.SERVFAIL)


def test_not_knowing_whether_the_author_exists() -> None:
    world = Zone({"_dmarc.example.com": f"{P}; np=reject", "a.example.com": Why.TIMEOUT})
    world.names.discard("a.example.com")
    result = found("a.example.com", world)
    assert (result.outcome, result.domain) == (Outcome.UNKNOWN, "example.com")
    assert result.unknown is not None
    assert (result.unknown.name, result.unknown.why) == ("a.example.com", Why.TIMEOUT)


# Laws

texts = st.sampled_from(
    [P, Q, R, f"{P}; psd=n", f"{P}; psd=y", f"{P}; np=reject", "v=DMARC1", "v=spf1", "", "\xff"]
) | st.text(st.characters(max_codepoint=255))  # fmt: skip
labels = st.sampled_from(["a", "b", "com", r"\.", r"\000", "x" * 63, "x" * 70, "_dmarc", "-", "é"])
domains = st.lists(labels, max_size=20).map(".".join)


class Chaos:
    """Answers anything at all."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.asked: list[Ask] = []

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        self.asked.append(ask)
        status = self.data.draw(st.sampled_from(Status))
        if status is Status.FAILED:
            return failed(ask, self.data.draw(st.sampled_from(Why)))
        records = self.data.draw(st.lists(texts, max_size=3)) if status is Status.FOUND else []
        return Answer(ask, status, records=tuple(records))


@given(domains | st.text(max_size=40), st.data())
def test_a_walk_never_raises_and_asks_eight_at_most(start: str, data: st.DataObject) -> None:
    world = Chaos(data)
    result = drive(walk(start), world)
    assert len(world.asked) <= 8
    assert len(result.steps) <= 8
    organization = organizational_domain(result)
    assert (organization is None) is (result.unknown is not None)


@given(domains | st.text(max_size=40), st.data())
def test_policy_never_raises_and_asks_one_more_at_most(author: str, data: st.DataObject) -> None:
    world = Chaos(data)
    result = drive(policy(author), world)
    assert len(world.asked) <= 9
    assert (result.outcome is Outcome.FOUND) is (result.policy is not None)
    assert (result.outcome is Outcome.UNKNOWN) is (result.unknown is not None)


def one_by_one(start: str) -> Asking[str | None]:
    """§4.10 and §4.10.2 again, a question at a time, as a receiver without batches would."""
    best: str | None = None
    for name in targets(start):
        (answer,) = yield (Question(f"_dmarc.{name}", "TXT"),)
        assert isinstance(answer, Answer)
        if answer.status is Status.FAILED:
            return None
        records = [r for r in answer.records if r.startswith("v=DMARC1")]
        if len(records) != 1:
            continue
        if "psd=n" in records[0]:
            return name
        if "psd=y" in records[0]:
            depth = len(name.split(".")) + (name != start)
            return ".".join(start.split(".")[-depth:])
        best = name
    return best or start


answers = st.sampled_from([P, P, "", f"{P}; psd=n", f"{P}; psd=y", [P, R], Why.TIMEOUT])


@given(st.integers(1, 12), st.data())
def test_one_round_is_as_good_as_eight(depth: int, data: st.DataObject) -> None:
    start = ".".join("abcdefghijkl"[:depth])
    world = Zone({f"_dmarc.{name}": data.draw(answers) for name in targets(start)})
    assert drive(one_by_one(start), world) == organization(start, world)
