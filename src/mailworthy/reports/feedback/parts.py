"""The parts of a report mail that count (RFC 5965 §2)."""

import msgspec

from mailworthy.message.header import Message
from mailworthy.message.lexer import decode
from mailworthy.reports.envelope.fields import words
from mailworthy.reports.envelope.mime import Mail, Part, Split, split
from mailworthy.reports.envelope.transfer import decoded
from mailworthy.reports.feedback import prose
from mailworthy.reports.feedback.fields import MAX_OCTETS, Fields, looks_like_fields, parse
from mailworthy.reports.feedback.sample import MAX_OCTETS as MAX_SAMPLE

_REPORTS = frozenset(("message/feedback-report", "text/feedback-report"))
_SAMPLES = frozenset(
    (
        "message/rfc822",
        "message/global",
        "text/rfc822-headers",
        "text/rfc822",
        "message/rfc822-headers",
    )
)
_ANYTHING = frozenset(("text/plain", "application/octet-stream"))


class Parts(msgspec.Struct, frozen=True):
    """A report mail taken apart.

    `sample` is what there is of the reported message; `told` says that the fields were read out
    of prose, and `more` how many other feedback reports the mail has.
    """

    header: Message
    fields: Fields
    sample: bytes
    told: bool = False
    more: int = 0


def find(mail: bytes) -> Parts | None:
    """The parts of a failure report or a complaint; None if the mail is neither."""
    found = split(mail)
    outer = found.mails[0]
    machine = [p for p in found.parts if p.type.word in _REPORTS]
    machine = machine or [p for p in found.parts if _is_disguised(p)]
    if machine:
        fields = parse(_octets(machine[0], MAX_OCTETS))
        sample = _sample(found, machine[0])
        return Parts(outer.message, fields, sample, more=len(machine) - 1)
    return _told(found, outer)


def _is_disguised(part: Part) -> bool:
    return part.type.word in _ANYTHING and looks_like_fields(_octets(part, MAX_OCTETS))


def _told(found: Split, outer: Mail) -> Parts | None:
    """A report without a part for machines."""
    header = outer.message
    subject = _subject(header)
    for part in found.parts:
        if part.type.word == "text/plain" and part.mail is outer:
            text = decode(_octets(part, MAX_OCTETS))
            if told := prose.read(text, subject):
                sample = _sample(found, part) or told.sample
                return Parts(header, told.fields, sample, told=True)
    if (fields := prose.by_subject(subject)) and (sample := _sample(found, None)):
        return Parts(header, fields, sample, told=True)
    return None


def _subject(header: Message) -> str:
    places = header.places.get(b"subject", [])[:1]
    raw = header.lines[places[0]].partition(b":")[2] if places else b""
    return words(decode(raw))


def _sample(found: Split, after: Part | None) -> bytes:
    """The reported message: the first part of that kind, or the first mail within the mail."""
    start = after.end if after else 0
    for part in found.parts:
        if part.start >= start and part.type.word in _SAMPLES:
            return _octets(part, MAX_SAMPLE)
    inner = (mail for mail in found.mails[1:] if mail.start >= start)
    return next((mail.data[mail.start : mail.body][:MAX_SAMPLE] for mail in inner), b"")


def _octets(part: Part, limit: int) -> bytes:
    return decoded(part.mail.data, part.start, part.end, part.encoding).read(limit)
