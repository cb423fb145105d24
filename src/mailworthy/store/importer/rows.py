"""Records become rows, a batch at a time."""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from mailworthy.reports.model import AggregateRecord, FailureRecord, Record, TlsRecord
from mailworthy.reports.shown import shown
from mailworthy.store.opened import Store
from mailworthy.store.schema.dictionaries import addresses, domains, labels
from mailworthy.store.schema.rows import aggregate_rows, feedback_rows, tls_failures, tls_rows
from mailworthy.store.trail import seen

SHORT = 40
TEXT = 255
LONG = 2000
MOST = 10**12  # so that sums of millions of such counts still are numbers of 64 bits
WORDS = {word: word for word in ("none", "pass", "quarantine", "reject")}


def countable(record: Record) -> bool:
    """Whether the counts of a record can be summed; readers see to it, the store relies on it."""
    if isinstance(record, AggregateRecord):
        return 0 < record.count <= MOST
    if isinstance(record, TlsRecord):
        counts = (record.successful, record.failed, *(each.count for each in record.failures))
        return all(0 <= count <= MOST for count in counts)
    return 0 < record.incidents <= MOST


def messages(records: Sequence[Record]) -> int:
    """How many messages (or sessions) records tell of."""
    return sum(_messages(record) for record in records)


def _messages(record: Record) -> int:
    if isinstance(record, AggregateRecord):
        return record.count
    return (
        record.incidents if isinstance(record, FailureRecord) else record.successful + record.failed
    )


def write(
    store: Store, connection: sa.Connection, report: int, first: int, records: Sequence[Record]
) -> None:
    """Insert the rows of a batch whose first record has the number `first` in its report."""
    aggregate = [each for each in records if isinstance(each, AggregateRecord)]
    tls = [each for each in records if isinstance(each, TlsRecord)]
    feedback = [each for each in records if isinstance(each, FailureRecord)]
    if aggregate:
        _write_aggregate(store, connection, report, first, aggregate)
    if tls:
        _write_tls(store, connection, report, first, tls)
    if feedback:
        _write_feedback(store, connection, report, first, feedback)


def _write_aggregate(
    store: Store,
    connection: sa.Connection,
    report: int,
    first: int,
    records: Sequence[AggregateRecord],
) -> None:
    texts = {record.header_from for record in records}
    texts |= {record.envelope_from for record in records if record.envelope_from is not None}
    texts |= {record.envelope_to for record in records if record.envelope_to is not None}
    name = store.dictionaries.numbers(connection, domains, texts).get
    ip = store.dictionaries.numbers(connection, addresses, {record.ip for record in records})
    combinations = [seen(record) for record in records]
    marks = store.dictionaries.seen(connection, set(combinations))
    name = store.dictionaries.numbers(connection, domains, texts).get
    rows = [
        (
            report,
            position,
            ip[record.ip],
            record.count,
            WORDS.get(record.disposition) or shown(record.disposition, SHORT),
            1 if record.dkim == "pass" else 0,
            1 if record.spf == "pass" else 0,
            name(record.header_from),
            name(record.envelope_from),  # type: ignore[arg-type]
            name(record.envelope_to),  # type: ignore[arg-type]
            *marks[combination],
        )
        for position, (record, combination) in enumerate(
            zip(records, combinations, strict=True), first
        )
    ]
    store.statements.insert(aggregate_rows).many(connection, rows)


def _write_tls(
    store: Store, connection: sa.Connection, report: int, first: int, records: Sequence[TlsRecord]
) -> None:
    texts = {record.domain for record in records}
    texts |= {failure.receiving_mx for record in records for failure in record.failures}
    ids = store.dictionaries.numbers(connection, domains, texts)
    rows = [
        (
            report,
            position,
            shown(record.type, TEXT),
            ids[record.domain],
            record.successful,
            record.failed,
            listed(record.policy),
            listed(record.mx),
        )
        for position, record in enumerate(records, first)
    ]
    store.statements.insert(tls_rows).many(connection, rows)
    failures = [
        (
            report,
            position,
            number,
            shown(failure.result_type, TEXT),
            failure.count,
            ids[failure.receiving_mx],
            *(shown(text, TEXT) for text in (failure.sending_ip, failure.receiving_ip)),
            *(shown(text, TEXT) for text in (failure.receiving_helo, failure.information)),
            shown(failure.reason_code, TEXT),
        )
        for position, record in enumerate(records, first)
        for number, failure in enumerate(record.failures)
    ]
    store.statements.insert(tls_failures).many(connection, failures)


def _write_feedback(
    store: Store,
    connection: sa.Connection,
    report: int,
    first: int,
    records: Sequence[FailureRecord],
) -> None:
    numbers = store.dictionaries.numbers
    names = numbers(connection, domains, {record.domain for record in records})
    ips = numbers(connection, addresses, {record.source_ip for record in records})
    marks = {text for record in records for text in (record.campaign, record.list_id)}
    label = numbers(connection, labels, marks)
    rows = [
        (
            report,
            position,
            names[record.domain],
            ips[record.source_ip],
            label[record.campaign],
            label[record.list_id],
            record.arrival,
            record.incidents,
            shown(record.feedback_type, TEXT),
            listed(record.auth_failure),
            *(shown(text, TEXT) for text in (record.delivery_result, record.identity_alignment)),
            *(shown(text, TEXT) for text in (record.mail_from, record.header_from)),
            *(shown(text, TEXT) for text in (record.rcpt_to, record.message_id, record.subject)),
            shown(record.authentication_results, LONG),
            *(shown(text, TEXT) for text in (record.dkim_domain, record.dkim_selector)),
            shown(record.spf_dns, LONG),
            listed(record.fields),
        )
        for position, record in enumerate(records, first)
    ]
    store.statements.insert(feedback_rows).many(connection, rows)


def listed(values: Sequence[Any]) -> str:
    """Texts as JSON, each printable."""
    return msgspec.json.encode(_shown(values)).decode()


def _shown(value: Any) -> Any:
    return shown(value, LONG) if isinstance(value, str) else [_shown(item) for item in value]
