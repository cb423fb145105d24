"""What the names in a, mx and exists stand for in DNS (RFC 7208 §5.3, §5.4, §5.7)."""

from collections.abc import Iterator
from functools import lru_cache
from ipaddress import ip_network

import msgspec

from mailworthy.lookup.model import Answer, Asking, Question, Status, ask, look
from mailworthy.names import too_long
from mailworthy.rdata import mx
from mailworthy.rdata.address import address
from mailworthy.spf.model import Kind, Limits, Mechanism
from mailworthy.spf.treemodel import Missing

EVERYONE = ("0.0.0.0/0", "::/0")


class Resolved(msgspec.Struct, frozen=True):
    """What a mechanism matches (CIDR text), and what its look-ups came to."""

    addresses: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()
    over_limit: bool = False
    empty4: int = 0
    empty6: int = 0
    unknown: tuple[Missing, ...] = ()
    answers: tuple[Answer, ...] = ()


def resolve(term: Mechanism, target: str, limits: Limits) -> Asking[Resolved]:
    """The networks of one mechanism whose name is known; asks nothing for all, ip4, ip6."""
    match term.kind:
        case Kind.ALL:
            return Resolved(EVERYONE)
        case Kind.IP4 | Kind.IP6:
            prefix = term.prefix4 if term.kind is Kind.IP4 else term.prefix6
            return Resolved((network(term.network or "", prefix),))
        case Kind.A:
            answers = yield from _addresses([target])
            return _matched(term, answers, ())
        case Kind.MX:
            return (yield from _mx(term, target, limits))
        case Kind.EXISTS:
            return (yield from _exists(target))
        case _:
            return Resolved()


def _addresses(targets: list[str]) -> Asking[tuple[Answer, ...]]:
    """Both families: which one is evaluated depends on the client."""
    questions = (Question(name, type_) for name in targets for type_ in ("A", "AAAA"))
    return (yield from ask(*questions))


def _exists(target: str) -> Asking[Resolved]:
    """An A record decides, for IPv6 clients too (§5.7)."""
    answer = yield from look(target, "A")
    empty = int(_is_empty(answer))
    return Resolved(
        EVERYONE if answer.status is Status.FOUND else (),
        empty4=empty,
        empty6=empty,
        unknown=_missing((answer,)),
        answers=(answer,),
    )


def _mx(term: Mechanism, target: str, limits: Limits) -> Asking[Resolved]:
    """The MX question is the one look-up that counts to the ten of §4.6.4; the address
    questions have a limit of their own, which is checked against the number of MX records.
    Their empty answers are empty answers to this term's questions, like that of the MX one."""
    answer = yield from look(target, "MX")
    names = _mx_names(answer)
    asked = list(dict.fromkeys(n for n in names[: limits.mx_names] if _can_ask(n)))
    answers = (yield from _addresses(asked)) if asked else ()
    found = _matched(term, answers, (answer,))
    return msgspec.structs.replace(found, mx=names, over_limit=len(names) > limits.mx_names)


def _mx_names(answer: Answer) -> tuple[str, ...]:
    """The exchange names, most preferred first."""
    found = (mx.parse(record).record for record in answer.records)
    return tuple(m.exchange for m in sorted(filter(None, found), key=_rank))


def _rank(record: mx.Mx) -> tuple[int, str]:
    return record.preference, record.exchange


def _can_ask(name: str) -> bool:
    return name != "." and not too_long(name)  # "." is a null MX (RFC 7505)


def _matched(term: Mechanism, answers: tuple[Answer, ...], first: tuple[Answer, ...]) -> Resolved:
    """`first` are the answers that clients of both families need, `answers` A and AAAA."""
    both = sum(map(_is_empty, first))
    return Resolved(
        tuple(dict.fromkeys(_networks(term, answers))),
        empty4=both + sum(_is_empty(a) for a in answers if a.ask.type == "A"),
        empty6=both + sum(_is_empty(a) for a in answers if a.ask.type == "AAAA"),
        unknown=_missing(first + answers),
        answers=first + answers,
    )


def _networks(term: Mechanism, answers: tuple[Answer, ...]) -> Iterator[str]:
    for answer in answers:
        version, prefix = (4, term.prefix4) if answer.ask.type == "A" else (6, term.prefix6)
        for record in answer.records:
            ip = address(record)
            if ip and ip.version == version:
                yield network(str(ip), prefix)


@lru_cache(maxsize=4096)
def network(address: str, prefix: int | None) -> str:
    """The network in CIDR text; a single address where there is no prefix length."""
    return str(ip_network(address if prefix is None else (address, prefix), strict=False))


def _is_empty(answer: Answer) -> bool:
    return answer.status in (Status.EMPTY, Status.ABSENT)


def _missing(answers: tuple[Answer, ...]) -> tuple[Missing, ...]:
    return tuple(Missing(a.ask.name, a.why) for a in answers if a.status is Status.FAILED)
