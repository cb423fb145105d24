"""A remedy as lines of text that can be copied."""

from collections.abc import Iterator

from mailworthy.audit.finding import AskOther, Configure, Execute, Publish, Remedy, Step, Withdraw
from mailworthy.domain.recordset import Record
from mailworthy.names import harmless, printable
from mailworthy.rdata.text import MAX_STRING, escape

_TEXT_TYPES = ("TXT", "SPF")


def lines_of(remedy: Remedy) -> Iterator[str]:
    """What to do, a step a line or more, then the prose."""
    yield from steps_of(remedy)
    yield from prose_of(remedy)


def steps_of(remedy: Remedy) -> Iterator[str]:
    """The steps, to be copied as they are."""
    for step in remedy.steps:
        yield from _step(step)


def prose_of(remedy: Remedy) -> Iterator[str]:
    """What the user has to fill in, and what else there is to say; may be wrapped."""
    for blank in remedy.blanks:
        yield f"where <{blank.placeholder}> is {harmless(blank.meaning)}"
    if remedy.note:
        yield f"note: {harmless(remedy.note)}"


def _step(step: Step) -> Iterator[str]:
    if isinstance(step, Publish):
        yield f"publish   {zone_line(step.record)}"
    elif isinstance(step, Withdraw):
        yield f"withdraw  {zone_line(step.record)}"
    elif isinstance(step, Configure):
        yield f"in {printable(step.file)}:"
        yield from (f"  {printable(line)}" for line in step.line.splitlines())
    elif isinstance(step, Execute):
        yield f"run       {printable(step.command)}"
    elif isinstance(step, AskOther):
        yield f"ask {harmless(step.who)}: {harmless(step.what)}"
        for change in step.changes:
            yield from (f"  {line}" for line in _step(change))


def zone_line(record: Record) -> str:
    """A record as one line of zone text, safe for a terminal."""
    value = _quoted(record.value) if record.type in _TEXT_TYPES else record.value
    owner = record.name if record.name == "." else f"{record.name}."
    return printable(f"{owner} {record.ttl} IN {record.type} {value}")


def _quoted(value: str) -> str:
    """A value as zone files write it. Unlike `rdata.text.quote` it shows what no record could
    hold too: a remedy may make a text longer that was as long as can be."""
    cut = range(0, len(value), MAX_STRING) or (0,)
    return " ".join(f'"{escape(value[at : at + MAX_STRING])}"' for at in cut)
