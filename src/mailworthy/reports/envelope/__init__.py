"""What reports come in: files, archives and mails, opened without trust and within limits."""

import io
from collections.abc import Iterator
from typing import BinaryIO

from mailworthy.errors import UsageError
from mailworthy.reports.envelope.content import Content, Form
from mailworthy.reports.envelope.limits import Limits, Trouble
from mailworthy.reports.envelope.mime import Mail
from mailworthy.reports.envelope.walk import Walk
from mailworthy.reports.model import Unreadable

__all__ = ["Content", "Form", "Limits", "Mail", "Trouble", "open"]


def open(
    source: bytes | BinaryIO, filename: str | None = None, *, limits: Limits | None = None
) -> Iterator[Content | Unreadable]:
    """Every report in `source`, unread, and a word about everything that cannot be one.

    Recognised by content: XML and JSON, within gzip, bzip2, xz, zip (every member) and tar, within
    mails (RFC 5322, MIME, messages in messages) and mbox files, nested as far as `limits` allow.
    `filename` is only shown. A mail or archive without a report gives one Unreadable NO_REPORT.

    `source` is read as the iterator goes on: read a content before you ask for the next. A zip
    archive in a file that cannot be sought in, or within something else, is held in memory.
    Raises UsageError for text in place of octets, and what the file itself raises; nothing that
    the octets say raises.
    """
    if isinstance(source, str):
        raise UsageError("a report is read from bytes or from a binary file; text has lost octets")
    file = io.BytesIO(source) if isinstance(source, bytes | bytearray | memoryview) else source
    return Walk(limits or Limits()).start(file, filename or "input")
