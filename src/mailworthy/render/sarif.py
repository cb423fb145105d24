"""Audits as SARIF 2.1.0, for code scanning in CI.

Each finding, and each receiver that would refuse, points at a logical location,
`domain/subject`, and at the zone file by its name.
"""

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from mailworthy.audit.facade import Audit
from mailworthy.audit.finding import Finding, Severity
from mailworthy.audit.rule import Rule, find
from mailworthy.audit.trial import Answer
from mailworthy.names import harmless
from mailworthy.receive.words import Disposition
from mailworthy.render.jsontext import encode
from mailworthy.render.steps import lines_of
from mailworthy.render.trials import Told, told

_LEVELS = {Severity.BLOCKER: "error", Severity.WARNING: "warning", Severity.ADVICE: "note"}


_HARM = {Disposition.REJECT: "error", Disposition.DEFER: "warning", Disposition.SPAM: "warning"}


def document(audits: Sequence[Audit]) -> str:
    """One run with all findings, waived ones suppressed with their reason, then the refusals."""
    found = [(audit, finding) for audit in audits for finding in audit.findings]
    rules = [find(rule_id) for rule_id in sorted({f.rule for _, f in found})]
    refused = [(audit, t) for audit in audits for t in told(audit.trials) if _is_refusal(t)]
    receivers = {t.profile: t for _, t in refused}
    results = [_result(audit, finding) for audit, finding in found]
    results += [_refusal(audit, each) for audit, each in refused]
    driver = {
        "name": "mailworthy",
        "version": version("mailworthy"),
        "rules": [*map(_rule, rules), *map(_receiver, receivers.values())],
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return encode(log, indent=2)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "help": {"text": rule.doc, "markdown": rule.doc},
        "defaultConfiguration": {"level": _LEVELS[rule.meta.severity]},
    }


def _receiver(each: Told) -> dict[str, Any]:
    title = f"{each.title} accepts a signed message of the domain."
    text = f"{title} Judged by the rules that it has published."
    return {
        "id": f"receiver-{each.profile}",
        "shortDescription": {"text": title},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": "error"},
    }


def _is_refusal(each: Told) -> bool:
    return each.answer is Answer.REFUSED


def _refusal(audit: Audit, each: Told) -> dict[str, Any]:
    rule, ips = f"receiver-{each.profile}", ", ".join(each.ips)
    said = f"{each.title}: {each.says}: {each.why}\nfrom {ips}\n{each.code}".rstrip()
    return _about(audit, rule, ips) | {"level": _HARM[each.disposition], "message": {"text": said}}


def _result(audit: Audit, finding: Finding) -> dict[str, Any]:
    todo = "\n".join(lines_of(finding.remedy))
    result = _about(audit, finding.rule, finding.subject) | {
        "level": _LEVELS[finding.severity],
        "message": {"text": harmless(f"{finding.message}\n{todo}", lines=True)},
    }
    if finding.waived is not None:
        result["suppressions"] = [{"kind": "external", "justification": harmless(finding.waived)}]
    return result


def _about(audit: Audit, rule: str, subject: str) -> dict[str, Any]:
    """Which rule, where, and a fingerprint that is stable while both stay the same."""
    name = f"{audit.domain}/{harmless(subject)}"
    print_ = hashlib.sha256("\0".join((audit.domain, rule, subject)).encode()).hexdigest()
    return {
        "ruleId": rule,
        "locations": [
            {
                "physicalLocation": _file(audit),
                "logicalLocations": [{"fullyQualifiedName": name, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"mailworthy/v1": print_[:32]},
    }


def _file(audit: Audit) -> dict[str, Any]:
    """Code scanning wants a file: the zone file, by the name that `init` gives it."""
    return {
        "artifactLocation": {"uri": f"{audit.domain}.zone"},
        "region": {"startLine": 1},
    }
