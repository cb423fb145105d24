"""Which reports are the same: reporter, report id, window, domain and content.

A report id alone names nothing: some reporters use one for several windows. The content is what
was counted for whom and with which result, and not how it was told, so that the same report read
by a later version of ours has the same identity.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec

from mailworthy.reports.claims import claims
from mailworthy.reports.model import (
    AggregateRecord,
    FailureRecord,
    Head,
    Record,
    Reporter,
    TlsRecord,
)
from mailworthy.reports.shown import shown

DAY = 86_400
LAST_DAY = 100_000  # in the year 2243


class Content:
    """A hash over records, in their order, taken in batches of any size."""

    def __init__(self) -> None:
        self._hash = sha256()
        self._encoder = msgspec.json.Encoder()

    def add(self, records: Sequence[Record]) -> None:
        """Take in the next records."""
        values = [_core(record) for record in records]
        try:
            lines = self._encoder.encode_lines(values)
        except UnicodeEncodeError:  # lone surrogates
            lines = self._encoder.encode_lines([_printable(value) for value in values])
        self._hash.update(lines)

    def hexdigest(self) -> str:
        """The hash, in hex."""
        return self._hash.hexdigest()


def series(head: Head, domain: str, sender: str = "") -> str:
    """What copies of a report share, whatever became of their content on the way.

    Anybody may call himself what others are called, so that the domain behind the name belongs to
    it: that of the address, which is proven with the report, or else the author of the mail.
    """
    window, who = head.window, head.reporter
    behind = behind_name(who, sender)
    return _digest([head.kind, who.name, behind, head.report_id, window.begin, window.end, domain])


def behind_name(who: Reporter, sender: str) -> str:
    """The domain that answers for a reporter's name; empty where nothing tells."""
    return who.email.rpartition("@")[2].lower() or sender


def known_as(head: Head, sender: str) -> str:
    """What a reporter is counted as: its name with the domain behind it, and a name that is a
    domain alone, since that was proven with the report (see `reports.claims.claims`)."""
    name = head.reporter.name
    behind = behind_name(head.reporter, sender)
    if name.strip().lower() in (behind, *claims(head)) or not behind:
        return name
    return f"{shown(name, 120)} ({shown(behind, 120)})"


def identity(series_: str, content: str) -> str:
    """The identity of a report; two with the same are one."""
    return _digest([series_, content])


def booked(begin: int, end: int) -> tuple[int, int]:
    """The day that a window is booked on, and how many days it touches.

    That of most of the window, the earliest of several: counts are never spread over days, and a
    reporter whose day begins at another hour is booked on the day that it means. A window of a
    week is booked on its first whole day.
    """
    first = begin // DAY
    midnight = (first + 1) * DAY
    # Whether the end belongs to the window is told differently; a second more or less is no day.
    last = max(first, (end - 1) // DAY)
    before, after = min(end, midnight) - begin, min(end - midnight, DAY)
    day = first + 1 if after > before else first
    return max(0, min(day, LAST_DAY)), last - first + 1


def _core(record: Record) -> Any:
    if isinstance(record, AggregateRecord):
        return (
            record.ip,
            record.count,
            record.disposition,
            record.dkim,
            record.spf,
            record.header_from,
            record.envelope_from,
            record.envelope_to,
        )
    return _tls_core(record) if isinstance(record, TlsRecord) else _message_core(record)


def _tls_core(record: TlsRecord) -> Any:
    failures = [
        (each.result_type, each.count, each.sending_ip, each.receiving_mx, each.receiving_ip)
        for each in record.failures
    ]
    return record.type, record.domain, record.successful, record.failed, failures


def _message_core(record: FailureRecord) -> Any:
    return (
        record.feedback_type,
        record.domain,
        record.arrival,
        record.source_ip,
        record.header_from,
        record.message_id,
        record.incidents,
        record.campaign,
        record.list_id,
    )


def _digest(values: list[Any]) -> str:
    return sha256(msgspec.json.encode(_printable(values))).hexdigest()


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isprintable() else shown(value, 1000)
    if isinstance(value, list | tuple):
        return [_printable(item) for item in value]
    return value
