"""Rules against evidence: findings, and what could not be judged."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from mailworthy.audit.evidence import Evidence
from mailworthy.audit.finding import Finding, Found
from mailworthy.audit.part import Known, NotAsked, Unknown
from mailworthy.audit.rule import Rule
from mailworthy.domain.intent import Waiver


class Gap(msgspec.Struct, frozen=True):
    """Something that was not learned, why, and the rules that could not be judged for it."""

    what: str
    why: str
    rules: tuple[str, ...]


class Outcome(msgspec.Struct, frozen=True):
    """The judgement of one domain.

    `undetermined` was asked without learning anything; `not_rehearsed` could not be asked in
    this run and counts for nothing.
    """

    findings: tuple[Finding, ...]
    undetermined: tuple[Gap, ...]
    not_rehearsed: tuple[Gap, ...]


def run(evidence: Evidence, rules: Iterable[Rule], waivers: Iterable[Waiver] = ()) -> Outcome:
    """Judge. Findings come worst first, then by rule and subject; the order is stable."""
    findings: list[Finding] = []
    gaps: dict[Unknown | NotAsked, set[str]] = {}
    active = [w for w in waivers if w.until >= evidence.now.date()]
    for each in rules:
        for judged in judge(each, evidence):
            if isinstance(judged, Found):
                findings.append(_finding(each, judged, active))
            else:
                gaps.setdefault(judged, set()).add(each.id)
    findings.sort(key=lambda f: (-f.severity.weight, f.rule, f.subject, f.message))
    return Outcome(tuple(findings), _gaps(gaps, Unknown), _gaps(gaps, NotAsked))


def judge(rule: Rule, evidence: Evidence) -> Iterator[Found | Unknown | NotAsked]:
    """What one rule says, and which missing parts kept it from being called."""
    over = rule.meta.over
    if over is None:
        yield from _call(rule, evidence, (), rule.needs)
        return
    subjects = getattr(evidence, over)
    if not isinstance(subjects, Known):
        yield subjects
        return
    for subject in subjects.value:
        yield from _call(rule, evidence, (subject,), rule.needs[1:])


def _call(
    rule: Rule, evidence: Evidence, first: tuple[Any, ...], needs: tuple[str, ...]
) -> Iterator[Found | Unknown | NotAsked]:
    values = []
    lacking: list[Unknown | NotAsked] = []
    for need in needs:
        holder = first[0] if first and hasattr(first[0], need) else evidence
        value = getattr(holder, need)
        if isinstance(value, (Unknown, NotAsked)):
            lacking.append(value)
        values.append(value.value if isinstance(value, Known) else value)
    if lacking:
        # A part that this run could never have asked outweighs one that failed.
        yield next((g for g in lacking if isinstance(g, NotAsked)), lacking[0])
    else:
        yield from rule.check(*first, *values)


def _finding(rule: Rule, found: Found, waivers: list[Waiver]) -> Finding:
    waived = next((w.reason for w in waivers if _covers(w, rule.id, found.subject)), None)
    return Finding(
        rule=rule.id,
        severity=rule.meta.severity,
        subject=found.subject,
        message=found.message,
        evidence=found.evidence,
        remedy=found.remedy,
        references=rule.meta.references,
        waived=waived,
    )


def _covers(waiver: Waiver, rule_id: str, subject: str) -> bool:
    return waiver.rule == rule_id and waiver.subject in (None, subject)


def _gaps(gaps: dict[Unknown | NotAsked, set[str]], kind: type) -> tuple[Gap, ...]:
    merged: dict[tuple[str, str], set[str]] = {}
    for gap, rules in gaps.items():
        if isinstance(gap, kind):
            merged.setdefault((gap.what, gap.why), set()).update(rules)
    return tuple(Gap(what, why, tuple(sorted(r))) for (what, why), r in sorted(merged.items()))
