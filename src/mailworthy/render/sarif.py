"""Audits as SARIF 2.1.0, for code scanning in CI.

Each finding points at a logical location, `domain/subject`, and at the zone file by its name.
"""

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from mailworthy.audit.facade import Audit
from mailworthy.audit.finding import Finding, Severity
from mailworthy.audit.rule import Rule, find
from mailworthy.names import harmless
from mailworthy.render.jsontext import encode
from mailworthy.render.steps import lines_of

_LEVELS = {Severity.BLOCKER: "error", Severity.WARNING: "warning", Severity.ADVICE: "note"}


def document(audits: Sequence[Audit]) -> str:
    """One run with all findings; waived ones are suppressed with their reason."""
    found = [(audit, finding) for audit in audits for finding in audit.findings]
    rules = [find(rule_id) for rule_id in sorted({f.rule for _, f in found})]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(rules)},
                "results": [_result(audit, finding) for audit, finding in found],
            }
        ],
    }
    return encode(log, indent=2)


def _driver(rules: Sequence[Rule]) -> dict[str, Any]:
    return {
        "name": "mailworthy",
        "version": version("mailworthy"),
        "rules": [
            {
                "id": rule.id,
                "shortDescription": {"text": rule.title},
                "help": {"text": rule.doc, "markdown": rule.doc},
                "defaultConfiguration": {"level": _LEVELS[rule.meta.severity]},
            }
            for rule in rules
        ],
    }


def _result(audit: Audit, finding: Finding) -> dict[str, Any]:
    todo = "\n".join(lines_of(finding.remedy))
    subject = harmless(finding.subject)
    location = {"fullyQualifiedName": f"{audit.domain}/{subject}", "kind": "resource"}
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": harmless(f"{finding.message}\n{todo}", lines=True)},
        "locations": [{"physicalLocation": _file(audit), "logicalLocations": [location]}],
        "partialFingerprints": {"mailworthy/v1": _fingerprint(audit, finding)},
    }
    if finding.waived is not None:
        result["suppressions"] = [{"kind": "external", "justification": harmless(finding.waived)}]
    return result


def _file(audit: Audit) -> dict[str, Any]:
    """Code scanning wants a file: the zone file, by the name that `init` gives it."""
    return {
        "artifactLocation": {"uri": f"{audit.domain}.zone"},
        "region": {"startLine": 1},
    }


def _fingerprint(audit: Audit, finding: Finding) -> str:
    """Stable while the finding is about the same thing, whatever its wording."""
    about = "\0".join((audit.domain, finding.rule, finding.subject))
    return hashlib.sha256(about.encode()).hexdigest()[:32]
