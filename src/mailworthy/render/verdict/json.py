"""A verdict as JSON: `{"verdict": {…}}`; the same bytes whenever the same was answered."""

import re
from typing import Any

import msgspec

from mailworthy.lookup.lines import encode as encode_reply
from mailworthy.names import printable
from mailworthy.receive.authresults import Marking
from mailworthy.receive.checks import CheckResult
from mailworthy.receive.decision import Decision, Outcome
from mailworthy.receive.verdict import Step, Verdict
from mailworthy.render.jsontext import encode
from mailworthy.render.verdict.evidence import author, envelope, evidence

_SURROGATE = re.compile("[\ud800-\udfff]")


def document(verdict: Verdict, *, trace: bool = False, header: Marking | None = None) -> str:
    """One object, indented; servers, times and remaining TTLs stand in its trace alone."""
    return encode({"verdict": plain(verdict, trace=trace, header=header)}, indent=2)


def plain(
    verdict: Verdict, *, trace: bool = False, header: Marking | None = None
) -> dict[str, Any]:
    """The same as values that JSON has."""
    found: dict[str, Any] = clean(_verdict(verdict, trace, header))
    return found


def _verdict(verdict: Verdict, trace: bool, header: Marking | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "disposition": verdict.disposition,
        "envelope": envelope(verdict.evidence.envelope),
        "author": author(verdict.evidence.author),
        "assumptions": verdict.assumptions,
        "not_done": verdict.not_done,
        "decisions": [_decision(decision) for decision in verdict.decisions],
        "checks": [_check(result) for result in verdict.checks],
        **evidence(verdict.evidence),
        "authentication_results": None if header is None else _marking(header),
    }
    if trace:
        found["trace"] = [_step(step) for step in verdict.trace]
    return found


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "profile": decision.profile,
        "title": decision.title,
        "disposition": decision.disposition,
        "reason": decision.reason,
        "code": decision.code,
        "weight": decision.weight,
        "lines": [_line(outcome) for outcome in decision.outcomes],
    }


def _line(outcome: Outcome) -> dict[str, Any]:
    line, finding = outcome.line, outcome.finding
    return {
        "id": line.id,
        "requirement": line.requirement,
        "broken": outcome.broken,
        "fact": finding.fact if finding is not None else None,
        "reason": finding.reason if finding is not None else "",
        "advice": line.advice,
        "action": line.action,
        "code": line.code,
        "source": line.source,
        "date": line.date,
    }


def _check(result: CheckResult) -> dict[str, Any]:
    record = result.record
    return {
        "check": result.check,
        "result": result.result,
        "good": result.good,
        "about": result.about,
        "reason": result.reason,
        "section": result.section,
        "record": None
        if record is None
        else {"name": record.name, "type": record.type, "text": record.text},
    }


def _marking(header: Marking) -> dict[str, Any]:
    """The field, folded, and what has to go before it is added."""
    remove = [{"line": s.line, "authserv_id": s.authserv_id, "why": s.why} for s in header.remove]
    return {
        "authserv_id": header.results.authserv_id,
        "field": header.folded(),
        "remove": remove,
    }


def _step(step: Step) -> dict[str, Any]:
    """A line of a recording, and the check that used it."""
    line: dict[str, Any] = msgspec.json.decode(encode_reply(step.reply))
    return {"check": step.check, **line}


def clean(value: Any) -> Any:
    """Text in which an octet of the message stands for no character is escaped: JSON is
    Unicode."""
    if isinstance(value, str):
        return printable(value) if _SURROGATE.search(value) else value
    if isinstance(value, dict):
        return {key: clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [clean(each) for each in value]
    return value
