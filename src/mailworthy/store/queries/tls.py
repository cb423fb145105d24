"""TLS reports (RFC 8460): sessions by day, and which of them failed in which way."""

from typing import Any

import sqlalchemy as sa

from mailworthy.store.queries.parts import first, last, sums, total
from mailworthy.store.queries.scope import Scope
from mailworthy.store.schema.dictionaries import domains, reporters
from mailworthy.store.schema.reports import reports
from mailworthy.store.schema.rollups import daily_tls, daily_tls_failures
from mailworthy.store.schema.rows import tls_failures, tls_rows


def tls_days(scope: Scope) -> sa.Select[Any]:
    """A row for each day and type of policy: day, type, successful, failed, wide."""
    row = daily_tls.c
    query = sa.select(row.day, row.type, *sums(daily_tls, ("successful", "failed", "wide")))
    return (
        query.where(*scope.conditions(daily_tls))
        .group_by(row.day, row.type)
        .order_by(row.day, row.type)
    )


def tls_failure_totals(scope: Scope, *, limit: int = 1000) -> sa.Select[Any]:
    """What failed most: domain, result_type, mx, reporter, sessions, first_day, last_day."""
    row, mx = daily_tls_failures.c, domains.alias("mx")
    keys = (domains.c.name, row.result_type, mx.c.name, reporters.c.name)
    joined = (
        daily_tls_failures.join(domains, domains.c.id == row.domain_id)
        .join(mx, mx.c.id == row.mx_id)
        .join(reporters, reporters.c.id == row.reporter_id)
    )
    return (
        sa.select(
            domains.c.name.label("domain"),
            row.result_type,
            mx.c.name.label("mx"),
            reporters.c.name.label("reporter"),
            total(row.sessions).label("sessions"),
            first(row.day, "first_day"),
            last(row.day, "last_day"),
        )
        .select_from(joined)
        .where(*scope.conditions(daily_tls_failures))
        .group_by(*keys)
        .order_by(sa.desc("sessions"), *keys)
        .limit(limit)
    )


def tls_failure_rows(scope: Scope, *, limit: int = 1000) -> sa.Select[Any]:
    """Failures as reported, the newest first, with the policy that the reporter saw (JSON).

    Columns: report, domain, day, begin, end, reporter, type, policy, mx_patterns, result_type,
    sessions, mx, sending_ip, receiving_ip, receiving_helo, information, reason_code.
    """
    failure, row, mx = tls_failures.c, tls_rows.c, domains.alias("mx")
    same = sa.and_(row.report_id == failure.report_id, row.position == failure.position)
    joined = (
        tls_failures.join(tls_rows, same)
        .join(reports, reports.c.id == failure.report_id)
        .join(domains, domains.c.id == row.domain_id)
        .join(mx, mx.c.id == failure.mx_id)
        .join(reporters, reporters.c.id == reports.c.reporter_id)
    )
    wanted = scope.times(reports)
    if scope.domains:
        wanted.append(domains.c.name.in_(scope.domains))
    return (
        sa.select(
            failure.report_id.label("report"),
            domains.c.name.label("domain"),
            *(reports.c.day, reports.c.begin, reports.c.end),
            reporters.c.name.label("reporter"),
            *(row.type, row.policy, row.mx.label("mx_patterns")),
            *(failure.result_type, failure.sessions, mx.c.name.label("mx")),
            *(failure.sending_ip, failure.receiving_ip, failure.receiving_helo),
            *(failure.information, failure.reason_code),
        )
        .select_from(joined)
        .where(*wanted)
        .order_by(reports.c.day.desc(), failure.report_id, failure.position, failure.number)
        .limit(limit)
    )


def tls_policies_of(report: int) -> sa.Select[Any]:
    """The policies of one report: position, domain, type, policy, mx, successful, failed."""
    row = tls_rows.c
    columns = (row.type, row.policy, row.mx, row.successful, row.failed)
    query = sa.select(row.position, domains.c.name.label("domain"), *columns)
    joined = query.select_from(tls_rows.join(domains, domains.c.id == row.domain_id))
    return joined.where(row.report_id == report).order_by(row.position)


def tls_failures_of(report: int) -> sa.Select[Any]:
    """What failed in one report: position (of its policy), sessions, result_type, mx, sending_ip,
    receiving_ip, information, reason_code."""
    failure, mx = tls_failures.c, domains.alias("mx")
    query = sa.select(
        *(failure.position, failure.sessions, failure.result_type, mx.c.name.label("mx")),
        *(failure.sending_ip, failure.receiving_ip, failure.information, failure.reason_code),
    )
    joined = query.select_from(tls_failures.join(mx, mx.c.id == failure.mx_id))
    return joined.where(failure.report_id == report).order_by(failure.position, failure.number)
