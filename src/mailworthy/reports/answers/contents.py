"""What stands in one report, by its kind: records, policies with their failures, messages."""

import json
from typing import Any, TypeAlias

import msgspec
import sqlalchemy as sa

from mailworthy.reports.answers.trails import trails
from mailworthy.reports.model import Kind
from mailworthy.store import Store, queries


class Row(msgspec.Struct, frozen=True):
    """One record of an aggregate report, as it was reported. `remark` is JSON: reasons, and what
    the reporter said in its own words."""

    position: int
    address: str
    messages: int
    disposition: str
    dkim: str
    spf: str
    header_from: str
    envelope_from: str | None
    envelope_to: str | None
    signatures: tuple[str, ...]
    paths: tuple[str, ...]
    remark: str | None


class Sessions(msgspec.Struct, frozen=True):
    """Sessions under one policy of a TLS report: with `result_type`, those that failed in one way;
    without, the sum of the policy. `policy` are its lines, `mx_patterns` the names it allows."""

    position: int
    domain: str
    type: str
    policy: tuple[str, ...]
    mx_patterns: tuple[str, ...]
    successful: int
    failed: int
    result_type: str = ""
    mx: str = ""
    sending_ip: str = ""
    receiving_ip: str = ""
    information: str = ""
    reason_code: str = ""


class Mail(msgspec.Struct, frozen=True):
    """One message that failed or was complained about. What could name a person is as the store
    keeps it: redacted, unless its owner wanted otherwise."""

    position: int
    domain: str
    feedback_type: str
    address: str
    incidents: int
    campaign: str
    list_id: str
    auth_failure: tuple[str, ...]
    delivery_result: str
    identity_alignment: str
    mail_from: str
    header_from: str
    rcpt_to: str
    message_id: str
    subject: str
    authentication_results: str
    dkim_domain: str
    dkim_selector: str
    spf_dns: str


Content: TypeAlias = tuple[Row, ...] | tuple[Sessions, ...] | tuple[Mail, ...]


def contents(store: Store, number: int, kind: Kind, *, limit: int, offset: int) -> Content:
    """What stands in a report, in its order. Raises StoreError."""
    if kind is Kind.AGGREGATE:
        return _records(store, queries.records(number, limit=limit, offset=offset))
    if kind is Kind.TLS:
        return _sessions(store, number)[offset : offset + limit]
    return tuple(
        Mail(**{name: _of_mail(row, name) for name in Mail.__struct_fields__})
        for row in store.rows(queries.feedback_of(number, kind, limit=limit, offset=offset))
    )


def _records(store: Store, query: sa.Select[Any]) -> tuple[Row, ...]:
    """Records with what their reporter saw of DKIM and SPF."""
    rows = store.rows(query)
    known = trails(store, (row.trail_id for row in rows))
    return tuple(
        Row(
            row.position,
            row.address,
            row.messages,
            row.disposition,
            "pass" if row.dkim else "fail",
            "pass" if row.spf else "fail",
            row.header_from,
            row.envelope_from,
            row.envelope_to,
            tuple(f"{d.selector or '?'}._domainkey.{d.domain} {d.result}" for d in trail.dkim),
            tuple(f"{s.domain or '<>'} {s.result}" for s in trail.spf),
            row.remark,
        )
        for row in rows
        for trail in (known[row.trail_id],)
    )


def _sessions(store: Store, number: int) -> tuple[Sessions, ...]:
    """Each policy, and after it what failed under it."""
    failed: dict[int, list[Any]] = {}
    for row in store.rows(queries.tls_failures_of(number)):
        failed.setdefault(row.position, []).append(row)
    found = []
    for row in store.rows(queries.tls_policies_of(number)):
        lines, patterns = _texts(row.policy), _texts(row.mx)
        head = (row.position, row.domain, row.type, lines, patterns)
        found.append(Sessions(*head, row.successful, row.failed))
        found += [Sessions(*head, 0, *each[1:]) for each in failed.get(row.position, ())]
    return tuple(found)


def _of_mail(row: Any, name: str) -> Any:
    value = getattr(row, name)
    return _texts(value) if name == "auth_failure" else value


def _texts(listed: str) -> tuple[str, ...]:
    """A JSON list of the store."""
    return tuple(map(str, json.loads(listed or "[]")))
