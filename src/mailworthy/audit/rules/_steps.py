"""The steps that change a TXT record, wherever it really is."""

from mailworthy.audit.finding import AskOther, Publish, Step, Withdraw, publish, withdraw
from mailworthy.lookup.model import Answer
from mailworthy.names import is_within, labels, printable


def edit(answer: Answer, old: str | None, new: str | None) -> tuple[Step, ...]:
    """Put `new` in the place of `old`; None means that there is nothing.

    Behind an alias the record stands at the last name of the chain, and where that lies in
    another domain its operator has to be asked.
    """
    owner = answer.chain[-1] if answer.chain else answer.ask.name
    changes: list[Publish | Withdraw] = []
    if old is not None:
        changes.append(withdraw(owner, "TXT", old))
    if new is not None:
        changes.append(publish(owner, "TXT", new))
    if not foreign(answer):
        return tuple(changes)
    shown = printable(owner, 200)
    wish = "withdraw it" if new is None else f"publish there instead: {printable(new, 1000)}"
    return (
        AskOther(
            f"whoever runs {shown}",
            f"{printable(answer.ask.name, 200)} is an alias of {shown}. "
            f"Please correct the TXT record of {shown}: {wish}",
            tuple(changes),
        ),
    )


def foreign(answer: Answer) -> bool:
    """Whether the records come, by an alias, from a domain other than the one asked about."""
    return bool(answer.chain) and not is_within(answer.chain[-1], owner_domain(answer.ask.name))


def owner_domain(name: str) -> str:
    """The domain that a name such as `s1._domainkey.example.com` speaks for."""
    parts = labels(name)
    last = max((i for i, part in enumerate(parts) if part.startswith("_")), default=-1)
    return ".".join(parts[last + 1 :]) or "."
