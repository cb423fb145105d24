"""Rules against evidence: findings, and what could not be judged."""

from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from typing import Any

import msgspec

from mailworthy.audit.evidence import Evidence
from mailworthy.audit.finding import Finding, Found
from mailworthy.audit.part import Known, NotAsked, Unknown
from mailworthy.audit.rule import Rule
from mailworthy.audit.serverparts import NO_SERVER
from mailworthy.domain.intent import Waiver

MAX_ALIKE = 25  # findings of one rule: whoever has more of them needs no longer list


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
    parts = _Parts(evidence)
    for each in rules:
        for judged in _judge(each, parts):
            if isinstance(judged, Found):
                findings.append(_finding(each, judged, active))
            else:
                gaps.setdefault(judged, set()).add(each.id)
    findings.sort(key=lambda f: (-f.severity.weight, f.rule, f.subject, f.message))
    return Outcome(tuple(_few(findings)), _gaps(gaps, Unknown), _gaps(gaps, NotAsked))


def _few(findings: list[Finding]) -> Iterator[Finding]:
    """At most MAX_ALIKE findings of one rule; the last of them counts those left out."""
    for _, alike in groupby(findings, key=lambda f: f.rule):
        group = sorted(alike, key=lambda f: f.waived is not None)  # what counts comes first
        more = len(group) - MAX_ALIKE
        if more <= 0:
            yield from group
            continue
        yield from group[: MAX_ALIKE - 1]
        last = group[MAX_ALIKE - 1]
        yield msgspec.structs.replace(last, message=f"{last.message} (and {more} more like it)")


def judge(rule: Rule, evidence: Evidence) -> Iterable[Found | Unknown | NotAsked]:
    """What one rule says, and which missing parts kept it from being called."""
    return _judge(rule, _Parts(evidence))


class _Parts(dict[str, Any]):
    """Parts of the evidence by name, each looked up once: rules share them, and some are made
    when they are asked for."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence

    def __missing__(self, need: str) -> Any:
        value = self[need] = getattr(self.evidence, need)
        return value


def _judge(rule: Rule, parts: _Parts) -> Iterable[Found | Unknown | NotAsked]:
    over = rule.meta.over
    if over is None:
        return _call(rule, [], [parts[need] for need in rule.needs])
    subjects = parts[over]
    if not isinstance(subjects, Known):
        return (subjects,)
    needs = rule.needs[1:]
    return chain.from_iterable(_call(rule, [s], _for(s, needs, parts)) for s in subjects.value)


def _for(subject: Any, needs: tuple[str, ...], parts: _Parts) -> list[Any]:
    """What the subject has of the needs is its own; the rest is about the domain."""
    kind = type(subject)
    return [getattr(subject, n) if hasattr(kind, n) else parts[n] for n in needs]


def _call(rule: Rule, values: list[Any], needed: list[Any]) -> Iterable[Found | Unknown | NotAsked]:
    gap: Unknown | NotAsked | None = None
    for value in needed:
        kind = type(value)
        if kind is Known:
            values.append(value.value)
        elif kind is NotAsked or (kind is Unknown and gap is None):
            # A part that this run could never have asked outweighs one that failed.
            gap = gap if type(gap) is NotAsked else value
        elif kind is not Unknown:
            values.append(value)
    return rule.check(*values) if gap is None else (gap,)


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
        # That no server was looked at goes without saying: `--server` has to be asked for.
        if isinstance(gap, kind) and gap.why != NO_SERVER:
            merged.setdefault((gap.what, gap.why), set()).update(rules)
    return tuple(Gap(what, why, tuple(sorted(r))) for (what, why), r in sorted(merged.items()))
