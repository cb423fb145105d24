"""The first schema."""

from alembic import op

from mailworthy.store.migrations import sums0001
from mailworthy.store.migrations.columns import (
    BIG,
    BLOB,
    ID,
    INT,
    SMALL,
    TEXT,
    bigs,
    index,
    ref,
    table,
    texts,
)
from mailworthy.store.migrations.views0001 import VIEWS

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring an empty database to this revision."""
    _dictionaries()
    _contents()
    _reports()
    _notes()
    _aggregate()
    _others()
    sums0001.create()
    for view in VIEWS:
        op.execute(view)


def _dictionaries() -> None:
    table("domains", ("id",), ("id", ID), ("name", TEXT, "unique"))
    table("addresses", ("id",), ("id", ID), ("name", TEXT, "unique"))
    table("reporters", ("id",), ("id", ID), ("name", TEXT, "unique"))
    table("labels", ("id",), ("id", ID), ("name", TEXT, "unique"))
    table("trails", ("id",), ("id", ID), ("digest", TEXT, "unique"))
    table(
        "trail_dkim",
        ("trail_id", "position"),
        ref("trail_id", "trails"),
        ("position", INT),
        ref("domain_id", "domains"),
        *texts("selector", "result"),
        rowid=False,
    )
    index("trail_dkim", ["domain_id", "selector"])
    table(
        "trail_spf",
        ("trail_id", "position"),
        ref("trail_id", "trails"),
        ("position", INT),
        ref("domain_id", "domains"),
        *texts("scope", "result"),
        rowid=False,
    )
    index("trail_spf", ["domain_id"])
    table(
        "remarks",
        ("id",),
        ("id", ID),
        ("digest", TEXT, "unique"),
        ("forwarded", SMALL),
        ("overridden", SMALL),
        ("body", TEXT),
    )


def _contents() -> None:
    table(
        "raws",
        ("id",),
        ("id", ID),
        ("sha256", TEXT, "unique"),
        *bigs("octets", "packed"),
        ("method", TEXT),
        ("received", BIG),
        *texts("origin", "trust", "reader"),
        ("kept", SMALL),
    )
    index("raws", ["received"])
    table(
        "raw_chunks",
        ("raw_id", "position"),
        ref("raw_id", "raws"),
        ("position", INT),
        ("data", BLOB),
    )
    table(
        "intake_state",
        ("source", "name"),
        *texts("source", "name", "value"),
        ("changed", BIG),
        rowid=False,
    )
    table("meta", ("name",), *texts("name", "value"), rowid=False)


def _reports() -> None:
    table(
        "reports",
        ("id",),
        ("id", ID),
        ("identity", TEXT, "unique", "null"),
        ("series", TEXT),
        ref("raw_id", "raws"),
        *texts("path", "spot", "kind", "format"),
        ref("reporter_id", "reporters"),
        *texts("email", "contact", "generator", "report_id"),
        *bigs("begin", "end"),
        ("day", INT),
        ("days", INT),
        ref("domain_id", "domains"),
        *texts("p", "sp", "np", "adkim", "aspf", "fo", "pct", "testing", "discovery", "errors"),
        ("complete", SMALL),
        *bigs("records", "messages", "omissions", "flaws"),
        *texts("reader", "trust"),
        ("proven", SMALL),
        ("origin", TEXT),
        ("received", BIG),
        ("rows_kept", SMALL),
    )
    index("reports", ["day"])
    index("reports", ["domain_id", "day"])
    index("reports", ["raw_id"])
    index("reports", ["received"])
    index("reports", ["reporter_id", "day"])
    index("reports", ["series"])
    table(
        "arrivals",
        ("report_id", "raw_id", "spot"),
        ref("report_id", "reports"),
        ref("raw_id", "raws"),
        *texts("spot", "outcome"),
        ("received", BIG),
        *texts("origin", "trust"),
        rowid=False,
    )
    index("arrivals", ["outcome"])


def _notes() -> None:
    table(
        "flaws",
        ("report_id", "code"),
        ref("report_id", "reports"),
        *texts("code", "message", "section"),
        rowid=False,
    )
    table(
        "problems",
        ("id",),
        ("id", ID),
        ("identity", TEXT, "unique"),
        ref("raw_id", "raws"),
        ("report_id", ID, "reports", "null"),
        *texts("path", "fault", "place", "reason", "excerpt"),
        ("received", BIG),
        ("origin", TEXT),
    )
    index("problems", ["raw_id"])
    index("problems", ["received"])
    index("problems", ["report_id"])


def _aggregate() -> None:
    table(
        "aggregate_rows",
        ("report_id", "position"),
        ref("report_id", "reports"),
        ("position", INT),
        ref("address_id", "addresses"),
        ("messages", BIG),
        ("disposition", TEXT),
        ("dkim", SMALL),
        ("spf", SMALL),
        ref("from_id", "domains"),
        ("envelope_from_id", ID, "domains", "null"),
        ("envelope_to_id", ID, "domains", "null"),
        ref("trail_id", "trails"),
        ("remark_id", ID, "remarks", "null"),
        rowid=False,
    )


def _others() -> None:
    table(
        "tls_rows",
        ("report_id", "position"),
        ref("report_id", "reports"),
        ("position", INT),
        ("type", TEXT),
        ref("domain_id", "domains"),
        *bigs("successful", "failed"),
        *texts("policy", "mx"),
        rowid=False,
    )
    table(
        "tls_failures",
        ("report_id", "position", "number"),
        ref("report_id", "reports"),
        ("position", INT),
        ("number", INT),
        ("result_type", TEXT),
        ("sessions", BIG),
        ref("mx_id", "domains"),
        *texts("sending_ip", "receiving_ip", "receiving_helo", "information", "reason_code"),
        rowid=False,
    )
    table(
        "feedback_rows",
        ("report_id", "position"),
        ref("report_id", "reports"),
        ("position", INT),
        ref("domain_id", "domains"),
        ref("address_id", "addresses"),
        ref("campaign_id", "labels"),
        ref("list_id", "labels"),
        ("arrival", BIG, "null"),
        ("incidents", BIG),
        *texts(
            "feedback_type",
            "auth_failure",
            "delivery_result",
            "identity_alignment",
            "mail_from",
            "header_from",
            "rcpt_to",
            "message_id",
            "subject",
            "authentication_results",
            "dkim_domain",
            "dkim_selector",
            "spf_dns",
            "fields",
        ),
        rowid=False,
    )
