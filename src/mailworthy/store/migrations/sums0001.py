"""The daily sums of the first schema."""

from mailworthy.store.migrations.columns import (
    BIG,
    INT,
    SMALL,
    TEXT,
    bigs,
    index,
    ref,
    table,
    texts,
)


def create() -> None:
    """Create the tables."""
    _sums()
    _reporter_sums()
    _source_sums()
    _other_sums()


def _sums() -> None:
    table(
        "daily",
        ("domain_id", "day", "proven", "from_id"),
        ref("domain_id", "domains"),
        ("day", INT),
        ("proven", SMALL),
        ref("from_id", "domains"),
        *bigs(
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
        ),
        rowid=False,
    )
    table(
        "daily_trails",
        ("domain_id", "day", "proven", "trail_id"),
        ref("domain_id", "domains"),
        ("day", INT),
        ("proven", SMALL),
        ref("trail_id", "trails"),
        *bigs(
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
        ),
        rowid=False,
    )


def _reporter_sums() -> None:
    table(
        "daily_reporters",
        ("domain_id", "day", "proven", "reporter_id"),
        ref("domain_id", "domains"),
        ("day", INT),
        ("proven", SMALL),
        ref("reporter_id", "reporters"),
        *bigs(
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
            "reports",
        ),
        rowid=False,
    )


def _source_sums() -> None:
    table(
        "daily_sources",
        ("domain_id", "day", "proven", "from_id", "trail_id", "address_id"),
        ref("domain_id", "domains"),
        ("day", INT),
        ("proven", SMALL),
        ref("from_id", "domains"),
        ref("trail_id", "trails"),
        ref("address_id", "addresses"),
        *bigs(
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
        ),
        rowid=False,
    )
    table(
        "seen",
        ("domain_id", "address_id", "trail_id", "proven"),
        ref("domain_id", "domains"),
        ref("address_id", "addresses"),
        ref("trail_id", "trails"),
        ("proven", SMALL),
        ("first_day", INT),
        ("last_day", INT),
        *bigs(
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
        ),
        rowid=False,
    )
    index("seen", ["address_id", "domain_id"])
    index("seen", ["first_day"])


def _other_sums() -> None:
    table(
        "daily_reports",
        ("domain_id", "day", "proven", "kind", "reporter_id"),
        ref("domain_id", "domains"),
        ("day", INT),
        ("proven", SMALL),
        ("kind", TEXT),
        ref("reporter_id", "reporters"),
        *bigs("reports", "partial", "flawed", "late"),
        rowid=False,
    )
    table(
        "daily_tls",
        ("domain_id", "day", "proven", "type", "reporter_id"),
        ref("domain_id", "domains"),
        ("day", INT),
        ("proven", SMALL),
        ("type", TEXT),
        ref("reporter_id", "reporters"),
        *bigs("successful", "failed", "wide"),
        rowid=False,
    )
    table(
        "daily_tls_failures",
        ("domain_id", "day", "proven", "result_type", "mx_id", "reporter_id"),
        ref("domain_id", "domains"),
        ("day", INT),
        ("proven", SMALL),
        ("result_type", TEXT),
        ref("mx_id", "domains"),
        ref("reporter_id", "reporters"),
        ("sessions", BIG),
        rowid=False,
    )
    table(
        "daily_feedback",
        ("domain_id", "day", "proven", "kind", "feedback_type", "campaign_id", "list_id"),
        ref("domain_id", "domains"),
        ("day", INT),
        ("proven", SMALL),
        *texts("kind", "feedback_type"),
        ref("campaign_id", "labels"),
        ref("list_id", "labels"),
        ("incidents", BIG),
        rowid=False,
    )
