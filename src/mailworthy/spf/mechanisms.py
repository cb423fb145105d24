"""The mechanisms that look something up: one sub-generator each (RFC 7208 §5.3-§5.5, §5.7).

Each gets its target-name, and returns the decision that it leads to, or None where it does not
match. `include`, which evaluates a whole record, is in `engine`.
"""

from functools import lru_cache

from mailworthy.lookup.model import Answer, Asking, Question, Status
from mailworthy.names import is_within, normalize, too_long
from mailworthy.rdata import mx
from mailworthy.rdata.address import address
from mailworthy.spf.check import Check, Client, Decision, Page, matched, questions, stopped
from mailworthy.spf.macro import expand
from mailworthy.spf.model import Result
from mailworthy.spf.plan import Step, Target
from mailworthy.spf.result import Cause

_FEW = 64  # records; larger answers are not kept
UNKNOWN = "unknown"


def target(check: Check, page: Page, given: Target) -> Asking[str | None]:
    """The target-name of a term (§4.8); None where it can match nothing (RFC 8616 §4)."""
    if given.local and not check.is_ascii:
        return None
    if not given.validated:
        return expand(given.spec, check.context(page.domain))
    name = yield from validated_name(check, page.domain)
    return expand(given.spec, check.context(page.domain, name))


def a(check: Check, page: Page, step: Step, name: str) -> Asking[Decision | None]:
    """The client has an address of the target (§5.3)."""
    batch = questions(name, check.client.type)
    if not batch:
        return None
    return _compared(check.client, check.note((yield batch)), page, step)


def mx_(check: Check, page: Page, step: Step, name: str) -> Asking[Decision | None]:
    """The client has an address of an MX host of the target (§5.4).

    All hosts are asked about at once, and a match counts though another look-up failed: no
    order of equal hosts is prescribed. "." and other impossible names have no addresses.
    """
    batch = questions(name, "MX")
    if not batch:
        return None
    (answer,) = check.note((yield batch))
    if answer.status is Status.FAILED:
        return stopped(Result.TEMPERROR, Cause.TERM_LOOKUP, page, step, answer)
    hosts = exchanges(answer.records)
    if len(hosts) > check.limits.mx_names:
        return stopped(Result.PERMERROR, Cause.TOO_MANY_MX, page, step)
    batch = _addresses(hosts, check.client.type)
    return _compared(check.client, check.note((yield batch)), page, step) if batch else None


def exists(check: Check, page: Page, step: Step, name: str) -> Asking[Decision | None]:
    """The target has an A record, whatever the family of the client (§5.7)."""
    batch = questions(name, "A")
    if not batch:
        return None
    (answer,) = check.note((yield batch))
    if answer.status is Status.FOUND:
        return matched(page, step)
    if answer.status is Status.FAILED:
        return stopped(Result.TEMPERROR, Cause.TERM_LOOKUP, page, step, answer)
    return None


def ptr(check: Check, page: Page, step: Step, name: str) -> Asking[Decision | None]:
    """A validated name of the client is the target or below it (§5.5)."""
    if too_long(name):
        return None
    names = yield from validated_names(check)
    return matched(page, step) if any(is_within(found, name) for found in names) else None


def validated_names(check: Check) -> Asking[tuple[str, ...]]:
    """The names of the client that have its address; asked for once (§5.5).

    Names behind the first ten are ignored (§4.6.4), and so are those whose look-up fails.
    """
    if check.names is None:
        check.names = ()
        (answer,) = check.note((yield questions(check.client.reverse, "PTR")))
        found = [normalize(record) for record in answer.records[: check.limits.mx_names]]
        batch = _addresses(tuple(found), check.client.type)
        answers = check.note((yield batch)) if batch else ()
        check.names = tuple(a.ask.name for a in answers if _holds(check.client, a, 0))
    return check.names


def validated_name(check: Check, domain: str) -> Asking[str]:
    """What %{p} stands for: the domain, else a name below it, else any (§7.3)."""
    names = yield from validated_names(check)
    if domain in names:
        return domain
    below = (name for name in names if is_within(name, domain))
    return next(below, names[0] if names else UNKNOWN)


def _compared(who: Client, answers: tuple[Answer, ...], page: Page, step: Step) -> Decision | None:
    for answer in answers:
        if answer.records and _holds(who, answer, step.bits):
            return matched(page, step)
    for answer in answers:
        if answer.status is Status.FAILED:
            return stopped(Result.TEMPERROR, Cause.TERM_LOOKUP, page, step, answer)
    return None


def _holds(who: Client, answer: Answer, bits: int) -> bool:
    """Whether one of the addresses equals the client's but for its last bits."""
    numbers = _numbers(answer.records, who.type)
    if not bits:
        return who.number in numbers
    wanted = who.number >> bits
    return any(number >> bits == wanted for number in numbers)


def _numbers(records: tuple[str, ...], type_: str) -> frozenset[int]:
    return (_few if len(records) <= _FEW else _read)(records, type_)


def _read(records: tuple[str, ...], type_: str) -> frozenset[int]:
    """The addresses of one family as numbers."""
    version = 4 if type_ == "A" else 6
    found = (address(record) for record in records)
    return frozenset(int(ip) for ip in found if ip and ip.version == version)


_few = lru_cache(maxsize=4096)(_read)


@lru_cache(maxsize=4096)
def _addresses(names: tuple[str, ...], type_: str) -> tuple[Question, ...]:
    """One question a name that can be asked about, "." being none (RFC 7505)."""
    return tuple(q for name in dict.fromkeys(names) if name != "." for q in questions(name, type_))


def exchanges(records: tuple[str, ...]) -> tuple[str, ...]:
    """The hosts of MX records, one for each record."""
    return (_few_exchanges if len(records) <= _FEW else _exchanges)(records)


def _exchanges(records: tuple[str, ...]) -> tuple[str, ...]:
    found = (mx.parse(record).record for record in records)
    return tuple(m.exchange for m in found if m)


_few_exchanges = lru_cache(maxsize=2048)(_exchanges)
