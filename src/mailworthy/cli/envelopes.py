"""Who brought the message that is judged: as typed, or as the message itself tells."""

import msgspec

from mailworthy.cli.worlds import shown
from mailworthy.errors import UsageError
from mailworthy.message.header import Message
from mailworthy.names import readable
from mailworthy.receive.envelope import Envelope
from mailworthy.receive.handover import doubtful
from mailworthy.receive.hops import (
    Hop,
    Reason,
    Seen,
    Unseen,
    boundary,
    delivered_path,
    hops,
    seen_at,
)

_MOST = 4  # hops that are offered
_CURE = "say who sent it: --ip ADDRESS, and as far as you know --helo NAME and --mail-from ADDRESS"


class Typed(msgspec.Struct, frozen=True):
    """The options about the envelope; None where nothing was said."""

    ip: str | None = None
    helo: str | None = None
    mail_from: str | None = None
    rcpt_to: tuple[str, ...] = ()
    tls: bool | None = None
    hop: int | None = None


class View(msgspec.Struct, frozen=True):
    """What is judged: the message with its envelope, and what was assumed. `server` is who took
    it, as a Received field has it; `lines_above` are those of the stored message that are not
    judged."""

    message: Message
    envelope: Envelope
    assumptions: tuple[str, ...] = ()
    server: str = ""
    lines_above: int = 0


def view(message: Message, typed: Typed) -> View:
    """The message as its receiver had it.

    Raises UsageError where options contradict each other, are no text or no address, and where
    neither they nor the message say from which address it came, or the message does not say it
    for certain.
    """
    for text in (typed.ip, typed.helo, typed.mail_from, *typed.rcpt_to):
        if text is not None and not text.isprintable():
            raise UsageError(f"{readable(text, 60)} has characters that no address or name has")
    if typed.mail_from is not None and "@" not in typed.mail_from and _bare(typed.mail_from):
        raise UsageError(f"--mail-from {typed.mail_from[:60]} is no address: it has no @")
    if typed.ip is None:
        return _from_message(message, typed)
    if typed.hop is not None:
        raise UsageError("--hop reads the address from the message: leave out --ip, or --hop")
    return _as_typed(message, typed, typed.ip)


def _as_typed(message: Message, typed: Typed, ip: str) -> View:
    told = []
    if typed.helo is None:
        told.append("No --helo was given: the name of the client is taken to be unknown.")
    path = _bare(typed.mail_from or "")
    if typed.mail_from is None:
        kept = delivered_path(message)
        path = kept or ""
        what = "empty" if kept is None else "the one at the top of the message"
        told.append(f"No --mail-from was given: the return path is taken to be {what}.")
    return View(message, Envelope(ip, typed.helo or "", path, typed.rcpt_to, typed.tls), (*told,))


def _from_message(message: Message, typed: Typed) -> View:
    number = boundary(message) if typed.hop is None else typed.hop
    if number is None:
        why = (
            "no Received field" if not hops(message) else "no Received field with a public address"
        )
        raise UsageError(f"the message has {why}: {_CURE}")
    if typed.hop is None and (doubt := doubtful(message, number)):
        raise UsageError(_choice(doubt))
    seen = seen_at(message, number)
    if isinstance(seen, Unseen) and seen.reason is Reason.NO_RECEIVED:
        raise UsageError(f"the message has no Received field: {_CURE}")
    if isinstance(seen, Unseen):
        raise UsageError(f"{seen.message.rstrip('.')}: choose another with --hop, or {_CURE}")
    others = _others(message, seen) if typed.hop is None else ()
    assumptions = (_origin(seen), *others, *seen.assumptions)
    above = message.given.count(b"\n") - seen.message.given.count(b"\n")
    envelope = _with(seen.envelope, typed)
    return View(seen.message, envelope, assumptions, seen.hop.received.by, above)


def _choice(doubt: tuple[Hop, ...]) -> str:
    """Which of the fields is right, only the reader knows."""
    first, last, some = doubt[0], doubt[-1], doubt[: _MOST - 1]
    named = "; ".join(
        f"--hop {hop.number}{_told(hop)}" for hop in (*some, *doubt[len(some) :][-1:])
    )
    return (
        f"Received number {first.number} does not show who brought the message, as behind a proxy; "
        f"unless a server of yours handed it on, number {last.number} is made up: choose "
        f"{named}; or {_CURE}"
    )


def _told(hop: Hop) -> str:
    """The client and the server of a hop, as far as they are known."""
    received = hop.received
    parts = [received.helo, received.ip, received.by and f"to {received.by}"]
    told = ", ".join(readable(part, 60) for part in parts if part)
    return f" ({told})" if told else ""


def _with(envelope: Envelope, typed: Typed) -> Envelope:
    """What was typed wins over what was read."""
    found: dict[str, object] = {}
    if typed.helo is not None:
        found["helo"] = typed.helo
    if typed.mail_from is not None:
        found["mail_from"] = _bare(typed.mail_from)
    if typed.rcpt_to:
        found["rcpt_to"] = typed.rcpt_to
    if typed.tls is not None:
        found["tls"] = typed.tls
    return msgspec.structs.replace(envelope, **found)


def _bare(path: str) -> str:
    return path[1:-1] if path.startswith("<") and path.endswith(">") else path


def _origin(seen: Seen) -> str:
    received, number = seen.hop.received, seen.hop.number
    by = f" to {received.by}" if received.by else ""
    when = f" on {shown(received.date)}" if received.date else ""
    return f"Received number {number} is right: {received.ip} gave the message{by}{when}."


def _others(message: Message, seen: Seen) -> tuple[str, ...]:
    """Large receivers hand a message on between hosts with public addresses; whether they did,
    only the reader knows, since the client chose the name that it gave itself."""
    received, number = seen.hop.received, seen.hop.number
    house = _house(received.by)
    lower = [hop for hop in hops(message)[number:] if not hop.inside][:_MOST]
    if not house or house != _house(received.helo) or not lower:
        return ()
    these = ", ".join(f"{hop.number} for {hop.received.ip}" for hop in lower)
    text = (
        f"Received number {number} is no step within {house}; if it is one, choose --hop {these}."
    )
    return (text,)


def _house(host: str) -> str:
    """Roughly whose host it is: good enough for a hint."""
    return ".".join(host.lower().rstrip(".").split(".")[-2:]) if "." in host else ""
