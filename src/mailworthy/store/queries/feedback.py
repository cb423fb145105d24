"""Messages that failed (RFC 9991), and messages that somebody complained about (RFC 5965)."""

from typing import Any

import sqlalchemy as sa

from mailworthy.reports.model import Kind
from mailworthy.store.queries.parts import first, last, total
from mailworthy.store.queries.scope import Scope
from mailworthy.store.schema.dictionaries import domains, labels
from mailworthy.store.schema.rollups import daily, daily_feedback
from mailworthy.store.schema.views import complaints, failures


def feedback_days(scope: Scope, kind: Kind) -> sa.Select[Any]:
    """A row for each day and type: day, feedback_type, incidents."""
    row = daily_feedback.c
    query = sa.select(row.day, row.feedback_type, total(row.incidents).label("incidents"))
    chosen = query.where(*scope.conditions(daily_feedback), row.kind == kind.value)
    return chosen.group_by(row.day, row.feedback_type).order_by(row.day, row.feedback_type)


def campaigns(scope: Scope, *, limit: int = 1000) -> sa.Select[Any]:
    """Complaints by mailing: domain, campaign, list_id, incidents, first_day, last_day."""
    row, campaign, list_ = daily_feedback.c, labels.alias("campaign"), labels.alias("list")
    keys = (domains.c.name, campaign.c.name, list_.c.name)
    joined = (
        daily_feedback.join(domains, domains.c.id == row.domain_id)
        .join(campaign, campaign.c.id == row.campaign_id)
        .join(list_, list_.c.id == row.list_id)
    )
    return (
        sa.select(
            domains.c.name.label("domain"),
            campaign.c.name.label("campaign"),
            list_.c.name.label("list_id"),
            total(row.incidents).label("incidents"),
            first(row.day, "first_day"),
            last(row.day, "last_day"),
        )
        .select_from(joined)
        .where(*scope.conditions(daily_feedback), row.kind == Kind.COMPLAINT.value)
        .group_by(*keys)
        .order_by(sa.desc("incidents"), *keys)
        .limit(limit)
    )


def complaint_rate(scope: Scope) -> sa.Select[Any]:
    """A row a domain with complaints: domain, complaints, messages.

    `messages` is what aggregate reports counted with an aligned pass: mail that is the domain's
    own. They come from other receivers than complaints do, so this is a hint and no rate that a
    receiver would compute.
    """
    row, own = daily_feedback.c, daily.c
    theirs = (
        sa.select(row.domain_id, total(row.incidents).label("complaints"))
        .where(*scope.conditions(daily_feedback), row.kind == Kind.COMPLAINT.value)
        .group_by(row.domain_id)
        .subquery()
    )
    mail = (
        sa.select(own.domain_id, total(own.messages - own.neither).label("messages"))
        .where(*scope.conditions(daily))
        .group_by(own.domain_id)
        .subquery()
    )
    joined = theirs.join(domains, domains.c.id == theirs.c.domain_id).outerjoin(
        mail, mail.c.domain_id == theirs.c.domain_id
    )
    messages = sa.func.coalesce(mail.c.messages, 0).label("messages")
    query = sa.select(domains.c.name.label("domain"), theirs.c.complaints, messages)
    return query.select_from(joined).order_by(theirs.c.complaints.desc(), "domain")


def complaint_list(scope: Scope, *, limit: int = 100, offset: int = 0) -> sa.Select[Any]:
    """Messages that somebody complained about, the newest first: columns of the view."""
    return _listed(complaints, scope, limit, offset)


def failure_list(scope: Scope, *, limit: int = 100, offset: int = 0) -> sa.Select[Any]:
    """Messages that failed DMARC, the newest first: columns of the view."""
    return _listed(failures, scope, limit, offset)


def feedback_of(report: int, kind: Kind, *, limit: int = 100, offset: int = 0) -> sa.Select[Any]:
    """The messages of one failure report or complaint: columns of the view."""
    view = complaints if kind is Kind.COMPLAINT else failures
    query = sa.select(view).where(view.c.report == report).order_by(view.c.position)
    return query.limit(limit).offset(offset)


def _listed(view: sa.TableClause, scope: Scope, limit: int, offset: int) -> sa.Select[Any]:
    query = sa.select(view).where(*scope.named(view))
    ordered = query.order_by(view.c.received.desc(), view.c.report.desc(), view.c.position)
    return ordered.limit(limit).offset(offset)
