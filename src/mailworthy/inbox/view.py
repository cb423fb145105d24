"""What is judged: the message as it came, and who brought it."""

from datetime import datetime

import msgspec

from mailworthy.message.header import Message, read
from mailworthy.receive.envelope import Envelope
from mailworthy.receive.hops import Seen, boundary, seen_at


class Arrived(msgspec.Struct, frozen=True):
    """A mail as the listener had it. `client` is the address of who brought it, empty where a
    mail server in front of us knows that and has not said so; `tls` is None where not known."""

    data: bytes
    client: str
    helo: str
    mail_from: str
    recipients: tuple[str, ...]
    at: datetime
    tls: bool | None = None


class View(msgspec.Struct, frozen=True):
    """The message and its envelope, with what had to be assumed."""

    message: Message
    envelope: Envelope
    assumptions: tuple[str, ...] = ()
    server: str = ""


def view(mail: Arrived) -> View | str:
    """How it is judged, or why it cannot be."""
    message = read(mail.data, mbox=False)
    if mail.client:
        envelope = Envelope(
            mail.client, mail.helo, mail.mail_from, mail.recipients, mail.tls, mail.at
        )
        return View(message, envelope)
    number = boundary(message)
    if number is None:
        return (
            "the mail server in front did not say who brought it: no Received field has a public "
            "address"
        )
    seen = seen_at(message, number)
    if not isinstance(seen, Seen):
        return seen.message
    # The server in front told the return path, whether it wrote it into the message or not.
    envelope = msgspec.structs.replace(
        seen.envelope, mail_from=mail.mail_from, rcpt_to=mail.recipients
    )
    told = tuple(each for each in seen.assumptions if "return path" not in each)
    return View(seen.message, envelope, told, seen.hop.received.by)
