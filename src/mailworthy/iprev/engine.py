"""The "iprev" method: number to names, names to numbers (RFC 8601 §2.7.3, §3)."""

from enum import StrEnum

import msgspec

from mailworthy.lookup.model import Answer, Asking, Status, ask, look, question
from mailworthy.names import normalize, too_long
from mailworthy.rdata.address import Address, address, render, reverse_name
from mailworthy.rdata.address import client as client_of

MAX_NAMES = 10  # RFC 8601 §3, after RFC 7208 §4.6.4


class Result(StrEnum):
    """The result names of iprev (RFC 8601 §2.7.3); there is no "none"."""

    PASS = "pass"
    FAIL = "fail"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


class Forward(msgspec.Struct, frozen=True):
    """One name and the addresses of the client's family that it leads to.

    `answer` is None for a name that cannot be asked: the root, or one too long for DNS.
    """

    name: str
    addresses: tuple[str, ...] = ()
    matches: bool = False
    answer: Answer | None = None


class IprevResult(msgspec.Struct, frozen=True):
    """What the reverse name of a client is worth.

    `ip` is canonical text, `name` the first name that leads back to it, `names` all up to the
    limit, `not_evaluated` those beyond it. `reverse` is the PTR answer. After a failed look-up
    the result is temperror unless another name matches.
    """

    ip: str
    result: Result
    reverse: Answer
    name: str = ""
    names: tuple[Forward, ...] = ()
    not_evaluated: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        raise TypeError("an iprev result has no truth value: compare its .result")


def iprev(ip: Address | str, *, max_names: int = MAX_NAMES) -> Asking[IprevResult]:
    """Check one client in two rounds: its PTR, then all its names at once.

    An IPv4 address mapped into IPv6 counts as IPv4. Only A or only AAAA is asked, since the
    other could not hold the address. At most 1 + `max_names` questions. Raises NotAnAddress for
    a text that is none.
    """
    client = client_of(ip)
    reverse = yield from look(reverse_name(client), "PTR")
    if reverse.status is not Status.FOUND:
        failed = reverse.status is Status.FAILED
        return IprevResult(
            render(client), Result.TEMPERROR if failed else Result.PERMERROR, reverse
        )
    found = list(dict.fromkeys(map(normalize, reverse.records)))
    names, rest = found[:max_names], found[max_names:]
    forwards = yield from _forwards(client, names)
    match = next((f.name for f in forwards if f.matches), "")
    return IprevResult(
        render(client), _result(forwards), reverse, match, tuple(forwards), tuple(rest)
    )


def _forwards(client: Address, names: list[str]) -> Asking[list[Forward]]:
    type_ = "A" if client.version == 4 else "AAAA"
    asked = [name for name in names if name != "." and not too_long(name)]
    answers = yield from ask(*(question(name, type_) for name in asked))
    known = dict(zip(asked, answers, strict=True))
    return [_forward(client, name, known.get(name)) for name in names]


def _forward(client: Address, name: str, answer: Answer | None) -> Forward:
    if answer is None:
        return Forward(name)
    matches = any(address(text) == client for text in answer.records)
    return Forward(name, answer.records, matches, answer)


def _result(forwards: list[Forward]) -> Result:
    if any(f.matches for f in forwards):
        return Result.PASS
    if any(f.answer is not None and f.answer.status is Status.FAILED for f in forwards):
        return Result.TEMPERROR
    return Result.FAIL
