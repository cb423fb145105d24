"""Daily sums, kept in the same transaction as the rows that they sum up, and kept for ever.

A report is booked on one day, that of most of its window; what a longer window brought is counted
in `wide` too, so that nobody takes it for the count of that day. `proven` is 1 for reports that
their reporters have proven to be theirs.
"""

import sqlalchemy as sa

from mailworthy.store.schema.base import (
    Day,
    clustered,
    day,
    number,
    part,
    part_ref,
)

# Messages by class of result: aligned by both, DKIM alone, SPF alone, neither (these four add up
# to `messages`); and what receivers did with them.
COUNTS = (
    "messages",
    "both",
    "dkim_only",
    "spf_only",
    "neither",
    "quarantined",
    "rejected",
    "forwarded",
    "overridden",
    "wide",
)


def _when() -> list[sa.Column[int]]:
    """What every rollup begins with: whose, on which day, and whether that is proven."""
    return [part_ref("domain_id", "domains.id"), part("day", Day), part("proven", sa.SmallInteger)]


def _counts(*names: str) -> list[sa.Column[int]]:
    return [number(name) for name in names]


daily = clustered("daily", *_when(), part_ref("from_id", "domains.id"), *_counts(*COUNTS))

daily_sources = clustered(
    "daily_sources",
    *_when(),
    part_ref("from_id", "domains.id"),
    part_ref("trail_id", "trails.id"),
    part_ref("address_id", "addresses.id"),
    *_counts(*COUNTS),
)

# The days of one source without those of all others: whole, so that nothing else is read. It does
# not begin with the domain, or it would be taken for questions about all sources of a few days.
sa.Index(
    "ix_daily_sources_by_source",
    *(daily_sources.c[name] for name in ("trail_id", "address_id", "domain_id", "day", "proven")),
    *(daily_sources.c[name] for name in COUNTS),
)

daily_trails = clustered(
    "daily_trails", *_when(), part_ref("trail_id", "trails.id"), *_counts(*COUNTS)
)

daily_reporters = clustered(
    "daily_reporters",
    *_when(),
    part_ref("reporter_id", "reporters.id"),
    *_counts(*COUNTS, "reports"),
)

# Reports of every kind: how many, and what was wrong with them.
daily_reports = clustered(
    "daily_reports",
    *_when(),
    part("kind", sa.Text),
    part_ref("reporter_id", "reporters.id"),
    *_counts("reports", "partial", "flawed", "late"),
)

# Sources over all time: the sums, and when each was seen first and last.
seen = clustered(
    "seen",
    part_ref("domain_id", "domains.id"),
    part_ref("address_id", "addresses.id"),
    part_ref("trail_id", "trails.id"),
    part("proven", sa.SmallInteger),
    day("first_day"),
    day("last_day"),
    *_counts(*COUNTS),
)
sa.Index(None, seen.c.address_id, seen.c.domain_id)
sa.Index(None, seen.c.first_day)
sa.Index("ix_seen_largest", seen.c.domain_id, seen.c.proven, seen.c.messages)

daily_tls = clustered(
    "daily_tls",
    *_when(),
    part("type", sa.Text),
    part_ref("reporter_id", "reporters.id"),
    *_counts("successful", "failed", "wide"),
)
daily_tls_failures = clustered(
    "daily_tls_failures",
    *_when(),
    part("result_type", sa.Text),
    part_ref("mx_id", "domains.id"),
    part_ref("reporter_id", "reporters.id"),
    *_counts("sessions"),
)
daily_feedback = clustered(
    "daily_feedback",
    *_when(),
    part("kind", sa.Text),
    part("feedback_type", sa.Text),
    part_ref("campaign_id", "labels.id"),
    part_ref("list_id", "labels.id"),
    *_counts("incidents"),
)
