"""A stored message as one of the servers on its way saw it (RFC 5321 §4.4, RFC 5322 §3.6.7)."""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import islice

import msgspec

from mailworthy.callable import calls
from mailworthy.message.header import Message, read
from mailworthy.message.lexer import decode
from mailworthy.message.received import MAX_TEXT, Received, parse, path
from mailworthy.parsed import Problem
from mailworthy.rdata.address import Kind, kind
from mailworthy.receive.envelope import Envelope
from mailworthy.receive.house import is_step, of_exchange_online

calls(__name__, __name__, "hops")

MAX_HOPS = 120  # RFC 5321 §6.3 has servers stop a message after 100 or so
_RECEIVED = b"received"
# Where local delivery and filters keep the reverse-path, the standard field first (§4.4).
_PATHS = (b"return-path", b"x-envelope-from", b"x-envelope-sender")
_PUBLIC = frozenset((Kind.GLOBAL, Kind.DOCUMENTATION))
# How messages are handed on inside, or fetched: no client sends them from elsewhere like this.
INSIDE = re.compile(r"(?:UTF8)?LMTP|LOCAL|POP|IMAP|HTTP|MAPI|QMQP|STDIN", re.IGNORECASE)


class Hop(msgspec.Struct, frozen=True):
    """One Received field: `number` counts from the top, from 1; `index` is its place among all
    header fields. `inside` tells that no public client stands in it, or no SMTP, or that it is a
    step within Exchange Online: it was written behind the server that took the message from
    outside."""

    number: int
    index: int
    received: Received
    inside: bool
    problems: tuple[Problem, ...] = ()


class Reason(StrEnum):
    """Why a message cannot be seen as at a hop."""

    NO_RECEIVED = "no-received"
    NO_SUCH_HOP = "no-such-hop"
    NO_ADDRESS = "no-address"


class Unseen(msgspec.Struct, frozen=True):
    """There is no such view, and why, in a printable sentence."""

    reason: Reason
    message: str


class Seen(msgspec.Struct, frozen=True):
    """The message and its envelope as the server of a hop had them, and what had to be assumed,
    in plain sentences."""

    message: Message
    envelope: Envelope
    hop: Hop
    assumptions: tuple[str, ...] = ()


def hops(message: Message) -> tuple[Hop, ...]:
    """The Received fields from the top: the newest first. At most MAX_HOPS of them."""
    return tuple(_hops(message))


def _hops(message: Message) -> Iterator[Hop]:
    places = message.places.get(_RECEIVED, ())[:MAX_HOPS]
    return (_hop(message, number, index) for number, index in enumerate(places, 1))


def boundary(message: Message) -> int | None:
    """The number of the topmost hop from outside: by SMTP, from a public address.

    This is where the first server of one's own took over: what is above was written by one's own
    servers, and what is below can be made up. None if there is no such hop.
    """
    return _boundary(_hops(message))


def seen_at(message: Message, hop: int) -> Seen | Unseen:
    """The message as it was when the server that wrote Received number `hop` took it.

    What stands above that field is gone, and the field itself; every octet below is as it came.
    The reverse-path is that of the field; else the one kept above it, which is that of this hop
    if only hops inside lie between; else the null one. Never raises.
    """
    count = min(message.count(_RECEIVED), MAX_HOPS)
    if not 1 <= hop <= count:
        return _no_hop(count)
    found = tuple(islice(_hops(message), hop))
    chosen = found[-1]
    if not chosen.received.ip:
        text = f"Received number {hop} does not say from which address the message came."
        return Unseen(Reason.NO_ADDRESS, text)
    mail_from, about_path = _mail_from(message, found)
    assumptions = (*_trust(found), *_gaps(chosen), *about_path)
    envelope = _envelope(chosen.received, mail_from)
    return Seen(_below(message, chosen.index), envelope, chosen, assumptions)


def _hop(message: Message, number: int, index: int) -> Hop:
    value = message.lines[index].partition(b":")[2]
    parsed = parse(value[: 4 * MAX_TEXT])
    received = parsed.record or Received()
    return Hop(number, index, received, _is_inside(received), parsed.problems)


def _is_inside(received: Received) -> bool:
    if not received.ip or INSIDE.match(received.protocol):
        return True
    return kind(received.ip) not in _PUBLIC or is_step(received)


def _boundary(found: Iterable[Hop]) -> int | None:
    return next((hop.number for hop in found if not hop.inside), None)


def _no_hop(count: int) -> Unseen:
    if count == 0:
        return Unseen(Reason.NO_RECEIVED, "The message has no Received field.")
    fields = "one Received field" if count == 1 else f"{count} Received fields"
    return Unseen(Reason.NO_SUCH_HOP, f"The message has {fields}; the topmost is number 1.")


def _envelope(received: Received, mail_from: str) -> Envelope:
    return Envelope(
        ip=received.ip,
        helo=received.helo,
        mail_from=mail_from,
        rcpt_to=(received.recipient,) if received.recipient else (),
        tls=received.tls,
        received_at=received.date,
    )


def _below(message: Message, index: int) -> Message:
    """What stands below a header field, in the very octets that were given."""
    cut = message.header_at + sum(len(line) + 2 for line in message.lines[: index + 1])
    if cut >= len(message.data):
        return read(b"", mbox=False)
    if not message.lone_lf:
        return read(message.data[cut:], mbox=False)
    # The wire form has as many line ends as what was given, only longer ones.
    lines = message.data.count(b"\n", 0, cut)
    return read(message.given.split(b"\n", lines)[lines], mbox=False)


def _mail_from(message: Message, found: tuple[Hop, ...]) -> tuple[str, tuple[str, ...]]:
    """The reverse-path of the last of these hops, and what had to be assumed of it."""
    *above, chosen = found
    if chosen.received.envelope_from is not None:
        return chosen.received.envelope_from, ()
    kept = _kept_path(message, chosen.index)
    if kept is None and (below := _path_below(message, chosen)) is not None:
        text = (
            "The return path stands below that field, where Exchange Online writes it and whoever "
            "sent the message could."
        )
        return below, (text,)
    if kept is None:
        text = "No return path is recorded; the null one is assumed, and SPF looks at HELO alone."
        return "", (text,)
    mail_from, place = kept
    if all(hop.inside for hop in above if hop.index > place):
        return mail_from, ()
    text = (
        "The return path is that of the last delivery; a list or forwarder may have used another."
    )
    return mail_from, (text,)


def delivered_path(message: Message) -> str | None:
    """The reverse-path that local delivery wrote at the top of a stored message, above every
    Received field (RFC 5321 §4.4); None if there is none."""
    first = message.places.get(_RECEIVED, (1,))[0]
    kept = _kept_path(message, first)
    return kept[0] if kept else None


def _kept_path(message: Message, above: int) -> tuple[str, int] | None:
    """The reverse-path kept nearest above a place, and where; the outside wrote what is below."""
    for name in _PATHS:
        for place in reversed([p for p in message.places.get(name, ()) if p < above]):
            value = decode(message.lines[place].partition(b":")[2][:MAX_TEXT])
            if (kept := path(value)) is not None:
                return kept, place
    return None


def _path_below(message: Message, hop: Hop) -> str | None:
    """The only Return-Path, which Exchange Online writes among the fields of the message."""
    places = message.places.get(_PATHS[0], ())
    if len(places) != 1 or not of_exchange_online(hop.received.by):
        return None
    return path(decode(message.lines[places[0]].partition(b":")[2][:MAX_TEXT]))


def _trust(found: tuple[Hop, ...]) -> tuple[str, ...]:
    """What the last of these hops, counted from the top, can be known by."""
    first, hop = _boundary(found), len(found)
    if first is not None and first < hop:
        text = (
            f"Received number {hop} stands below number {first}, which took the message from "
            "outside: whoever sent it may have made it up."
        )
        return (text,)
    if hop == 1:
        return ()
    above = "number 1 is" if hop == 2 else f"numbers 1 to {hop - 1} are"
    return (
        f"Received {above} taken to be written by trusted servers.",
        *_steps(found[:-1]),
        *(text for each in found[:-1] for text in _unnamed(each)),
    )


def _steps(above: tuple[Hop, ...]) -> tuple[str, ...]:
    """Hops between public addresses that are passed over all the same."""
    numbers = [str(hop.number) for hop in above if is_step(hop.received)]
    if not numbers:
        return ()
    these = "number {} is a step" if len(numbers) == 1 else "numbers {} are steps"
    which = these.format(" and ".join(numbers))
    return (f"Received {which} within Exchange Online, by the names and addresses.",)


def _unnamed(hop: Hop) -> tuple[str, ...]:
    """A server that names its client and no address may have been the one facing outside."""
    received = hop.received
    if received.ip or not received.helo or INSIDE.match(received.protocol):
        return ()
    return (f"Received number {hop.number} has no address; its client is taken for a trusted one.",)


def _gaps(hop: Hop) -> tuple[str, ...]:
    received, where = hop.received, f"Received number {hop.number}"
    gaps = []
    if received.disputed:
        gaps.append(
            f"{where} has several addresses of the client; the last is taken, since the client may "
            "have written the others."
        )
    if received.claimed:
        gaps.append(f"{where} has an address only where the client's own name belongs.")
    if not received.helo:
        gaps.append(f"{where} names no HELO; it is taken to be empty.")
    if received.date is None:
        gaps.append(f"{where} has no date that can be read; the moment of judging is taken.")
    return tuple(gaps)
