"""Find out whether mail from a domain can be answered (RFC 5321 §5.1, RFC 7505)."""

from functools import lru_cache

from mailworthy.lookup.model import Answer, Asking, Status, ask, look, question
from mailworthy.mx.result import Cause, Exchange, MxResult
from mailworthy.rdata.address import canonical
from mailworthy.rdata.mx import Mx, parse
from mailworthy.spf.identity import domain_of

MAX_EXCHANGES = 10
MAX_CACHED = 300  # characters; names are shorter, unless they are full of escapes


def check(domain: str) -> Asking[MxResult]:
    """Whether there is a host to answer to.

    Round one asks for MX, round two for the A and AAAA of the exchanges, or of the domain where
    it has no MX: at most 1 + 2 * `MAX_EXCHANGES` questions. A null MX is a failure only where no
    other MX stands beside it. U-labels are taken as A-labels. Never raises.
    """
    if not domain:
        return MxResult("", Cause.MISSING)
    name = domain_of(domain)
    if name is None:
        return MxResult(domain, Cause.MALFORMED)
    found = yield from look(name, "MX")
    if found.status is Status.FAILED:
        return MxResult(name, Cause.LOOKUP, answers=(found,))
    if found.status is Status.ABSENT:
        return MxResult(name, Cause.NO_DOMAIN, answers=(found,))
    if found.status is Status.EMPTY:
        return (yield from _judged(name, found, [Mx(0, name)], Cause.IMPLICIT, Cause.NO_HOST))
    return (yield from _exchanged(name, found))


def _exchanged(name: str, found: Answer) -> Asking[MxResult]:
    records = {mx for text in found.records if (mx := _record(text)) is not None}
    if records and all(mx.null for mx in records):
        return MxResult(name, Cause.NULL_MX, answers=(found,))
    ordered = sorted((mx for mx in records if not mx.null), key=_order)
    return (yield from _judged(name, found, ordered, Cause.MX, Cause.UNUSABLE))


def _record(text: str) -> Mx | None:
    return _short(text) if len(text) <= MAX_CACHED else parse(text).record


@lru_cache(maxsize=4096)
def _short(text: str) -> Mx | None:
    return parse(text).record


def _order(mx: Mx) -> tuple[int, str]:
    return mx.preference, mx.exchange


def _judged(
    name: str, found: Answer, records: list[Mx], good: Cause, bad: Cause
) -> Asking[MxResult]:
    """`good` if any of the exchanges has an address, `bad` if surely none has."""
    exchanges = yield from _exchanges(records[:MAX_EXCHANGES])
    answers = (found, *(answer for each in exchanges for answer in each.answers))
    cause = good if any(each.addresses for each in exchanges) else bad
    if cause is bad and any(answer.status is Status.FAILED for answer in answers):
        cause = Cause.LOOKUP
    rest = tuple(mx.exchange for mx in records[MAX_EXCHANGES:])
    return MxResult(name, cause, exchanges, rest, answers)


def _exchanges(records: list[Mx]) -> Asking[tuple[Exchange, ...]]:
    """Each with its addresses; what a record names is known to fit into DNS."""
    if not records:
        return ()
    questions = [question(mx.exchange, type_) for mx in records for type_ in ("A", "AAAA")]
    answers = yield from ask(*questions)
    return tuple(_exchange(mx, answers[2 * i : 2 * i + 2]) for i, mx in enumerate(records))


def _exchange(mx: Mx, answers: tuple[Answer, ...]) -> Exchange:
    found = (canonical(record) for answer in answers for record in answer.records)
    addresses = tuple(dict.fromkeys(filter(None, found)))
    return Exchange(mx.exchange, mx.preference, addresses, answers)
