"""From facts to a disposition: the arithmetic over every combination, and lines one by one."""

from datetime import date
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.dnsbl.result import Cause as Listed
from mailworthy.helo.result import Cause as Helo
from mailworthy.iprev.engine import Result as Iprev
from mailworthy.lookup.model import Why
from mailworthy.message.author import Fault
from mailworthy.mx.result import Cause as Mx
from mailworthy.receive.decide import decide
from mailworthy.receive.decision import Decision
from mailworthy.receive.flaw import Code
from mailworthy.receive.load import load
from mailworthy.receive.profile import Line, Profile
from mailworthy.receive.weights import MARK, REFUSE, WEIGHTS, Group, counted, most, total
from mailworthy.receive.words import Disposition, DmarcReject, Fact, Held
from mailworthy.spf.model import Result as Spf
from receive_kit import (
    AUTHOR,
    IP6,
    NONE,
    OTHER,
    QUARANTINE,
    REJECT,
    author,
    evidence,
    form,
    helo,
    iprev,
    listings,
    mx,
    signed,
    spf,
)

STRICT = load("strict")
Parts = dict[str, Any]

# One failure each, and what it looks like when DNS says nothing. None of them touches another.
BAD: dict[Group, Parts] = {
    Group.REVERSE_DNS: {"iprev": iprev(Iprev.FAIL)},
    Group.HELO: {"helo": helo(Helo.UNKNOWN)},
    Group.BLOCKLIST: {"listings": listings(Listed.LISTED)},
    Group.REACHABLE: {"author_mx": mx(Mx.NO_DOMAIN)},
    Group.FORM: {"form": form(Code.NO_DATE, Code.DUPLICATE_FIELD)},
}
OPEN: dict[Group, Parts] = {
    Group.REVERSE_DNS: {"iprev": iprev(Iprev.TEMPERROR)},
    Group.HELO: {"helo": helo(Helo.LOOKUP)},
    Group.BLOCKLIST: {"listings": listings(Listed.FAILED)},
    Group.REACHABLE: {"author_mx": mx(Mx.LOOKUP)},
}
# SPF and DKIM, and whether that failed; both pass for a stranger, so that DMARC fails by itself.
SENDERS: list[tuple[Parts, bool]] = [
    ({"sender": spf(Spf.PASS, OTHER)}, False),
    ({"sender": spf(Spf.NEUTRAL, OTHER)}, False),
    ({"sender": spf(Spf.SOFTFAIL, OTHER)}, True),
    ({"sender": spf(Spf.FAIL, OTHER)}, True),
]
SIGNED: list[tuple[Parts, bool]] = [
    ({"signatures": (signed(domain=OTHER),)}, False),
    ({"signatures": (signed("body-changed"), signed(domain=OTHER))}, False),
    ({"signatures": ()}, True),
    ({"signatures": (signed("no-key"),)}, True),
    ({"signatures": (signed("body-changed"),)}, True),
]
RECORDS: list[tuple[str | None, bool]] = [
    (None, False),
    (NONE, False),
    (QUARANTINE, True),
    (REJECT, True),
]


def judged(*parts: Parts) -> Decision:
    return decide(STRICT, evidence(**{key: value for part in parts for key, value in part.items()}))


def cases() -> list[tuple[str | None, bool, int, int, Decision]]:
    """Record, whether DKIM is broken, how many checks fail, how many beside DMARC, the decision."""
    found = []
    for (record, policy), (sender, spf_bad), (dkim, dkim_bad) in product(RECORDS, SENDERS, SIGNED):
        for others in ((), (Group.HELO,), (Group.FORM, Group.REACHABLE), tuple(BAD)):
            decision = judged({"record": record}, sender, dkim, *[BAD[o] for o in others])
            beside = spf_bad + dkim_bad + len(others)
            broken = dkim_bad and any(s.code == "body-changed" for s in dkim["signatures"])
            found.append((record, broken, policy + beside, beside, decision))
    return found


CASES = cases()


def test_one_failed_check_never_refuses_and_marks_only_by_dmarc() -> None:
    single = [(record, d) for record, _, failed, _, d in CASES if failed == 1]
    assert len(single) > 20
    for record, decision in single:
        marked = record in (QUARANTINE, REJECT)
        assert decision.disposition is (Disposition.SPAM if marked else Disposition.ACCEPT)


@pytest.mark.parametrize("group", BAD)
def test_each_check_weighs(group: Group) -> None:
    clean = {"sender": spf(Spf.PASS), "signatures": (signed(),)}
    decision = judged(clean, BAD[group])
    assert decision.disposition is Disposition.ACCEPT
    assert decision.weight == 5.3
    assert [o.line.id for o in decision.broken] == [group.value]


def test_three_failed_checks_refuse() -> None:
    for record, broken, failed, _, decision in CASES:
        follows = broken and record == REJECT  # a signature that a list broke is no third fact
        if failed - follows >= 3:
            assert decision.disposition is Disposition.REJECT
            assert decision.code.startswith("550 5.7.")


def test_two_failed_checks_mark() -> None:
    for record, _, failed, _, decision in CASES:
        if failed == 2 and record != REJECT:
            assert decision.disposition is Disposition.SPAM


def test_reject_refuses_with_one_independent_fact_and_not_alone() -> None:
    alone = together = 0
    for record, broken, _, beside, decision in CASES:
        if record != REJECT:
            continue
        refused = decision.disposition is Disposition.REJECT
        assert refused == (beside - broken > 0)
        alone += not refused
        together += refused
    assert alone
    assert together


def test_the_owner_of_the_server_may_let_reject_refuse_alone() -> None:
    always = msgspec.structs.replace(STRICT, dmarc_reject=DmarcReject.ALWAYS)
    stranger = {**SENDERS[0][0], **SIGNED[0][0]}
    parts = {"record": REJECT, **stranger}
    assert judged(parts).disposition is Disposition.SPAM
    decision = decide(always, evidence(**parts))
    assert (decision.disposition, decision.code) == (Disposition.REJECT, "550 5.7.1")
    for milder in (QUARANTINE, NONE):
        parts = {"record": milder, **stranger}
        assert decide(always, evidence(**parts)) == judged(parts)


def test_nothing_counts_is_not_said_of_what_is_not_known() -> None:
    decision = judged({**SENDERS[0][0], **SIGNED[0][0], "record": Why.TIMEOUT})
    assert (decision.disposition, decision.weight) == (Disposition.ACCEPT, 0)
    told = f"TXT of _dmarc.{AUTHOR} could not be learned (timeout)"
    assert decision.reason == f"nothing is known to count against the message; {told}"


def test_no_failed_check_weighs_nothing() -> None:
    decision = decide(STRICT, evidence())
    assert (decision.disposition, decision.weight, decision.code) == (Disposition.ACCEPT, 0, "")
    assert decision.reason == "nothing counts against the message"
    assert {o.broken for o in decision.outcomes} == {Held.NO}


def test_reasons_name_what_decided_gravest_first() -> None:
    decision = judged({"record": REJECT, **SENDERS[3][0], "signatures": ()}, *BAD.values())
    assert decision.reason.startswith(f"nothing that was verified belongs to {AUTHOR}")
    assert decision.reason.endswith("; and 5 more")


# What DNS does not tell

SPF_OPEN = {"sender": spf(Spf.TEMPERROR)}
SILENT = {**SPF_OPEN, "record": Why.TIMEOUT}


def test_what_is_unknown_defers_if_it_could_refuse() -> None:
    decision = judged(SILENT, *OPEN.values(), {"signatures": (signed("key-unavailable"),)})
    assert decision.disposition is Disposition.DEFER
    assert decision.code == "451 4.7.26"
    assert decision.weight == 0
    assert decision.reason.startswith("what could not be learned would decide: ")


@pytest.mark.parametrize(
    ("parts", "expected", "code"),
    [
        ((SPF_OPEN,), Disposition.ACCEPT, ""),
        ((SPF_OPEN, BAD[Group.HELO]), Disposition.ACCEPT, ""),
        ((SPF_OPEN, BAD[Group.HELO], BAD[Group.FORM]), Disposition.DEFER, "451 4.7.24"),
        ((OPEN[Group.HELO], BAD[Group.FORM], BAD[Group.REACHABLE]), Disposition.DEFER, "451 4.7.1"),
        (
            ({"sender": spf(Spf.TEMPERROR, why=Why.OUTSIDE)}, BAD[Group.HELO], BAD[Group.FORM]),
            Disposition.SPAM,
            "",
        ),
        (
            (SPF_OPEN, BAD[Group.HELO], BAD[Group.FORM], OPEN[Group.REVERSE_DNS]),
            Disposition.DEFER,
            "451 4.7.26",
        ),
        (
            (SPF_OPEN, *[BAD[g] for g in BAD if g is not Group.HELO]),
            Disposition.REJECT,
            "550 5.7.25",
        ),
    ],
)
def test_deferral(parts: tuple[Parts, ...], expected: Disposition, code: str) -> None:
    decision = judged(*parts)
    assert (decision.disposition, decision.code) == (expected, code)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ((BAD[Group.HELO], BAD[Group.FORM], BAD[Group.REACHABLE]), "550 5.7.1"),
        ((BAD[Group.HELO], BAD[Group.FORM], BAD[Group.REVERSE_DNS]), "550 5.7.25"),
        ((BAD[Group.HELO], BAD[Group.FORM], {"sender": spf(Spf.FAIL)}), "550 5.7.23"),
        ((BAD[Group.HELO], BAD[Group.FORM], {"signatures": ()}), "550 5.7.20"),
        ((BAD[Group.HELO], {"sender": spf(Spf.FAIL), "signatures": ()}), "550 5.7.26"),
    ],
)
def test_the_code_is_that_of_the_only_failed_authentication(
    parts: tuple[Parts, ...], code: str
) -> None:
    assert judged(*parts).code == code


senders = st.sampled_from([parts for parts, _ in SENDERS] + [{"sender": spf(Spf.PASS)}])
more = st.sampled_from([*SENDERS, ({"sender": spf(Spf.TEMPERROR)}, False)])
dkims = st.sampled_from(
    [*[parts for parts, _ in SIGNED], {"signatures": (signed("key-unavailable"),)}]
)
rest = st.lists(st.sampled_from([*BAD.values(), *OPEN.values()]), max_size=5)


@given(senders | more.map(lambda pair: pair[0]), dkims, rest, st.sampled_from([NONE, f"{REJECT}"]))
def test_p_none_never_changes_what_happens(
    sender: Parts, dkim: Parts, others: list[Parts], record: str
) -> None:
    """The same message with p=none, and with no record at all; with t=y it is one level less."""
    parts = (sender, dkim, *others)
    without = judged({"record": None}, *parts)
    policy = judged({"record": NONE}, *parts)
    assert (policy.disposition, policy.weight) == (without.disposition, without.weight)
    strict = judged({"record": record}, *parts)
    assert list(Disposition).index(strict.disposition) >= list(Disposition).index(
        policy.disposition
    )


facts = st.sets(st.sampled_from(sorted(WEIGHTS)))


@given(facts, facts)
def test_the_arithmetic(held: set[Fact], unknown: set[Fact]) -> None:
    assert len(counted(held)) == len({WEIGHTS[f][0] for f in counted(held).values()})
    assert most(held, unknown) >= total(held)
    assert most(held, ()) == total(held)
    bounds = [total({*held, *extra}) for extra in ([], unknown, unknown - {Fact.DMARC_REJECT})]
    if Fact.DMARC_REJECT not in unknown - held:
        assert most(held, unknown) == bounds[1]
    else:
        assert most(held, unknown) == max(bounds[1:])


def test_what_holds_weighs_once_and_not_beside_what_it_follows_from() -> None:
    assert total([Fact.MALFORMED, Fact.DUPLICATE_FIELD]) == 5.3
    assert MARK < total([Fact.AUTHOR_UNCLEAR, Fact.MALFORMED]) == 6.5 < REFUSE
    assert total([Fact.DMARC_REJECT, Fact.DMARC_QUARANTINE]) == 10.5
    assert MARK < total([Fact.DMARC_REJECT, Fact.DKIM_BROKEN]) == 10.5 < REFUSE
    assert total([Fact.DMARC_QUARANTINE, Fact.DKIM_BROKEN]) == 11.8 < REFUSE
    assert total([Fact.DKIM_NOT_PASS, Fact.SPF_NONE]) == 0


# Lines

SOURCE = "https://example.com/"


def line(fact: Fact, action: Disposition, code: str = "", **more: Any) -> Line:
    return Line(f"{fact}", f"no {fact}", (fact,), action, SOURCE, date(2026, 1, 1), code, **more)


def receiver(*lines: Line) -> Profile:
    return Profile("r", "R", lines=lines)


REFUSES = line(Fact.SPF_NOT_PASS, Disposition.REJECT, "550 5.7.27", deferral="421 4.7.27")
MARKS = line(Fact.DMARC_NONE, Disposition.SPAM)
LATER = line(Fact.NO_REVERSE_NAME, Disposition.DEFER, "450 4.7.25")
ADVISES = line(Fact.LISTED, Disposition.REJECT, "550", advice=True)
ALL = receiver(MARKS, LATER, ADVISES, REFUSES)


@pytest.mark.parametrize(
    ("parts", "expected", "code", "reason"),
    [
        ({}, Disposition.ACCEPT, "", "all 3 published requirements are met"),
        ({"record": None}, Disposition.SPAM, "", "example.com has no DMARC policy"),
        (
            {"iprev": iprev(Iprev.PERMERROR)},
            Disposition.DEFER,
            "450 4.7.25",
            "the address 192.0.2.25",
        ),
        (
            {"sender": spf(Spf.FAIL), "record": None, "iprev": iprev(Iprev.PERMERROR)},
            Disposition.REJECT,
            "550 5.7.27",
            "192.0.2.25 may not send",
        ),
        (
            {"sender": spf(Spf.TEMPERROR), "record": None},
            Disposition.DEFER,
            "421 4.7.27",
            "whether this would be taken is not known: TXT of example.com",
        ),
        ({"record": Why.TIMEOUT}, Disposition.ACCEPT, "", "2 published requirements are met, 1 co"),
        (
            {"sender": spf(Spf.TEMPERROR, why=Why.OUTSIDE)},
            Disposition.ACCEPT,
            "",
            "2 published requirements are met, 1 could not be checked",
        ),
        ({"listings": listings(Listed.LISTED)}, Disposition.ACCEPT, "", "all 3 published"),
    ],
)
def test_the_worst_line_decides(
    parts: Parts, expected: Disposition, code: str, reason: str
) -> None:
    decision = decide(ALL, evidence(**parts))
    assert (decision.disposition, decision.code) == (expected, code)
    assert decision.reason.startswith(reason)
    assert [o.line for o in decision.outcomes] == list(ALL.lines)
    assert decision.weight is None


def test_advice_that_is_not_followed_is_told() -> None:
    decision = decide(ALL, evidence(listings=listings(Listed.LISTED)))
    assert [o.line.id for o in decision.broken] == ["listed"]
    assert "Spamhaus" in decision.broken[0].finding.reason  # type: ignore[union-attr]


def test_a_line_for_ipv6_is_no_line_for_ipv4() -> None:
    only = receiver(line(Fact.SPF_FAIL, Disposition.REJECT, "550", ipv6_only=True))
    assert decide(only, evidence(sender=spf(Spf.FAIL))).disposition is Disposition.ACCEPT
    over6 = evidence(ip=IP6, sender=spf(Spf.FAIL, ip=IP6))
    assert decide(only, over6).disposition is Disposition.REJECT


def test_the_first_fact_that_holds_speaks_for_a_line() -> None:
    both = Line(
        "both",
        "Both",
        (Fact.SPF_FAIL, Fact.AUTHOR_UNCLEAR),
        Disposition.REJECT,
        SOURCE,
        date(2026, 1, 1),
    )
    given_ = evidence(sender=spf(Spf.TEMPERROR), who=author(fault=Fault.NO_FIELD))
    (outcome,) = decide(receiver(both), given_).outcomes
    assert outcome.broken is Held.YES
    assert outcome.finding is not None
    assert outcome.finding.fact is Fact.AUTHOR_UNCLEAR


def test_a_decision_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="no truth value"):
        bool(decide(ALL, evidence()))
