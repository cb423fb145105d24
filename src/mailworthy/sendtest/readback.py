"""A message that was read back: what the receiver found, and how it looked when it arrived."""

from collections.abc import Iterable

import msgspec

from mailworthy.message.authres import AuthResults, MethodResult, parse
from mailworthy.message.header import Message
from mailworthy.names import printable
from mailworthy.receive.authresults import authentication_results
from mailworthy.receive.hops import Hop, Seen, boundary, hops, seen_at
from mailworthy.receive.verdict import Verdict
from mailworthy.sendtest.model import Comparison

_FIELD = b"authentication-results"
_OURS = "mailworthy"
_OURS_BEGINS = (b"received", b"dkim-signature")
METHODS = ("spf", "dkim", "dmarc", "arc", "iprev")
_NO_WORD = frozenset(("", "none", "temperror"))
# Of several results of a method the best counts, as it does for whoever authenticates.
_MERIT = ("pass", "temperror", "neutral", "softfail", "policy", "permerror", "fail", "none")


class Theirs(msgspec.Struct, frozen=True):
    """What the receiver says: its name, and the results of every field that it wrote."""

    authserv_id: str = ""
    results: tuple[MethodResult, ...] = ()


def arrival(message: Message, queue_ids: Iterable[str]) -> Seen | str:
    """The message as the first server that is not the user's had it, or why that is not known.

    Its hop is the one right above that of the user's server, which is known by its queue id;
    else the one where the message came in from outside, as far as its header tells.
    """
    ours = frozenset(queue_ids)
    found = hops(message)
    if not found:
        return "the message has no Received field"
    above = _above(found, ours)
    number = above if above is not None else boundary(message)
    if above == 0 or number is None:
        return "it has not left this server: no field of another server stands above its own"
    seen = seen_at(message, number)
    return seen if isinstance(seen, Seen) else seen.message


def _above(found: tuple[Hop, ...], ours: frozenset[str]) -> int | None:
    """The number of the hop above the topmost of ours; 0 if nothing is there, None without any.

    Hops of the same machine and of filters on it have a client that is inside.
    """
    mine = next((hop.number for hop in found if hop.received.id in ours), None)
    if mine is None:
        return None
    outside = [hop.number for hop in found if hop.number < mine and not hop.inside]
    return max(outside, default=0)


def theirs(message: Message, hop: int) -> Theirs:
    """What the receiver wrote above a Received field of its own, or right below it, where milters
    add fields; what stands below the next signature or Received field, the sender could write.

    The topmost field says who speaks, and others by the same name are taken too. Microsoft writes
    no name, which is against RFC 8601 §2.2.
    """
    limit = _end_of_theirs(message, hop)
    values = [
        message.lines[place].partition(b":")[2]
        for place in message.places.get(_FIELD, [])
        if place < limit
    ]
    fields = [each for value in values if (each := _read(value)) is not None]
    if not fields:
        return Theirs()
    who = fields[0].authserv_id
    results = tuple(r for each in fields if each.authserv_id == who for r in each.results)
    return Theirs(printable(who, 100), results)


def _end_of_theirs(message: Message, hop: int) -> int:
    received = message.places.get(b"received", [])
    if not 0 < hop <= len(received):
        return 0
    place = received[hop - 1]
    ends = (p for name in _OURS_BEGINS for p in message.places.get(name, []) if p > place)
    return min(ends, default=len(message.lines))


def _read(value: bytes) -> AuthResults | None:
    parsed = parse(value)
    if parsed.record is None and parsed.has("missing-authserv-id"):
        parsed = parse(b"unnamed; " + value)
    return parsed.record


def compare(said: Theirs, verdict: Verdict | None) -> tuple[Comparison, ...]:
    """Each method that somebody speaks of, in their words and in ours."""
    own = authentication_results(verdict, _OURS).results if verdict is not None else ()
    return tuple(
        Comparison(method, their, our, _agree(their, our))
        for method in METHODS
        for their, our in [(_best(said.results, method), _best(own, method))]
        if their or (our and method != "iprev")
    )


def _best(results: Iterable[MethodResult], method: str) -> str:
    words = [printable(r.result, 20) for r in results if r.method == method and not _of_helo(r)]
    return min(words, key=lambda word: _MERIT.index(word) if word in _MERIT else 99, default="")


def _of_helo(result: MethodResult) -> bool:
    """SPF of the HELO name alone, beside that of the return path."""
    return (
        result.method == "spf"
        and result.get("smtp", "mailfrom") is None
        and (result.get("smtp", "helo") is not None)
    )


def _agree(their: str, our: str) -> bool | None:
    if their in _NO_WORD or our in _NO_WORD:
        return True if their == our and their else None
    return (their == "pass") == (our == "pass")
