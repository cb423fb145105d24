"""The steps that change the records behind an answer, wherever they really are."""

from collections.abc import Iterable

from mailworthy.audit.finding import AskOther, Publish, Step, Withdraw, publish, withdraw
from mailworthy.lookup.model import Answer
from mailworthy.names import is_within, printable


def owner(answer: Answer) -> str:
    """The name that holds the records: the last one of the CNAME chain."""
    return answer.chain[-1] if answer.chain else answer.ask.name


def mend(
    answer: Answer, domain: str, *, remove: Iterable[str] = (), add: Iterable[str] = ()
) -> tuple[Step, ...]:
    """Take records out of the set behind an answer and put others in.

    Where the set lies outside `domain`, its operator has to be asked.
    """
    name, type_ = owner(answer), answer.ask.type
    removed = tuple(withdraw(name, type_, value) for value in remove)
    added = tuple(publish(name, type_, value) for value in add)
    changes: tuple[Publish | Withdraw, ...] = (*removed, *added)
    return changes if is_within(name, domain) else (plea(name, changes),)


def plea(name: str, changes: tuple[Publish | Withdraw, ...]) -> AskOther:
    """The request to whoever runs a name outside the domain."""
    lines = [
        f"{_verb(c)} {printable(c.record.name, 100)} {c.record.type} {_value(c)}" for c in changes
    ]
    return AskOther(
        f"whoever runs {printable(name, 100)}",
        f"Please change these records: {'; '.join(lines)}",
        changes,
    )


def _verb(change: Publish | Withdraw) -> str:
    return "add" if isinstance(change, Publish) else "remove"


def _value(change: Publish | Withdraw) -> str:
    return printable(change.record.value, 300)
