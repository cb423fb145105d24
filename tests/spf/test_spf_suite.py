"""The parser against the records of the openspf suite for RFC 7208."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailworthy.spf.record import is_spf, parse

SUITE = Path(__file__).parents[3] / "shared/suites/spf-rfc7208/rfc7208-tests.yml"
pytestmark = pytest.mark.skipif(not SUITE.exists(), reason="the conformance suite is not here")

# Records that must not parse: (scenario, name, which of its records begin so). Every other
# record of the suite that begins with v=spf1 must.
BROKEN: dict[str, set[str]] = {
    "Initial processing": {"hosed", "hosed2", "hosed3", "ctrl", "badip"},
    "Record evaluation": {"t1", "t3", "t4", "t8", "t9"},
    "ALL mechanism syntax": {"e1", "e2", "e3"},
    "PTR mechanism syntax": {"e1", "e5"},
    "A mechanism syntax": {"e6a", "e7", "e8e", "e9", "e3", "e4", "e5", "e5a", "e5b", "e12", "e13"},
    "Include mechanism semantics and syntax": {"e6", "e8", "e9"},
    "MX mechanism syntax": {"e6a", "e7", "e9", "e3", "e5", "e12", "e13"},
    "EXISTS mechanism syntax": {"e1", "e2", "e3"},
    "IP4 mechanism syntax": {"e3", "e4", "e5", "e6", "e8", "e9"},
    "IP6 mechanism syntax": {"e1", "e3", "e4", "e6"},
    "Semantics of exp and other modifiers": {
        *("e5", "e6", "e9", "e12", "e14", "e15", "e16", "e17", "e18"),
    },
    "Macro expansion rules": {"e1", "e1e", "e1t", "e2", "e5"},
}
# Permerror for another reason than this record's own syntax.
NOT_SYNTAX = {
    ("Include mechanism semantics and syntax", "e5"),  # includes a record with a syntax error
    ("Include mechanism semantics and syntax", "e7"),  # includes a name without a record
    ("Semantics of exp and other modifiers", "e10"),  # redirects to a name without a record
    ("Selecting records", "example5"),  # two records
    ("Selecting records", "example6"),  # two records
    ("Processing limits", "e1"),  # a loop
    ("Processing limits", "e2"),  # a loop
    ("Processing limits", "e4"),  # more than ten MX
    ("Processing limits", "e7"),  # more than ten look-ups
    ("Processing limits", "e9"),  # more than ten look-ups
    ("Processing limits", "e11"),  # more than two void look-ups
}


def scenarios() -> list[dict[str, Any]]:
    if not SUITE.exists():
        return []
    import yaml  # the extra "dev"

    return list(yaml.safe_load_all(SUITE.read_text("latin-1")))


def texts(zone: dict[str, list[Any]]) -> Iterator[tuple[str, str]]:
    """(first label, record) for everything that is published as SPF or TXT."""
    for name, entries in zone.items():
        for entry in entries:
            for value in entry.values() if isinstance(entry, dict) else ():
                text = "".join(value) if isinstance(value, list) and _strings(value) else value
                if isinstance(text, str) and is_spf(text):
                    yield name.partition(".")[0], text


def _strings(value: list[Any]) -> bool:
    return all(isinstance(v, str) for v in value)


RECORDS = [(s["description"], *pair) for s in scenarios() for pair in texts(s["zonedata"])]


@pytest.mark.parametrize(("scenario", "label", "text"), RECORDS)
def test_every_record(scenario: str, label: str, text: str) -> None:
    broken = label in BROKEN.get(scenario, ())
    assert (parse(text).record is None) is broken, parse(text).problems


def permerrors() -> Iterator[tuple[str, str, str]]:
    """The cases that expect nothing but permerror, with the label of the sender's domain."""
    for scenario in scenarios():
        for name, case in scenario["tests"].items():
            if case["result"] == "permerror":
                domain = case["mailfrom"].rpartition("@")[2] or case["helo"]
                yield scenario["description"], name, domain.partition(".")[0]


@pytest.mark.parametrize(("scenario", "case", "label"), list(permerrors()))
def test_every_permerror_is_explained(scenario: str, case: str, label: str) -> None:
    is_broken = label in BROKEN.get(scenario, ())
    assert is_broken is not ((scenario, label) in NOT_SYNTAX), case


def test_the_suite_was_read() -> None:
    assert len(RECORDS) > 150
    assert len(list(permerrors())) > 60
