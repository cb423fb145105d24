"""Audits as JUnit XML: a suite a domain, a case a finding, a gap, or a receiver's judgement."""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from mailworthy.audit.facade import Audit
from mailworthy.audit.finding import Finding
from mailworthy.audit.run import Gap
from mailworthy.audit.trial import Answer
from mailworthy.names import harmless
from mailworthy.render.steps import lines_of
from mailworthy.render.trials import Told, addresses, told


def document(audits: Sequence[Audit]) -> str:
    """Unwaived findings and refusals fail, waived ones and gaps are skipped, what receivers
    accept passes; a clean domain of which no message was tried passes once."""
    suites = "".join(_suite(audit) for audit in audits)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="mailworthy">\n'
    return f"{head}{suites}</testsuites>\n"


def _suite(audit: Audit) -> str:
    judged = told(audit.trials)
    cases = [_finding(audit, f) for f in audit.findings]
    cases += [_gap(audit, g) for g in audit.undetermined]
    cases += [_trial(audit, t) for t in judged]
    failures = sum(f.waived is None for f in audit.findings)
    failures += sum(t.answer is Answer.REFUSED for t in judged)
    skipped = sum(f.waived is not None for f in audit.findings) + len(audit.undetermined)
    skipped += sum(t.answer is Answer.UNDETERMINED for t in judged)
    if not cases:
        cases = [f'    <testcase classname={quoteattr(audit.domain)} name="all rules"/>\n']
    counts = f'tests="{len(cases)}" failures="{failures}" skipped="{skipped}"'
    return (
        f"  <testsuite name={quoteattr(audit.domain)} {counts}>\n{''.join(cases)}  </testsuite>\n"
    )


def _finding(audit: Audit, finding: Finding) -> str:
    name = quoteattr(f"{finding.rule} {harmless(finding.subject)}")
    if finding.waived is not None:
        inner = f"<skipped message={quoteattr('waived: ' + harmless(finding.waived))}/>"
    else:
        lines = [f"{s.command}\n  {s.said}" for s in finding.evidence]
        body = escape(harmless("\n".join([*lines, *lines_of(finding.remedy)]), lines=True))
        message = quoteattr(harmless(finding.message))
        inner = f'<failure type="{finding.severity}" message={message}>{body}</failure>'
    return f"    <testcase classname={quoteattr(audit.domain)} name={name}>{inner}</testcase>\n"


def _gap(audit: Audit, gap: Gap) -> str:
    name = quoteattr(f"undetermined {harmless(gap.what)}")
    inner = f"<skipped message={quoteattr(harmless(gap.why))}/>"
    return f"    <testcase classname={quoteattr(audit.domain)} name={name}>{inner}</testcase>\n"


def _trial(audit: Audit, told: Told) -> str:
    name = quoteattr(f"receiver {told.profile} from {addresses(told.ips)}")
    message = quoteattr(f"{told.title}: {told.says}: {told.why}")
    inner = ""
    if told.answer is Answer.REFUSED:
        body = escape("\n".join([told.code, *told.ips]))
        inner = f'<failure type="{told.disposition}" message={message}>{body}</failure>'
    elif told.answer is Answer.UNDETERMINED:
        inner = f"<skipped message={message}/>"
    return f"    <testcase classname={quoteattr(audit.domain)} name={name}>{inner}</testcase>\n"
