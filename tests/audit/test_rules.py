"""For every rule: bad fires, good is silent, the remedy cures and breaks nothing else."""

import pytest

from casekit import applied, evidence, line, outcome
from mailworthy.audit.finding import Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import Rule, load
from mailworthy.audit.run import run
from mailworthy.domain.recordset import Record
from mailworthy.lookup.zonetext import read_zone

RULES = load()
IDS = [r.id for r in RULES]
SECTIONS = ("## What it checks", "## Why it matters", "## How to fix")

# Faults that by their nature bring another finding along.
ACCOMPANIED: dict[str, str] = {
    "bimi-percentage-below-100": "pct= in a DMARC record is a finding of its own",
}


def found_by(rule: Rule, case: object) -> list:
    return [f for f in outcome(case).findings if f.rule == rule.id]


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_bad_fires(rule: Rule) -> None:
    assert found_by(rule, rule.meta.bad), f"{rule.id} does not see its own bad case"


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_good_is_silent(rule: Rule) -> None:
    result = run(evidence(rule.meta.good), (rule,))
    assert not result.findings
    assert not result.undetermined


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_bad_fires_alone(rule: Rule) -> None:
    others = {f.rule for f in outcome(rule.meta.bad).findings} - {rule.id}
    if rule.id in ACCOMPANIED:
        assert others, f"{rule.id} fires alone now: take it off the list"
    else:
        assert not others


def test_at_least_ninety_independent_faults() -> None:
    assert len(RULES) - len(ACCOMPANIED) >= 90


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_remedy_cures(rule: Rule) -> None:
    case = rule.meta.bad
    before = {(f.rule, f.severity) for f in outcome(case).findings}
    for _ in range(8):
        findings = found_by(rule, case)
        if not findings:
            break
        case = applied(case, findings[0].remedy)
    assert not found_by(rule, case), "the remedy does not cure"
    fresh = {(f.rule, f.severity) for f in outcome(case).findings} - before
    equal = [r for r, s in fresh if s.weight >= rule.meta.severity.weight]
    assert not equal, "the remedy raises something as bad"


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_remedy_leaves_the_rest_alone(rule: Rule) -> None:
    case = rule.meta.bad
    (first, *_) = found_by(rule, case)
    named = {
        (c.record.name, c.record.type)
        for step in first.remedy.steps
        for c in (getattr(step, "changes", None) or (step,))
        if hasattr(c, "record")
    }
    assert _rest(case.zones, named) == _rest(applied(case, first.remedy).zones, named)


def _rest(zones: str, named: set[tuple[str, str]]) -> set[str]:
    return {
        line(Record(r.name, r.type, r.value, r.ttl))
        for r in read_zone(zones)
        if (r.name, r.type) not in named
    }


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_page(rule: Rule) -> None:
    assert all(section in rule.doc for section in SECTIONS)
    assert len(rule.title) <= 100
    assert rule.title.endswith(".")
    assert rule.meta.references
    assert isinstance(rule.meta.severity, Severity)


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_every_finding_shows_evidence(rule: Rule) -> None:
    for finding in found_by(rule, rule.meta.bad):
        assert finding.evidence
        assert finding.remedy.steps
        assert finding.subject


def test_the_healthy_world_is_healthy() -> None:
    result = outcome(healthy())
    assert [(f.rule, f.subject) for f in result.findings] == []
    assert result.undetermined == ()
