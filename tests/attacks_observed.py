"""What our engines say of a case of the attack suite, in the words of the suite."""

import re
from typing import Any

import msgspec

from attacks_suite import Case, text, world
from mailworthy import verify
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Ask, Reply
from mailworthy.message import read
from mailworthy.message.authres import AuthResults, field, parse
from mailworthy.receive.authresults import authentication_results, removals
from mailworthy.receive.envelope import Envelope
from mailworthy.receive.verdict import Verdict
from mailworthy.receive.words import Check
from mailworthy.render.verdict import json, markdown
from mailworthy.render.verdict import text as terminal

# What steers a terminal, turns a line, breaks it elsewhere, is not to be seen, or is no text.
_STEERING = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\udc80-\udc9f"
)
_LINES = re.compile(f"[\t\r{_STEERING}\udca0-\udcff]")  # octets above may stand in header fields
_FOLDED = re.compile(f"[{_STEERING}]|\r(?!\n)|(?<!\r)\n|\n(?![\t ]|\\Z)")
FORBIDDEN = {
    "reasons": _LINES,
    "text": _LINES,
    "markdown": _LINES,
    "json": _LINES,
    "authentication-results": _FOLDED,
}


class Counting:
    """A resolver that counts the questions."""

    def __init__(self, memory: Memory) -> None:
        self.memory, self.count = memory, 0

    def instant(self, ask: Ask) -> Reply:
        self.count += 1
        return self.memory.instant(ask)


class Observed(msgspec.Struct, frozen=True):
    """The verdict of a case, and its results in the words of the suite.

    `written` are the methods that an Authentication-Results field was made of, `methods` those
    that a reader finds in it, as "method=result".
    """

    verdict: Verdict
    results: dict[str, Any]
    written: tuple[str, ...]
    methods: tuple[str, ...]

    @classmethod
    def of(cls, case: Case) -> "Observed":
        session, resolver, message = case.session, Counting(case.resolver), case.message
        envelope = Envelope(session["client"], text(session["helo"]), text(session["mail-from"]))
        verdict = verify(message, envelope, resolver=resolver, now=world()["now"])
        found = results(verdict)
        found["questions"] = resolver.count
        found["removed"] = removed(message)
        made = authentication_results(verdict, world()["receiver"])
        seen = parse(field(made).partition(b":")[2]).record
        assert seen == made
        return cls(verdict, found, methods(made), methods(seen))


def results(verdict: Verdict) -> dict[str, Any]:
    evidence = verdict.evidence
    dmarc = next(iter(evidence.dmarc.values()))
    only = dmarc.judgements[0] if len(dmarc.judgements) == 1 else None
    return {
        "spf": evidence.spf.result.value,
        "spf-helo": evidence.spf_helo.result.value,
        "iprev": evidence.iprev.result.value,
        "helo": evidence.helo.result.value,
        "dkim": [s.result.value for s in evidence.dkim.signatures],
        "arc": evidence.arc.result.value,
        "form": verdict.check(Check.FORM).result,
        "authors": list(evidence.author.domains),
        "dmarc": dmarc.result.value,
        "org-domain": only.organization if only else None,
        "disposition": dmarc.disposition.value,
        "strict": verdict.disposition.value,
    }


def removed(message: bytes) -> int:
    """How many Authentication-Results fields are taken for forged."""
    return len(removals(read(message), world()["receiver"]))


def methods(results: AuthResults | None) -> tuple[str, ...]:
    return tuple(f"{r.method}={r.result}" for r in results.results) if results else ()


def outputs(verdict: Verdict) -> dict[str, str]:
    """All that people and programs are shown."""
    return {
        "reasons": "\n".join(reasons(verdict)),
        "text": terminal.document(verdict, trace=True),
        "markdown": markdown.document(verdict, trace=True),
        "json": json.document(verdict, trace=True),
        "authentication-results": field(
            authentication_results(verdict, world()["receiver"])
        ).decode("ascii"),
    }


def reasons(verdict: Verdict) -> list[str]:
    """Every line that says why; a line break in one of them is as raw as any control."""
    evidence, found = verdict.evidence, []
    for check in verdict.checks:
        found += [check.reason, check.about, check.section]
    for decision in verdict.decisions:
        found += [decision.reason, decision.code]
        found += [o.finding.reason for o in decision.outcomes if o.finding]
    found += [s.reason for s in evidence.dkim.signatures]
    found += [evidence.spf.reason, evidence.spf.explanation, evidence.spf_helo.reason]
    found += [evidence.arc.reason, evidence.helo.reason]
    found += [part for flaw in evidence.form.flaws for part in (flaw.message, flaw.detail)]
    assert not [line for line in found if "\n" in line]
    return found
