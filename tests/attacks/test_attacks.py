"""The attack suite of tests/cases/attacks: the right verdict, and nothing of the attacker raw."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import click
import pytest

import attack_signatures
from attacks_observed import FORBIDDEN, Observed, outputs
from attacks_suite import FOLDER, SIGNATURES, Case, cases, documents, octets, world

CASES = cases()
SECTION = re.compile(r"RFC [0-9]{3,4}( §[0-9A-Z]+(\.[0-9]+)*(, §[0-9A-Z]+(\.[0-9]+)*)*)")
SPF = ["none", "neutral", "pass", "fail", "softfail", "temperror", "permerror"]
WORDS = {
    "spf": SPF,
    "spf-helo": SPF,
    "iprev": ["pass", "fail", "temperror", "permerror"],
    "helo": ["pass", "fail", "neutral", "none", "temperror"],
    "arc": ["none", "pass", "fail", "temperror"],
    "form": ["pass", "fail"],
    "dmarc": ["pass", "fail", "none", "temperror", "permerror"],
    "disposition": ["none", "quarantine", "reject"],
    "strict": ["accept", "spam folder", "defer", "reject"],
}
OTHERS = ("org-domain", "authors", "dkim", "questions", "removed", "says")
KNOWN = {"description", "section", "why", "session", "message", "expect", "others"}
every = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


@cache
def observed(case: Case) -> Observed:
    return Observed.of(case)


def wrong(case: Case, seen: dict[str, Any]) -> list[str]:
    """What is not as the case says."""
    return [
        f"{key}: {seen[key]!r}, not {wanted!r}"
        for key, wanted in case.expect.items()
        if key != "says" and not fits(key, seen[key], wanted)
    ]


def fits(key: str, found: Any, wanted: Any) -> bool:
    if key == "questions":
        return bool(found <= wanted)
    if key == "dkim":
        return wanted is None or (len(found) == len(wanted) and all(map(accepted, found, wanted)))
    if key in ("authors", "removed"):
        return bool(found == wanted)
    return accepted(found, wanted)


def accepted(found: Any, wanted: Any) -> bool:
    """Whether it is the first of what is right."""
    return bool(found == (wanted.split("|")[0] if isinstance(wanted, str) else wanted))


@every
def test_verdict(case: Case) -> None:
    assert wrong(case, observed(case).results) == []


@every
def test_nothing_of_the_attacker_is_shown_raw_or_as_a_result(case: Case) -> None:
    for name, shown in outputs(observed(case).verdict).items():
        raw = sorted(set(FORBIDDEN[name].findall(click.unstyle(shown))))
        assert raw == [], name
    methods = observed(case).methods
    assert methods == observed(case).written
    assert set(case.expect.get("says", ())).isdisjoint(methods)


def faults(case: Case) -> Iterator[str]:
    """What the README forbids."""
    test = case.test
    yield from set(test) - KNOWN
    yield from {"description", "section", "why", "message", "expect"} - set(test)
    yield from {"dmarc", "strict"} - set(case.expect)
    yield from set(case.expect) - {*WORDS, *OTHERS}
    for line in (test["description"], test["why"]):
        if not line.endswith(".") or "\n" in line:
            yield line
    yield from [s for s in test["section"].split("; ") if not SECTION.fullmatch(s)]
    for key, words in WORDS.items():
        yield from set(str(case.expect.get(key, words[0])).split("|")) - set(words)


def test_the_cases_are_well_formed() -> None:
    assert {case.name: list(faults(case)) for case in CASES if list(faults(case))} == {}


def test_the_suite_is_large_and_its_names_are_unique() -> None:
    assert len(CASES) >= 350
    assert len({case.name for case in CASES}) == len(CASES)
    known = {"description", "zonedata", "session", "expect", "tests"}
    assert [d["description"] for _, d in documents() if not set(d) <= known] == []


def test_the_signatures_are_what_their_recipes_make() -> None:
    assert (FOLDER / SIGNATURES).read_text() == attack_signatures.document()


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        ("a\n\u00e4", b"a\r\n\xc3\xa4"),
        ({"octets": "a\nb\r\0\xe4"}, b"a\nb\r\0\xe4"),
        ({"base64": "AA0="}, b"\0\r"),
        (["a", {"octets": "\n"}], b"a\n"),
        ({"repeat": "x\n", "times": 2}, b"x\r\nx\r\n"),
        ({"repeat": {"octets": "#\n"}, "times": 2, "number": "#"}, b"0\n1\n"),
        ({"repeat": [{"repeat": "a", "times": 2}, "#"], "times": 2, "number": "#"}, b"aa0aa1"),
    ],
)
def test_pieces(piece: Any, expected: bytes) -> None:
    assert octets(piece) == expected


def test_every_part_of_the_world_is_used() -> None:
    used = "".join(path.read_text() for path in FOLDER.glob("*.yaml"))
    names = [*world()["parts"], *attack_signatures.signatures()]
    assert [name for name in names if f"part: {name}}}" not in used] == []
