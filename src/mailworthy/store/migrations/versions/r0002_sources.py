"""Indexes for the largest sources and for their days."""

from mailworthy.store.migrations.columns import index

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the sources of a domain be asked for by size, and each of them by day."""
    index(
        "daily_sources",
        [
            "trail_id",
            "address_id",
            "domain_id",
            "day",
            "proven",
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
        ],
        "by_source",
    )
    index("seen", ["domain_id", "proven", "messages"], "largest")
