"""What the copy of the reported message tells (RFC 5965 §2, third part)."""

import re

import msgspec

from mailworthy.dkim.signature import peek
from mailworthy.message.author import author
from mailworthy.message.header import Message, read
from mailworthy.message.lexer import decode
from mailworthy.reports.envelope.fields import words as encoded_words
from mailworthy.reports.feedback.redact import HIDDEN, Redactor
from mailworthy.reports.feedback.words import CAMPAIGNS
from mailworthy.reports.shown import shown

MAX_OCTETS = 262144
_ANGLE = re.compile(r"<([^<>]{1,1000})>")
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


def examine(data: bytes, redactor: Redactor) -> Sample:
    """Read the header of a message, as far as it came. Never raises; linear and bounded."""
    message = read(data[:MAX_OCTETS].lstrip(b"\r\n"))
    domain, selector = _signer(message)
    header_from, from_domain = _author(message, redactor)
    return Sample(
        header_from,
        from_domain,
        address(_text(message, "return-path"), redactor),
        address(_text(message, "x-hmxmroriginalrecipient"), redactor),
        shown(_text(message, "message-id").strip().strip("<>"), 500),
        "" if redactor.active else shown(encoded_words(_text(message, "subject")), 1000),
        _campaign(message, redactor),
        _list(message, redactor),
        domain,
        selector,
    )


def address(text: str, redactor: Redactor) -> str:
    """A path of an envelope, redacted; `<>` for the null reverse-path, empty for nothing."""
    bare = text.strip()
    if bare == "<>":
        return bare
    found = _ANGLE.search(bare)
    path = (found[1] if found else bare).strip()
    if "@" not in path and redactor.active:
        return HIDDEN if path else ""
    return shown(redactor.text(path), 400)


def _text(message: Message, name: str) -> str:
    """The first field of a name, not made printable; empty if there is none."""
    places = message.places.get(name.encode())
    if not places:
        return ""
    return decode(message.lines[places[0]].partition(b":")[2][:10_000])


def _author(message: Message, redactor: Redactor) -> tuple[str, str]:
    lines = (message.lines[index] for index in message.places.get(b"from", []))
    found = author([line.partition(b":")[2] for line in lines])
    box = next((box for box in found.mailboxes if box.domain), None)
    if box is None:
        return "", ""
    return shown(redactor.address(box.local, box.domain), 400), box.domain


def _signer(message: Message) -> tuple[str, str]:
    places = message.places.get(b"dkim-signature", [])[:1]
    return peek(message.lines[places[0]].partition(b":")[2]) if places else ("", "")


def _campaign(message: Message, redactor: Redactor) -> str:
    for name in CAMPAIGNS:
        if text := _text(message, name).strip():
            whole = _SPACE.sub("", text) if name == "cfbl-feedback-id" else text  # RFC 9477 §5.2
            return shown(redactor.text(whole), 300)
    return ""


def _list(message: Message, redactor: Redactor) -> str:
    """What stands in angle brackets, which is what stays the same (RFC 2919 §2)."""
    text = _text(message, "list-id").strip()
    found = _ANGLE.findall(text)
    return shown(redactor.text(found[-1] if found else text), 300).lower()
