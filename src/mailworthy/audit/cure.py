"""What the world looks like after a remedy was carried out."""

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from mailworthy.audit.finding import AskOther, Publish, Remedy, Withdraw
from mailworthy.domain.recordset import Record
from mailworthy.errors import UsageError

_ASSIGNED = re.compile(r"([A-Za-z0-9_.-]+)[ \t]*=")


def cured(
    records: Iterable[Record], remedy: Remedy, blanks: Mapping[str, str]
) -> tuple[Record, ...]:
    """The records after every step that changes DNS, those of other parties included.

    `blanks` fills the placeholders. Raises UsageError where one is left open, or where the
    remedy takes away what is not there.
    """
    kept = dict.fromkeys(records)
    for blank in remedy.blanks:
        if blank.placeholder not in blanks:
            raise UsageError(f"the remedy asks for {blank.placeholder}: {blank.meaning}")
    for change in changes(remedy):
        if isinstance(change, Publish):
            kept[filled(change.record, blanks)] = None
        else:
            for record in _those(kept, change.record):
                del kept[record]
    return tuple(kept)


def changes(remedy: Remedy) -> Iterator[Publish | Withdraw]:
    """The steps that change DNS, whoever does them."""
    for step in remedy.steps:
        if isinstance(step, AskOther):
            yield from step.changes
        elif isinstance(step, Publish | Withdraw):
            yield step


def with_line(text: str, line: str) -> str:
    """The text of a settings file in which this line stands: instead of what set the same name
    before, lines that go on included, or else at the end."""
    name = _assigned(line)
    kept, dropping = [], False
    for old in text.splitlines():
        goes_on = dropping and old[:1].isspace()
        dropping = goes_on or (name != "" and _assigned(old) == name)
        kept += [] if dropping else [old]
    return "\n".join((*kept, line, ""))


def _assigned(line: str) -> str:
    """The name that a line sets; empty if it sets none."""
    found = _ASSIGNED.match(line)
    return found[1] if found else ""


def filled(record: Record, blanks: Mapping[str, str]) -> Record:
    """A record with its placeholders filled."""
    value = record.value
    for placeholder, text in blanks.items():
        value = value.replace(f"<{placeholder}>", text)
    return msgspec.structs.replace(record, value=value)


def _those(kept: Iterable[Record], gone: Record) -> list[Record]:
    """The records meant, whatever their TTL."""
    about = (gone.name, gone.type, gone.value)
    found = [r for r in kept if (r.name, r.type, r.value) == about]
    if not found:
        raise UsageError(f"there is no {gone.type} {gone.value} at {gone.name} to withdraw")
    return found
