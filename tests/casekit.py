"""Cases turned into outcomes, and remedies applied to cases, for the tests of the audit."""

import msgspec

from mailworthy.audit.case import Case
from mailworthy.audit.collect import Target, collect
from mailworthy.audit.collect.target import NO_RECEIVERS
from mailworthy.audit.cure import cured
from mailworthy.audit.evidence import Evidence
from mailworthy.audit.finding import AskOther, Configure, Execute, Finding, Remedy
from mailworthy.audit.rule import Rule, load
from mailworthy.audit.run import Outcome, run
from mailworthy.domain.recordset import Record
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Dialled
from mailworthy.lookup.zonetext import read_zone
from mailworthy.rdata.text import quote
from serverworld import carried_out, server


def target(case: Case) -> Target:
    """What a case asks the audit to look at."""
    intent = None
    if case.intent:
        from mailworthy.domain.intentfile import loads

        intent = loads(case.intent, source="case")
    return Target(
        domain=case.domain,
        now=case.now,
        intent=intent,
        selectors=case.selectors,
        keys={k.partition("/")[2]: v for k, v in case.keys.items()},
        parked=case.parked,
        wanted=case.wanted,
        server=server(case),
        trials=case.trials,
        receivers=case.receivers or NO_RECEIVERS,
    )


def evidence(case: Case) -> Evidence:
    """What collecting learns in the world of a case."""
    memory = Memory.from_zone(
        case.zones,
        signed=case.signed,
        fetches={u: b.encode() if isinstance(b, str) else b for u, b in case.fetches.items()},
        dials=case.dials,
    )
    return drive(collect(target(case)), memory)


def outcome(case: Case, rules: tuple[Rule, ...] | None = None) -> Outcome:
    """All rules (or some) over the world of a case."""
    return run(evidence(case), rules if rules is not None else load())


def fired(case: Case) -> dict[str, Finding]:
    """The findings of a case by rule id."""
    return {f.rule: f for f in outcome(case).findings}


def applied(case: Case, remedy: Remedy) -> Case:
    """The case after somebody did what the remedy says; blanks are filled from the case."""
    before = [Record(r.name, r.type, r.value, r.ttl) for r in read_zone(case.zones)]
    text = "\n".join(line(r) for r in cured(before, remedy, case.blanks)) + "\n"
    fetches = dict(case.fetches)
    for step in remedy.steps:
        if isinstance(step, Configure) and step.file.startswith("https://"):
            fetches[step.file] = step.line
        elif isinstance(step, Execute | AskOther):
            fetches |= {u: text for u, text in case.after.items() if u.startswith("https://")}
    there = carried_out(case, remedy) if case.files else case
    dials = redialled(case, remedy)
    return msgspec.structs.replace(there, zones=text, fetches=fetches, dials=dials)


def redialled(case: Case, remedy: Remedy) -> tuple[Dialled, ...]:
    """What servers say after the remedy: the case tells it of each step that changes it."""
    lines = [getattr(step, "line", getattr(step, "command", "")) for step in remedy.steps]
    told = [case.redials[line] for line in lines if line in case.redials]
    return told[-1] if told else case.dials


def line(record: Record) -> str:
    """A record as one line of zone text."""
    value = quote(record.value) if record.type in ("TXT", "SPF") else record.value
    name = "." if record.name == "." else f"{record.name}."
    return f"{name} {record.ttl} IN {record.type} {value}"
