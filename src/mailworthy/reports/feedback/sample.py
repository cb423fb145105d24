"""What the copy of the reported message tells (RFC 5965 §2, third part)."""

import re

import msgspec

from mailworthy.dkim.signature import peek
from mailworthy.message.author import author
from mailworthy.message.header import Message, read
from mailworthy.message.lexer import decode
from mailworthy.reports.envelope.fields import words as encoded_words
from mailworthy.reports.feedback.clean import Cleaner
from mailworthy.reports.feedback.people import People
from mailworthy.reports.feedback.words import CAMPAIGNS
from mailworthy.reports.shown import shown

MAX_OCTETS = 262144
_SENDERS = (b"from", b"sender", b"reply-to", b"return-path")
_RECIPIENTS = (b"to", b"cc", b"bcc", b"delivered-to", b"x-original-to", b"x-hmxmroriginalrecipient")
_SPACE = re.compile(r"\s+")


class Sample(msgspec.Struct, frozen=True):
    """A message, or its header, or nothing of it; all text is printable, bounded and redacted."""

    header_from: str = ""
    from_domain: str = ""
    mail_from: str = ""
    rcpt_to: str = ""
    message_id: str = ""
    subject: str = ""
    campaign: str = ""
    list_id: str = ""
    dkim_domain: str = ""
    dkim_selector: str = ""


def examine(data: bytes, cleaner: Cleaner) -> Sample:
    """Read the header of a message, as far as it came. Never raises; linear and bounded."""
    message = header(data)
    domain, selector = signer(message)
    header_from, from_domain = _author(message, cleaner)
    return Sample(
        header_from,
        from_domain,
        cleaner.address(_text(message, "return-path")),
        cleaner.address(_text(message, "x-hmxmroriginalrecipient")),
        cleaner.ident(_text(message, "message-id")),
        "" if cleaner.redactor.active else shown(encoded_words(_text(message, "subject")), 1000),
        cleaner.campaign(campaign(message)[1]),
        cleaner.list_id(_text(message, "list-id").strip()),
        cleaner.domain(domain) if domain else "",
        cleaner.selector(selector),
    )


def header(data: bytes) -> Message:
    """The header of the message, as far as it is looked at."""
    return read(data[:MAX_OCTETS].lstrip(b"\r\n"))


def named(message: Message, people: People) -> None:
    """Learn who is named in the fields of a message that hold addresses."""
    people.add(_each(message, _SENDERS))
    people.add(_each(message, _RECIPIENTS), parts=True)


def _each(message: Message, names: tuple[bytes, ...]) -> list[str]:
    return [decode(value[:10_000]) for name in names for value in message.values(name)[:10]]


def _text(message: Message, name: str) -> str:
    """The first field of a name, not made printable; empty if there is none."""
    places = message.places.get(name.encode())
    if not places:
        return ""
    return decode(message.lines[places[0]].partition(b":")[2][:10_000])


def _author(message: Message, cleaner: Cleaner) -> tuple[str, str]:
    found = author(message.values(b"from"))
    box = next((box for box in found.mailboxes if box.domain), None)
    if box is None:
        return "", ""
    return shown(cleaner.redactor.path(f"{box.local}@{box.domain}"), 400), box.domain


def signer(message: Message) -> tuple[str, str]:
    """The domain and the selector of the first signature, as they stand there."""
    found = message.values(b"dkim-signature")[:1]
    return peek(found[0]) if found else ("", "")


def campaign(message: Message) -> tuple[bytes, str]:
    """The first field that names the mailing, and what it says; empty if there is none."""
    for name in CAMPAIGNS:
        if text := _text(message, name).strip():
            whole = _SPACE.sub("", text) if name == "cfbl-feedback-id" else text  # RFC 9477 §5.2
            return name.encode(), whole
    return b"", ""
