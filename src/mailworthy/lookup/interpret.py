"""From a message to an answer: aliases, kinds of nothing, and whose nothing it is (RFC 2308)."""

from typing import NamedTuple

from mailworthy.lookup.model import Answer, Question, Status, Why
from mailworthy.lookup.presentation import type_number
from mailworthy.lookup.rrset import MAX_CHAIN, ordered
from mailworthy.lookup.wiremodel import CNAME, DS, NS, SOA, Message, Record
from mailworthy.names import is_within

NOERROR, NXDOMAIN = 0, 3
# RFC 8914 §4: what a validator says when it found the data to be bogus.
BOGUS_CODES = frozenset({6, 7, 8, 9, 10, 11, 12, 25, 27})
_RCODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}


class Learned(NamedTuple):
    """What a message says of a name: an answer, or an alias that has to be asked on for."""

    status: Status
    why: Why | None = None
    records: tuple[Record, ...] = ()
    chain: tuple[str, ...] = ()
    ttl: int = 0
    ad: bool = False
    rcode: str = "NOERROR"
    ede: tuple[int, ...] = ()
    unfinished: bool = False  # the last name of the chain is still to be asked


def is_final(message: Message) -> bool:
    """Whether a response code says something about the name rather than about the server."""
    return message.rcode in (NOERROR, NXDOMAIN)


def failure(message: Message) -> Learned:
    """What a response code other than NOERROR and NXDOMAIN tells."""
    rcode = _RCODES.get(message.rcode, f"RCODE{message.rcode}")
    why = Why.REFUSED if rcode in ("REFUSED", "NOTIMP") else Why.SERVFAIL
    if why is Why.SERVFAIL and BOGUS_CODES.intersection(message.ede):
        why = Why.BOGUS
    return Learned(Status.FAILED, why, rcode=rcode, ede=message.ede)


def learn(message: Message, name: str, type_: str) -> Learned:
    """Read a final message for one question.

    Aliases within the message are followed, 16 at most. An alias whose target the message
    says nothing about gives an `unfinished` result.
    """
    asked = type_number(type_)
    final, aliases, loops = _follow(message, name, asked)
    chain = tuple(_bare(record.text) for record in aliases)
    if loops:
        return Learned(Status.FAILED, Why.LOOP, chain=chain[:MAX_CHAIN], ede=message.ede)
    records = [r for r in message.answer if r.name == final and r.type == asked]
    if message.rcode == NXDOMAIN:
        records = []
    kind, why, ttl = _kind(message, records, final, asked, bool(chain))
    return Learned(
        kind or Status.EMPTY,
        why,
        tuple(records),
        chain,
        min([ttl, *(record.ttl for record in aliases)]),
        message.ad and why is None,
        "" if why else _RCODES[message.rcode],
        message.ede,
        unfinished=kind is None,
    )


def _follow(message: Message, name: str, asked: int) -> tuple[str, list[Record], bool]:
    """The last name of the alias chain, its aliases, and whether it loops or is too long."""
    targets: dict[str, Record] = {}
    for record in sorted(r for r in message.answer if r.type == CNAME):
        targets.setdefault(record.name, record)
    held = {record.name for record in message.answer if record.type == asked}
    aliases: list[Record] = []
    seen = {name}
    while name not in held and name in targets:
        aliases.append(targets[name])
        name = _bare(targets[name].text)
        if name in seen or len(aliases) > MAX_CHAIN:
            return name, aliases, True
        seen.add(name)
    return name, aliases, False


def _kind(
    message: Message, records: list[Record], final: str, asked: int, aliased: bool
) -> tuple[Status | None, Why | None, int]:
    """Status, reason and TTL; no status where the final name is still to be asked."""
    if records:
        return Status.FOUND, None, min(record.ttl for record in records)
    soa = next((r for r in message.authority if r.type == SOA), None)
    ttl = 0 if soa is None else min(soa.ttl, int(soa.text.rpartition(" ")[2]))
    if message.rcode == NXDOMAIN:
        return Status.ABSENT, None, ttl
    if aliased and (soa is None or not is_within(final, soa.name)):
        return None, None, 2**31
    if soa is None and not message.aa and any(r.type == NS for r in message.authority):
        # A referral: this server knows only who knows (RFC 2308 §2.2.1).
        return Status.FAILED, Why.SERVFAIL if message.ra else Why.OUTSIDE, 0
    if asked == DS and message.aa and soa is not None and soa.name == final != ".":
        # The child's own server; only the parent has an opinion (RFC 4035 §3.1.4.1).
        return Status.FAILED, Why.OUTSIDE, 0
    return Status.EMPTY, None, ttl


def merge(before: Learned, after: Learned) -> Learned:
    """An unfinished result, continued with what the question for its last name told."""
    chain = before.chain + after.chain
    ede = tuple(dict.fromkeys(before.ede + after.ede))
    if len(chain) > MAX_CHAIN or len(set(chain)) < len(chain):
        return Learned(Status.FAILED, Why.LOOP, chain=chain[:MAX_CHAIN], ede=ede)
    ad = before.ad and after.ad
    ttl = min(before.ttl, after.ttl)
    return after._replace(chain=chain, ede=ede, ad=ad, ttl=ttl)


def answer(ask: Question, learned: Learned, *, server: str, ms: float) -> Answer:
    """The answer to a question."""
    records, splits = ordered((r.text, r.splits) for r in learned.records)
    return Answer(
        ask,
        learned.status,
        learned.why,
        records,
        0 if learned.why else learned.ttl,
        learned.ad,
        learned.chain,
        learned.rcode,
        learned.ede,
        splits,
        server,
        ms,
    )


def _bare(text: str) -> str:
    return text if text == "." else text[:-1]
