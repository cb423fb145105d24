"""The profiles that are shipped: sound data, and every line fires on some message."""

import re
from datetime import date
from typing import Any

import pytest

from mailworthy.errors import UsageError
from mailworthy.iprev.engine import Result as Iprev
from mailworthy.lookup.model import Why
from mailworthy.message.author import Fault
from mailworthy.receive.decide import decide
from mailworthy.receive.facade import profiles
from mailworthy.receive.load import every, load, names, parse
from mailworthy.receive.profile import Line, Profile
from mailworthy.receive.verifier import Algorithm
from mailworthy.receive.weights import WEIGHTS
from mailworthy.receive.words import Disposition, Fact, Held
from mailworthy.spf.model import Result as Spf
from receive_kit import (
    FIRING,
    IP,
    IP6,
    OTHER,
    QUARANTINE,
    REJECT,
    author,
    evidence,
    firing,
    iprev,
    signed,
    spf,
)

PROFILES = every()
LINES = [
    pytest.param(profile, line, fact, id=f"{profile.name}-{line.id}-{fact}")
    for profile in PROFILES
    for line in profile.lines
    for fact in line.broken_by
]
# RFC 5321 §4.2, RFC 3463 §2; some servers give one of the two alone.
CODE = re.compile(r"(?:[45][0-9]{2})?(?:(?<=.) (?=.))?(?:[45]\.[0-9]{1,3}\.[0-9]{1,3})?")
READ = date(2026, 11, 23)


def test_the_receivers() -> None:
    assert names()[0] == "strict"
    assert list(names()[1:]) == sorted(names()[1:])
    wanted = "gmail gmail-bulk yahoo yahoo-bulk outlook outlook-bulk icloud icloud-bulk"
    assert {*wanted.split(), "gmx", "laposte", "rfc7489", "strict"} == set(names())
    assert [p.name for p in PROFILES] == list(names())
    assert len({p.title for p in PROFILES}) == len(PROFILES)
    assert load("gmail") is load("gmail")


@pytest.mark.parametrize("name", ["", "Gmail", "../load", "gmail.toml", "all\x1b[2J"])
def test_any_other_name_is_misuse_and_hears_the_names(name: str) -> None:
    with pytest.raises(UsageError, match="here are: strict, gmail, gmail-bulk, gmx") as caught:
        load(name)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Gmail", "gmail"),
        (["gmail,Yahoo", "gmail"], "gmail yahoo"),
        ("gmail, ,yahoo ,", "gmail yahoo"),
        ((), "strict"),
        (["gmail", "ALL"], " ".join(names())),
    ],
)
def test_profiles_as_people_name_them(typed: str | list[str], found: str) -> None:
    assert " ".join(p.name for p in profiles(typed)) == found


@pytest.mark.parametrize(
    ("typed", "meant"), [("gmial", "gmail"), ("OUTLOK-bulk", "outlook-bulk"), ("al", "all")]
)
def test_what_was_meant(typed: str, meant: str) -> None:
    with pytest.raises(UsageError, match=f"did you mean {meant}\\? There are: strict, gmail"):
        profiles(typed)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
def test_a_profile_is_sound(profile: Profile) -> None:
    assert profile.lines
    assert profile.note
    ids = [line.id for line in profile.lines]
    assert len(set(ids)) == len(ids)
    for line in profile.lines:
        assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", line.id)
        assert re.fullmatch(r"https://[!-~]+", line.source)
        assert date(2025, 1, 1) < line.date <= READ
        assert line.broken_by
        assert line.requirement[0].isupper()
        assert not line.requirement.endswith(".")
        assert line.requirement.isprintable()

    if profile.algorithms is not None:
        assert re.fullmatch(r"https://[!-~]+", profile.algorithms.source)
        assert date(2025, 1, 1) < profile.algorithms.date <= READ


def test_who_does_not_verify_ed25519() -> None:
    """A bulk profile has it from the one that it extends."""
    alone: dict[str, Any] = {"signatures": (signed(k="ed25519"),), "sender": spf(Spf.FAIL)}
    refusing = {p.name for p in PROFILES if Algorithm.ED25519 not in p.verifier.algorithms}
    assert refusing == {
        f"{name}{bulk}" for name in ("gmail", "outlook", "yahoo") for bulk in ("", "-bulk")
    }
    for profile in PROFILES:
        decision = decide(profile, evidence(**alone, record=REJECT))
        said = {o.line.id: o.broken for o in decision.outcomes}
        expected = Held.YES if profile.name in refusing else Held.NO
        assert said.get("dmarc-reject", expected) is expected


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
def test_codes_are_well_formed_and_fit_the_action(profile: Profile) -> None:
    for line in profile.lines:
        for code, classes in ((line.code, "45"), (line.deferral, "4")):
            assert CODE.fullmatch(code), line.id
            assert not code or code[0] in classes
            parts = code.split()
            assert len({part[0] for part in parts}) <= 1, line.id
        if line.code and not profile.weighed:
            refused = {"5": Disposition.REJECT, "4": Disposition.DEFER}[line.code[0]]
            assert line.action is refused, line.id


def test_who_weighs_shows_all_that_weighs() -> None:
    (strict,) = [p for p in PROFILES if p.weighed]
    assert set(strict.facts) == set(WEIGHTS)


@pytest.mark.parametrize(("profile", "line", "fact"), LINES)
def test_every_line_fires(profile: Profile, line: Line, fact: Fact) -> None:
    decision = decide(profile, firing(fact, IP6 if line.ipv6_only else IP))
    (outcome,) = [o for o in decision.outcomes if o.line is line]
    assert outcome.broken is Held.YES
    assert outcome.finding is not None
    assert outcome.finding.reason
    if not line.advice and not profile.weighed:
        order = list(Disposition)
        assert order.index(decision.disposition) >= order.index(line.action)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
@pytest.mark.parametrize("ip", [IP, IP6])
def test_a_clean_message_is_taken_everywhere(profile: Profile, ip: str) -> None:
    decision = decide(profile, evidence(ip=ip))
    assert decision.disposition is Disposition.ACCEPT
    assert decision.broken == ()
    assert decision.code == ""
    assert decision.reason.isprintable()
    assert decision.reason


def test_every_fact_can_be_made() -> None:
    assert set(FIRING) == set(Fact)


FORGED = {"sender": spf(Spf.FAIL, OTHER), "signatures": (), "record": REJECT}
FORWARDED = {"sender": spf(Spf.FAIL)}
NAMELESS = {"who": author(fault=Fault.NO_FIELD)}
THROUGH_A_LIST = {"sender": spf(Spf.PASS, OTHER), "signatures": (signed("body-changed"),)}


@pytest.mark.parametrize(
    ("name", "changes", "disposition", "code"),
    [
        ("gmail", FORGED, Disposition.REJECT, "550 5.7.26"),
        ("gmail", FORWARDED, Disposition.ACCEPT, ""),
        ("gmail", THROUGH_A_LIST, Disposition.ACCEPT, ""),
        ("gmail", {**THROUGH_A_LIST, "record": REJECT}, Disposition.REJECT, "550 5.7.26"),
        ("gmail", {"record": None}, Disposition.ACCEPT, ""),
        ("gmail", {**THROUGH_A_LIST, "record": Why.TIMEOUT}, Disposition.DEFER, "451 4.7.26"),
        ("gmail-bulk", {"record": None}, Disposition.REJECT, "550 5.7.40"),
        ("gmail-bulk", FORWARDED, Disposition.REJECT, "550 5.7.27"),
        ("gmail-bulk", {"tls": False}, Disposition.REJECT, "550 5.7.29"),
        ("gmail", {"tls": False}, Disposition.SPAM, ""),
        ("yahoo", FORGED, Disposition.REJECT, "550 5.7.9"),
        ("yahoo-bulk", {"record": None}, Disposition.SPAM, ""),
        ("outlook", {**THROUGH_A_LIST, "record": REJECT}, Disposition.REJECT, "550 5.7.509"),
        ("outlook", {"record": None}, Disposition.ACCEPT, ""),
        ("outlook-bulk", {"record": None}, Disposition.REJECT, "550 5.7.515"),
        ("icloud", {"record": None}, Disposition.ACCEPT, ""),
        ("icloud-bulk", {"record": None}, Disposition.REJECT, ""),
        ("gmx", {"signatures": ()}, Disposition.SPAM, ""),
        ("gmx", FORWARDED, Disposition.REJECT, "550"),
        ("laposte", THROUGH_A_LIST, Disposition.SPAM, ""),
        ("icloud", NAMELESS, Disposition.REJECT, ""),
        ("rfc7489", NAMELESS, Disposition.ACCEPT, ""),
        ("gmail", {"iprev": iprev(Iprev.TEMPERROR)}, Disposition.DEFER, "421 4.7.23"),
        ("gmail-bulk", {"sender": spf(Spf.TEMPERROR)}, Disposition.DEFER, "421 4.7.27"),
        (
            "gmail-bulk",
            {"signatures": (signed("key-unavailable"),)},
            Disposition.DEFER,
            "421 4.7.30",
        ),
        ("strict", FORGED, Disposition.REJECT, "550 5.7.26"),
        ("strict", {**THROUGH_A_LIST, "record": REJECT}, Disposition.SPAM, ""),
        ("strict", FORWARDED, Disposition.ACCEPT, ""),
        ("rfc7489", {**THROUGH_A_LIST, "record": REJECT}, Disposition.REJECT, "550 5.7.1"),
        ("rfc7489", {"tls": False, "signatures": ()}, Disposition.ACCEPT, ""),
    ],
)
def test_what_is_known_of_receivers(
    name: str, changes: dict[str, object], disposition: Disposition, code: str
) -> None:
    decision = decide(load(name), evidence(**changes))  # type: ignore[arg-type]
    assert (decision.disposition, decision.code) == (disposition, code), decision.reason


# What an attacker can do alone: SPF and DKIM pass, and both are of another domain.
IN_ANOTHER_NAME = {"sender": spf(Spf.PASS, OTHER), "signatures": (signed(domain=OTHER),)}


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
def test_nobody_takes_a_forgery_that_the_owner_wants_set_apart(profile: Profile) -> None:
    decision = decide(profile, evidence(**IN_ANOTHER_NAME, record=QUARANTINE))
    assert decision.disposition in (Disposition.SPAM, Disposition.REJECT)
    assert decide(profile, evidence(record=QUARANTINE)).disposition is Disposition.ACCEPT


def test_bulk_profiles_ask_for_more_than_others() -> None:
    for name in ("gmail", "yahoo", "outlook", "icloud"):
        bulk = {line.id for line in load(f"{name}-bulk").lines}
        assert bulk > {line.id for line in load(name).lines}


GOOD = """
name = "own"
title = "Own"
[[lines]]
id = "a"
requirement = "A"
broken-by = ["listed"]
action = "reject"
source = "https://example.com/"
date = 2026-01-01
"""


def test_a_profile_can_be_read_from_text() -> None:
    profile = parse(GOOD)
    assert profile.lines[0].broken_by == (Fact.LISTED,)
    assert profile.facts == (Fact.LISTED,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"listed"', '"unlisted"'),
        ('action = "reject"', 'action = "burn"'),
        ('id = "a"', 'id = "a"\nseverity = 1'),
        ("date = 2026-01-01", ""),
        ('title = "Own"', "title = 1"),
        ("[[lines]]", "[[lines"),
    ],
)
def test_what_is_no_profile_is_misuse(old: str, new: str) -> None:
    with pytest.raises(UsageError, match="the profile cannot be read"):
        parse(GOOD.replace(old, new))
