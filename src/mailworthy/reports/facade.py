"""Every report in what came, as values: `mailworthy.reports.read`."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

import msgspec

from mailworthy.lookup.run import moment
from mailworthy.reports import aggregate, feedback, tls
from mailworthy.reports.envelope import Content, Form, Limits
from mailworthy.reports.envelope import open as open_envelope
from mailworthy.reports.model import Fault, Omission, Record, Report, Unreadable

# What a reader says of a text that breaks off; why it did is then the better answer.
_BROKEN = frozenset({Fault.EMPTY, Fault.SYNTAX, Fault.MISSING, Fault.UNKNOWN_FORMAT})


def read(
    source: bytes | BinaryIO,
    *,
    filename: str | None = None,
    now: datetime | None = None,
    limits: Limits | None = None,
    keep_text: bool = False,
    salt: bytes = b"",
) -> Iterator[Report | Unreadable]:
    """Every report in a file, an archive or a mail, and a word about all that cannot be read.

    What it is wrapped in is recognised by content (see `reports.envelope.open`); `filename` is
    only shown. Reports are read as the iterator goes on, and their records as these are taken:
    take the records of one before you ask for the next. A report that breaks off, or that is too
    large, keeps what was read; it is not `complete` then, and its omissions say why. `place` has
    size and hash when the records have been taken.

    `now` is by default the time it is, and knows its time zone; a report from the future is
    refused. Failure reports come without what names people unless `keep_text`; `salt` goes into
    the hashes that stand for them (see `reports.feedback.Redactor`). Raises UsageError for text in
    place of octets and for records that are taken when they are gone; what the file itself raises
    goes through; nothing that the octets say raises.
    """
    when = moment(now)
    for found in open_envelope(source, filename, limits=limits):
        if isinstance(found, Unreadable):
            yield found
        else:
            yield one(found, now=when, limits=limits, keep_text=keep_text, salt=salt)


def one(
    content: Content,
    *,
    now: datetime,
    limits: Limits | None = None,
    keep_text: bool = False,
    salt: bytes = b"",
) -> Report | Unreadable:
    """Read one content of an envelope, for those who also want the mail that brought it."""
    report = _read(content, now, limits or Limits(), keep_text, salt)
    if isinstance(report, Unreadable):
        return _because(report, content)
    first = next(report.records, None)
    if first is None and (trouble := content.trouble):
        return Unreadable(content.place, trouble.fault, trouble.reason)
    report.records = _to_the_end(report, content, first, report.records)
    return report


def _read(
    content: Content, now: datetime, limits: Limits, keep_text: bool, salt: bytes
) -> Report | Unreadable:
    if content.form is Form.AGGREGATE:
        bounds = aggregate.Limits(records=limits.records)
        return aggregate.read(content.source, content.place, now=now, limits=bounds)
    if content.form is Form.TLS:
        return tls.read(content.source, content.place, now=now)
    assert content.mail is not None  # the other forms are mails
    mail, place = content.mail.raw, content.finish(content.mail.end)
    return feedback.read(mail, place, now=now, redact=not keep_text, salt=salt)


def _because(refusal: Unreadable, content: Content) -> Unreadable:
    """The same refusal, with the hash of what was refused, or with the cause that lies below."""
    place = content.finish()
    trouble = content.trouble
    if trouble and refusal.fault in _BROKEN:
        return Unreadable(place, trouble.fault, trouble.reason)
    return msgspec.structs.replace(refusal, place=place)


def _to_the_end(
    report: Report, content: Content, first: Record | None, rest: Iterator[Record]
) -> Iterator[Record]:
    if first is not None:
        yield first
    yield from rest
    report.place = content.finish()
    if trouble := content.trouble:
        report.complete = False
        report.omissions.append(Omission("the end of the file", trouble.reason))
