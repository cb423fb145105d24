"""What an audit says: findings, their evidence, and their remedies."""

import shlex
from enum import StrEnum

import msgspec

from mailworthy.domain.recordset import Record
from mailworthy.lookup.model import Answer, Question, Status
from mailworthy.names import printable


class Severity(StrEnum):
    """How bad it is."""

    BLOCKER = "blocker"  # mail is lost or forged today
    WARNING = "warning"  # some receivers refuse, or it breaks soon
    ADVICE = "advice"

    @property
    def weight(self) -> int:
        """3 for a blocker, 1 for advice: to sort and to compare."""
        return {"blocker": 3, "warning": 2, "advice": 1}[self.value]


class Shown(msgspec.Struct, frozen=True):
    """One line of evidence: what was asked, and what was said.

    `command` repeats the look-up on any machine.
    """

    command: str
    said: str


class Blank(msgspec.Struct, frozen=True):
    """A part of a remedy that only the user can know, written `<placeholder>` in its values."""

    placeholder: str
    meaning: str


class Publish(msgspec.Struct, frozen=True, tag="publish"):
    """Add this record; other records of its name and type stay."""

    record: Record


class Withdraw(msgspec.Struct, frozen=True, tag="withdraw"):
    """Remove this record; other records of its name and type stay."""

    record: Record


class Configure(msgspec.Struct, frozen=True, tag="configure"):
    """Make this line stand in this file (or write the file whole, with `whole`)."""

    file: str
    line: str
    whole: bool = False


class AskOther(msgspec.Struct, frozen=True, tag="ask"):
    """Somebody else must do it: the text to send, and the records that they would change."""

    who: str
    what: str
    changes: tuple[Publish | Withdraw, ...] = ()


class Execute(msgspec.Struct, frozen=True, tag="execute"):
    """Run this command on the server, as root."""

    command: str


Step = Publish | Withdraw | Configure | AskOther | Execute


class Remedy(msgspec.Struct, frozen=True):
    """The steps that cure a finding, in order; `blanks` are asked of the user first."""

    steps: tuple[Step, ...]
    note: str = ""
    blanks: tuple[Blank, ...] = ()


class Found(msgspec.Struct, frozen=True):
    """What a rule yields: the runner adds the rule's id and severity.

    `subject` is the name or address the finding is about, `message` one sentence.
    """

    subject: str
    message: str
    remedy: Remedy
    evidence: tuple[Shown, ...] = ()


class Finding(msgspec.Struct, frozen=True):
    """A finding as reported. `waived` holds the reason of the waiver that covers it."""

    rule: str
    severity: Severity
    subject: str
    message: str
    evidence: tuple[Shown, ...]
    remedy: Remedy
    references: tuple[str, ...] = ()
    waived: str | None = None


def cite(answer: Answer, only: str | None = None) -> Shown:
    """The evidence line for one DNS answer; `only` picks a single record of it."""
    return Shown(dig(answer.ask), _said(answer, only))


def word(text: str, limit: int = 300) -> str:
    """One word of a command: what strangers have chosen is nothing to the shell of who copies."""
    return shlex.quote(printable(text, limit))


def dig(question: Question) -> str:
    """The command that asks the same question."""
    return f"dig +noall +answer {word(question.name)} {question.type}"


def _said(answer: Answer, only: str | None) -> str:
    if answer.status is Status.ABSENT:
        return "no such name (NXDOMAIN)"
    if answer.status is Status.EMPTY:
        return f"the name exists, but has no {answer.ask.type} record"
    if answer.status is Status.FAILED:
        return f"nothing was learned: {answer.why}"
    records = answer.records if only is None else (only,)
    shown = " | ".join(printable(r, 500) for r in records[:8])
    return shown if len(records) <= 8 else f"{shown} | … {len(records) - 8} more"


def publish(name: str, type_: str, value: str, *, ttl: int = 3600) -> Publish:
    """Shorthand for the commonest step."""
    return Publish(Record(name, type_, value, ttl))


def withdraw(name: str, type_: str, value: str) -> Withdraw:
    """Shorthand for the second commonest."""
    return Withdraw(Record(name, type_, value))


def replace(name: str, type_: str, old: str, new: str) -> tuple[Step, ...]:
    """Take one record away and put another in its place."""
    return (withdraw(name, type_, old), publish(name, type_, new))
