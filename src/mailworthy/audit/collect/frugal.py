"""Questions that need not be asked, since an answer to another one holds for all types."""

import msgspec

from mailworthy.audit.collect.hosts import address_set
from mailworthy.audit.evidence import AddressSet
from mailworthy.audit.part import Part
from mailworthy.lookup.model import Answer, Asking, Question, Status, Why, ask, look

_SILENT = frozenset({Why.TIMEOUT, Why.DEADLINE})


def likewise(first: Answer, *types: str) -> Asking[tuple[Answer, ...]]:
    """Answers of other types for the name that `first` is about.

    NXDOMAIN is about a name, whatever the type (RFC 8020 §2), so then nothing is asked. An alias
    holds for all types too: its target is asked, which is often a name asked about already.
    Servers that kept silent are not waited for a second time.
    """
    name = first.ask.name
    if first.status is Status.ABSENT or first.why in _SILENT:
        return tuple(_for(Question(name, type_), first, ()) for type_ in types)
    target = first.chain[-1] if first.chain and first.status is not Status.FAILED else name
    answers = yield from ask(*(Question(target, type_) for type_ in types))
    if target == name:
        return answers
    return tuple(_for(Question(name, a.ask.type), a, first.chain) for a in answers)


def _for(question: Question, answer: Answer, above: tuple[str, ...]) -> Answer:
    return msgspec.structs.replace(answer, ask=question, chain=above + answer.chain)


def below(above: Answer, name: str, type_: str) -> Asking[Answer]:
    """The answer for a name below one that was asked about; see `likewise`.

    There is nothing below a name that does not exist, but there may be below an alias.
    """
    absent = above.status is Status.ABSENT and not above.chain
    if absent or above.why in _SILENT:
        return _for(Question(name, type_), above, ())
    return (yield from look(name, type_))


def alias_of(name: str) -> Asking[Answer]:
    """The CNAME at a name, as the answer for its address shows it, or else asked for."""
    a = yield from look(name, "A")
    if not a.chain:
        return (yield from look(name, "CNAME"))
    found = (f"{a.chain[0]}.",)
    return Answer(Question(name, "CNAME"), Status.FOUND, records=found, ttl=a.ttl, ad=a.ad)


def perhaps(name: str) -> Asking[Part[AddressSet]]:
    """A and AAAA of a name that many domains do not have, or have as an alias."""
    a = yield from look(name, "A")
    (aaaa,) = yield from likewise(a, "AAAA")
    return address_set(a, aaaa)
